"""A text as the detectors read it, with a way back to the text as it was typed.

Secrets hide, by accident or not, behind full-width letters, circled numbers, accents, zero-width
characters and look-alike spaces. The detectors read a folded text without any of these; the gate
cuts the original one.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

# Stands where a removed secret's mark stood. A private-use character: part of no word, number,
# separator or value, so no detector reads across it.
BARRIER = "\ue000"

_SPACES = "\t\n\v\f\r"


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in NFKD without invisible characters and accents, `lower` the same in lower case.

    Both have the same length n. `offsets` holds n + 1 places in the original text, the last one
    its length; None where folding moved nothing.
    """

    text: str = field(repr=False)
    lower: str = field(repr=False)
    offsets: tuple[int, ...] | None = field(default=None, repr=False)

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the place in the original text of the folded characters `start`..`end`.

        Invisible characters that follow the last one belong to it.
        """
        if self.offsets is None or start == end:
            return start, end
        # One character may fold to several ("⑩" to "10"): never end before it does.
        return self.offsets[start], max(self.offsets[end - 1] + 1, self.offsets[end])

    def behind_barriers(self, pattern: re.Pattern[str]) -> "Folded":
        """Return the same text with every match of `pattern` hidden from the detectors."""
        hidden = [
            pattern.sub(lambda match: BARRIER * len(match.group()), text)
            for text in (self.text, self.lower)
        ]
        return Folded(hidden[0], hidden[1], self.offsets)


def fold(text: str) -> Folded:
    """Return `text` as the detectors read it."""
    if text.isascii() and text.isprintable():
        return Folded(text, text.lower())
    parts = list(map(_fold_character, text))
    folded = "".join(parts)
    lengths = list(map(len, parts))
    offsets = None
    if lengths.count(1) != len(lengths):
        offsets = (*(place for place, n in enumerate(lengths) for _ in range(n)), len(text))
    return Folded(folded, _lower(folded), offsets)


@lru_cache(maxsize=1 << 14)
def _fold_character(character: str) -> str:
    """Return what is left of one character: NFKD, no marks, no format or control characters.

    Decomposed rather than composed, so that an accent set on a letter of a secret goes with the
    other marks. Unicode Standard Annex #15, and general categories Mn, Me, Cf, Cc.
    """
    if character == BARRIER:
        return ""
    if character in _SPACES:
        return character
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(each for each in decomposed if unicodedata.category(each) not in _DROPPED)


_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc"})


def _lower(text: str) -> str:
    """Lower-case `text` without changing its length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
