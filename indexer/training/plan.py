"""What a training run does: its length, its rates and the weights of its losses."""

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

from indexer.training.batches import Batches

PLAN = "plan.json"


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
    answers: float = 1.0
    every: int = 100
    average: float = 0.998


def schedule(step: int, plan: Plan) -> float:
    """Return the rate's factor: a linear rise, then half a cosine down to a twentieth."""
    if step < plan.warmup:
        return (step + 1) / plan.warmup
    done = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    return 0.05 + 0.95 * (1 + math.cos(math.pi * done)) / 2


def write_plan(plan: Plan, batches: Batches, out: Path) -> None:
    """Write what the run in `out` does, and how much it reads, for its card."""
    read = {
        "parallel": len(batches.parallel),
        "pairs": len(batches.pairs),
        "clusters": len(batches.clusters),
    }
    told = {**asdict(plan), "sizes": asdict(batches.sizes), "read": read}
    (out / PLAN).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
