"""Sums outcomes up in figures: overall, by language, by direction and by kind of question.

All figures are plain numbers, rounded to six digits; undefined ones are None. The same index and
topics give the same summary, byte for byte: there is no time in it and no chance.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from evaluation.confidence import (
    aurc,
    auroc,
    brier,
    coverage_at_precision,
    expected_calibration_error,
    reliability,
)
from evaluation.intervals import Interval, bootstrap_mean, wilson
from evaluation.measures import Measure, mean, ndcg, per_topic, recall, reciprocal_rank, success
from evaluation.running import Evaluation, Outcome
from server.engine import Decision

FORMAT = 1
# Precisions, in per cent, to tell the coverage at.
PRECISIONS = (90, 95)
_DIGITS = 6

Summary = dict[str, Any]

RANKING: dict[str, Measure] = {
    "acc@1": partial(success, k=1),
    "recall@1": partial(recall, k=1),
    "recall@3": partial(recall, k=3),
    "recall@5": partial(recall, k=5),
    "recall@10": partial(recall, k=10),
    "mrr@10": partial(reciprocal_rank, k=10),
    "ndcg@10": partial(ndcg, k=10),
}


def summarise(evaluation: Evaluation) -> Summary:
    """Return all figures of `evaluation`; see evaluation/README.md for what each means."""
    outcomes = evaluation.outcomes
    return {
        "format": FORMAT,
        "index_id": evaluation.index_id,
        "model_id": evaluation.model_id,
        "lexical_only": evaluation.lexical_only,
        "top_k": evaluation.top_k,
        "topics_sha256": _fingerprint(outcomes),
        "unknown_articles": sorted({ident for _, ident in evaluation.unknown}),
        "overall": figures(outcomes),
        "by_lang": _slices(outcomes, lambda outcome: outcome.topic.lang),
        "by_direction": _directions(outcomes),
        "by_kind": _slices(outcomes, lambda outcome: outcome.topic.kind or None),
    }


def figures(outcomes: Sequence[Outcome]) -> Summary:
    """Return the figures of some outcomes, with 95 % intervals and what shares are shares of."""
    answerable = [outcome for outcome in outcomes if outcome.topic.answerable]
    unanswerable = [outcome for outcome in outcomes if not outcome.topic.answerable]
    return {
        "topics": len(outcomes),
        "answerable": len(answerable),
        "unanswerable": len(unanswerable),
        "decisions": {d.value: sum(o.answer.decision == d for o in outcomes) for d in Decision},
        **_rounded(_confidence(outcomes, answerable, unanswerable)),
        **_with_intervals(outcomes, answerable, unanswerable),
    }


def _with_intervals(
    outcomes: Sequence[Outcome], answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]
) -> Summary:
    values: dict[str, float | None] = {}
    intervals: dict[str, Interval | None] = {}
    sizes: dict[str, int] = {}
    for name, (count, total) in _shares(outcomes, answerable, unanswerable).items():
        values[name] = count / total if total else None
        intervals[name] = wilson(count, total)
        sizes[name] = total
    run = {outcome.topic.id: outcome.ranked for outcome in answerable}
    qrels = {outcome.topic.id: outcome.relevance for outcome in answerable}
    for name, measure in RANKING.items():
        scores = list(per_topic(measure, run, qrels).values())
        values[name] = mean(scores)
        sizes[name] = len(scores)
        # Accuracy is a proportion; the others are means of shares.
        if name == "acc@1":
            intervals[name] = wilson(round(sum(scores)), len(scores))
        else:
            intervals[name] = bootstrap_mean(scores)
    ends = {n: _rounded(asdict(i)) if i else None for n, i in intervals.items()}
    return {**_rounded(values), "intervals": ends, "sizes": sizes}


def _shares(
    outcomes: Sequence[Outcome], answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]
) -> dict[str, tuple[int, int]]:
    """Return proportions as (how many, of how many)."""
    answered = [outcome for outcome in outcomes if outcome.answered]
    in_language = [o for o in outcomes if o.answer.query.lang == o.topic.lang]
    return {
        "coverage": (sum(o.answered for o in answerable), len(answerable)),
        "precision": (sum(o.right for o in answered), len(answered)),
        "false_answers": (sum(o.answered for o in unanswerable), len(unanswerable)),
        "language": (len(in_language), len(outcomes)),
    }


def _confidence(
    outcomes: Sequence[Outcome], answerable: Sequence[Outcome], unanswerable: Sequence[Outcome]
) -> dict[str, float | None]:
    confidences = [outcome.answer.confidence for outcome in outcomes]
    right = [outcome.right for outcome in outcomes]
    able = [outcome.topic.answerable for outcome in outcomes]
    values: dict[str, float | None] = {
        "auroc": auroc(
            [outcome.answer.confidence for outcome in answerable],
            [outcome.answer.confidence for outcome in unanswerable],
        ),
        "ece": expected_calibration_error(reliability(confidences, right)),
        "ece_equal_width": expected_calibration_error(
            reliability(confidences, right, kind="width")
        ),
        "brier": brier(confidences, right),
        "aurc": aurc(confidences, right),
    }
    for percent in PRECISIONS:
        point = coverage_at_precision(confidences, right, able, percent / 100)
        values[f"coverage@p{percent}"] = point.coverage if point else None
        values[f"threshold@p{percent}"] = point.threshold if point else None
    return values


def _slices(
    outcomes: Sequence[Outcome], key: Callable[[Outcome], str | None]
) -> dict[str, Summary]:
    names = sorted({name for name in map(key, outcomes) if name is not None})
    return {name: figures([o for o in outcomes if key(o) == name]) for name in names}


def _directions(outcomes: Sequence[Outcome]) -> dict[str, Summary]:
    """Slice by direction; what nothing answers belongs to every direction of its language."""
    names = {outcome.direction: outcome.topic.lang for outcome in outcomes if outcome.direction}
    return {
        name: figures(
            [
                outcome
                for outcome in outcomes
                if outcome.direction == name
                or (outcome.direction is None and outcome.topic.lang == names[name])
            ]
        )
        for name in sorted(names)
    }


def _rounded(values: dict[str, float | None]) -> dict[str, float | None]:
    return {n: None if v is None else round(v, _DIGITS) for n, v in values.items()}


def _fingerprint(outcomes: Iterable[Outcome]) -> str:
    """Return a SHA-256 that is equal exactly where the topics and their judgements are."""
    rows = [
        (o.topic.id, o.topic.text, o.topic.lang, o.topic.kind, sorted(o.relevance.items()))
        for o in outcomes
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
