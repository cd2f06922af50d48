"""Ways to run the bundled model: `python -m evaluation.benchmarks.encoding`.

sentence-transformers as it comes, in bfloat16 and in dynamic int8, and our numpy one, which serves:
each with one and two threads, for one question and for 64. The ways take turns, question by
question. Beside the speed stand how far the vectors are from sentence-transformers' own and what
that does to accuracy on `clusters/dev`; then the time from the start of a process to its first
answer, and its memory, each measured in processes of their own.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from evaluation.benchmarks.measuring import percentiles, write
from evaluation.helpcentres import read_clusters
from indexer import LANGS, open_encoder
from indexer.identity import source_of
from indexer.text import normalise

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]

_DEV = Path(__file__).parents[1] / "datasets" / "clusters" / "dev.jsonl"
_ROUNDS = 60
_STARTS = 5
_BATCH = 64
# What a process does that answers its first question: the plain way, and ours.
_PLAIN = """
import sys, json, resource
import faiss, numpy
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
texts = json.load(open(sys.argv[2]))
index = faiss.IndexFlatIP(384)
index.add(numpy.load(sys.argv[3]))
print(texts[int(index.search(model.encode([sys.argv[4]]), 1)[1][0, 0])])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
_OURS = """
import sys, resource
from server.engine import Assistant
answer = Assistant.open(sys.argv[1]).ask(sys.argv[2])
print(answer.hits[0].article_id)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
_QUESTION = "提现没到账怎么办"


def ways() -> dict[str, Encode]:
    """Return the ways by name; the first is what the others are compared with."""
    import torch  # noqa: PLC0415 - only this benchmark needs it
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    def of(model: Any) -> Encode:
        return lambda texts: np.asarray(
            model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True), np.float32
        )

    folder = source_of("bundled")
    half = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.bfloat16})
    int8 = SentenceTransformer(folder, device="cpu")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells of its own successor, which is not released
        quantize: Any = torch.ao.quantization.quantize_dynamic
        int8 = quantize(int8, {torch.nn.Linear}, dtype=torch.qint8)
    lean = open_encoder()

    def in_half(texts: Sequence[str]) -> Vectors:
        tensors = half.encode(list(texts), batch_size=_BATCH, convert_to_tensor=True)
        return np.asarray(torch.nn.functional.normalize(tensors.float(), dim=1).numpy())

    return {
        "sentence-transformers": of(SentenceTransformer(folder, device="cpu")),
        "bfloat16": in_half,
        "dynamic int8": of(int8),
        "numpy": lambda texts: lean.encode(list(texts), "query"),
    }


def speed(found: dict[str, Encode], texts: Sequence[str], threads: int) -> dict[str, Any]:
    """Return for each way the median milliseconds for one text and for 64, and the ratio."""
    import torch  # noqa: PLC0415

    torch.set_num_threads(threads)
    rows: dict[str, Any] = {}
    with threadpool_limits(threads, user_api="blas"):
        for size, rounds in ((1, _ROUNDS), (_BATCH, max(3, _ROUNDS // 15))):
            taken: dict[str, list[float]] = {name: [] for name in found}
            for number in range(rounds + 2):
                batch = [texts[(number * size + n) % len(texts)] for n in range(size)]
                for name, encode in found.items():
                    start = time.perf_counter()
                    encode(batch)
                    if number >= 2:
                        taken[name].append(time.perf_counter() - start)
            first = statistics.median(taken[next(iter(found))])
            for name, seconds in taken.items():
                rows.setdefault(name, {})[f"batch_{size}"] = {
                    "p50_ms": percentiles(seconds)["p50_ms"],
                    "times_faster": round(first / statistics.median(seconds), 2),
                }
    return rows


def quality(found: dict[str, Encode]) -> dict[str, Any]:
    """Return how each way's vectors and accuracy on the held-out clusters differ (per cent)."""
    clusters = read_clusters(_DEV)
    rows: dict[str, Any] = {}
    reference: dict[str, Vectors] = {}
    for name, encode in found.items():
        right, total, farthest = 0, 0, 0.0
        for lang in LANGS:
            titles = encode([normalise(c[lang][0]) for c in clusters])
            asked = [(normalise(t), n) for n, c in enumerate(clusters) for t in c[lang][1:]]
            vectors = encode([text for text, _ in asked])
            kept = reference.setdefault(lang, vectors)
            farthest = max(farthest, float((1 - (kept * vectors).sum(1)).max()))
            nearest = (vectors @ titles.T).argmax(1)
            right += int((nearest == [own for _, own in asked]).sum())
            total += len(asked)
        rows[name] = {
            "accuracy": round(100 * right / total, 2),
            "farthest_cosine_distance": float(f"{farthest:.2g}"),
        }
    return rows


def starts(kb: Path) -> dict[str, Any]:
    """Return seconds from start to first answer and peak memory, plain and ours, in turns."""
    from indexer import ModelChoice, build, read_knowledge_base  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        base = read_knowledge_base(kb)
        encoder = open_encoder()
        build(base, root / "index", encoder, ModelChoice("bundled"))
        titles = [article.title for article in base.articles]
        (root / "titles.json").write_text(json.dumps(titles), encoding="utf-8")
        np.save(root / "titles.npy", encoder.encode([normalise(t) for t in titles], "passage"))
        files = [str(root / name) for name in ("titles.json", "titles.npy")]
        commands = {
            "sentence-transformers": [_PLAIN, source_of("bundled"), *files, _QUESTION],
            "ours": [_OURS, str(root / "index"), _QUESTION],
        }
        taken: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
        for _ in range(_STARTS):
            for name, (code, *arguments) in commands.items():
                start = time.perf_counter()
                done = subprocess.run(  # noqa: S603 - our own code
                    [sys.executable, "-c", code, *arguments],
                    capture_output=True,
                    text=True,
                    check=True,
                )
                seconds = time.perf_counter() - start
                taken[name].append((seconds, int(done.stdout.split()[-1]) // 1024))
    rows: dict[str, Any] = {
        name: {
            "seconds": round(statistics.median(s for s, _ in runs), 2),
            "peak_mib": max(memory for _, memory in runs),
        }
        for name, runs in taken.items()
    }
    plain, ours = rows["sentence-transformers"], rows["ours"]
    return rows | {
        "times_sooner": round(plain["seconds"] / ours["seconds"], 2),
        "times_less_memory": round(plain["peak_mib"] / ours["peak_mib"], 2),
    }


@click.command()
@click.option("--kb", type=click.Path(path_type=Path), default=Path("kb"), show_default=True)
def main(kb: Path) -> None:
    """Measure every way and write results/encoding.json."""
    found = ways()
    texts = [normalise(c[x][-1]) for c in read_clusters(_DEV) for x in LANGS]
    values = {f"threads_{n}": speed(found, texts, n) for n in (1, 2)}
    values |= {"quality": quality(found), "start_to_first_answer": starts(kb)}
    click.echo(write("encoding", values).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
