"""Measures of a confidence: does it tell right from wrong, and is it the probability it claims?

`confidences` are probabilities (0..1), `right` tells of each whether the first answer was right; a
question that nothing answers cannot be right. Every figure is the same whatever the order of the
questions, equal confidences included. Of nothing a measure is undefined and returns None.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

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

    Mann and Whitney's U / (|positives|·|negatives|), from rank sums with mean ranks for ties;
    Hanley and McNeil, The Meaning and Use of the Area under a ROC Curve, Radiology 143 (1982). Here
    the positives are the confidences of answerable questions, the negatives of the others.
    """
    if not positives or not negatives:
        return None
    pairs = sorted([*((score, True) for score in positives), *((s, False) for s in negatives)])
    rank_sum, below = 0.0, 0
    for _, group in groupby(pairs, key=lambda pair: pair[0]):
        tied = [positive for _, positive in group]
        rank_sum += sum(tied) * (below + (len(tied) + 1) / 2)
        below += len(tied)
    smallest = len(positives) * (len(positives) + 1) / 2
    return (rank_sum - smallest) / (len(positives) * len(negatives))


def reliability(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 10, kind: Binning = "mass"
) -> list[Bin]:
    """Return the filled bins of a reliability diagram, by rising confidence.

    `mass`: about equally many questions in each; equal confidences stay together, so bins may be
    fewer than asked for. `width`: ranges of 1/bins, each with its lower end, the last with both.
    """
    pairs = sorted(zip(confidences, right, strict=True))
    if kind == "width":
        numbers = [min(int(confidence * bins), bins - 1) for confidence, _ in pairs]
    else:
        numbers = [0] * len(pairs)
        for place in range(1, len(pairs)):
            same = pairs[place][0] == pairs[place - 1][0]
            numbers[place] = numbers[place - 1] if same else place * bins // len(pairs)
    filled = []
    for _, group in groupby(zip(numbers, pairs, strict=True), key=lambda item: item[0]):
        members = [pair for _, pair in group]
        values = [confidence for confidence, _ in members]
        filled.append(
            Bin(
                low=values[0],
                high=values[-1],
                count=len(values),
                right=sum(hit for _, hit in members),
                confidence=math.fsum(values) / len(values),
            )
        )
    return filled


def expected_calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return ECE = Σ (count / total) · |accuracy - mean confidence| over `bins` (0 is best).

    Over bins of equal width: Naeini, Cooper and Hauskrecht (AAAI 2015); of equal mass, which does
    not hang on a few questions in an almost empty bin: Nguyen and O'Connor (EMNLP 2015).
    """
    total = sum(b.count for b in bins)
    if not total:
        return None
    return math.fsum(b.count * abs(b.accuracy - b.confidence) for b in bins) / total


def brier(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Return the Brier score, the mean of (confidence - right)² (0 is best, 1 worst).

    Brier, Verification of Forecasts Expressed in Terms of Probability, Monthly Weather Review 78
    (1950), in the form for two outcomes.
    """
    if not confidences:
        return None
    errors = ((c - float(hit)) ** 2 for c, hit in zip(confidences, right, strict=True))
    return math.fsum(errors) / len(confidences)


def risk_coverage(confidences: Sequence[float], right: Sequence[bool]) -> list[RiskPoint]:
    """Return the risk-coverage curve: a point for each distinct confidence, highest first.

    El-Yaniv and Wiener, On the Foundations of Noise-free Selective Classification, JMLR 11 (2010).
    """
    points = []
    for threshold, answered, wrong in _sweep(confidences, right):
        points.append(RiskPoint(threshold, answered / len(confidences), wrong / answered))
    return points


def aurc(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """Return the area under the risk-coverage curve: the mean risk over coverages 1/n..n/n.

    Geifman, Uziel and El-Yaniv, Bias-Reduced Uncertainty Estimation (ICLR 2019). 0 is best. Within
    equal confidences the risk is the expected one over every order of them.
    """
    if not confidences:
        return None
    total, before, wrong_before = 0.0, 0, 0
    for _, answered, wrong in _sweep(confidences, right):
        rate = (wrong - wrong_before) / (answered - before)
        total += math.fsum(
            (wrong_before + rate * (place - before)) / place
            for place in range(before + 1, answered + 1)
        )
        before, wrong_before = answered, wrong
    return total / len(confidences)


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
    can = sorted((c for c, able in zip(confidences, answerable, strict=True) if able), reverse=True)
    best, covered = OperatingPoint(0.0, None, None), 0
    for threshold, answered, wrong in _sweep(confidences, right):
        while covered < total and can[covered] >= threshold:
            covered += 1
        reached = (answered - wrong) / answered
        # Thresholds fall and coverage only grows: of equals the stricter one stays.
        if reached >= precision and covered / total > best.coverage:
            best = OperatingPoint(covered / total, threshold, reached)
    return best


def _sweep(confidences: Sequence[float], right: Sequence[bool]) -> list[tuple[float, int, int]]:
    """Return (threshold, answers, wrong answers) for each distinct confidence, highest first."""
    pairs = sorted(zip(confidences, right, strict=True), reverse=True)
    swept, answered, wrong = [], 0, 0
    for threshold, group in groupby(pairs, key=lambda pair: pair[0]):
        outcomes = [hit for _, hit in group]
        answered += len(outcomes)
        wrong += len(outcomes) - sum(outcomes)
        swept.append((threshold, answered, wrong))
    return swept
