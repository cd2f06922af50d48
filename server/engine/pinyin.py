"""Texts found by pinyin: in full, by initials, or a mixture, as in a Chinese input method."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from indexer.text import HAN
from server.engine.beginnings import Places, TokenRow

_HAN = re.compile(f"[{HAN}]")
# Letters that are read, in full and as initials: nobody types a sentence by its initials.
_LONGEST, _LONGEST_INITIALS = 40, 12
# Initials of more than one letter.
_INITIALS = ("zh", "ch", "sh")
# Letters of the longest token: a syllable has six at most, a Latin word among Chinese more.
_LONGEST_TOKEN = 16
# A state of the search is one number: where the match began, how many tokens it has, whether one of
# them but the last is abbreviated.
_STATE, _COUNT = 128, 2


@dataclass(frozen=True, slots=True)
class Match:
    """Where texts sound like what was typed: from `places` on, for `count` tokens each."""

    places: Places
    count: Places
    abbreviated: bool


def spell(tokens: Sequence[str]) -> list[str]:
    """Return the toneless pinyin of each Han character among `tokens`, Latin words as they are.

    Texts without Chinese are spelt by empty tokens: they have no sound to be found by.
    """
    if not any(map(_HAN.match, tokens)):
        return [""] * len(tokens)
    spelt: list[str] = []
    for chinese, run in groupby(tokens, lambda token: bool(_HAN.match(token))):
        written = list(run)
        spelt += sounds("".join(written)) if chinese else written
    return spelt


def spellings(tokens: Sequence[str], *, slips: bool = False) -> Iterator[str]:
    """Yield the letters that `tokens` are typed with; with `slips`, two neighbours swapped."""
    letters = "".join(spell(tokens) if any(map(_HAN.match, tokens)) else tokens)
    if len(letters) > _LONGEST or not (letters.isascii() and letters.isalnum()):
        return
    if not slips:
        yield letters
        return
    for place in range(1, len(letters) - 1):
        one, other = letters[place], letters[place + 1]
        if one != other:
            yield f"{letters[:place]}{other}{one}{letters[place + 2 :]}"


@lru_cache(maxsize=50_000)
def sounds(run: str) -> tuple[str, ...]:
    """Return the toneless pinyin of each character of a run of Chinese."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a large table: only when Chinese comes

    found = lazy_pinyin(run)
    # What it does not know comes back in one piece; every character must have its place.
    return tuple(found if len(found) == len(run) else (lazy_pinyin(each)[0] for each in run))


class Spelt:
    """Finds letters in a row of syllables. Thread-safe."""

    def __init__(self, row: TokenRow) -> None:
        self._row = row

    def find(self, letters: str, *, initials: bool) -> Iterator[Match]:
        """Yield the places that `letters` spell in full, the last syllable perhaps not.

        With `initials` also those that they spell where some syllables are cut to their initials.
        """
        alive: list[list[Places]] = [[] for _ in letters]
        ends: list[Places] = []
        initials = initials and len(letters) <= _LONGEST_INITIALS
        for offset in range(len(letters)):
            if offset and not alive[offset]:
                continue
            states = _merged(alive[offset]) if offset else None
            for piece, ranks, abbreviated in self._pieces(letters, offset, initials=initials):
                reached = self._step(states, ranks, abbreviated=abbreviated)
                if reached.size:
                    end = offset + len(piece)
                    (ends if end == len(letters) else alive[end]).append(reached)
        if ends:
            yield from _matches(np.unique(np.concatenate(ends)))

    def _pieces(
        self, letters: str, offset: int, *, initials: bool
    ) -> Iterator[tuple[str, range, bool]]:
        """Yield what may be one token from `offset` on, and the tokens that it may be."""
        rest = letters[offset : offset + _LONGEST_TOKEN]
        reaches_end = offset + len(rest) == len(letters)
        if reaches_end and (last := self._row.beginning(rest)):
            yield rest, last, False
        for size in range(1, len(rest) + (not reaches_end)):
            piece = rest[:size]
            if whole := self._row.exactly(piece):
                yield piece, whole, False
            begins = initials and (size == 1 or piece in _INITIALS)
            if begins and (begun := self._row.beginning(piece)):
                yield piece, begun, True

    def _step(self, states: Places | None, ranks: range, *, abbreviated: bool) -> Places:
        """Return the states that `states` (None: the beginning) lead to by a token of `ranks`."""
        if states is None:
            return self._row.places(ranks) * _STATE + _COUNT + abbreviated
        here = states // _STATE + states % _STATE // _COUNT
        states = states[self._row.holds(here, ranks)] + _COUNT
        return states | abbreviated


def _merged(parts: list[Places]) -> Places:
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _matches(states: Places) -> Iterator[Match]:
    for abbreviated in (False, True):
        these = states[states % _COUNT == abbreviated]
        if these.size:
            # Of two ways to spell one place the one with fewer tokens comes last, and counts.
            these = these[::-1]
            yield Match(these // _STATE, these % _STATE // _COUNT, abbreviated)
