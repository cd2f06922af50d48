"""5,000 topics evaluated against the bare encoding of them: `… evaluation.benchmarks.evaluating`.

Both take turns, a part of the topics each, so that a busy machine slows both alike; the ratio is
told in seconds of the processor as well.
"""

import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from evaluation import files
from evaluation.benchmarks.measuring import peak_memory_mib, write
from evaluation.running import evaluate
from evaluation.summary import summarise
from evaluation.topics import Qrel, Topic, read_topics
from indexer import BUNDLED, Encoder, ModelChoice, build, open_encoder, read_knowledge_base
from indexer.cli import Bar
from indexer.text import normalise
from server.engine import Assistant

_TOPICS = Path(__file__).parents[1] / "datasets" / "wallet"
# As many as are asked at a time.
_PART = 64


def topics(count: int) -> tuple[list[Topic], list[Qrel]]:
    """Return `count` topics: the project's own, each several times, with a number behind it."""
    known: list[Topic] = []
    right: dict[str, list[str]] = {}
    for half in ("dev", "test"):
        read, qrels = read_topics(_TOPICS / f"{half}.jsonl")
        known += read
        for qrel in qrels:
            right.setdefault(qrel.topic_id, []).append(qrel.article_id)
    asked, judged = [], []
    for number in range(count):
        topic = known[number % len(known)]
        ident = f"{topic.id}-{number}"
        # The number keeps texts apart: none is encoded for two topics.
        text = f"{topic.text} {number}"
        asked.append(Topic(ident, text, topic.lang, topic.answerable, topic.kind))
        judged += [Qrel(ident, article) for article in right.get(topic.id, ())]
    return asked, judged


def measure(assistant: Assistant, encoder: Encoder, count: int) -> dict[str, Any]:
    """Return how long `count` topics take to encode and to evaluate, and the ratio."""
    asked, judged = topics(count)
    bar = Bar()
    clock = {"encode": 0.0, "evaluate": 0.0}
    processor = dict(clock)
    by_topic: dict[str, list[Qrel]] = {}
    for qrel in judged:
        by_topic.setdefault(qrel.topic_id, []).append(qrel)

    def timed(name: str, start: tuple[float, float]) -> None:
        clock[name] += time.perf_counter() - start[0]
        processor[name] += time.process_time() - start[1]

    # Models that are read at the first question are no part of the price of the others.
    evaluate(assistant, asked[:1], by_topic.get(asked[0].id, ()))
    for begin in range(0, count, _PART):
        bar("topics", begin, count)
        part = asked[begin : begin + _PART]
        start = time.perf_counter(), time.process_time()
        encoder.encode([normalise(topic.text) for topic in part], "query")
        timed("encode", start)
        start = time.perf_counter(), time.process_time()
        evaluate(assistant, part, [q for topic in part for q in by_topic.get(topic.id, ())])
        timed("evaluate", start)
    bar.close()
    found = {
        "topics": count,
        "encode_s": round(clock["encode"], 2),
        "evaluate_s": round(clock["evaluate"], 2),
        "ratio": round(clock["evaluate"] / clock["encode"], 3),
        "ratio_processor": round(processor["evaluate"] / processor["encode"], 3),
    }
    return found | _summing_up(assistant, asked[:_PART], by_topic, count)


def _summing_up(
    assistant: Assistant, part: list[Topic], by_topic: dict[str, list[Qrel]], count: int
) -> dict[str, Any]:
    """Return how long the figures, the page and the files of `count` outcomes take."""
    qrels = [q for topic in part for q in by_topic.get(topic.id, ())]
    small = evaluate(assistant, part, qrels)
    outcomes = tuple(small.outcomes[n % len(small.outcomes)] for n in range(count))
    many = replace(small, outcomes=outcomes)
    start = time.perf_counter()
    summary = summarise(many)
    with tempfile.TemporaryDirectory() as folder:
        files.write(many, summary, Path(folder), "en")
    return {"sum_up_s": round(time.perf_counter() - start, 2), "memory_mib": peak_memory_mib()}


@click.command()
@click.option("--kb", type=click.Path(path_type=Path), default=Path("kb"), show_default=True)
@click.option("--index", type=click.Path(path_type=Path), help="A built index.  [default: built]")
@click.option("--topics", "count", default=5000, show_default=True)
def main(kb: Path, index: Path | None, count: int) -> None:
    """Measure on the own knowledge base; write results/evaluating.json."""
    encoder = open_encoder(BUNDLED)
    with tempfile.TemporaryDirectory() as folder:
        root = index or Path(folder)
        if index is None:
            build(read_knowledge_base(kb), root, encoder, ModelChoice(BUNDLED))
        assistant = Assistant.open(root, encoder=encoder)
        values = measure(assistant, encoder, count)
    click.echo(write("evaluating", values).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
