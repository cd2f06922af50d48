"""Which article takes questions from which."""

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.judged import Judged


@dataclass(frozen=True, slots=True)
class Confusion:
    """Questions for the article `expected` and the article `got` that came in its way.

    Of `stolen` the wrong one came first, `answered` of them as a direct answer; for `contested` the
    right one came first, but the user had to choose between the two. `expected` is None for
    questions that nothing answers: there only direct answers count.
    """

    expected: str | None
    got: str
    stolen: tuple[Judged, ...]
    contested: tuple[Judged, ...]

    @property
    def answered(self) -> int:
        """How many of the stolen questions were answered directly, and wrongly."""
        return sum(one.answered for one in self.stolen)


def confusions(judged: Sequence[Judged]) -> list[Confusion]:
    """Return every pair of articles that is confused, the most expensive one first.

    Two that take questions from each other are two pairs.
    """
    stolen: dict[tuple[str | None, str], list[Judged]] = {}
    contested: dict[tuple[str | None, str], list[Judged]] = {}
    for one in judged:
        if not one.ranked:
            continue
        if not one.answerable:
            if one.answered:
                stolen.setdefault((None, one.ranked[0]), []).append(one)
        elif not one.right:
            stolen.setdefault((_wanted(one), one.ranked[0]), []).append(one)
        elif (rival := _rival(one)) and rival in one.choices:
            contested.setdefault((one.ranked[0], rival), []).append(one)
    pairs = [
        Confusion(*key, tuple(stolen.get(key, ())), tuple(contested.get(key, ())))
        for key in stolen.keys() | contested.keys()
    ]
    return sorted(
        pairs,
        key=lambda p: (-p.answered, -len(p.stolen), -len(p.contested), p.expected or "", p.got),
    )


def _wanted(judged: Judged) -> str:
    """Return the right article that ranks best, the first one named where none was found."""
    found = (ident for ident in judged.ranked if ident in judged.expected)
    return next(found, judged.expected[0])


def _rival(judged: Judged) -> str | None:
    """Return the best-ranked article that is not right."""
    return next((ident for ident in judged.ranked if ident not in judged.expected), None)
