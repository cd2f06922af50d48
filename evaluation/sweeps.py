"""Counts of answers above each confidence, taken once for every measure that asks for them.

For one set of questions or, with weights, for hundreds of resampled ones at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sweep:
    """How many questions lie at or above each confidence.

    `thresholds` are the distinct confidences, falling, shape (thresholds,). `answered`, `right` and
    `able` count at each threshold all questions, those whose first answer is right and those that
    something answers: shape (thresholds,), or (resamples, thresholds) with weights.
    """

    thresholds: Floats
    answered: NDArray[Any]
    right: NDArray[Any]
    able: NDArray[Any]


def sweep(
    confidences: Sequence[float] | Floats,
    right: Sequence[bool] | NDArray[np.bool_],
    answerable: Sequence[bool] | NDArray[np.bool_],
    weights: NDArray[Any] | None = None,
) -> Sweep:
    """Count `confidences` (at least one) downwards.

    `weights`, whole numbers of shape (resamples, questions), count each question so many times.
    """
    values = np.asarray(confidences, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(values[order])), len(order) - 1)
    hit = np.asarray(right, dtype=bool)[order]
    can = np.asarray(answerable, dtype=bool)[order]
    counts = np.ones(len(order), dtype=np.int64) if weights is None else weights[..., order]
    # One column at a time: three cumulative sums of a thousand resamples would fill the memory.
    return Sweep(
        thresholds=values[order][ends],
        answered=np.cumsum(counts, axis=-1)[..., ends],
        right=np.cumsum(counts * hit, axis=-1)[..., ends],
        able=np.cumsum(counts * can, axis=-1)[..., ends],
    )


def swept_auroc(counted: Sweep) -> NDArray[Any]:
    """Return the AUROC of answerable against other questions, NaN where one sort is missing."""
    others = counted.answered - counted.able
    within = np.diff(others, prepend=0, axis=-1)
    above = counted.able - np.diff(counted.able, prepend=0, axis=-1) / 2
    pairs = counted.able[..., -1] * others[..., -1]
    return _divided((within * above).sum(axis=-1), pairs)


def swept_aurc(counted: Sweep) -> NDArray[Any]:
    """Return the area under the risk-coverage curve, NaN of nothing."""
    total = counted.answered[..., -1]
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, int(np.max(total)) + 1))])
    wrong = counted.answered - counted.right
    members = np.diff(counted.answered, prepend=0, axis=-1)
    rate = _divided(np.diff(wrong, prepend=0, axis=-1), members, otherwise=0.0)
    before, wrong_before = counted.answered - members, wrong - rate * members
    # Within equal confidences: the sum over places of (wrong_before + rate·(place-before)) / place.
    shared = harmonic[counted.answered] - harmonic[before]
    areas = members * rate + (wrong_before - rate * before) * shared
    return _divided(areas.sum(axis=-1), total)


def swept_coverage(counted: Sweep, precision: float) -> NDArray[Any]:
    """Return the largest coverage of answerable questions at `precision`; NaN without any."""
    reached = _divided(counted.right, counted.answered, otherwise=0.0) >= precision
    covered = np.where(reached, counted.able, 0).max(axis=-1)
    return _divided(covered, counted.able[..., -1])


def _divided(
    numerators: NDArray[Any], denominators: NDArray[Any], otherwise: float = np.nan
) -> NDArray[Any]:
    """Return the quotients, `otherwise` where the denominator is 0."""
    quotients = np.full(np.broadcast(numerators, denominators).shape, otherwise)
    np.divide(numerators, denominators, out=quotients, where=np.not_equal(denominators, 0))
    return quotients
