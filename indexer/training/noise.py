"""The slips and scripts that users type, put into clean text."""

import random
from functools import cache
from typing import Any

# A key's neighbours on a QWERTY keyboard.
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def noisy(text: str, chosen: random.Random) -> str:
    """Return `text`, one time in five written another way: traditional, or with one slip."""
    draw = chosen.random()
    if draw < 0.08:
        return str(_to_traditional().convert(text))
    if draw < 0.2 and len(text) > 4:
        return _slip(text, chosen)
    return text


@cache
def _to_traditional() -> Any:
    import opencc  # noqa: PLC0415 - loads its dictionaries

    return opencc.OpenCC("s2t")


def _slip(text: str, chosen: random.Random) -> str:
    """Drop, double, swap or mistype one character."""
    at = chosen.randrange(1, len(text) - 1)
    before, here, after = text[:at], text[at], text[at + 1 :]
    match chosen.randrange(4):
        case 0:
            return before + after
        case 1:
            return before + here + here + after
        case 2:
            return before + after[0] + here + after[1:]
        case _:
            return before + _beside(here, chosen) + after


def _beside(character: str, chosen: random.Random) -> str:
    for row in _KEYS:
        place = row.find(character)
        if place >= 0:
            return row[min(max(place + chosen.choice((-1, 1)), 0), len(row) - 1)]
    return character
