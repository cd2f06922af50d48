"""`faq-eval compare`: two evaluations of the same topics; may the second one be published?"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from evaluation import files
from evaluation.commands._options import PATH, tolerances
from evaluation.commands._telling import tell_changes
from evaluation.comparison import (
    Comparison,
    ComparisonError,
    Tolerance,
    as_json,
    compare,
)
from evaluation.comparison_report import render_comparison
from evaluation.registry import DEFAULT, MeasureError
from evaluation.significance import Difference
from evaluation.texts import ReportLang
from indexer.article import LANGS
from indexer.cli import FINDING, Bar, fail


@click.command(
    "compare",
    epilog="Examples:  faq-eval compare var/before var/after    "
    "faq-eval compare var/before var/after --tolerance Success@1=0.01 --tolerance "
    "FalseAnswers=0.02 --html var/comparison.html",
)
@click.argument("before", type=PATH, metavar="A")
@click.argument("after", type=PATH, metavar="B")
@click.option(
    "--tolerance",
    "allowed",
    multiple=True,
    callback=tolerances,
    metavar="MEASURE=MOST",
    help="How much worse a measure may be in B: Success@1=0.01, or zh:Success@1=0.02 for one "
    "language. May be given several times. One that is broken makes the exit status 1.",
)
@click.option("--html", type=PATH, help="Write a page with every topic won and lost.")
@click.option(
    "--lang", type=click.Choice(LANGS), default="en", show_default=True, help="The page's language."
)
@click.option("--json", "as_data", is_flag=True, help="Print everything as JSON.")
def command(
    before: Path,
    after: Path,
    allowed: Sequence[Tolerance],
    html: Path | None,
    lang: ReportLang,
    *,
    as_data: bool,
) -> None:
    """Compare the evaluation in folder B with the one in A, topic by topic."""
    bar = Bar()
    try:
        found = compare(files.read(before), files.read(after), DEFAULT, allowed, bar)
        bar.close()
        if html is not None:
            html.parent.mkdir(parents=True, exist_ok=True)
            html.write_text(render_comparison(found, lang, allowed), encoding="utf-8")
    except (files.RunError, ComparisonError, MeasureError) as error:
        bar.close()
        fail(error)
    except OSError as error:
        fail(OSError(f"{html} cannot be written ({error}). Name another file with --html."))
        return
    if as_data:
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=1, sort_keys=True))
    else:
        _tell(found, allowed)
    if html is not None:
        click.echo(str(html), err=as_data)
    sys.exit(FINDING if found.broken else 0)


def _tell(found: Comparison, allowed: Sequence[Tolerance]) -> None:
    header = ("measure", "A", "B", "change", "95 % interval", "p")
    click.echo("{:20}{:>8}{:>8}{:>9}  {:18}{:>7}".format(*header))
    for row in found.differences:
        click.echo(_row(row))
    click.echo(f"\n{len(found.won)} topics won, {len(found.lost)} lost")
    tell_changes(found.articles, "see --html or --json")
    for broken in found.broken:
        told = f"{broken.difference.loss:.4f} worse, {broken.tolerance.most:g} is allowed"
        click.echo(f"BROKEN {broken.tolerance.name}: {told} (p = {broken.difference.p:.3f})")
    if allowed and not found.broken:
        click.echo(f"All {len(allowed)} tolerances hold.")


def _row(row: Difference) -> str:
    if row.before is None or row.after is None or row.interval is None or row.p is None:
        return f"{row.measure.name:20}{_cell(row.before):>8}{_cell(row.after):>8}"
    ends = f"{row.interval.low:+.3f} … {row.interval.high:+.3f}"
    change = row.change or 0.0
    values = f"{row.before:8.3f}{row.after:8.3f}{change:+9.3f}"
    return f"{row.measure.name:20}{values}  {ends:18}{row.p:7.3f}"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
