"""Why a question failed: what was found, what should have been, and what tells the two apart."""

from dataclasses import dataclass

from evaluation.running import Evaluation, Outcome
from indexer.article import LANGS, Lang
from server.engine import Hit

# So many pieces of evidence explain a choice; the others hardly differ.
_PARTS = 5
_NOTICEABLE = 0.05


@dataclass(frozen=True, slots=True)
class Part:
    """What one piece of evidence adds to the log-odds of the first hit and of its comparison."""

    name: str
    got: float
    other: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed question with its explanation.

    `parts` compare the first hit with `other`: the right article where it was found and is not the
    first hit itself, else the runner-up. `left_out` counts the parts that hardly differ.
    """

    outcome: Outcome
    expected: tuple[str, ...]
    rival: Hit | None
    other: Hit | None
    other_is_expected: bool
    parts: tuple[Part, ...]
    left_out: int

    @property
    def first(self) -> Hit | None:
        """The first hit, None where nothing was found."""
        hits = self.outcome.answer.hits
        return hits[0] if hits else None


def failure(outcome: Outcome) -> Failure:
    """Return the explanation of `outcome`."""
    hits = outcome.answer.hits
    right = None if outcome.rank is None else hits[outcome.rank - 1]
    rival = hits[1] if len(hits) > 1 else None
    other = rival if right is None or outcome.right else right
    parts = _parts(hits[0], other) if hits else ()
    shown = tuple(part for part in parts if _gap(part) >= _NOTICEABLE)[:_PARTS]
    return Failure(
        outcome=outcome,
        expected=outcome.judged.expected,
        rival=rival,
        other=other,
        other_is_expected=other is not None and other is right,
        parts=shown,
        left_out=len(parts) - len(shown),
    )


def title(evaluation: Evaluation, ident: str, lang: Lang) -> str:
    """Return an article's title in `lang`, else in the other language, else its id."""
    order = (lang, *(other for other in LANGS if other != lang))
    found = (evaluation.titles.get((ident, each)) for each in order)
    return next((words for words in found if words), ident)


def _gap(part: Part) -> float:
    return abs(part.got - (part.other or 0.0))


def _parts(got: Hit, other: Hit | None) -> tuple[Part, ...]:
    """Return the pieces of evidence, the one that tells the two hits apart most first."""
    against = other.evidence.parts if other else {}
    parts = [Part(name, value, against.get(name)) for name, value in got.evidence.parts.items()]
    return tuple(sorted(parts, key=lambda p: (-_gap(p), p.name)))
