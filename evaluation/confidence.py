"""Measures of a confidence: does it tell right from wrong, and is it the probability it claims?

`confidences` are probabilities (0..1), `right` tells of each whether the first answer was right; a
question that nothing answers cannot be right. Every figure is the same whatever the order of the
questions, equal confidences included. Of nothing a measure is undefined and returns None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.sweeps import Floats, sweep, swept_aurc, swept_auroc

Integers = NDArray[np.int64]
Binning = Literal["mass", "width"]


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of like confidence: `low`..`high` is their range, `confidence` the mean of it, and
    `accuracy` the share of them (0..1) whose first answer is right.
    """

    low: float
    high: float
    count: int
    right: int
    confidence: float

    @property
    def accuracy(self) -> float:
        """The share of right first answers."""
        return self.right / self.count


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """What answering from `threshold` on means: the share of questions answered and of those the
    share answered wrongly (both 0..1).
    """

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """The threshold with the largest coverage that keeps a precision.

    `coverage` is the share of the answerable questions that are answered, `precision` the share of
    right ones among all answers. Where no threshold keeps the precision, `coverage` is 0 and the
    other two are None.
    """

    coverage: float
    threshold: float | None
    precision: float | None


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Return the probability (0..1) that a positive scores above a negative, ties counting half.

    Mann and Whitney's U / (|positives|·|negatives|); Hanley and McNeil, The Meaning and Use of the
    Area under a ROC Curve, Radiology 143 (1982). Here the positives are the confidences of
    answerable questions, the negatives of the others.
    """
    if not positives or not negatives:
        return None
    scores = [*positives, *negatives]
    able = [True] * len(positives) + [False] * len(negatives)
    return float(swept_auroc(sweep(scores, able, able)))


def reliability(
    confidences: Sequence[float] | Floats,
    right: Sequence[bool] | NDArray[np.bool_],
    bins: int = 10,
    kind: Binning = "mass",
) -> list[Bin]:
    """Return the filled bins of a reliability diagram, by rising confidence.

    `mass`: about equally many questions in each; equal confidences stay together, so bins may be
    fewer than asked for. `width`: ranges of 1/bins, each with its lower end, the last with both.
    """
    values = np.asarray(confidences, dtype=np.float64)
    hits = np.asarray(right, dtype=bool)
    if len(values) != len(hits):
        raise ValueError(f"{len(values)} confidences, but {len(hits)} outcomes.")
    if not len(values):
        return []
    values, hits, starts, ends = _binned(values, hits, bins, kind)
    return [
        Bin(
            low=float(values[start]),
            high=float(values[end - 1]),
            count=int(end - start),
            right=int(hits[start:end].sum()),
            confidence=float(values[start:end].mean()),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _binned(
    values: Floats, hits: NDArray[np.bool_], bins: int, kind: Binning
) -> tuple[Floats, NDArray[np.bool_], Integers, Integers]:
    """Return both by rising confidence, and where each filled bin starts and ends."""
    order = np.argsort(values, kind="stable")
    values, hits = values[order], hits[order]
    if kind == "width":
        numbers = np.minimum((values * bins).astype(np.int64), bins - 1)
    else:
        # Each question goes where the first of its equals would.
        places = np.searchsorted(values, values, side="left")
        numbers = places * bins // len(values)
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    return values, hits, starts, np.append(starts[1:], len(values))


def ece(
    confidences: Sequence[float] | Floats, right: Sequence[bool] | NDArray[np.bool_]
) -> float | None:
    """Return the expected calibration error over ten bins of equal mass, None of nothing.

    The same as of the bins that `reliability` returns, but quick enough to be resampled.
    """
    if not len(confidences):
        return None
    values, hits, starts, _ = _binned(
        np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=bool), 10, "mass"
    )
    gaps = np.add.reduceat(hits - values, starts)
    return float(np.abs(gaps).sum() / len(values))


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return ECE = Σ (count / total) · |accuracy - mean confidence| over `bins` (0 is best).

    Over bins of equal width: Naeini, Cooper and Hauskrecht (AAAI 2015); of equal mass, which does
    not hang on a few questions in an almost empty bin: Nguyen and O'Connor (EMNLP 2015).
    """
    total = sum(b.count for b in bins)
    if not total:
        return None
    return sum(b.count * abs(b.accuracy - b.confidence) for b in bins) / total


