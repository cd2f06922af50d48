"""Is the difference between two runs over the same topics more than luck?"""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.estimating import Columns, columns, topic_values, value_of
from evaluation.intervals import Interval
from evaluation.judged import Judged
from evaluation.registry import Measure
from evaluation.sweeps import Floats, sweep

PERMUTATIONS = 10_000
# Measures of all topics at once are computed anew each time.
PERMUTATIONS_WHOLE = 2_000
RESAMPLES = 2_000
# Permutations at a time, which divides their number.
_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in the runs `before` and `after` (None where undefined), and what lies between.

    `interval` is the 95 % one of after - before, `p` the probability of a difference as large as
    this by chance alone (two-sided).
    """

    measure: Measure
    before: float | None
    after: float | None
    interval: Interval | None
    p: float | None

    @property
    def change(self) -> float | None:
        """How much larger the value is after."""
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def loss(self) -> float:
        """How much worse it is after (0 where it is not, or undefined)."""
        change = self.change or 0.0
        return max(0.0, -change if self.measure.higher_is_better else change)


def difference(
    measure: Measure, before: Sequence[Judged], after: Sequence[Judged], seed: int = 0
) -> Difference:
    """Compare `measure` on two runs over the same topics, in the same order.

    Paired randomisation test: were the runs alike, each topic's two outcomes could as well be
    swapped. Smucker, Allan and Carterette, A Comparison of Statistical Significance Tests for
    Information Retrieval Evaluation (CIKM 2007). p counts the observed one among the permutations
    (Phipson and Smyth, Permutation P-values Should Never Be Zero, 2010). The interval is a
    percentile bootstrap over topics. Equal input and `seed` give equal results.

    Raises:
        ValueError: the runs do not hold the same topics.
    """
    if [one.id for one in before] != [one.id for one in after]:
        raise ValueError("The runs do not hold the same topics in the same order.")
    if not before:
        return Difference(measure, None, None, None, None)
    rng = np.random.default_rng(seed)
    if measure.topic:
        return _of_means(measure, topic_values(measure, before), topic_values(measure, after), rng)
    of_runs = _of_sweeps if measure.sweep else _of_wholes
    return of_runs(measure, columns(before), columns(after), rng)


def _of_means(
    measure: Measure, before: Floats, after: Floats, rng: np.random.Generator
) -> Difference:
    """Compare means; a topic may count in one run only, as an answer for the precision does."""
    sums = np.nan_to_num(np.stack([before, after]))
    counts = (~np.isnan(np.stack([before, after]))).astype(np.float64)
    values = _means(sums.sum(axis=1), counts.sum(axis=1))
    # What is the same in both runs is so after every swap.
    differing = (sums[0] != sums[1]) | (counts[0] != counts[1])
    sum_gap, count_gap = (sums[1] - sums[0])[differing], (counts[1] - counts[0])[differing]
    shuffled = np.empty(PERMUTATIONS)
    for begin in range(0, PERMUTATIONS, _BLOCK):
        swapped = (rng.random((_BLOCK, len(sum_gap))) < 0.5).astype(np.float64)
        moved, counted = swapped @ sum_gap, swapped @ count_gap
        first = _means(sums[0].sum() + moved, counts[0].sum() + counted)
        second = _means(sums[1].sum() - moved, counts[1].sum() - counted)
        shuffled[begin : begin + _BLOCK] = second - first
    drawn = _drawn_means(sums, counts, rng)
    return _difference(measure, values, shuffled, drawn[1] - drawn[0])


def _drawn_means(sums: Floats, counts: Floats, rng: np.random.Generator) -> Floats:
    """Return both runs' means on every resample, shape (2, resamples)."""
    drawn = np.empty((2, RESAMPLES))
    topics = sums.shape[1]
    for number in range(RESAMPLES):
        weights = np.bincount(rng.integers(0, topics, topics), minlength=topics)
        drawn[:, number] = _means(sums @ weights, counts @ weights)
    return drawn


