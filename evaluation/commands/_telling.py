"""How commands tell of topics on the terminal."""

from collections.abc import Sequence

import click

from evaluation.comparison import ArticleChanges, Change
from evaluation.judged import Judged

_ARTICLES = 10
_LONGEST = 70


def tell_changes(articles: Sequence[ArticleChanges], where: str) -> None:
    """Print which topics were won and lost, by article; `where` says how to see the others."""
    for article in articles[:_ARTICLES]:
        name = article.article_id or "(no article answers)"
        click.echo(f"  {name}: {len(article.won)} won, {len(article.lost)} lost")
        for change in (*article.lost, *article.won):
            click.echo(f"    {_sign(change)} {change.after.id}  {shortened(change.after.text)}")
            click.echo(f"      {_outcome(change.before)} → {_outcome(change.after)}")
    if len(articles) > _ARTICLES:
        click.echo(f"  … and {len(articles) - _ARTICLES} articles more: {where}")


def shortened(text: str) -> str:
    """Return `text` as one line of 70 characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _sign(change: Change) -> str:
    return "+" if change.gain > 0 else "-"


def _outcome(one: Judged) -> str:
    first = one.ranked[0] if one.ranked else "nothing"
    return f"{one.decision.value} {first} ({one.confidence:.2f})"
