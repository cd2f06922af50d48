"""What an editor should do next: failures gathered by the one change that would mend them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Literal

from evaluation.costs import cost
from evaluation.judged import Judged

# "separate": two articles fight for the same questions; "wording": an article is not found when
# asked for like this; "unsure": found, but not given as the answer; "unanswered": nothing answers,
# an article was given all the same; "missing": the right article is not in the index.
StepKind = Literal["separate", "wording", "unsure", "unanswered", "missing"]

# A right article that ranks this well was found, and lost against another.
_CLOSE = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A change to one article, or to two that must be told apart, and the topics it would mend.

    `places` are those of the topics in the evaluation, the most expensive one first; `cost` is
    what they cost together.
    """

    kind: StepKind
    articles: tuple[str, ...]
    places: tuple[int, ...]
    cost: float


def next_steps(judged: Sequence[Judged], unknown: Set[str] = frozenset()) -> list[Step]:
    """Return the steps that mend every failure, the one that saves most first.

    `unknown` are the ids of articles that topics expect and the index does not hold.
    """
    places: dict[tuple[StepKind, tuple[str, ...]], list[int]] = {}
    for place, one in enumerate(judged):
        key = _key(one, unknown)
        if key is not None:
            places.setdefault(key, []).append(place)

    def expensive(place: int) -> tuple[float, float, str]:
        one = judged[place]
        return (-cost(one), -one.confidence, one.id)

    steps = [
        Step(
            kind,
            articles,
            tuple(sorted(found, key=expensive)),
            sum(cost(judged[place]) for place in found),
        )
        for (kind, articles), found in places.items()
    ]
    return sorted(steps, key=lambda step: (-step.cost, step.kind, step.articles))


def _key(one: Judged, unknown: Set[str]) -> tuple[StepKind, tuple[str, ...]] | None:
    """Return the kind and the articles of the step that would mend `one`, None where nothing is
    amiss.
    """
    if not cost(one):
        return None
    first = one.ranked[0] if one.ranked else None
    if not one.answerable:
        # What costs something was answered or asked back, so there is a first article.
        return "unanswered", (first or "",)
    if set(one.expected) <= unknown:
        return "missing", (one.expected[0],)
    if one.right:
        return "unsure", (one.ranked[0],)
    if first is None or one.rank is None or one.rank > _CLOSE:
        return "wording", (one.expected[0],)
    low, high = sorted((one.ranked[one.rank - 1], first))
    return "separate", (low, high)
