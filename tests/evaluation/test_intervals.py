"""Intervals against scipy, and by what they must hold."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from evaluation.intervals import Interval, bootstrap_mean, wilson


def test_wilson_agrees_with_scipy() -> None:
    for trials in (1, 2, 5, 17, 100, 960):
        for successes in range(0, trials + 1, max(1, trials // 7)):
            expected = binomtest(successes, trials).proportion_ci(method="wilson")
            found = wilson(successes, trials)
            assert found is not None
            assert found.low == pytest.approx(expected.low, abs=1e-12)
            assert found.high == pytest.approx(expected.high, abs=1e-12)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_proportion_within_0_and_1(case: tuple[int, int]) -> None:
    successes, trials = case
    interval = wilson(successes, trials)
    assert interval is not None
    assert 0 <= interval.low <= successes / trials <= interval.high <= 1


def test_wilson_of_no_trials_is_none_and_of_too_few_an_error() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="3 successes of 2 trials"):
        wilson(3, 2)


def test_bootstrap_is_seeded() -> None:
    values = [random.Random(3).random() for _ in range(50)]
    assert bootstrap_mean(values) == bootstrap_mean(values)
    assert bootstrap_mean(values, seed=1) == bootstrap_mean(values, seed=1)
    values = [random.Random(n).random() for n in range(50)]
    assert bootstrap_mean(values, seed=0) != bootstrap_mean(values, seed=1)


def test_bootstrap_nears_the_normal_interval_of_many_values() -> None:
    rng = random.Random(5)
    values = [rng.random() for _ in range(4000)]
    interval = bootstrap_mean(values, resamples=2000)
    assert interval is not None
    half = 1.96 * (1 / 12) ** 0.5 / 4000**0.5
    mean = sum(values) / 4000
    assert interval.low == pytest.approx(mean - half, abs=half / 5)
    assert interval.high == pytest.approx(mean + half, abs=half / 5)


def test_bootstrap_of_equal_values_is_a_point_and_of_none_is_none() -> None:
    assert bootstrap_mean([0.5, 0.5, 0.5]) == Interval(0.5, 0.5)
    assert bootstrap_mean([]) is None
