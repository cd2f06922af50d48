"""A measure's value over some topics, and how far it may lie from the true one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.confidence import error_by_chance, reliability
from evaluation.intervals import Interval, wilson
from evaluation.judged import Judged
from evaluation.registry import Measure
from evaluation.sweeps import Floats, Sweep, sweep

RESAMPLES = 1000
# Resampled topics that are counted at a time: what a thousand topics need takes some megabytes.
_BLOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure over `topics` topics; None and 0 where it says nothing of any of them.

    `interval` is a 95 % one: Wilson's for a share, else a bootstrap's. The ECE has none, since
    resampling makes it larger; instead `by_chance` tells below which value that of a perfect
    confidence would lie, 95 times of 100, with as many topics.
    """

    value: float | None
    interval: Interval | None
    topics: int
    by_chance: float | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """What measures of the confidence see: arrays of shape (topics,)."""

    confidences: Floats
    right: NDArray[np.bool_]
    able: NDArray[np.bool_]


def columns(judged: Sequence[Judged]) -> Columns:
    """Return the columns of `judged`, in their order."""
    return Columns(
        np.array([one.confidence for one in judged], dtype=np.float64),
        np.array([one.right for one in judged], dtype=bool),
        np.array([one.answerable for one in judged], dtype=bool),
    )


def topic_values(measure: Measure, judged: Sequence[Judged]) -> Floats:
    """Return a share's or mean's value for each topic, NaN where it says nothing of it."""
    if measure.topic is None:
        raise ValueError(f"{measure.name} has no values of single topics.")
    values = [measure.topic(one) for one in judged]
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def estimate(
    chosen: Sequence[Measure], judged: Sequence[Judged], seed: int = 0
) -> dict[str, Estimate]:
    """Return the estimates of the measures `chosen` over `judged`, by name.

    Percentile bootstrap over topics; Efron and Tibshirani, An Introduction to the Bootstrap (1993),
    section 13.3. The same topics and `seed` give the same intervals.
    """
    if not judged:
        return {each.name: Estimate(None, None, 0) for each in chosen}
    of_all = columns(judged)
    values = {each.name: topic_values(each, judged) for each in chosen if each.topic}
    # Swept measures need the counts for the value as well: they come with the resampled ones.
    counted = sweep(of_all.confidences, of_all.right, of_all.able)
    drawn = _resampled(chosen, values, of_all, seed)
    found = {}
    for each in chosen:
        if each.kind == "whole":
            found[each.name] = _whole(each, of_all)
        elif each.sweep:
            value = float(each.sweep(counted))
            found[each.name] = _estimate(value, len(judged), _percentiles(drawn[each.name]))
        else:
            known = values[each.name][~np.isnan(values[each.name])]
            # Sorted, so that the order of the topics cannot change the last digit.
            value = float(np.sort(known).mean()) if len(known) else np.nan
            if each.kind == "share":
                interval = wilson(round(known.sum()), len(known))
            else:
                interval = _percentiles(drawn[each.name])
            found[each.name] = _estimate(value, len(known), interval)
    return found


def value_of(measure: Measure, of_all: Columns, values: Floats | None) -> float:
    """Return the plain value of `measure`, NaN where undefined; `values` are those of topics."""
    if values is not None:
        known = values[~np.isnan(values)]
        return float(known.mean()) if len(known) else np.nan
    if measure.sweep:
        return float(measure.sweep(sweep(of_all.confidences, of_all.right, of_all.able)))
    assert measure.whole is not None  # noqa: S101 - the three kinds there are
    value = measure.whole(of_all.confidences, of_all.right)
    return np.nan if value is None else value


def _estimate(value: float, topics: int, interval: Interval | None) -> Estimate:
    return Estimate(None, None, 0) if np.isnan(value) else Estimate(value, interval, topics)


def _whole(measure: Measure, of_all: Columns) -> Estimate:
    bins = reliability(of_all.confidences, of_all.right)
    value = value_of(measure, of_all, None)
    return Estimate(value, None, len(of_all.right), error_by_chance(bins))


def _resampled(
    chosen: Sequence[Measure], values: dict[str, Floats], of_all: Columns, seed: int
) -> dict[str, Floats]:
    """Return the values of means and swept measures on every resample, shape (resamples,)."""
    means = [each for each in chosen if each.kind == "mean"]
    swept = [each for each in chosen if each.sweep]
    drawn: dict[str, list[NDArray[Any]]] = {each.name: [] for each in (*means, *swept)}
    for weights in _weights(len(of_all.right), seed):
        for each in means:
            known = ~np.isnan(values[each.name])
            sums = weights @ np.where(known, values[each.name], 0.0)
            counts = weights @ known.astype(np.float64)
            with np.errstate(invalid="ignore"):
                drawn[each.name].append(sums / counts)
        if swept:
            counted: Sweep = sweep(of_all.confidences, of_all.right, of_all.able, weights)
            for each in swept:
                assert each.sweep is not None  # noqa: S101 - chosen by it
                drawn[each.name].append(each.sweep(counted))
    return {name: np.concatenate(parts) for name, parts in drawn.items()}


def _weights(topics: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield how often each topic is drawn, shape (some resamples, topics), 1,000 in all."""
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK // topics)
    for begin in range(0, RESAMPLES, rows):
        count = min(rows, RESAMPLES - begin)
        places = rng.integers(0, topics, (count, topics)) + topics * np.arange(count)[:, None]
        drawn = np.bincount(places.ravel(), minlength=count * topics)
        yield drawn.reshape(count, topics)


def _percentiles(drawn: Floats) -> Interval | None:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return Interval(float(low), float(high))
