"""`Assistant.ask` against the bare encoding of the same query: `… evaluation.benchmarks.latency`.

The encoding is measured twice: as it serves here, and by sentence-transformers as it comes. All
take turns, query by query, so that a busy machine slows them alike.
"""

import tempfile
import time
from pathlib import Path
from typing import Any

import click

from evaluation.benchmarks import corpus
from evaluation.benchmarks.measuring import percentiles, write
from indexer import (
    Encoder,
    KnowledgeBase,
    ModelChoice,
    SentenceTransformerEncoder,
    build,
    open_encoder,
    read_knowledge_base,
)
from indexer.cli import Bar
from indexer.text import normalise
from server.engine import Assistant

_WARM_UP = 20


def measure(base: KnowledgeBase, encoder: Encoder, plain: Encoder, rounds: int) -> dict[str, Any]:
    """Return the percentiles of all, and their ratios, on an index of `base`."""
    bar = Bar()
    asked, encoded, plainly = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        report = build(base, root, encoder, ModelChoice("bundled"), progress=bar)
        bar.close()
        assistant = Assistant.open(root, encoder=encoder)
        for number, question in enumerate(corpus.questions(rounds + _WARM_UP)):
            start = time.perf_counter()
            encoder.encode([normalise(question)], "query")
            middle = time.perf_counter()
            assistant.ask(question)
            end = time.perf_counter()
            plain.encode([normalise(question)], "query")
            last = time.perf_counter()
            if number >= _WARM_UP:
                encoded.append(middle - start)
                asked.append(end - middle)
                plainly.append(last - end)
    ask, encode, slow = map(percentiles, (asked, encoded, plainly))
    return {
        "articles": report.articles,
        "passages": report.passages,
        "ask": ask,
        "encode": encode,
        "sentence_transformers_encode": slow,
        "ratio_p50": round(ask["p50_ms"] / encode["p50_ms"], 3),
        "ratio_p99": round(ask["p99_ms"] / encode["p99_ms"], 3),
        "ratio_p50_to_sentence_transformers": round(ask["p50_ms"] / slow["p50_ms"], 3),
    }


@click.command()
@click.option("--kb", type=click.Path(path_type=Path), default=Path("kb"), show_default=True)
@click.option("--articles", "count", default=10_000, show_default=True)
@click.option("--rounds", default=500, show_default=True)
def main(kb: Path, count: int, rounds: int) -> None:
    """Measure on the own knowledge base and on a large one; write results/latency.json."""
    encoder, plain = open_encoder(), SentenceTransformerEncoder()
    values = {"own": measure(read_knowledge_base(kb), encoder, plain, rounds)}
    if count:
        large = KnowledgeBase(tuple(corpus.articles(count)))
        values["large"] = measure(large, encoder, plain, rounds)
    click.echo(write("latency", values).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
