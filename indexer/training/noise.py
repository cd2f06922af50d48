"""The slips that users make when they type, put into clean text."""

import random

# A key's neighbours on a QWERTY keyboard.
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def noisy(text: str, chosen: random.Random) -> str:
    """Return normalised `text`, one time in eight with one slip of the fingers."""
    return _slip(text, chosen) if len(text) > 4 and chosen.random() < 0.125 else text


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
