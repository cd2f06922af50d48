"""Ways to run the bundled model: `python -m evaluation.benchmarks.encoding`.

sentence-transformers as it comes, in bfloat16 and in dynamic int8; ONNX Runtime in single precision
and, as it serves, in eight bits a block: each on one core and on two, for one question and for 64,
each in a process of its own: idle threads of one library would slow the other. Beside the speed
stand how far the vectors are from sentence-transformers' own and what that does to accuracy on
`clusters/dev`; then the time from the start of a process to its first answer, and its memory (Linux
tells it).
"""

import json
import os
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

from evaluation.benchmarks.measuring import percentiles, write
from evaluation.helpcentres import read_clusters
from indexer import LANGS, open_encoder
from indexer.bert import Bert
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
import sys, json
import faiss, numpy
from sentence_transformers import SentenceTransformer
model = SentenceTransformer(sys.argv[1], device="cpu")
texts = json.load(open(sys.argv[2]))
index = faiss.IndexFlatIP(384)
index.add(numpy.load(sys.argv[3]))
print(texts[int(index.search(model.encode([sys.argv[4]]), 1)[1][0, 0])])
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
_OURS = """
import sys
from server.engine import Assistant
answer = Assistant.open(sys.argv[1]).ask(sys.argv[2])
print(answer.hits[0].article_id)
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
_QUESTION = "提现没到账怎么办"


WAYS = ("sentence-transformers", "bfloat16", "dynamic int8", "ONNX Runtime", "ours")


def way(name: str) -> Encode:
    """Return one of the `WAYS` to encode; the first is what the others are compared with."""
    if name == "ours":
        lean = open_encoder()
        return lambda texts: lean.encode(list(texts), "query")
    if name == "ONNX Runtime":
        return Bert(Path(source_of("bundled")), exact=True).encode
    import torch  # noqa: PLC0415 - seconds of import
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415

    options = {"dtype": torch.bfloat16} if name == "bfloat16" else {}
    model = SentenceTransformer(source_of("bundled"), device="cpu", model_kwargs=options)
    if name == "dynamic int8":
        quantize: Any = torch.ao.quantization.quantize_dynamic
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells of its own successor, in another package
            model = quantize(model, {torch.nn.Linear}, dtype=torch.qint8)

    def encode(texts: Sequence[str]) -> Vectors:
        tensors = model.encode(list(texts), batch_size=_BATCH, convert_to_tensor=True)
        return np.asarray(torch.nn.functional.normalize(tensors.float(), dim=1).numpy())

    return encode


def medians(name: str) -> dict[str, float]:
    """Return the median milliseconds of one way, for one text and for 64."""
    encode, texts = way(name), questions()
    found = {}
    for size, rounds in ((1, _ROUNDS), (_BATCH, _ROUNDS // 10)):
        taken = []
        for number in range(rounds + 3):
            batch = [texts[(number * size + n) % len(texts)] for n in range(size)]
            start = time.perf_counter()
            encode(batch)
            taken.append(time.perf_counter() - start)
        found[f"batch_{size}"] = percentiles(taken[3:])["p50_ms"]
    return found


def speed(cores: int) -> dict[str, Any]:
    """Return the medians of every way, and how many times faster each is than the first."""
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": str(cores),
        "OPENBLAS_NUM_THREADS": str(cores),
    }
    command = [sys.executable, "-m", "evaluation.benchmarks.encoding", "--cores", str(cores)]
    rows: dict[str, Any] = {}
    for name in WAYS:
        done = subprocess.run(  # noqa: S603 - our own code
            [*command, "--way", name], capture_output=True, text=True, check=True, env=environment
        )
        rows[name] = {size: {"p50_ms": value} for size, value in json.loads(done.stdout).items()}
        for size, row in rows[name].items():
            row["times_faster"] = round(rows[WAYS[0]][size]["p50_ms"] / row["p50_ms"], 2)
    return rows


def questions() -> list[str]:
    """Return a question of each cluster that is held out, in both languages."""
    return [normalise(c[lang][-1]) for c in read_clusters(_DEV) for lang in LANGS]


def quality() -> dict[str, Any]:
    """Return how each way's vectors and accuracy on the held-out clusters differ (per cent)."""
    clusters = read_clusters(_DEV)
    rows: dict[str, Any] = {}
    reference: dict[str, Vectors] = {}
    for name in WAYS:
        encode = way(name)
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
@click.option("--way", "name", type=click.Choice(WAYS), help="Time this one only, and print it.")
@click.option("--cores", type=int, default=2, show_default=True, help="For --way: how many.")
def main(kb: Path, name: str | None, cores: int) -> None:
    """Measure every way and write results/encoding.json."""
    if name:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
        click.echo(json.dumps(medians(name)))
        return
    values: dict[str, Any] = {f"cores_{n}": speed(n) for n in (1, 2)}
    values |= {"quality": quality(), "start_to_first_answer": starts(kb)}
    click.echo(write("encoding", values).read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
