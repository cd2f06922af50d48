"""Numbers that belong together: what is the most in each group, over all of an array at once."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def distinct(numbers: Integers) -> Integers:
    """Return the different ones of `numbers`, ascending: np.unique, but for its cost on few."""
    ordered = np.sort(numbers)
    return ordered[_first(ordered)]


class Groups:
    """Groups of the places of an array: those with equal `numbers` are one, in ascending order.

    `of_place` tells the group (from 0) of each place, `count` how many groups there are.
    """

    def __init__(self, numbers: Integers) -> None:
        self._order = np.argsort(numbers, kind="stable")
        ordered = numbers[self._order]
        first = _first(ordered)
        self._offsets = np.flatnonzero(first)
        self.count = len(self._offsets)
        self.of_place: Integers = np.empty(len(numbers), dtype=np.int64)
        self.of_place[self._order] = np.cumsum(first) - 1

    def best(self, values: Floats) -> Floats:
        """Return the greatest of each group's values, shape (..., count), for (..., places)."""
        ordered = values[..., self._order]
        if not self.count:
            return ordered
        best: Floats = np.maximum.reduceat(ordered, self._offsets, axis=-1)
        return best

    def leads(self, values: Floats) -> Floats:
        """Return how far each value lies above the best one of another group, shape of `values`.

        That is all of it where there is one group only. `values` have shape (rows, places).
        """
        if self.count < 2:
            return values.copy()
        best = self.best(values)
        second, first = np.partition(best, -2, axis=-1)[:, -2:].T
        rival = np.where(best >= first[:, None], second[:, None], first[:, None])
        leads: Floats = values - rival[:, self.of_place]
        return leads


def _first(ordered: Integers) -> NDArray[np.bool_]:
    """Tell of each of the ascending numbers whether it is the first of its kind."""
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return first
