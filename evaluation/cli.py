"""The command `faq-eval`: how good the answers are, measured on labelled questions."""

from pathlib import Path

import click

from evaluation import files
from evaluation.running import Evaluation, evaluate
from evaluation.summary import Summary, summarise
from evaluation.texts import ReportLang
from evaluation.topics import read_topics
from indexer.article import LANGS
from indexer.cli import Bar, fail
from indexer.faults import SourceError
from indexer.settings import Settings, SettingsError
from indexer.store import StoreError
from server.engine import Assistant

_PATH = click.Path(path_type=Path)
_COLUMNS = ("acc@1", "recall@10", "mrr@10", "auroc", "ece", "precision", "coverage")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure how well the help centre answers."""


@main.command(
    "run",
    epilog="Examples:  faq-eval run --topics evaluation/datasets/wallet/dev.jsonl    "
    "faq-eval run --topics questions.csv --out var/evaluation --lang zh",
)
@click.option("--topics", "topics_file", type=_PATH, required=True, help="CSV or JSONL file.")
@click.option("--index", type=_PATH, help="Folder of the index.  [default: var/index]")
@click.option(
    "--out",
    type=_PATH,
    default=Path("var/evaluation"),
    show_default=True,
    help="Folder for metrics.json, run.jsonl and report.html.",
)
@click.option(
    "--lang", type=click.Choice(LANGS), default="en", show_default=True, help="Report's language."
)
@click.option("--json", "as_json", is_flag=True, help="Print metrics.json.")
def run_command(
    topics_file: Path, index: Path | None, out: Path, lang: ReportLang, *, as_json: bool
) -> None:
    """Ask every question of a topics file and write what came of it."""
    bar = Bar()
    try:
        topics, qrels = read_topics(topics_file)
        assistant = Assistant.open(Settings({"index": index})["index"])
        evaluation = evaluate(assistant, topics, qrels, progress=bar)
        summary = summarise(evaluation)
        files.write(evaluation, summary, out, lang)
    except (SourceError, StoreError, SettingsError) as error:
        bar.close()
        fail(error)
        return
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
    for name in (files.METRICS, files.RUN, files.REPORT):
        click.echo(str(out / name))


def _warn(assistant: Assistant, evaluation: Evaluation, summary: Summary) -> None:
    if evaluation.lexical_only:
        reason = assistant.encoder.error or "The encoder is not loaded."
        click.echo(f"Warning: lexical answers only. {reason}", err=True)
    if missing := summary["unknown_articles"]:
        click.echo(
            f"Warning: the index has no article {', '.join(missing)}. Questions that expect them "
            "count as missed: correct the topics, or build the index again.",
            err=True,
        )


def _table(summary: Summary) -> str:
    """Return the chief figures, a line for each slice."""
    slices = {"all": summary["overall"], **summary["by_lang"], **summary["by_direction"]}
    lines = ["".join(["slice".ljust(10), "n".rjust(6), *(name.rjust(11) for name in _COLUMNS)])]
    for name, figures in slices.items():
        cells = (_cell(figures[column]).rjust(11) for column in _COLUMNS)
        lines.append("".join([name.ljust(10), str(figures["topics"]).rjust(6), *cells]))
    counts = summary["overall"]["decisions"]
    lines.append("decisions: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
