"""The command `faq-ask`: one question, answered on the terminal."""

import json
import sys
import time
from pathlib import Path

import click

from indexer import LANGS, Lang, StoreError
from indexer.settings import Settings, SettingsError
from server.engine.assistant import Assistant
from server.engine.domain import Decision
from server.engine.explanation import explain
from server.engine.presentation import present

BAD_INPUT = 2


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Examples:  faq-ask "提现没到账怎么办"    faq-ask "gas too high" -k 3 --explain',
)
@click.argument("question")
@click.option(
    "--lang", type=click.Choice(LANGS), help="Language to answer in.  [default: detected]"
)
@click.option("--product", help="Answers for this product only, e.g. tpwallet.")
@click.option("-k", "top_k", type=click.IntRange(1, 20), default=5, show_default=True)
@click.option("--index", type=click.Path(path_type=Path), help="[default: var/index]")
@click.option("--explain", "explained", is_flag=True, help="Show why each article ranks where.")
@click.option("--json", "as_json", is_flag=True, help="Print what POST /v1/ask returns.")
def main(
    question: str,
    lang: Lang | None,
    product: str | None,
    top_k: int,
    index: Path | None,
    *,
    explained: bool,
    as_json: bool,
) -> None:
    """Answer QUESTION from the index."""
    try:
        settings = Settings({"index": index})
        assistant = Assistant.open(settings["index"], target_precision=settings["target_precision"])
    except (StoreError, SettingsError) as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)
    start = time.perf_counter()
    answer = assistant.ask(question, lang, product, top_k)
    presented = present(assistant, answer, took_ms=(time.perf_counter() - start) * 1000)
    if assistant.encoder.error:
        click.echo(f"Warning: lexical answers only. {assistant.encoder.error}", err=True)
    if as_json:
        click.echo(json.dumps(presented, ensure_ascii=False, indent=2))
    elif explained:
        click.echo(explain(assistant, answer))
    else:
        click.echo(f"{presented['decision']} (confidence {presented['confidence']:.2f})")
        for part in ("warning", "handoff"):
            if part in presented:
                click.echo(presented[part]["message"])
        for number, hit in enumerate(presented["answers"], 1):
            click.echo(f"\n{number}. {hit['question']}  [{hit['id']}, {hit['confidence']:.2f}]")
            if number == 1 and answer.decision == Decision.ANSWER:
                click.echo(hit["answer"])
