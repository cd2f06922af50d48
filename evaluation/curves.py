"""Fits the map from the scorer's log-odds to ones that hold, and chooses among the ways to do it.

All arrays have shape (questions,): `before` are log-odds, `right` tells whether the first article
answers.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from evaluation.sweeps import Floats
from server.engine.calibration import Curve, Method

Truths = NDArray[np.bool_]

FOLDS = 5
# Fewer questions than this in a step of the isotonic map would be luck.
_STEP = 10
_FLATTEST = 0.05
# Weight of one question for the map as it is: with few questions little is bent.
_PULL = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """The map that was chosen, and each question's log-odds by a map that never saw it.

    `losses` is the mean log-loss (nats) of each method on the held-out questions.
    """

    method: Method
    curve: Curve
    held_out: Floats
    losses: dict[Method, float]


def platt(before: Floats, right: Truths) -> Curve:
    """Return the line through the log-odds that makes `right` most likely.

    Platt, Probabilistic Outputs for Support Vector Machines (1999), with his smoothed targets; the
    line is pulled towards the identity, and it rises.
    """
    positives, negatives = int(right.sum()), int((~right).sum())
    targets = np.where(right, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(point: Floats) -> tuple[float, Floats]:
        slope, shift = point
        after = slope * before + shift
        losses = np.logaddexp(0, after) - targets * after
        gaps = 0.5 * (1 + np.tanh(0.5 * after)) - targets
        pull = np.array([slope - 1, shift])
        gradient = np.array([gaps @ before, gaps.sum()]) + _PULL * pull
        return float(losses.sum() + _PULL * pull @ pull / 2), gradient

    bounds = [(_FLATTEST, None), (None, None)]
    found = minimize(loss, np.array([1.0, 0.0]), jac=True, bounds=bounds, method="L-BFGS-B")
    slope, shift = (round(float(value), 6) for value in found.x)
    return Curve(((0.0, shift),), slope)


def isotonic(before: Floats, right: Truths) -> Curve:
    """Return the rising map made of steps: pooled neighbours, joined by straight lines.

    Pool adjacent violators: Ayer et al., An Empirical Distribution Function for Sampling with
    Incomplete Information (1955); for probabilities Zadrozny and Elkan (KDD 2002). The share of
    right ones in a step is Krichevsky and Trofimov's (k + ½) / (n + 1): no step claims certainty.
    """
    order = np.argsort(before, kind="stable")
    steps: list[tuple[float, int, int]] = []  # sum of the log-odds, right ones, all
    for value, hit in zip(before[order].tolist(), right[order].tolist(), strict=True):
        steps.append((value, int(hit), 1))
        while len(steps) > 1 and not _rises(steps[-2], steps[-1]):
            last = steps.pop()
            first = steps.pop()
            steps.append((first[0] + last[0], first[1] + last[1], first[2] + last[2]))
    while len(steps) > 1 and min(step[2] for step in steps) < _STEP:
        steps = _merged(steps, min(range(len(steps)), key=lambda n: steps[n][2]))
    knots = [(total / count, _odds(hits, count)) for total, hits, count in steps]
    return Curve(tuple((round(x, 6), round(y, 6)) for x, y in knots))


def choose(before: Floats, right: Truths, idents: Sequence[str]) -> Choice:
    """Return the method that does best on questions it was not fitted on, and its map.

    Each fold is left out in turn; a question's fold hangs on its id alone. A map with more freedom
    is taken only where it is better than a plainer one by more than the standard error.
    """
    folds = np.array([fold(ident) for ident in idents])
    held_out = {method: np.empty(len(before)) for method in _FITS}
    for number in range(FOLDS):
        out = folds == number
        for method, fit in _FITS.items():
            curve = fit(before[~out], right[~out]) if (~out).any() else Curve()
            held_out[method][out] = [curve.log_odds(value) for value in before[out].tolist()]
    losses = {m: np.logaddexp(0, after) - right * after for m, after in held_out.items()}
    best: Method = "none"
    for method in _FITS:
        gain = losses[best] - losses[method]
        if gain.mean() > gain.std() / np.sqrt(len(gain)):
            best = method
    means = {method: float(values.mean()) for method, values in losses.items()}
    return Choice(best, _FITS[best](before, right), held_out[best], means)


def fold(ident: str) -> int:
    """Return the fold of a question, 0..4."""
    return int(hashlib.sha256(ident.encode()).hexdigest(), 16) % FOLDS


def _identity(before: Floats, right: Truths) -> Curve:
    return Curve()


# From the plainest on.
_FITS: dict[Method, Callable[[Floats, Truths], Curve]] = {
    "none": _identity,
    "platt": platt,
    "isotonic": isotonic,
}


def _odds(hits: int, count: int) -> float:
    return float(np.log((hits + 0.5) / (count - hits + 0.5)))


def _rises(first: tuple[float, int, int], last: tuple[float, int, int]) -> bool:
    """Tell whether two steps rise in both, enough to stay apart once they are rounded."""
    forward = last[0] / last[2] - first[0] / first[2] > 1e-5
    return forward and _odds(last[1], last[2]) - _odds(first[1], first[2]) > 1e-5


def _merged(steps: list[tuple[float, int, int]], place: int) -> list[tuple[float, int, int]]:
    """Return `steps` with the one at `place` joined to its smaller neighbour, rising again."""
    neighbours = [n for n in (place - 1, place + 1) if 0 <= n < len(steps)]
    other = min(neighbours, key=lambda n: steps[n][2])
    low, high = sorted((place, other))
    joined = tuple(a + b for a, b in zip(steps[low], steps[high], strict=True))
    found: list[tuple[float, int, int]] = []
    for step in [*steps[:low], joined, *steps[high + 1 :]]:
        found.append(step)  # type: ignore[arg-type]
        while len(found) > 1 and not _rises(found[-2], found[-1]):
            last, first = found.pop(), found.pop()
            found.append((first[0] + last[0], first[1] + last[1], first[2] + last[2]))
    return found
