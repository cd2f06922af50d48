"""Questions as a calibration would serve them, had it been fitted without them.

Five folds are left out in turn: neither the map nor the thresholds that a question meets here were
fitted on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluation.curves import FOLDS, Choice, fold
from evaluation.fitting import lowest_threshold
from evaluation.intervals import Interval, wilson
from indexer.article import Lang
from server.engine.calibration import Calibration, logistic, strictest
from server.engine.domain import Situation
from server.engine.scorer import Scorer, Thresholds


@dataclass(frozen=True, slots=True)
class Row:
    """A question with the scorer's own probabilities of the first three articles it found.

    `right` tells of each whether it answers.
    """

    ident: str
    lang: Lang
    situation: Situation
    scores: tuple[float, ...]
    right: tuple[bool, ...]
    answerable: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What an unseen question gets: the probability of its first article, whether that is right
    and whether it is given as the answer, before and after.
    """

    row: Row
    before: float
    after: float
    answered_before: bool
    answered_after: bool

    @property
    def right(self) -> bool:
        """Whether the first article answers."""
        return self.row.right[0]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a precision costs: `answered` questions of all are answered directly, `right` of them.

    `coverage` is the share of answerable questions answered; all on unseen questions.
    """

    target: float
    answered: int
    right: int
    coverage: float | None

    @property
    def precision(self) -> float | None:
        """The share of right ones among direct answers."""
        return self.right / self.answered if self.answered else None

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the precision."""
        return wilson(self.right, self.answered)


class Served:
    """The questions as the calibration would serve them, had it been fitted without their fold."""

    def __init__(
        self,
        found: Sequence[Row],
        calibration: Calibration,
        choices: dict[str, Choice],
        targets: Sequence[float],
    ) -> None:
        self._rows = found
        self._targets = targets
        self._group = [_name_of(calibration, row) for row in found]
        self._after = np.empty(len(found))
        self._thresholds: dict[tuple[str, int], tuple[Thresholds, ...]] = {}
        for name, chosen in choices.items():
            members = [n for n, row in enumerate(found) if belongs(name, row)]
            for place, number in enumerate(members):
                if self._group[number] == name:
                    self._after[number] = logistic(float(chosen.held_out[place]))
            mine = [found[n] for n in members]
            folds = np.array([fold(row.ident) for row in mine])
            for out in range(FOLDS):
                self._thresholds[name, out] = thresholds(chosen, mine, targets, folds != out)

    def serves(self, name: str) -> bool:
        """Tell whether any question falls to a group."""
        return name in self._group

    def answered(self, number: int, target: float) -> bool:
        """Tell whether question `number` is answered directly."""
        known = self._thresholds[self._group[number], fold(self._rows[number].ident)]
        threshold = strictest(known, target).answer
        return bool(threshold < 1 and self._after[number] >= threshold)

    def cost(self, target: float, name: str | None = None) -> Cost:
        """Return what `target` costs in all, or among the questions that a group serves."""
        mine = [n for n in range(len(self._rows)) if name in (None, self._group[n])]
        answered = [n for n in mine if self.answered(n, target)]
        able = [n for n in mine if self._rows[n].answerable]
        covered = sum(self._rows[n].answerable for n in answered)
        right = sum(self._rows[n].right[0] for n in answered)
        return Cost(target, len(answered), right, covered / len(able) if able else None)

    def held(self, scorer: Scorer, target: float) -> tuple[Held, ...]:
        """Return every question, before and after."""
        found = []
        for number, row in enumerate(self._rows):
            known = (scorer.thresholds[row.situation], *scorer.targets.get(row.situation, ()))
            threshold = strictest(known, target).answer
            before = bool(threshold < 1 and row.scores[0] >= threshold)
            after = float(self._after[number])
            found.append(Held(row, row.scores[0], after, before, self.answered(number, target)))
        return tuple(found)


def belongs(name: str, row: Row) -> bool:
    """Tell whether a group is fitted on `row`."""
    if name == "all":
        return True
    lang, _, situation = name.rpartition("/")
    return row.situation == situation and lang in ("", row.lang)


def _name_of(calibration: Calibration, row: Row) -> str:
    names = (f"{row.lang}/{row.situation}", row.situation, "all")
    return next(name for name in names if name in calibration.groups)


def thresholds(
    chosen: Choice, mine: Sequence[Row], targets: Sequence[float], within: NDArray[np.bool_]
) -> tuple[Thresholds, ...]:
    """Return a row for each of `targets`, from the questions `within`, each as an unseen one."""
    first, three = [], []
    for place, row in enumerate(mine):
        if within[place]:
            after = _bent(chosen, row, float(chosen.held_out[place]))
            first.append((after[0], row.right[0]))
            three.append((min(1.0, sum(after)), any(row.right)))
    return tuple(
        Thresholds(
            answer=min(lowest_threshold(first, target), 1.0),
            clarify=min(lowest_threshold(three, target), 1.0),
            target_precision=target,
            topics=len(first),
        )
        for target in targets
    )


def _bent(chosen: Choice, row: Row, first: float) -> list[float]:
    """Return the probabilities of a row's articles: the first as held out, the others alike.

    The others go by the curve of all folds: they matter for asking back alone.
    """
    others = [chosen.curve.probability(score) for score in row.scores[1:]]
    return [logistic(first), *others]
