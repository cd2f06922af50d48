"""`faq-eval suggest`: what would an alternate question win, and what would it lose?"""

import json
import sys
from pathlib import Path
from typing import Any

import click

from evaluation.commands._options import PATH, need_encoder, open_assistant
from evaluation.commands._telling import tell_changes
from evaluation.suggesting import SuggestionError, Trial, article_for, attempt
from evaluation.topics import Qrel, Topic, read_topics
from indexer.article import LANGS, Lang
from indexer.cli import FINDING, Bar, fail
from indexer.encoder import EncoderError
from indexer.faults import SourceError
from indexer.settings import Settings, SettingsError
from indexer.store import StoreError
from indexer.text import detect_language
from server.engine import Answer


@click.command(
    "suggest",
    epilog='Examples:  faq-eval suggest withdraw-cancel "提领送出了还能取消吗" --topics q.csv    '
    'faq-eval suggest login-failed "app keeps rejecting my password"',
)
@click.argument("article_id", metavar="ID")
@click.argument("question")
@click.option("--topics", "topics_file", type=PATH, help="Topics to try it on, CSV or JSONL.")
@click.option("--index", type=PATH, help="Folder of the index.  [default: var/index]")
@click.option("--lang", type=click.Choice(LANGS), help="Its language.  [default: detected]")
@click.option("--json", "as_data", is_flag=True, help="Print everything as JSON.")
def command(
    article_id: str,
    question: str,
    topics_file: Path | None,
    index: Path | None,
    lang: Lang | None,
    *,
    as_data: bool,
) -> None:
    """Try QUESTION as an alternate question of the article ID; nothing is saved.

    The exit status is 1 where it loses more than it wins.
    """
    bar = Bar()
    try:
        topics: list[Topic] = []
        qrels: list[Qrel] = []
        if topics_file is not None:
            topics, qrels = read_topics(topics_file)
        target = Settings({})["target_precision"]
        assistant = open_assistant(index)
        need_encoder(assistant)
        article = article_for(assistant, article_id, lang or detect_language(question))
        trial = attempt(assistant, article, question, topics, qrels, target, bar)
    except (SourceError, StoreError, SettingsError, EncoderError, SuggestionError) as error:
        bar.close()
        fail(error)
    bar.close()
    if as_data:
        click.echo(json.dumps(_data(trial), ensure_ascii=False, indent=1))
    else:
        _tell(trial)
    sys.exit(FINDING if trial.gain < 0 else 0)


def _tell(trial: Trial) -> None:
    article = trial.article
    click.echo(f"{article.id} ({article.lang}) {article.title}\n  + {trial.question}\n")
    click.echo(f"Asked now:   {_answer(trial.before)}")
    click.echo(f"Asked then:  {_answer(trial.after)}")
    if trial.rivals:
        click.echo("\nNearest wordings of other articles:")
        for ident, wording, cosine in trial.rivals:
            click.echo(f"  {cosine:.2f}  {ident}: {wording}")
    if not trial.judged:
        click.echo("\nName topics with --topics to see which would be won and lost.")
        return
    won = sum(len(change.won) for change in trial.changes)
    lost = sum(len(change.lost) for change in trial.changes)
    click.echo(f"\nOf {len(trial.judged)} topics {won} won, {lost} lost")
    tell_changes(trial.changes, "see --json")
    if trial.gain < 0:
        click.echo(
            f"\nIt does harm: {-trial.gain:g} more is lost than won. Choose another wording."
        )
    else:
        where = article.source.rpartition(":")[0] or "the article's file"
        more = f"{trial.gain:g} saved. " if trial.gain else "No topic is lost. "
        click.echo(f"\n{more}To keep it, add it to `questions` in {where} and build the index.")


def _answer(answer: Answer) -> str:
    first = answer.hits[0].article_id if answer.hits else "nothing"
    return f"{answer.decision.value} {first} ({answer.confidence:.2f})"


def _data(trial: Trial) -> dict[str, Any]:
    return {
        "article_id": trial.article.id,
        "lang": trial.article.lang,
        "question": trial.question,
        "before": _plain(trial.before),
        "after": _plain(trial.after),
        "rivals": [
            {"article_id": ident, "wording": wording, "cosine": cosine}
            for ident, wording, cosine in trial.rivals
        ],
        "topics": len(trial.judged),
        "won": [c.after.id for change in trial.changes for c in change.won],
        "lost": [c.after.id for change in trial.changes for c in change.lost],
        "cost_saved": trial.gain,
    }


def _plain(answer: Answer) -> dict[str, Any]:
    return {
        "decision": answer.decision.value,
        "article_id": answer.hits[0].article_id if answer.hits else None,
        "confidence": round(answer.confidence, 6),
    }
