"""`faq-eval robustness`: the same topics, typed otherwise; what does each way cost?"""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from evaluation.commands._options import (
    PATH,
    making,
    open_assistant,
    page_options,
    tolerances,
    write_page,
)
from evaluation.commands._telling import shortened
from evaluation.comparison import Tolerance
from evaluation.hardening import MEASURES, Hardship, harden
from evaluation.perturbing import WAYS
from evaluation.robustness_report import as_json, render_robustness
from evaluation.texts import ReportLang
from evaluation.topics import Qrel, Topic, read_topics
from indexer.cli import FINDING

_EXAMPLES = 2


@click.command(
    "robustness",
    epilog="Examples:  faq-eval robustness --topics questions.csv    "
    "faq-eval robustness --topics questions.csv --way typos --tolerance Success@1=0.1",
)
@click.option("--topics", "topics_file", type=PATH, required=True, help="CSV or JSONL file.")
@click.option("--index", type=PATH, help="Folder of the index.  [default: var/index]")
@click.option(
    "--way",
    "chosen",
    multiple=True,
    type=click.Choice(WAYS),
    help="Try this way only; may be given several times.",
)
@click.option(
    "--sample", type=click.IntRange(min=1), help="Try only so many topics, always the same ones."
)
@click.option(
    "--tolerance",
    "allowed",
    multiple=True,
    callback=tolerances,
    metavar="MEASURE=MOST",
    help=f"How much worse {', '.join(MEASURES)} may become in each way; one that is broken makes "
    "the exit status 1.",
)
@page_options("robustness")
def command(
    topics_file: Path,
    index: Path | None,
    chosen: Sequence[str],
    sample: int | None,
    allowed: Sequence[Tolerance],
    html: Path,
    lang: ReportLang,
    *,
    as_data: bool,
) -> None:
    """Ask the topics with typos, traditional characters, pinyin, filler words and so on."""
    with making(html) as bar:
        topics, qrels = _sampled(*read_topics(topics_file), sample)
        assistant = open_assistant(index)
        found = harden(assistant, topics, qrels, chosen, bar)
        write_page(html, render_robustness(assistant, len(topics), found, lang))
    broken = _broken(found, allowed)
    if as_data:
        click.echo(json.dumps(as_json(found), ensure_ascii=False, indent=1))
    else:
        _tell(found)
        for line in broken:
            click.echo(line)
        click.echo(f"\n{html}")
    sys.exit(FINDING if broken else 0)


def _sampled(
    topics: list[Topic], qrels: list[Qrel], count: int | None
) -> tuple[list[Topic], list[Qrel]]:
    """Return `count` of the topics: those whose ids' digests come first, in their order."""
    if count is None or count >= len(topics):
        return topics, qrels
    digests = {t.id: hashlib.sha256(t.id.encode()).hexdigest() for t in topics}
    kept = set(sorted(digests, key=lambda ident: digests[ident])[:count])
    return [t for t in topics if t.id in kept], [q for q in qrels if q.topic_id in kept]


def _tell(found: Sequence[Hardship]) -> None:
    heads = "".join(f"{name:>20}" for name in MEASURES)
    click.echo(f"{'way':14}{'n':>5}{'cost':>8}{heads}{'lost':>6}{'won':>5}")
    for one in found:
        cells = "".join(
            f"{f'{_share(row.before)} → {_share(row.after)}':>20}" for row in one.differences
        )
        counts = f"{len(one.lost):6}{len(one.won):5}"
        click.echo(f"{one.way:14}{len(one.after):5}{one.price:+8.3f}{cells}{counts}")
    for one in found:
        for change in one.lost[:_EXAMPLES]:
            click.echo(f"\n{one.way}: {shortened(change.after.text)}")
            click.echo(f"  was: {shortened(change.before.text)}")
            first = change.after.ranked[0] if change.after.ranked else "nothing"
            was = change.before.ranked[0] if change.before.ranked else "nothing"
            click.echo(
                f"  {change.before.decision.value} {was} → {change.after.decision.value} {first}"
            )


def _broken(found: Sequence[Hardship], allowed: Sequence[Tolerance]) -> list[str]:
    lines = []
    for one in found:
        for each in allowed:
            for row in one.differences:
                if row.measure.name == each.measure.name and row.loss > each.most + 1e-9:
                    told = f"{row.loss:.4f} worse, {each.most:g} is allowed"
                    lines.append(f"BROKEN {one.way} {row.measure.name}: {told}")
    return lines


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
