"""Building an index against the bare encoder: `python -m evaluation.benchmarks.indexing`.

The encoder is timed inside the build, call by call, so both figures come from one run: what the
pipeline adds is all that is not encoding. Then one article is edited and the index built again.
"""

import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click

from evaluation.benchmarks import corpus
from evaluation.benchmarks.measuring import peak_memory_mib, write
from indexer import (
    Article,
    Encoder,
    ModelChoice,
    build,
    open_encoder,
    read_knowledge_base,
)
from indexer.cli import Bar
from indexer.encoder import Vectors
from indexer.identity import Role


class TimedEncoder:
    """An encoder that adds up how long it encodes."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.seconds = 0.0

    @property
    def model_id(self) -> str:
        """The id of the encoder that is timed."""
        return self._encoder.model_id

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return what the timed encoder returns."""
        start = time.perf_counter()
        vectors = self._encoder.encode(texts, role)
        self.seconds += time.perf_counter() - start
        return vectors


def _write_articles(file: Path, articles: Sequence[Article]) -> None:
    keys = ("id", "lang", "title", "questions", "body")
    lines = ({key: asdict(article)[key] for key in keys} for article in articles)
    file.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )


@click.command()
@click.option("--articles", "count", default=10_000, show_default=True)
def main(count: int) -> None:
    """Measure the build of an index of many articles and write results/indexing.json."""
    encoder = TimedEncoder(open_encoder())
    encoder.encode(["warm up"] * 64, "passage")
    before = peak_memory_mib()
    bar = Bar()
    with tempfile.TemporaryDirectory() as folder:
        source, root = Path(folder) / "kb.jsonl", Path(folder) / "index"
        articles = list(corpus.articles(count))
        _write_articles(source, articles)

        encoder.seconds = 0.0
        start = time.perf_counter()
        base = read_knowledge_base(source)
        report = build(base, root, encoder, ModelChoice("bundled"), progress=bar)
        total, encoding = time.perf_counter() - start, encoder.seconds

        articles[0] = replace(articles[0], title="An edited title")
        _write_articles(source, articles)
        start = time.perf_counter()
        again = build(read_knowledge_base(source), root, encoder, ModelChoice("bundled"))
        edited = time.perf_counter() - start
        size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file())
    bar.close()
    file = write(
        "indexing",
        {
            "articles": report.articles,
            "passages": report.passages,
            "seconds": round(total, 1),
            "passages_per_second": round(report.passages / total, 1),
            "bare_encoder_passages_per_second": round(report.embedded / encoding, 1),
            "time_over_bare_encoder": round(total / encoding, 3),
            "peak_memory_mib": peak_memory_mib(),
            "peak_memory_with_model_alone_mib": before,
            "index_mib": round(size / 2 / 2**20, 1),
            "after_one_edit": {"embedded": again.embedded, "seconds": round(edited, 1)},
        },
    )
    click.echo(file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
