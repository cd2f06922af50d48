"""Trains a student on everything at once: the teacher's space, paraphrases, near misses, answers.

    python -m indexer.training.joint --data DATA --clusters train.jsonl --start MODEL --out RUN

Distillation first and contrast after it, as version 1 was made, costs the first what the second
brings; in one step the two hold each other. A run is seeded, writes a checkpoint every so often
and goes on from it when it is started again.
"""

import json
import logging
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import torch
from torch import Tensor
from tqdm import tqdm

from indexer.article import LANGS
from indexer.training import losses
from indexer.training.average import Average
from indexer.training.batches import Batch, Batches, Sizes
from indexer.training.data import Cluster, read_clusters, read_pairs, read_parallel
from indexer.training.measure import measure
from indexer.training.model import Student
from indexer.training.teacher import Teacher, open_teacher

logger = logging.getLogger(__name__)

CHECKPOINT = "checkpoint.pt"
LOG = "log.jsonl"
_NEIGHBOURS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: its length and its rates."""

    steps: int
    seed: int = 1
    rate: float = 1e-4
    embedding_rate: float = 3e-4
    warmup: int = 100
    weight_decay: float = 0.01
    # The weight of each loss in the sum.
    distil: float = 1.0
    contrast: float = 2.0
    answers: float = 0.5
    every: int = 200
    average: float = 0.998


class Run:
    """One training run in its folder."""

    def __init__(
        self,
        plan: Plan,
        student: Student,
        teacher: Teacher,
        batches: Batches,
        out: Path,
    ) -> None:
        self._plan = plan
        self._student = student
        self._teacher = teacher
        self._batches = batches
        self._out = out
        self._average = Average(student.body, plan.average)
        self._optimiser = torch.optim.AdamW(
            _groups(student, plan), weight_decay=plan.weight_decay, fused=True
        )
        self._step = 0
        self._resume()

    def train(self, held: Sequence[Cluster]) -> None:
        """Run to the end; measure on the clusters `held` back at each checkpoint."""
        self._student.train()
        torch.manual_seed(self._plan.seed + self._step)
        progress = tqdm(total=self._plan.steps, initial=self._step, unit="step", mininterval=10)
        while self._step < self._plan.steps:
            if self._step % self._batches.epoch == 0 or not self._batches.neighbours:
                self._batches.neighbours = self._neighbours()
            parts = self._one()
            self._step += 1
            progress.update()
            if self._step % 20 == 0:
                self._write({"step": self._step, **parts})
            if self._step % self._plan.every == 0 or self._step == self._plan.steps:
                self._save()
                if held:
                    self._write({"step": self._step, "held": self._measured(held)})
        progress.close()

    def _one(self) -> dict[str, float]:
        """Take one step and return its losses."""
        rate = _schedule(self._step, self._plan)
        for group in self._optimiser.param_groups:
            group["lr"] = group["peak"] * rate
        batch = self._batches.batch(self._step)
        self._optimiser.zero_grad(set_to_none=True)
        values: dict[str, float] = {}
        # Each part goes back on its own: only one part's activations are in memory at a time.
        for name, weight, loss in self._losses(batch):
            (weight * loss).backward()  # type: ignore[no-untyped-call]
            values[name] = round(float(loss.detach()), 4)
        torch.nn.utils.clip_grad_norm_(self._student.parameters(), 1.0)
        self._optimiser.step()
        self._average.update(self._student.body)
        return values

    def _losses(self, batch: Batch) -> Iterator[tuple[str, float, Tensor]]:
        plan, student = self._plan, self._student
        english = [pair.en for pair in batch.parallel] + batch.english
        goal = self._teacher(english)
        ours = len(batch.parallel)
        with _bf16():
            chinese = student([pair.zh for pair in batch.parallel])
        yield "zh", plan.distil, losses.distillation(chinese, goal[:ours])
        # A quarter of the English sides, and English paragraphs, keep the teacher's own language.
        kept = list(range(self._step % 4, ours, 4)) + list(range(ours, len(english)))
        with _bf16():
            own = student([english[n] for n in kept])
        yield "en", plan.distil / 2, losses.distillation(own, goal[kept])
        with _bf16():
            vectors = student(batch.wordings + batch.near)
        count = len(batch.wordings)
        yield (
            "contrast",
            plan.contrast,
            losses.contrast(
                vectors[:count],
                torch.tensor(batch.owner),
                vectors[count:],
                torch.tensor(batch.near_of, dtype=torch.long),
            ),
        )
        if batch.questions:
            with _bf16():
                vectors = student(batch.questions + batch.passages)
            count = len(batch.questions)
            yield "answers", plan.answers, losses.answers(vectors[:count], vectors[count:])

    def _neighbours(self) -> list[list[int]]:
        """Return for each cluster those whose titles the student finds likest, best first."""
        with _bf16():
            titles = [
                self._student.vectors([c.wordings(lang)[0] for c in self._batches.clusters])
                for lang in LANGS
            ]
        middle = torch.nn.functional.normalize(titles[0] + titles[1], dim=1)
        similar = (middle @ middle.T).fill_diagonal_(-1)
        count = min(_NEIGHBOURS, len(middle) - 1)
        found: list[list[int]] = similar.topk(count, dim=1).indices.tolist()
        return found

    def _measured(self, held: Sequence[Cluster]) -> dict[str, float]:
        with self._average.applied(self._student.body), _bf16():
            figures = measure(lambda texts: self._student.vectors(texts).numpy(), held)
        return {name: round(value, 1) for name, value in figures.items()}

    def _save(self) -> None:
        partial = self._out / (CHECKPOINT + ".partial")
        torch.save(
            {
                "step": self._step,
                "body": self._student.body.state_dict(),
                "average": self._average.state,
                "optimiser": self._optimiser.state_dict(),
            },
            partial,
        )
        partial.replace(self._out / CHECKPOINT)

    def _resume(self) -> None:
        file = self._out / CHECKPOINT
        if not file.exists():
            return
        saved = torch.load(file, weights_only=True)
        self._step = saved["step"]
        self._student.body.load_state_dict(saved["body"])
        self._average.state = saved["average"]
        self._optimiser.load_state_dict(saved["optimiser"])

    def _write(self, row: dict[str, Any]) -> None:
        with (self._out / LOG).open("a", encoding="utf-8") as log:
            log.write(json.dumps({"at": round(time.time()), **row}) + "\n")


@contextmanager
def _bf16() -> Iterator[None]:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        yield


def _groups(student: Student, plan: Plan) -> list[dict[str, Any]]:
    """Words that the teacher never knew have further to go: embeddings learn faster."""
    embeddings = student.body.embeddings.word_embeddings.weight
    rest = [p for p in student.body.parameters() if p is not embeddings]
    return [
        {"params": rest, "peak": plan.rate},
        {"params": [embeddings], "peak": plan.embedding_rate},
    ]


def _schedule(step: int, plan: Plan) -> float:
    """Return the rate's factor: a linear rise, then half a cosine down to a twentieth."""
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    done = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return 0.05 + 0.95 * (1 + math.cos(math.pi * done)) / 2


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Folder of text.")
@click.option(
    "--clusters",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="Paraphrase clusters to train on; may be given several times.",
)
@click.option("--held", type=click.Path(path_type=Path), help="Clusters to measure on.")
@click.option(
    "--start", type=click.Path(path_type=Path), required=True, help="Model to start from."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The run's folder.")
@click.option("--steps", type=int, default=3000, show_default=True)
@click.option("--rate", type=float, default=1e-4, show_default=True, help="Of the body.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--threads", type=int, default=0, help="Of torch; 0: its own choice.")
def main(
    data: Path,
    clusters: tuple[Path, ...],
    held: Path | None,
    start: Path,
    out: Path,
    steps: int,
    rate: float,
    seed: int,
    threads: int,
) -> None:
    """Train; started again with the same --out, go on where it stopped."""
    if threads:
        torch.set_num_threads(threads)
    plan = Plan(steps=steps, seed=seed, rate=rate, embedding_rate=3 * rate)
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    batches = Batches(
        parallel=read_parallel(data, seed),
        pairs=read_pairs(data, seed),
        clusters=read_clusters(*clusters),
        sizes=Sizes(),
        seed=seed,
    )
    (out / "plan.json").write_text(
        json.dumps({**asdict(plan), "sizes": asdict(batches.sizes)}, indent=1), encoding="utf-8"
    )
    run = Run(plan, Student.open(start), open_teacher(), batches, out)
    run.train(read_clusters(held) if held else ())


if __name__ == "__main__":
    main()
