"""`faq-eval gaps`: what users asked and nobody answered, grouped, and what to write."""

import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from evaluation.commands._options import (
    PATH,
    log_options,
    making,
    need_encoder,
    open_assistant,
    page_options,
    write_page,
)
from evaluation.commands._telling import shortened
from evaluation.gapping import Gap, gaps
from evaluation.gaps_report import as_json, render_gaps
from evaluation.logged import facts, misses, read_log
from evaluation.texts import ReportLang
from indexer.cli import FINDING
from indexer.settings import Settings

_SHOWN = 10
_EXAMPLES = 3


@click.command(
    "gaps",
    epilog="Examples:  faq-eval gaps    "
    "faq-eval gaps --database postgresql://… --since 2026-11-01 --least 3",
)
@log_options
@click.option("--index", type=PATH, help="Folder of the index.  [default: var/index]")
@click.option(
    "--least",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Leave out groups that were asked less often.",
)
@click.option(
    "--alike",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="How alike (cosine) questions of one group are.  [default: found from the articles]",
)
@page_options("gaps")
def command(
    database: str | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    index: Path | None,
    least: int,
    alike: float | None,
    html: Path,
    lang: ReportLang,
    *,
    as_data: bool,
) -> None:
    """Group the questions of the query log that were not answered, or rated ill.

    The exit status is 1 where there are any.
    """
    with making(html) as bar:
        entries = read_log(Settings({"database": database}), since, until)
        missed = misses(entries)
        assistant = open_assistant(index)
        need_encoder(assistant)
        bar("cluster", 0, 1)
        found = [gap for gap in gaps(assistant, missed, alike=alike) if gap.asked >= least]
        bar("cluster", 1, 1)
        log = facts(entries, missed)
        write_page(html, render_gaps(assistant, found, log, lang))
    if as_data:
        click.echo(json.dumps(as_json(found, log), ensure_ascii=False, indent=1))
    else:
        click.echo(
            f"{log['entries']} questions in the log, {log['missed']} not answered or rated ill"
        )
        _tell(found)
        click.echo(f"\n{html}")
    sys.exit(FINDING if found else 0)


def _tell(found: Sequence[Gap]) -> None:
    for number, gap in enumerate(found[:_SHOWN], 1):
        langs = ", ".join(f"{lang} {count}" for lang, count in gap.langs.items())
        click.echo(f"\n{number}. {shortened(gap.name)}  ({gap.asked}: {langs})")
        for miss in gap.misses[1 : 1 + _EXAMPLES]:
            click.echo(f"     {shortened(miss.text)}")
        near = f"{gap.nearest} ({gap.score:.2f}: {shortened(gap.matched)})"
        if gap.advice == "wording":
            click.echo(f"   → an alternate question for {near}")
        else:
            click.echo(f"   → a new article; nearest is {near if gap.nearest else 'nothing'}")
    if len(found) > _SHOWN:
        click.echo(f"\n… and {len(found) - _SHOWN} more: see the page or --json")
