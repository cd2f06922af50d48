"""Whether articles are found by wordings they do not hold: `… evaluation.benchmarks.alternates`.

Each article is first asked for by its own title and alternate questions, on the whole knowledge
base. Then every alternate question is left out once and asked (leave-one-out): the index is built
as often as the longest article has alternates, each time without one alternate of every article,
another place in the list for each, so that not all the terse or all the mixed ones go at once. The
articles' texts are embedded once.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from evaluation.benchmarks.measuring import write
from evaluation.intervals import wilson
from indexer import (
    Article,
    Encoder,
    KnowledgeBase,
    ModelChoice,
    build,
    open_encoder,
    read_knowledge_base,
)
from indexer.caching import CachingEncoder
from server.engine import Answer, Assistant

_TEXTS = 100_000
_NEAR = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A wording of `article` and what came first for it: `found` is None where nothing did.

    `right` tells whether that is the article, `near` whether it is among the first three: as many
    titles a visitor is asked to choose from.
    """

    article: Article
    wording: str
    found: str | None
    right: bool
    near: bool


def own_wordings(base: KnowledgeBase, encoder: Encoder) -> list[Asked]:
    """Ask for every article by its title and each of its alternate questions."""
    wordings = [(a, text) for a in base.articles for text in (a.title, *a.questions)]
    return _ask(base, wordings, encoder)


def left_out(base: KnowledgeBase, encoder: Encoder) -> list[Asked]:
    """Ask every alternate question of an index that does not hold it."""
    asked: list[Asked] = []
    for turn in range(max((len(a.questions) for a in base.articles), default=0)):
        places = [_place(number, article, turn) for number, article in enumerate(base.articles)]
        articles = tuple(map(_without, base.articles, places))
        wordings = [
            (article, article.questions[place])
            for article, place in zip(base.articles, places, strict=True)
            if place is not None
        ]
        asked += _ask(replace(base, articles=articles), wordings, encoder)
    return asked


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return, for each language, how many were asked, the share found first and near."""
    values: dict[str, Any] = {}
    for lang in sorted({one.article.lang for one in asked}):
        right = [one.right for one in asked if one.article.lang == lang]
        near = [one.near for one in asked if one.article.lang == lang]
        interval = wilson(sum(right), len(right))
        values[lang] = {
            "asked": len(right),
            "first": round(sum(right) / len(right), 4),
            "first_three": round(sum(near) / len(right), 4),
            "interval_95": interval and [round(interval.low, 4), round(interval.high, 4)],
        }
    return values


def misses(asked: Iterable[Asked]) -> list[dict[str, str | None]]:
    """Return what was not found first, article by article: what editors look at."""
    rows = (
        {"id": one.article.id, "lang": one.article.lang, "text": one.wording, "first": one.found}
        for one in asked
        if not one.right
    )
    return sorted(rows, key=lambda row: (str(row["lang"]), str(row["id"]), str(row["text"])))


def weakest(asked: Iterable[Asked]) -> list[str]:
    """Return the articles, as id:lang, more than half of whose wordings were not found."""
    rights: dict[str, list[bool]] = defaultdict(list)
    for one in asked:
        rights[f"{one.article.id}:{one.article.lang}"].append(one.right)
    return sorted(name for name, right in rights.items() if sum(right) * 2 < len(right))


def _place(number: int, article: Article, turn: int) -> int | None:
    """Return which alternate of the article goes in this turn; None when each had its turn."""
    count = len(article.questions)
    return (turn + number) % count if turn < count else None


def _without(article: Article, place: int | None) -> Article:
    if place is None:
        return article
    return replace(article, questions=article.questions[:place] + article.questions[place + 1 :])


def _ask(
    base: KnowledgeBase, wordings: Sequence[tuple[Article, str]], encoder: Encoder
) -> list[Asked]:
    groups = {article.id: article.variant_of for article in base.articles}
    with tempfile.TemporaryDirectory() as folder:
        build(base, Path(folder), encoder, ModelChoice("given"))
        assistant = Assistant.open(folder, encoder=encoder)
        answers = assistant.ask_many([text for _, text in wordings], top_k=_NEAR)
    return [
        _judged(article, text, answer, groups)
        for (article, text), answer in zip(wordings, answers, strict=True)
    ]


def _judged(article: Article, text: str, answer: Answer, groups: dict[str, str | None]) -> Asked:
    """Judge one answer; where no product was named, the other product's article is right too:
    the visitor is shown both.
    """
    right = {article.id}
    if answer.query.product is None and article.variant_of:
        right |= {ident for ident, group in groups.items() if group == article.variant_of}
    found = [hit.article_id for hit in answer.hits[:_NEAR]]
    first = found[0] if found else None
    return Asked(article, text, first, first in right, not right.isdisjoint(found))


@click.command()
@click.option("--kb", type=click.Path(path_type=Path), default=Path("kb"), show_default=True)
@click.option("--model", default="bundled", show_default=True)
def main(kb: Path, model: str) -> None:
    """Ask for the articles of a knowledge base; write results/alternates.json."""
    base = read_knowledge_base(kb)
    encoder = CachingEncoder(open_encoder(model), _TEXTS)
    own, alternates = own_wordings(base, encoder), left_out(base, encoder)
    values = {
        "model_id": encoder.model_id,
        "articles": len(base.articles),
        "own_wordings": figures(own),
        "left_out": figures(alternates),
        "weakest_articles": weakest(alternates),
        "own_wordings_missed": misses(own),
        "left_out_missed": misses(alternates),
    }
    file = write("alternates", values)
    click.echo(f"own wordings: {values['own_wordings']}\nleft out: {values['left_out']}\n{file}")


if __name__ == "__main__":
    main()
