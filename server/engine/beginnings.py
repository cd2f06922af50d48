"""Many short texts as one row of tokens, found by the beginnings of their words."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
# Sorts behind every token that begins alike.
_LAST = "\U0010ffff"


class TokenRow:
    """The tokens of texts, one text behind the other; a place is a token's number in the row.

    An empty token matches nothing. The vocabulary is sorted and the places stand in its order, so
    that all words with one beginning are one slice. Never changes, so it is thread-safe.
    """

    def __init__(self, texts: Iterable[Sequence[str]]) -> None:
        row: list[str] = []
        for text in texts:
            row += text
            row.append("")  # nothing goes on from one text to the next
        self.vocabulary = sorted(set(row) - {""})
        ranks = {token: rank for rank, token in enumerate(self.vocabulary)}
        self._ranks = np.array([ranks.get(token, -1) for token in row], dtype=np.int32)
        order = np.argsort(self._ranks, kind="stable")
        self._places = order.astype(np.int64)
        self._bounds = np.searchsorted(self._ranks[order], np.arange(len(ranks) + 1))

    def __len__(self) -> int:
        return len(self._ranks)

    def beginning(self, letters: str) -> range:
        """Return the ranks of the tokens that begin with `letters`."""
        first = bisect_left(self.vocabulary, letters)
        return range(first, bisect_left(self.vocabulary, letters + _LAST, first))

    def exactly(self, token: str) -> range:
        """Return the rank of `token`, as a range that is empty where there is none."""
        rank = bisect_left(self.vocabulary, token)
        return range(rank, rank + (self.vocabulary[rank : rank + 1] == [token]))

    def places(self, ranks: range) -> Places:
        """Return where the tokens of `ranks` stand."""
        return self._places[self._bounds[ranks.start] : self._bounds[ranks.stop]]

    def holds(self, places: Places, ranks: range) -> NDArray[np.bool_]:
        """Tell for each of `places` whether a token of `ranks` stands there."""
        there = self._ranks[places]
        held: NDArray[np.bool_] = (there >= ranks.start) & (there < ranks.stop)
        return held
