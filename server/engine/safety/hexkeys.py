"""Private keys in hexadecimal digits: 32 bytes, in one piece, in groups or across lines."""

import re
from collections.abc import Iterator, Sequence

from server.engine.safety.context import secret_places
from server.engine.safety.folding import Folded
from server.engine.safety.kinds import SecretKind, Span

_DIGITS = 64
# Of 64 random digits some 40 are figures and 24 letters; words and numbers are more one-sided.
_FEWEST_FIGURES = 16
_FEWEST_LETTERS = 8
_SOLID = re.compile(r"[0-9a-f]{57,}")
_GROUP = r"(?:0x)?[0-9a-f]{1,63}(?![0-9a-z])"
_GROUPED = re.compile(rf"(?<![0-9a-z]){_GROUP}(?:[\s:;,._|/\\-]{{1,4}}{_GROUP})+")
_PART = re.compile(r"(?:0x)?(?P<digits>[0-9a-f]+)")
_LETTER = re.compile(r"[a-f]")
_NUMBER = re.compile(r"[0-9]+")
# What else is written in long runs of hexadecimal digits: compressed and full public keys,
# signatures. A run of several times 32 bytes may be keys in a row.
_PUBLIC_KEY = {66: ("02", "03"), 130: ("04",)}


def find_hex_keys(folded: Folded) -> list[Span]:
    """Return the hexadecimal private keys of a text.

    A key that lost or gained a digit is one, too. What the words near it call a hash is not.
    """
    lower = folded.lower
    if sum(map(lower.count, "0123456789")) < _FEWEST_FIGURES:
        return []
    found = sorted([*_solid(lower), *_grouped(lower)])
    return [Span(*place, SecretKind.PRIVATE_KEY) for place in secret_places(lower, found)]


def _solid(lower: str) -> Iterator[tuple[int, int]]:
    for match in _SOLID.finditer(lower):
        start, end = match.span()
        digits = match.group()
        size = end - start
        if digits.startswith(_PUBLIC_KEY.get(size, "-")):
            continue
        slip = size <= _DIGITS + 3 and not _NUMBER.fullmatch(digits)
        whole = size % _DIGITS == 0 and size <= 4 * _DIGITS
        if whole or slip:
            yield start - 2 if lower.startswith("0x", max(0, start - 2)) else start, end


def _grouped(lower: str) -> Iterator[tuple[int, int]]:
    """Yield 64 digits in groups: of one size, or so long that they are no words or numbers."""
    for match in _GROUPED.finditer(lower):
        if (
            match.end() - match.start() < _DIGITS
            or len(_LETTER.findall(match.group())) < _FEWEST_LETTERS
        ):
            continue
        parts = list(_PART.finditer(lower, *match.span()))
        sizes = [len(part["digits"]) for part in parts]
        first = 0
        while first < len(parts):
            last = _last_of_key(sizes, first)
            if last is not None and _is_drawn(
                "".join(p["digits"] for p in parts[first : last + 1])
            ):
                yield parts[first].start(), parts[last].end()
                first = last
            first += 1


def _last_of_key(sizes: Sequence[int], first: int) -> int | None:
    """Return the group that completes 64 digits from `first` on, where the groups look like it."""
    total = 0
    for last in range(first, len(sizes)):
        total += sizes[last]
        if total >= _DIGITS:
            chosen = sizes[first : last + 1]
            even = len(set(chosen[:-1])) == 1 and chosen[-1] <= chosen[0]
            fits = total == _DIGITS and len(chosen) > 1 and (even or min(chosen) >= 6)
            return last if fits else None
    return None


def _is_drawn(digits: str) -> bool:
    """Tell random digits from numbers and words."""
    letters = sum(map(str.isalpha, digits))
    return _FEWEST_LETTERS <= letters <= len(digits) - _FEWEST_FIGURES
