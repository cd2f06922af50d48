"""The learned scorer: features of an article in, the probability that it answers out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from server.engine.domain import Situation

Floats = NDArray[np.float64]

# Its features or their meaning changed: a calibration of another version does not fit.
VERSION = 2

BUNDLED_FILE = Path(__file__).parent / "scorer.json"


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """Logistic regression: P = 1 / (1 + exp(-(intercept + Σ weight · feature)))."""

    intercept: float
    weights: dict[str, float]

    def parts(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return what each feature of one article adds to the log-odds.

        Raises:
            KeyError: a feature that the model needs is missing.
        """
        return {name: weight * features[name] for name, weight in self.weights.items()}

    def probabilities(self, features: Mapping[str, Floats], size: int) -> Floats:
        """Return the probability (0..1) of each of `size` articles, from arrays of that length.

        Raises:
            KeyError: a feature that the model needs is missing.
        """
        log_odds = np.full(size, float(self.intercept))
        for name, weight in self.weights.items():
            log_odds += weight * features[name]
        return logistic(log_odds)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which confidence on a direct answer (`answer`) and a choice of three (`clarify`) hold
    the precision they promise, 1.0 where none does; fitted on `topics` labelled questions.
    """

    answer: float
    clarify: float
    target_precision: float
    topics: int


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model and thresholds for each situation. Made by `evaluation.fitting`.

    `targets` holds, beside `thresholds`, those for other precisions that an operator may ask for.
    """

    models: dict[Situation, LogisticModel]
    thresholds: dict[Situation, Thresholds]
    targets: dict[Situation, tuple[Thresholds, ...]] = field(default_factory=dict)


def logistic(log_odds: Floats) -> Floats:
    """Return 1 / (1 + exp(-log_odds)) without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * log_odds))


def read_scorer(file: Path) -> Scorer:
    """Return the scorer in `file`.

    Raises:
        ValueError: it is of another version.
    """
    values = json.loads(file.read_text(encoding="utf-8"))
    if values["version"] != VERSION:
        raise ValueError(
            f"{file} is a scorer of version {values['version']}, this program needs {VERSION}. "
            "Fit it again with `python -m evaluation.fitting`."
        )
    return Scorer(
        models={name: LogisticModel(**model) for name, model in values["models"].items()},
        thresholds={name: Thresholds(**row) for name, row in values["thresholds"].items()},
        targets={
            name: tuple(Thresholds(**row) for row in rows)
            for name, rows in values.get("targets", {}).items()
        },
    )


@cache
def bundled_scorer() -> Scorer:
    """Return the scorer that comes with the program."""
    return read_scorer(BUNDLED_FILE)
