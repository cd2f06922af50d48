"""`faq-eval twins`: do the two languages find each other, and say the same?"""

import json
import sys
from pathlib import Path

import click

from evaluation.commands._options import (
    PATH,
    making,
    need_encoder,
    open_assistant,
    page_options,
    write_page,
)
from evaluation.commands._telling import shortened
from evaluation.texts import ReportLang
from evaluation.twinning import Twins, examine
from evaluation.twins_report import as_json, lost_wordings, render_twins
from indexer.article import twin_language
from indexer.cli import FINDING
from indexer.settings import Settings

_SHOWN = 12


@click.command(
    "twins",
    epilog="Examples:  faq-eval twins    faq-eval twins --titles-only --json",
)
@click.option("--index", type=PATH, help="Folder of the index.  [default: var/index]")
@click.option("--titles-only", is_flag=True, help="Ask the titles, not the alternate questions.")
@page_options("twins")
def command(
    index: Path | None, html: Path, lang: ReportLang, *, titles_only: bool, as_data: bool
) -> None:
    """Ask each title and alternate question in the other language, and compare the numbers.

    The exit status is 1 where a twin is missing, stale or contradicts the other. Wordings that do
    not find their twin are told, and change it not.
    """
    with making(html) as bar:
        assistant = open_assistant(index)
        need_encoder(assistant)
        target = Settings({})["target_precision"]
        twins = examine(assistant, target, titles_only=titles_only, progress=bar)
        write_page(html, render_twins(assistant, twins, lang))
    if as_data:
        click.echo(json.dumps(as_json(twins), ensure_ascii=False, indent=1))
    else:
        _tell(twins)
        click.echo(f"\n{html}")
    sys.exit(FINDING if twins.amiss else 0)


def _tell(twins: Twins) -> None:
    click.echo(f"{twins.pairs} articles in both languages")
    for direction in twins.directions:
        asked = f"{direction.asked}→{twin_language(direction.asked)}"
        count = len(direction.crossings)
        share = f"{direction.found} of {count} wordings find their twin first"
        score = "-" if direction.score is None else f"{direction.score:.2f}"
        cosine = "-" if direction.cosine is None else f"{direction.cosine:.2f}"
        click.echo(f"  {asked}: {share}; mean confidence {score}, likeness {cosine}")
    if twins.offset is not None:
        click.echo(f"  score offset zh - en: {twins.offset:+.3f}")
    if twins.contradictions:
        click.echo("\nNumbers that differ:")
        for one in twins.contradictions:
            said = {lang: ", ".join(map(str, values)) for lang, values in one.said.items()}
            click.echo(f"  {one.article_id}: zh says {said['zh']}; en says {said['en']}")
    if twins.findings:
        click.echo("\nMissing, stale and unequal twins:")
        for rule, place, message in twins.findings:
            click.echo(f"  {rule} {place}: {message}")
    lost = lost_wordings(twins)
    if lost:
        click.echo("\nWordings that do not find their twin:")
        for crossing in lost[:_SHOWN]:
            kind = "title" if crossing.is_title else "question"
            click.echo(
                f"  {crossing.article_id} ({crossing.lang} {kind}) {shortened(crossing.text)}"
            )
            click.echo(f"    found {crossing.got or 'nothing'}: {shortened(crossing.wording)}")
        if len(lost) > _SHOWN:
            click.echo(f"  … and {len(lost) - _SHOWN} more: see the page or --json")