def error_by_chance(
    bins: Sequence[Bin], *, seed: int = 0, draws: int = 1000, level: float = 0.95
) -> float | None:
    """Return the ECE that a perfect confidence stays below with probability `level`.

    A figure made of absolute gaps is never 0: with few questions even true probabilities show some.
    Outcomes are drawn from the mean confidence of each bin; Bröcker and Smith, Increasing the
    Reliability of Reliability Diagrams, Weather and Forecasting 22 (2007).
    """
    if not bins:
        return None
    counts = np.array([b.count for b in bins])
    means = np.clip([b.confidence for b in bins], 0.0, 1.0)
    drawn = np.random.default_rng(seed).binomial(counts, means, (draws, len(bins)))
    errors = np.abs(drawn - counts * means).sum(axis=1) / counts.sum()
    return float(np.quantile(errors, level))


def brier(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Return the Brier score, the mean of (confidence - right)² (0 is best, 1 worst).

    Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78
    (1950), in the form for two outcomes.
    """
    if not len(confidences):
        return None
    errors = (np.asarray(confidences) - np.asarray(right, dtype=np.float64)) ** 2
    return float(np.sort(errors).mean())


def log_loss(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Return the mean of -log(the probability given to what came true), in nats (0 is best).

    Good, Rational Decisions, JRSS B 14 (1952). Probabilities are cut at 1e-7 from 0 and 1.
    """
    if not len(confidences):
        return None
    given = np.where(np.asarray(right, dtype=bool), confidences, 1 - np.asarray(confidences))
    return float(np.sort(-np.log(np.clip(given, 1e-7, 1.0))).mean())


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[RiskPoint]:
    """Return the risk-coverage curve: a point for each distinct confidence, highest first.

    El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification, JMLR 11 (2010).
    """
    if not len(confidences):
        return []
    counted = sweep(confidences, right, right)
    coverages = counted.answered / len(confidences)
    risks = (counted.answered - counted.right) / counted.answered
    rows = zip(counted.thresholds.tolist(), coverages.tolist(), risks.tolist(), strict=True)
    return [RiskPoint(*row) for row in rows]


def aurc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Return the area under the risk-coverage curve: the mean risk over coverages 1/n..n/n.

    Geifman, Uziel and El-Yaniv, Bias-Reduced Uncertainty Estimation (ICLR 2019). 0 is best. Within
    equal confidences the risk is the expected one over every order of them.
    """
    if not len(confidences):
        return None
    return float(swept_aurc(sweep(confidences, right, right)))


def coverage_at_precision(
    confidences: Sequence[float],
    right: Sequence[bool],
    answerable: Sequence[bool],
    precision: float,
) -> OperatingPoint | None:
    """Return the largest coverage of answerable questions at a precision of at least `precision`.

    Every confidence is tried as the threshold from which on questions are answered. The precision
    counts all answers, those to questions that nothing answers as wrong; the coverage counts the
    answerable ones among them, right or wrong. None when no question is answerable.
    """
    total = sum(answerable)
    if not total:
        return None
    counted = sweep(confidences, right, answerable)
    reached = counted.right / counted.answered
    covered = np.where(reached >= precision, counted.able, 0)
    # Thresholds fall and coverage only grows: of equals the first, stricter one.
    best = int(covered.argmax())
    if not covered[best]:
        return OperatingPoint(0.0, None, None)
    return OperatingPoint(
        float(covered[best] / total), float(counted.thresholds[best]), float(reached[best])
    )
