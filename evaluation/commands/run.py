"""`faq-eval run`: ask every question of a topics file and write what came of it."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from evaluation import files
from evaluation.commands._options import PATH, log_options, open_assistant
from evaluation.logged import labelled, read_log
from evaluation.registry import DEFAULT, MeasureError, measure
from evaluation.running import Evaluation, evaluate
from evaluation.steps import Step, next_steps
from evaluation.summary import Summary, summarise
from evaluation.texts import ReportLang
from evaluation.topics import Topic, read_topics
from indexer.article import LANGS
from indexer.cli import Bar, fail
from indexer.faults import SourceError
from indexer.settings import Settings, SettingsError
from indexer.store import StoreError
from server.desk import DatabaseError
from server.engine import Assistant

_COLUMNS = ("Success@1", "R@10", "RR@10", "Precision@answered", "Coverage", "AUROC", "ECE")
_STEPS = 5
_DO = {
    "separate": "tell these two apart",
    "wording": "add a wording to",
    "unsure": "found, but not surely",
    "unanswered": "nothing answers, but this was given",
    "missing": "not in the index",
}


def _measures(
    context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> tuple[str, ...]:
    try:
        return tuple(measure(value).name for value in values)
    except MeasureError as error:
        raise click.BadParameter(str(error), context, parameter) from error


@click.command(
    "run",
    epilog="Examples:  faq-eval run --topics questions.csv    "
    "faq-eval run --topics questions.csv --out var/after --lang zh    "
    "faq-eval run --log --since 2026-11-01",
)
@click.option("--topics", "topics_file", type=PATH, help="CSV or JSONL file.")
@click.option(
    "--log",
    "from_log",
    is_flag=True,
    help="Take the topics from the query log: answers that users voted for are right.",
)
@log_options
@click.option("--index", type=PATH, help="Folder of the index.  [default: var/index]")
@click.option(
    "--out",
    type=PATH,
    default=Path("var/evaluation"),
    show_default=True,
    help="Folder for report.html, metrics.json, run.jsonl and the TREC files.",
)
@click.option(
    "--measure",
    "more",
    multiple=True,
    callback=_measures,
    help="Report this measure too, such as nDCG@5 or Coverage@P99.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGS),
    default="en",
    show_default=True,
    help="Language that the report opens in; it holds both.",
)
@click.option("--json", "as_json", is_flag=True, help="Print metrics.json.")
def command(
    topics_file: Path | None,
    database: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    index: Path | None,
    out: Path,
    more: tuple[str, ...],
    lang: ReportLang,
    *,
    from_log: bool,
    as_json: bool,
) -> None:
    """Ask every question of a topics file, or of the query log, and report what came of it."""
    if (topics_file is None) is not from_log:
        raise click.UsageError("Name a file of topics with --topics, or take them with --log.")
    bar = Bar()
    try:
        if topics_file is None:
            topics, qrels = labelled(read_log(Settings({"database": database}), since, until))
            _check_log(topics)
        else:
            topics, qrels = read_topics(topics_file)
        assistant = open_assistant(index)
        evaluation = evaluate(assistant, topics, qrels, progress=bar)
        summary = summarise(evaluation, (*DEFAULT, *more))
        written = files.write(evaluation, summary, out, lang)
    except (SourceError, StoreError, SettingsError, DatabaseError) as error:
        bar.close()
        fail(error)
    except OSError as error:
        bar.close()
        fail(OSError(f"{out} cannot be written to ({error}). Name another folder with --out."))
        return
    bar.close()
    _warn(assistant, evaluation, summary)
    if as_json:
        click.echo((out / files.METRICS).read_text(encoding="utf-8"), nl=False)
        return
    click.echo(_table(summary))
    unknown = set(summary["unknown_articles"])
    for line in _next(next_steps(evaluation.judged, unknown)):
        click.echo(line)
    click.echo("\n" + "\n".join(map(str, written)))


def _check_log(topics: Sequence[Topic]) -> None:
    if not topics:
        raise DatabaseError(
            "The query log holds no answer that users voted for in this time. Name other days, or "
            "write a file of topics."
        )


def _warn(assistant: Assistant, evaluation: Evaluation, summary: Summary) -> None:
    warnings = []
    if evaluation.lexical_only:
        reason = assistant.encoder.error or "The encoder is not loaded."
        warnings.append(f"lexical answers only. {reason}")
    if evaluation.refused:
        warnings.append(evaluation.refused)
    if missing := summary["unknown_articles"]:
        warnings.append(
            f"the index has no article {', '.join(missing)}. Questions that expect them count as "
            "missed: correct the topics, or build the index again."
        )
    if copied := summary["copied_topics"]:
        warnings.append(
            f"{copied} questions stand word for word in an article. They prove nothing: put them "
            "as a user would."
        )
    for warning in warnings:
        click.echo(f"Warning: {warning}", err=True)


def _table(summary: Summary) -> str:
    """Return the chief figures, a line for each slice."""
    slices = {"all": summary["overall"], **summary["by_lang"], **summary["by_direction"]}
    widths = [max(9, len(name)) + 2 for name in _COLUMNS]
    heads = (name.rjust(width) for name, width in zip(_COLUMNS, widths, strict=True))
    lines = ["".join(["slice".ljust(10), "n".rjust(6), *heads])]
    for name, figures in slices.items():
        values = (figures["measures"][column]["value"] for column in _COLUMNS)
        cells = (_cell(v).rjust(width) for v, width in zip(values, widths, strict=True))
        lines.append("".join([name.ljust(10), str(figures["topics"]).rjust(6), *cells]))
    counts = summary["overall"]["decisions"]
    lines.append("decisions: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    return "\n".join(lines)


def _next(steps: Sequence[Step]) -> list[str]:
    """Return the first steps, a line each."""
    if not steps:
        return ["\nNothing to do: every question got what it should."]
    lines = ["\nWhat would help most:"]
    for number, step in enumerate(steps[:_STEPS], 1):
        size = f"{len(step.places)} question{'s' if len(step.places) > 1 else ''}"
        lines.append(f"  {number}. {_DO[step.kind]}: {', '.join(step.articles)}  ({size})")
    if len(steps) > _STEPS:
        lines.append(f"  … and {len(steps) - _STEPS} more: see the report")
    return lines


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
