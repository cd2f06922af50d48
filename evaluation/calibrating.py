"""Fits a calibration on an editor's own questions, and shows what it does on unseen ones.

Everything that is told of it comes from questions that the map and the thresholds in question were
not fitted on: five folds are left out in turn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.curves import Choice, choose
from evaluation.intervals import wilson
from evaluation.running import Evaluation
from evaluation.summary import fingerprint
from evaluation.unseen import Cost, Held, Row, Served, belongs, thresholds
from indexer import Index
from server.engine import Hit
from server.engine.calibration import Calibration, Group, log_odds, scorer_id, strictest
from server.engine.decision import CHOICES
from server.engine.domain import HandoffReason
from server.engine.scorer import Scorer

# Precisions that an operator may ask for without fitting again.
TARGETS = (0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
# A group of its own needs so many questions, and so many of the rarer outcome.
ENOUGH = 100
RARER = 10
# With fewer, no map is worth its name.
FEWEST = 50
# 90 % of a normal distribution lie below so many standard deviations: what thresholds promise.
_Z90 = 1.2815515655446004
_DIGITS = 6


class TooFewError(Exception):
    """There are too few questions; the message says how many are needed."""


class UnreachableError(Exception):
    """No threshold is shown to hold the asked precision; the message says what would help."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A calibration, each question as one that it never saw, and what precisions cost.

    `choices` tells how each group's map was chosen; `skipped` is how many questions had nothing to
    fit on: a secret, or a wish for a human.
    """

    calibration: Calibration
    target: float
    held: tuple[Held, ...]
    costs: tuple[Cost, ...]
    choices: dict[str, Choice]
    skipped: int


def needed(target: float, *, perfect: bool = False) -> int:
    """Return how many direct answers show, 90 times of 100, that `target` of them are right.

    Where half as many are wrong as `target` allows; with `perfect` where none is. By Wilson's
    interval, one-sided.
    """
    share = 1.0 if perfect else 1 - (1 - target) / 2
    count = 1
    while True:
        interval = wilson(int(share * count + 1e-9), count, _Z90)
        if interval is not None and interval.low >= target:
            return count
        count += 1


def rows(evaluation: Evaluation) -> list[Row]:
    """Return the questions of an evaluation that a calibration can be fitted on."""
    return [
        Row(
            outcome.topic.id,
            outcome.topic.lang,
            outcome.answer.hits[0].evidence.situation,
            tuple(hit.score for hit in outcome.answer.hits[:CHOICES]),
            tuple(_right(hit, outcome.relevance) for hit in outcome.answer.hits[:CHOICES]),
            outcome.topic.answerable,
        )
        for outcome in evaluation.outcomes
        if outcome.answer.hits and outcome.answer.reason != HandoffReason.ASKED_FOR_HUMAN
    ]


def fit(
    evaluation: Evaluation,
    index: Index,
    scorer: Scorer,
    target: float,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Fitted:
    """Return the calibration for `index` from an `evaluation` that was asked without one.

    Raises:
        TooFewError: there are too few questions for a map, or for `target`.
        UnreachableError: nothing is sure enough for `target`.
        ValueError: the evaluation is by words alone, or was calibrated already.
    """
    if evaluation.lexical_only or evaluation.calibration != "bundled":
        raise ValueError("Fit on answers of the scorer alone, with its encoder.")
    found = rows(evaluation)
    _check_enough(found, target)
    targets = sorted({*TARGETS, target})
    names = _names(found)
    choices: dict[str, Choice] = {}
    groups: dict[str, Group] = {}
    for number, name in enumerate(names):
        progress("fit", number, len(names))
        mine = [row for row in found if belongs(name, row)]
        chosen = choose(_odds(mine), _rights(mine), [row.ident for row in mine])
        group = _group(chosen, mine, targets)
        if _serves(name, group, target):
            choices[name], groups[name] = chosen, group
    progress("fit", len(names), len(names))
    if all(strictest(group.thresholds, target).answer >= 1 for group in groups.values()):
        raise UnreachableError(_unreachable(groups["all"], target, len(found)))
    told = {
        "index_id": index.manifest.index_id,
        "topics": len(evaluation.outcomes),
        "topics_sha256": fingerprint(evaluation.outcomes),
        "target_precision": target,
    }
    calibration = Calibration(
        index.manifest.model_id, index.manifest.vector_kind, scorer_id(scorer), groups, told
    )
    served = Served(found, calibration, choices, targets)
    costs = tuple(served.cost(each) for each in targets)
    told["groups"] = {
        name: _told(served.cost(target, name)) for name in groups if served.serves(name)
    }
    skipped = len(evaluation.outcomes) - len(found)
    return Fitted(calibration, target, served.held(scorer, target), costs, choices, skipped)


def _check_enough(found: Sequence[Row], target: float) -> None:
    right = sum(row.right[0] for row in found)
    fewest = needed(target, perfect=True)
    if len(found) >= FEWEST and right >= fewest:
        return
    likely = needed(target)
    # About two of three questions are answered directly.
    collect = round(likely * 0.15) * 10
    raise TooFewError(
        f"{len(found)} questions, {right} of them found rightly: too few to show that {target:.0%} "
        f"of direct answers are right. At least {FEWEST} questions are needed, and {fewest} direct "
        f"answers even if none of them is wrong; {likely} direct answers if one in "
        f"{round(2 / (1 - target))} is (90 % certainty, Wilson's interval). As not every question "
        f"is answered directly, collect about {collect} questions, every third of which no article "
        "answers, or ask for less with --target-precision."
    )


def _unreachable(group: Group, target: float, count: int) -> str:
    shown = [row for row in group.thresholds if row.answer < 1]
    best = max((row.target_precision for row in shown), default=None)
    less = f"{best:.0%} is the most that holds. " if best else "Not even 80 % holds. "
    return (
        f"From no confidence on do {count} questions show that {target:.0%} of direct answers are "
        f"right: every question would go to a human. {less}Nothing was written. Mend what "
        "`faq-eval run` puts first, collect more questions, or ask for less with "
        "--target-precision."
    )


def _names(found: Sequence[Row]) -> list[str]:
    """Return the groups with enough questions, wide to narrow; "all" always."""
    names = ["all"]
    situations = sorted({row.situation for row in found})
    langs = sorted({row.lang for row in found})
    wanted = [*situations, *(f"{lang}/{each}" for each in situations for lang in langs)]
    for name in wanted:
        right = [row.right[0] for row in found if belongs(name, row)]
        if len(right) >= ENOUGH and min(sum(right), len(right) - sum(right)) >= RARER:
            names.append(name)
    return names


def _serves(name: str, group: Group, target: float) -> bool:
    """Tell whether a narrow group is kept: not where it has too few questions to show `target`."""
    if name == "all" or strictest(group.thresholds, target).answer < 1:
        return True
    return group.topics >= 2 * needed(target)


def _group(chosen: Choice, mine: Sequence[Row], targets: Sequence[float]) -> Group:
    every = np.ones(len(mine), dtype=bool)
    known = thresholds(chosen, mine, targets, every)
    return Group(chosen.curve, chosen.method, len(mine), known)


def _told(cost: Cost) -> dict[str, Any]:
    interval = cost.interval
    return {
        "answered": cost.answered,
        "right": cost.right,
        "low": None if interval is None else round(interval.low, _DIGITS),
        "high": None if interval is None else round(interval.high, _DIGITS),
        "coverage": None if cost.coverage is None else round(cost.coverage, _DIGITS),
    }


def _odds(mine: Sequence[Row]) -> Any:
    return np.array([log_odds(row.scores[0]) for row in mine], dtype=np.float64)


def _rights(mine: Sequence[Row]) -> Any:
    return np.array([row.right[0] for row in mine], dtype=bool)


def _right(hit: Hit, relevance: Any) -> bool:
    return bool(relevance.get(hit.article_id, 0) > 0)
