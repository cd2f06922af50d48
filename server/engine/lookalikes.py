"""Chinese characters that are mistaken for one another by their looks."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


@cache
def lookalikes() -> dict[str, tuple[str, ...]]:
    """Return the characters that each one is mistaken for, from `lookalikes.txt`."""
    text = files("server.engine").joinpath("lookalikes.txt").read_text(encoding="utf-8")
    others: dict[str, dict[str, None]] = defaultdict(dict)
    for row in text.splitlines():
        if not row.startswith("#"):
            for character in row:
                others[character] |= dict.fromkeys(c for c in row if c != character)
    return {character: tuple(alike) for character, alike in others.items()}


def misread(word: str) -> Iterator[str]:
    """Yield what `word` becomes where one character is taken for another that looks like it."""
    for place, character in enumerate(word):
        for alike in lookalikes().get(character, ()):
            yield f"{word[:place]}{alike}{word[place + 1 :]}"
