"""The command `faq-index`: build, check, show and roll back."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

import click
from tqdm import tqdm

from indexer import store
from indexer.article import LANGS
from indexer.build import ModelChoice, build
from indexer.check import check
from indexer.encoder import EncoderError
from indexer.faults import SourceError
from indexer.knowledge import read_knowledge_base
from indexer.lean import open_encoder
from indexer.settings import Settings, SettingsError
from indexer.store import StoreError

FINDING = 1
BAD_INPUT = 2
_PATH = click.Path(path_type=Path)


class Bar:
    """Shows a build's progress on standard error, one bar for each stage, where a person looks."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of `stage` are behind us."""
        if self._bar is None or self._stage != stage:
            self.close()
            self._stage = stage
            self._bar = tqdm(total=total, desc=stage, disable=not sys.stderr.isatty())
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Finish the bar on show."""
        if self._bar is not None:
            self._bar.close()


def fail(error: Exception) -> NoReturn:
    """Print `error` and leave with the exit status of bad input."""
    click.echo(str(error), err=True)
    sys.exit(BAD_INPUT)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Build, check and inspect the index of a knowledge base."""


@main.command(
    "build",
    epilog="Examples:  faq-index build    faq-index build --kb ./my-articles --index ./my-index",
)
@click.option("--kb", type=_PATH, help="Folder or file with the articles.  [default: kb]")
@click.option("--index", type=_PATH, help="Where the index goes.  [default: var/index]")
@click.option("--model", help="'bundled', a folder, or a sentence-transformers name.")
@click.option("--full", is_flag=True, help="Embed every passage again.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def build_command(
    kb: Path | None, index: Path | None, model: str | None, *, full: bool, as_json: bool
) -> None:
    """Build the index; passages that did not change are not embedded again."""
    bar = Bar()
    try:
        settings = Settings({"kb": kb, "index": index, "model": model})
        choice = ModelChoice(
            settings["model"],
            settings["model_query_prompt"] or None,
            settings["model_passage_prompt"] or None,
        )
        # Faults in the sources are told before seconds are spent on loading the model.
        base = read_knowledge_base(settings["kb"])
        encoder = open_encoder(
            choice.source, query_prompt=choice.query_prompt, passage_prompt=choice.passage_prompt
        )
        report = build(base, settings["index"], encoder, choice, full=full, progress=bar)
    except (SourceError, StoreError, EncoderError, SettingsError) as error:
        bar.close()
        fail(error)
    bar.close()
    for warning in report.warnings:
        click.echo(f"Warning: {warning}", err=True)
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    click.echo(
        f"index {report.index_id}{' (nothing changed)' if report.unchanged else ''}\n"
        f"articles {report.articles}\npassages {report.passages}\n"
        f"re-embedded {report.embedded}\nseconds {report.seconds:.1f}"
    )


@main.command("check", epilog="Examples:  faq-index check    faq-index check --kb ./my-articles")
@click.option("--kb", type=_PATH, help="Folder or file with the articles.  [default: kb]")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check_command(kb: Path | None, *, as_json: bool) -> None:
    """Find duplicates, missing or stale twins, empty answers, unknown related ids, long titles."""
    try:
        base = read_knowledge_base(Settings({"kb": kb})["kb"])
    except (SourceError, SettingsError) as error:
        fail(error)
    findings = check(base)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(str(finding))
        click.echo(f"{len(base.articles)} articles, {len(findings)} findings")
    sys.exit(FINDING if findings else 0)


@main.command("show", epilog="Example:  faq-index show deposit-not-arrived")
@click.argument("article_id", metavar="ID")
@click.option("--index", type=_PATH, help="Folder of the index.  [default: var/index]")
@click.option("--json", "as_json", is_flag=True, help="Print the passages as JSON.")
def show_command(article_id: str, index: Path | None, *, as_json: bool) -> None:
    """Show the passages of the article ID, in every language."""
    try:
        opened = store.open_index(Settings({"index": index})["index"])
    except (StoreError, SettingsError) as error:
        fail(error)
    found = [passage for passage in opened.passages if passage.article_id == article_id]
    if as_json:
        click.echo(json.dumps([asdict(passage) for passage in found], ensure_ascii=False))
    else:
        for lang in LANGS:
            article = opened.articles.get((article_id, lang))
            if article is None:
                continue
            click.echo(f"{article.id} ({lang}): {article.title}  [{article.source}]")
            for passage in found:
                if passage.lang == lang:
                    click.echo(f"  {passage.kind:8} {passage.id}: {passage.text}")
    if not found:
        message = f"There is no article '{article_id}' in index {opened.manifest.index_id}."
        click.echo(message, err=True)
        sys.exit(FINDING)


@main.command("rollback", epilog="Example:  faq-index rollback")
@click.option("--index", type=_PATH, help="Folder of the index.  [default: var/index]")
def rollback_command(index: Path | None) -> None:
    """Serve the index before the current one again."""
    try:
        click.echo(f"index {store.roll_back(Settings({'index': index})['index'])}")
    except (StoreError, SettingsError) as error:
        fail(error)
