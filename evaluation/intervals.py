"""How far a measured figure may lie from the true one, given how little was measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# 97.5 % of a normal distribution lie below so many standard deviations: a 95 % interval.
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, both ends included."""

    low: float
    high: float


def wilson(successes: int, trials: int, z: float = _Z95) -> Interval | None:
    """Return Wilson's score interval of a proportion (by default 95 %), None without trials.

    (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n); Wilson, Probable Inference, the Law of
    Succession, and Statistical Inference, JASA 22 (1927). It holds near 0 and 1 and for few trials,
    where the usual p ± z·√(p(1-p)/n) does not.

    Raises:
        ValueError: there are more successes than trials, or fewer than none.
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes of {trials} trials cannot be.")
    if trials == 0:
        return None
    share = successes / trials
    scale = 1 + z * z / trials
    centre = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    # At 0 and at 1 the formula gives exactly 0 and 1; floating point does not.
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return Interval(low, high)


def bootstrap_mean(
    values: Sequence[float], *, seed: int = 0, resamples: int = 1000, level: float = 0.95
) -> Interval | None:
    """Return the percentile bootstrap interval of the mean of `values`, None of nothing.

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3. The same values and
    `seed` give the same interval.
    """
    if not values:
        return None
    sample = np.asarray(values, dtype=np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(sample), (resamples, len(sample)))
    tail = (1 - level) / 2
    low, high = np.quantile(sample[chosen].mean(axis=1), [tail, 1 - tail])
    return Interval(float(low), float(high))
