"""Which of the texts' words an unfinished word with a slip was meant to be."""

from bisect import bisect_left
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

# Shorter words have too many neighbours; longer ones may hold two slips.
_SHORTEST, _TWO_SLIPS_FROM = 4, 8
# More words than this were a guess.
_MOST = 8


def meant(typed: str, vocabulary: Sequence[str]) -> list[int]:
    """Return the ranks in the sorted `vocabulary` of the words that `typed` may begin, best first.

    The first letter is taken to be right, for the first is seldom the wrong one (Pollock and Zamora
    1984, "Automatic spelling correction in scientific and scholarly text").
    """
    if len(typed) < _SHORTEST:
        return []
    first = bisect_left(vocabulary, typed[0])
    words = vocabulary[first : bisect_left(vocabulary, chr(ord(typed[0]) + 1))]
    distance = 2 if len(typed) >= _TWO_SLIPS_FROM else 1
    best: dict[int, int] = {}
    # A letter too many or too few moves the end of what is typed.
    for length in (len(typed) - 1, len(typed), len(typed) + 1):
        beginnings = [word[:length] for word in words]
        near = process.extract(
            typed, beginnings, scorer=OSA.distance, score_cutoff=distance, limit=None
        )
        for _, slips, place in near:
            best[first + place] = min(best.get(first + place, slips), slips)
    return sorted(best, key=lambda rank: (best[rank], rank))[:_MOST]
