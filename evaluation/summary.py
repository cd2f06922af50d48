"""Sums an evaluation up: overall, by language, direction, tag and kind of question.

All figures are plain numbers, rounded to six digits; undefined ones are None. The same index and
topics give the same summary, byte for byte: there is no time in it, and chance has a fixed seed.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from evaluation.confusion import confusions
from evaluation.costs import mean_cost
from evaluation.estimating import Estimate, estimate
from evaluation.judged import Judged
from evaluation.registry import DEFAULT, Measure, measure
from evaluation.running import Evaluation, Outcome
from server.engine import Decision

FORMAT = 2
_DIGITS = 6

Summary = dict[str, Any]


def summarise(evaluation: Evaluation, names: Sequence[str] = DEFAULT) -> Summary:
    """Return the measures `names` and all else; evaluation/README.md tells what each means.

    Raises:
        MeasureError: there is no measure of one of the names.
    """
    chosen = [measure(name) for name in dict.fromkeys(names)]
    judged = evaluation.judged
    return {
        "format": FORMAT,
        "index_id": evaluation.index_id,
        "model_id": evaluation.model_id,
        "calibration": evaluation.calibration,
        "lexical_only": evaluation.lexical_only,
        "top_k": evaluation.top_k,
        "topics_sha256": fingerprint(evaluation.outcomes),
        "unknown_articles": sorted({ident for _, ident in evaluation.unknown}),
        "copied_topics": len(evaluation.copied),
        "overall": figures(judged, chosen),
        "by_lang": _slices(judged, chosen, lambda one: (one.lang,)),
        "by_direction": _directions(judged, chosen),
        "by_tag": _slices(judged, chosen, lambda one: one.tags),
        "by_kind": _slices(judged, chosen, lambda one: (one.kind,) if one.kind else ()),
        "confusions": [
            {"expected": pair.expected, "got": pair.got, "stolen": len(pair.stolen)}
            | {"contested": len(pair.contested), "answered": pair.answered}
            for pair in confusions(judged)
        ],
    }


def figures(judged: Sequence[Judged], chosen: Sequence[Measure]) -> Summary:
    """Return the measures `chosen` over some topics, and how many of which sort these are."""
    return {
        "topics": len(judged),
        "answerable": sum(one.answerable for one in judged),
        "unanswerable": sum(not one.answerable for one in judged),
        "decisions": {d.value: sum(one.decision == d for one in judged) for d in Decision},
        "cost": _rounded(mean_cost(judged)),
        "measures": {name: _plain(found) for name, found in estimate(chosen, judged).items()},
    }


def fingerprint(outcomes: Iterable[Outcome]) -> str:
    """Return a SHA-256 that is equal exactly where the topics and their judgements are."""
    rows = [
        (o.topic.id, o.topic.text, o.topic.lang, o.topic.kind, sorted(o.relevance.items()))
        for o in outcomes
    ]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def _plain(found: Estimate) -> Summary:
    values: Summary = {"value": _rounded(found.value), "topics": found.topics}
    if found.by_chance is not None:
        values["by_chance"] = _rounded(found.by_chance)
    if found.interval is not None:
        values["low"] = _rounded(found.interval.low)
        values["high"] = _rounded(found.interval.high)
    return values


def _slices(
    judged: Sequence[Judged],
    chosen: Sequence[Measure],
    keys: Callable[[Judged], Sequence[str]],
) -> dict[str, Summary]:
    """Return figures for each key; a topic may have several, or none."""
    slices: dict[str, list[Judged]] = {}
    for one in judged:
        for name in keys(one):
            slices.setdefault(name, []).append(one)
    return {name: figures(slices[name], chosen) for name in sorted(slices)}


def _directions(judged: Sequence[Judged], chosen: Sequence[Measure]) -> dict[str, Summary]:
    """Slice by direction; what nothing answers belongs to every direction of its language."""
    by_lang: dict[str, set[str]] = {}
    for one in judged:
        if one.direction:
            by_lang.setdefault(one.lang, set()).add(one.direction)
    return _slices(
        judged,
        chosen,
        lambda one: (one.direction,) if one.direction else sorted(by_lang.get(one.lang, ())),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
