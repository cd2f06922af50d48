"""Help centres that the scorer has never seen: `… evaluation.benchmarks.transfer FOLDER …`.

Each folder is a question set (see `evaluation.beir`). No labelled question of any is used: they are
only asked. Beside the assistant's figures stand those of BM25 alone and of the encoder alone on the
same index, both with the raw score of their first article as the confidence.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np

from evaluation import confidence
from evaluation.beir import read_set
from evaluation.benchmarks.measuring import write
from evaluation.topics import Topic, relevance
from indexer import Encoder, KnowledgeBase, ModelChoice, build, open_encoder
from indexer.caching import CachingEncoder
from indexer.cli import Bar
from indexer.text import normalise
from server.engine import Assistant

_PRECISION = 0.9
# Three systems are asked the same.
_TEXTS = 50_000
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What one system said to one topic: its first article and how sure it was of it."""

    article_id: str | None
    confidence: float


def assistant_alone(assistant: Assistant, texts: Sequence[str]) -> list[Found]:
    """Return what users get."""
    return [
        Found(answer.hits[0].article_id if answer.hits else None, answer.confidence)
        for answer in assistant.ask_many(texts, top_k=1)
    ]


def bm25_alone(assistant: Assistant, texts: Sequence[str]) -> list[Found]:
    """Return the article of the passage with the best BM25 score, words as they are written."""
    index, found = assistant.index, []
    for text in texts:
        tokens = dict(assistant.understand(text, None, None).tokens)
        best, score = None, 0.0
        for lang, bm25 in index.lexical.items():
            scores = bm25.scores(tokens)
            if len(scores) and scores.max() > score:
                score = float(scores.max())
                best = index.passages[index.rows(lang).start + int(scores.argmax())].article_id
        found.append(Found(best, score))
    return found


def dense_alone(assistant: Assistant, encoder: Encoder, texts: Sequence[str]) -> list[Found]:
    """Return the article of the nearest passage."""
    index = assistant.index
    rows = np.arange(len(index.passages))
    similar = encoder.encode([normalise(t) for t in texts], "query") @ index.vectors.take(rows).T
    return [
        Found(index.passages[int(row.argmax())].article_id, float(row.max())) for row in similar
    ]


def figures(
    found: Sequence[Found], topics: Sequence[Topic], judged: dict[str, Any], *, probable: bool
) -> dict[str, float | None]:
    """Return accuracy, AUROC of answerable against not, coverage at 90 % precision and, where
    confidences are probabilities (`probable`), the expected calibration error.
    """
    right = [
        one.article_id is not None and judged.get(topic.id, {}).get(one.article_id, 0) > 0
        for one, topic in zip(found, topics, strict=True)
    ]
    sure = [one.confidence for one in found]
    able = [topic.answerable for topic in topics]
    point = confidence.coverage_at_precision(sure, right, able, _PRECISION)
    answered = [s for s, a in zip(sure, able, strict=True) if a]
    others = [s for s, a in zip(sure, able, strict=True) if not a]
    bins = confidence.reliability(sure, right) if probable else []
    firsts = [r for r, a in zip(right, able, strict=True) if a]
    values = {
        "acc@1": sum(firsts) / len(firsts) if firsts else None,
        "auroc": confidence.auroc(answered, others),
        "coverage@p90": point.coverage if point else None,
        "ece": confidence.expected_calibration_error(bins),
    }
    return {name: None if v is None else round(v, _DIGITS) for name, v in values.items()}


def measure(
    base: KnowledgeBase,
    topics: Sequence[Topic],
    judged: dict[str, Any],
    encoder: Encoder,
) -> dict[str, Any]:
    """Return the figures of the three systems on one help centre."""
    texts = [topic.text for topic in topics]
    with tempfile.TemporaryDirectory() as folder:
        build(base, Path(folder), encoder, ModelChoice("given"), progress=Bar())
        assistant = Assistant.open(folder, encoder=encoder)
        systems = {
            "assistant": assistant_alone(assistant, texts),
            "bm25": bm25_alone(assistant, texts),
            "dense": dense_alone(assistant, encoder, texts),
        }
    return {"topics": len(topics), "answerable": sum(topic.answerable for topic in topics)} | {
        name: figures(found, topics, judged, probable=name == "assistant")
        for name, found in systems.items()
    }


@click.command()
@click.argument("folders", type=click.Path(path_type=Path, exists=True), nargs=-1, required=True)
@click.option("--model", default="bundled", show_default=True)
@click.option("--out", default="transfer", show_default=True, help="Name of the result file.")
def main(folders: tuple[Path, ...], model: str, out: str) -> None:
    """Measure on the question sets in FOLDERS; write results/transfer.json."""
    encoder = CachingEncoder(open_encoder(model), _TEXTS)
    values: dict[str, Any] = {"model_id": encoder.model_id, "sets": {}}
    for folder in folders:
        base, topics, qrels = read_set(folder)
        row = measure(base, topics, relevance(qrels), encoder)
        values["sets"][folder.name] = row
        click.echo(f"{folder.name}: {row}")
    write(out, values)


if __name__ == "__main__":
    main()
