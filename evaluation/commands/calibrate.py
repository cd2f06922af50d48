"""`faq-eval calibrate`: fit the confidence on an editor's own questions, and say what it costs."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from evaluation.calibrating import Fitted, TooFewError, UnreachableError, fit
from evaluation.calibration_report import as_json, figures, render_calibration
from evaluation.commands._options import PATH, need_encoder, open_assistant
from evaluation.running import evaluate
from evaluation.texts import ReportLang
from evaluation.topics import read_topics
from indexer.article import LANGS
from indexer.cli import FINDING, Bar, fail
from indexer.encoder import EncoderError
from indexer.faults import SourceError
from indexer.settings import Settings, SettingsError
from indexer.store import StoreError, write_calibration
from server.engine.calibration import calibration_text, strictest
from server.engine.scorer import bundled_scorer


@click.command(
    "calibrate",
    epilog="Examples:  faq-eval calibrate --topics questions.csv    "
    "faq-eval calibrate --topics questions.csv --target-precision 0.9 --dry-run",
)
@click.option("--topics", "topics_file", type=PATH, required=True, help="CSV or JSONL file.")
@click.option(
    "--target-precision",
    "target",
    type=click.FloatRange(0.5, 1, min_open=True, max_open=True),
    help="Share of direct answers that must be right.  [default: FAQ_TARGET_PRECISION, 0.95]",
)
@click.option("--index", type=PATH, help="Folder of the index.  [default: var/index]")
@click.option(
    "--html",
    type=PATH,
    default=Path("var/calibration.html"),
    show_default=True,
    help="Page with the picture before and after.",
)
@click.option(
    "--dry-run", is_flag=True, help="Show what it would do; write nothing into the index."
)
@click.option(
    "--lang", type=click.Choice(LANGS), default="en", show_default=True, help="The page's language."
)
@click.option("--json", "as_data", is_flag=True, help="Print the figures as JSON.")
def command(
    topics_file: Path,
    target: float | None,
    index: Path | None,
    html: Path,
    lang: ReportLang,
    *,
    dry_run: bool,
    as_data: bool,
) -> None:
    """Fit on a topics file how sure the search may be, and write it into the index.

    The exit status is 1 where no confidence is shown to hold the asked precision: then nothing is
    written.
    """
    bar = Bar()
    try:
        settings = Settings({"index": index, "target_precision": target})
        asked = settings["target_precision"]
        topics, qrels = read_topics(topics_file)
        assistant = open_assistant(index, calibrated=False)
        evaluation = evaluate(assistant, topics, qrels, progress=bar)
        need_encoder(assistant)
        fitted = fit(evaluation, assistant.index, bundled_scorer(), asked, bar)
        file = None
        if not dry_run:
            file = write_calibration(settings["index"], calibration_text(fitted.calibration))
        html.parent.mkdir(parents=True, exist_ok=True)
        page = render_calibration(fitted, evaluation, lang, written=file is not None)
        html.write_text(page, encoding="utf-8")
    except (SourceError, StoreError, SettingsError, EncoderError, TooFewError) as error:
        bar.close()
        fail(error)
    except UnreachableError as error:
        bar.close()
        click.echo(str(error), err=True)
        sys.exit(FINDING)
    except OSError as error:
        bar.close()
        fail(OSError(f"{html} cannot be written ({error}). Name another file with --html."))
        return
    bar.close()
    served = Settings({})["target_precision"]
    if asked != served:
        click.echo(
            f"The server answers at FAQ_TARGET_PRECISION={served:g}; set it to {asked:g} to have "
            "what is shown here.",
            err=True,
        )
    if as_data:
        click.echo(json.dumps(_data(fitted, file, html), ensure_ascii=False, indent=1))
        return
    _tell(fitted)
    click.echo("\n" + "\n".join(str(path) for path in (file, html) if path))


def _data(fitted: Fitted, file: Path | None, html: Path) -> dict[str, Any]:
    written = {"file": None if file is None else str(file), "html": str(html)}
    return {**written, **as_json(fitted)}


def _tell(fitted: Fitted) -> None:
    head = ("", "n", "answered", "right", "of answerable", "ECE", "log-loss")
    click.echo("{:14}{:>6}{:>10}{:>9}{:>15}{:>8}{:>10}".format(*head))
    for name, both in figures(fitted).items():
        for side, row in both.items():
            cells = (_share(row["precision"]), _share(row["coverage"]))
            counts = f"{row['topics']:6}{row['answered']:10}{cells[0]:>9}{cells[1]:>15}"
            click.echo(f"{name + ' ' + side:14}{counts}{row['ece']:8.3f}{row['log_loss']:10.3f}")
    click.echo("\nWhat a precision costs, on questions that were not fitted on:")
    for cost in fitted.costs:
        here = "  ← asked" if cost.target == fitted.target else ""
        shares = f"{_share(cost.coverage):>7} of the answerable answered"
        click.echo(f"  {cost.target:4.0%} {shares}, {_share(cost.precision)} right{here}")
    click.echo("")
    for name, group in fitted.calibration.groups.items():
        row = strictest(group.thresholds, fitted.target)
        when = f"answers from {row.answer:.2f}" if row.answer < 1 else "never answers directly"
        click.echo(f"{name}: {group.method}, {when} ({group.topics} questions)")


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