def _of_sweeps(
    measure: Measure, before: Columns, after: Columns, rng: np.random.Generator
) -> Difference:
    """Compare values from counts: of both runs' topics side by side, each run's weigh 1 or 0."""
    topics = len(before.right)
    confidences, right, able = map(
        np.concatenate, zip(astuple(before), astuple(after), strict=True)
    )

    def values(weights: NDArray[np.int64]) -> Floats:
        assert measure.sweep is not None  # noqa: S101 - chosen by it
        return np.asarray(measure.sweep(sweep(confidences, right, able, weights)), dtype=np.float64)

    def gaps(total: int, draw: Callable[[int], tuple[NDArray[Any], NDArray[Any]]]) -> Floats:
        found = []
        for begin in range(0, total, _BLOCK):
            first, second = draw(min(_BLOCK, total - begin))
            found.append(values(second) - values(first))
        return np.concatenate(found)

    def swapped(count: int) -> tuple[NDArray[Any], NDArray[Any]]:
        swap = rng.random((count, topics)) < 0.5
        first = np.concatenate([~swap, swap], axis=1).astype(np.int64)
        return first, 1 - first

    def drawn(count: int) -> tuple[NDArray[Any], NDArray[Any]]:
        places = rng.integers(0, topics, (count, topics)) + topics * np.arange(count)[:, None]
        weights = np.bincount(places.ravel(), minlength=count * topics).reshape(count, topics)
        nothing = np.zeros_like(weights)
        return (
            np.concatenate([weights, nothing], axis=1),
            np.concatenate([nothing, weights], axis=1),
        )

    own = np.array([value_of(measure, run, None) for run in (before, after)])
    return _difference(measure, own, gaps(PERMUTATIONS_WHOLE, swapped), gaps(RESAMPLES, drawn))


def _of_wholes(
    measure: Measure, before: Columns, after: Columns, rng: np.random.Generator
) -> Difference:
    topics = len(before.right)
    values = np.array([value_of(measure, run, None) for run in (before, after)])
    shuffled, drawn = np.empty(PERMUTATIONS_WHOLE), np.empty(RESAMPLES)
    for number in range(PERMUTATIONS_WHOLE):
        swap = rng.random(topics) < 0.5
        first, second = _mixed(before, after, swap), _mixed(after, before, swap)
        shuffled[number] = value_of(measure, second, None) - value_of(measure, first, None)
    for number in range(RESAMPLES):
        chosen = rng.integers(0, topics, topics)
        first, second = _taken(before, chosen), _taken(after, chosen)
        drawn[number] = value_of(measure, second, None) - value_of(measure, first, None)
    return _difference(measure, values, shuffled, drawn)


def _difference(measure: Measure, values: Floats, shuffled: Floats, drawn: Floats) -> Difference:
    before, after = (None if np.isnan(value) else float(value) for value in values)
    if before is None or after is None:
        return Difference(measure, before, after, None, None)
    known = drawn[~np.isnan(drawn)]
    low, high = np.quantile(known, [0.025, 0.975])
    possible = shuffled[~np.isnan(shuffled)]
    # Equal differences that were summed in another order must count as equal.
    as_large = int((np.abs(possible) >= abs(after - before) - 1e-12).sum())
    p = (as_large + 1) / (len(possible) + 1)
    return Difference(measure, before, after, Interval(float(low), float(high)), p)


def _means(sums: Floats, counts: Floats) -> Floats:
    found = np.full(np.shape(sums), np.nan)
    np.divide(sums, counts, out=found, where=counts != 0)
    return found


def _mixed(own: Columns, other: Columns, swap: NDArray[np.bool_]) -> Columns:
    """Return the columns of `own` with those of `other` where `swap` holds."""
    return Columns(
        np.where(swap, other.confidences, own.confidences),
        np.where(swap, other.right, own.right),
        own.able,
    )


def _taken(run: Columns, chosen: NDArray[np.int64]) -> Columns:
    return Columns(run.confidences[chosen], run.right[chosen], run.able[chosen])
