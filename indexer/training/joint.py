"""Trains a student on everything at once: the teacher's space, paraphrases, near misses, answers.

    python -m indexer.training.joint --data DATA --clusters train.jsonl --start MODEL --out RUN

Distillation first and contrast after it, as version 1 was made, costs the first what the second
brings; in one step the two hold each other. A run is seeded, writes a checkpoint every so often
and goes on from it when it is started again.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
from indexer.training.checkpoint import CHECKPOINT, read_checkpoint, write_checkpoint
from indexer.training.command import READ_FOLDER, WRITE, Step
from indexer.training.data import Cluster, DataError, read_clusters, read_pairs, read_parallel
from indexer.training.measure import measure
from indexer.training.model import Student, open_student
from indexer.training.plan import Plan, schedule, write_plan
from indexer.training.teacher import Teacher, open_teacher

LOG = "log.jsonl"
_NEIGHBOURS = 8


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
        self._random: Tensor | None = None
        self._resume()

    def train(self, held: Sequence[Cluster]) -> None:
        """Run to the end; measure on the clusters `held` back at each checkpoint."""
        self._student.train()
        torch.manual_seed(self._plan.seed + self._step)
        if self._random is not None:
            torch.set_rng_state(self._random)
        progress = tqdm(total=self._plan.steps, initial=self._step, unit="step", mininterval=10)
        while self._step < self._plan.steps:
            self._tell_neighbours()
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

    def _tell_neighbours(self) -> None:
        """Look for neighbours anew when every cluster was seen about once."""
        batches = self._batches
        if batches.sizes.clusters and (not batches.neighbours or self._step % batches.epoch == 0):
            batches.neighbours = self._neighbours()

    def _one(self) -> dict[str, float]:
        """Take one step and return its losses."""
        rate = schedule(self._step, self._plan)
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
        if batch.wordings:
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
        write_checkpoint(
            {
                "step": self._step,
                "body": self._student.body.state_dict(),
                "average": self._average.state,
                "optimiser": self._optimiser.state_dict(),
                # What else decides the next step: dropout, and who is whose neighbour.
                "random": torch.get_rng_state(),
                "neighbours": [list(row) for row in self._batches.neighbours],
            },
            self._out,
        )

    def _resume(self) -> None:
        """Go on from the checkpoint, where there is one: the same run as one without a break.

        Checkpoints of before this hold no random state and no neighbours; these are made anew.
        """
        file = self._out / CHECKPOINT
        if not file.exists():
            return
        saved = read_checkpoint(self._out)
        self._step = saved["step"]
        try:
            self._student.body.load_state_dict(saved["body"])
            self._optimiser.load_state_dict(saved["optimiser"])
        except (RuntimeError, ValueError) as error:
            raise DataError(
                f"{file} is of another model than --start. Name a new folder with --out."
            ) from error
        # A run may go on at other rates than it began with.
        rates = (self._plan.rate, self._plan.embedding_rate)
        for group, peak in zip(self._optimiser.param_groups, rates, strict=True):
            group["peak"] = peak
        self._average.resume(saved["average"], self._step)
        # Neighbours are places in the list of clusters: with other data they mean nothing.
        if len(saved.get("neighbours", ())) == len(self._batches.clusters):
            self._batches.neighbours = saved["neighbours"]
        self._random = saved.get("random")

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


@click.command(cls=Step)
@click.option("--data", type=READ_FOLDER, required=True, help="Folder of text; see data.py.")
@click.option(
    "--clusters",
    type=WRITE,
    multiple=True,
    help="Paraphrase clusters to train on; may be given several times.",
)
@click.option("--held", type=WRITE, help="Clusters to measure on.")
@click.option("--start", type=READ_FOLDER, required=True, help="Model to start from.")
@click.option("--out", type=WRITE, required=True, help="The run's folder.")
@click.option("--teacher", type=READ_FOLDER, help="Teacher's folder.  [default: its package]")
@click.option("--steps", type=int, default=3000, show_default=True)
@click.option("--rate", type=float, default=1e-4, show_default=True, help="Of the body.")
@click.option("--parallel", type=int, default=24, show_default=True, help="Pairs a step.")
@click.option(
    "--intents",
    type=int,
    default=64,
    show_default=True,
    help="Clusters a step; 0: distil only.",
)
@click.option("--every", type=int, default=100, show_default=True, help="Steps to a checkpoint.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--threads", type=int, default=0, help="Of torch; 0: its own choice.")
def main(
    data: Path,
    clusters: tuple[Path, ...],
    held: Path | None,
    start: Path,
    out: Path,
    teacher: Path | None,
    steps: int,
    rate: float,
    parallel: int,
    intents: int,
    every: int,
    seed: int,
    threads: int,
) -> None:
    """Train; started again with the same --out, go on where it stopped."""
    if intents and not clusters:
        raise click.UsageError("Name paraphrase clusters with --clusters, or give --intents 0.")
    if threads:
        torch.set_num_threads(threads)
    plan = Plan(steps=steps, seed=seed, rate=rate, embedding_rate=3 * rate, every=every)
    # Before the data is read, which takes a while: what is missing is told at once.
    teachers, student = open_teacher(teacher), open_student(start)
    kept = read_clusters(held) if held else []
    torch.manual_seed(seed)
    batches = Batches(
        parallel=read_parallel(data, seed),
        pairs=read_pairs(data, seed),
        clusters=read_clusters(*clusters),
        sizes=Sizes(parallel=parallel, clusters=intents),
        seed=seed,
    )
    out.mkdir(parents=True, exist_ok=True)
    run = Run(plan, student, teachers, batches, out)
    write_plan(plan, batches, out)
    run.train(kept)


if __name__ == "__main__":
    main()
