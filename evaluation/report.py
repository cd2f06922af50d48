"""The report of an evaluation: one HTML page that needs no network and no script."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evaluation.charts import Axes, histogram, nice_ceiling, reliability_chart, risk_chart
from evaluation.confidence import Bin, RiskPoint, reliability, risk_coverage
from evaluation.running import Evaluation, Outcome
from evaluation.summary import Summary
from evaluation.texts import ReportLang, texts
from indexer.article import LANGS, Lang
from server.engine import Decision, Hit

_COLUMNS = 20
_CLASSES = ("right", "wrong", "none")
# So many rows of a curve are enough to read its data.
_CURVE_ROWS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """What one piece of evidence adds to the log-odds of the first hit and of its comparison."""

    name: str
    got: float
    other: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry of the failure lists; `other` is the hit that `parts` compares the first one to."""

    outcome: Outcome
    expected: tuple[str, ...]
    got: str
    rival: Hit | None
    other: Hit | None
    other_is_expected: bool
    parts: tuple[Part, ...]


def render(evaluation: Evaluation, summary: Summary, lang: ReportLang) -> str:
    """Return the report as HTML; everything that people wrote is escaped."""
    words = texts(lang)
    style = _environment().get_template("report.css").render()
    return (
        _environment()
        .get_template("report.html")
        .render(
            lang=lang,
            t=words,
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=_hash(style),
            evaluation=evaluation,
            summary=summary,
            states=_states(evaluation.outcomes),
            charts=_charts(evaluation.outcomes, summary, words),
            failures=_failures(evaluation, lang),
            title=lambda ident, shown: _title(evaluation, ident, shown),
            decisions=[decision.value for decision in Decision],
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda v: "–" if v is None else f"{100 * v:.1f}%"
    environment.filters["number"] = lambda v: "–" if v is None else f"{v:.3f}"
    environment.filters["signed"] = _signed
    return environment


def _signed(value: float | None) -> str:
    """Return `value` with its sign and two digits; nothing that rounds to 0 is negative."""
    return "–" if value is None else f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")


def _hash(style: str) -> str:
    """Return the hash by which the page's Content-Security-Policy lets its own style through."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def _title(evaluation: Evaluation, ident: str, lang: Lang) -> str:
    """Return an article's title in `lang`, else in the other language, else its id."""
    order = (lang, *(other for other in LANGS if other != lang))
    found = (evaluation.titles.get((ident, each)) for each in order)
    return next((title for title in found if title), ident)


def _state(outcome: Outcome) -> str:
    if not outcome.topic.answerable:
        return "none"
    return "right" if outcome.right else "wrong"


def _states(outcomes: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """Return how many outcomes of each state got which decision."""
    counts = {state: {d.value: 0 for d in Decision} for state in _CLASSES}
    for outcome in outcomes:
        counts[_state(outcome)][outcome.answer.decision.value] += 1
    return counts


def _failures(evaluation: Evaluation, lang: ReportLang) -> dict[str, list[Failure]]:
    """Return the lists of failures, each from the most confident on."""
    lists: dict[str, list[Failure]] = {"answered": [], "first": [], "held": []}
    ordered = sorted(evaluation.outcomes, key=lambda o: (-o.answer.confidence, o.topic.id))
    for outcome in ordered:
        name = _list_of(outcome)
        if name is not None:
            lists[name].append(_failure(evaluation, outcome, lang))
    return lists


def _list_of(outcome: Outcome) -> str | None:
    if outcome.answered:
        return None if outcome.right else "answered"
    if not outcome.topic.answerable:
        return None
    return "held" if outcome.right else "first"


def _failure(evaluation: Evaluation, outcome: Outcome, lang: ReportLang) -> Failure:
    hits = outcome.answer.hits
    right = None if outcome.rank is None else hits[outcome.rank - 1]
    rival = hits[1] if len(hits) > 1 else None
    other = rival if right is None or outcome.right else right
    relevant = [ident for ident, grade in outcome.relevance.items() if grade > 0]
    return Failure(
        outcome=outcome,
        expected=tuple(relevant),
        got=_title(evaluation, hits[0].article_id, hits[0].lang) if hits else "",
        rival=rival,
        other=other,
        other_is_expected=other is not None and other is right,
        parts=_parts(hits[0], other) if hits else (),
    )


def _parts(got: Hit, other: Hit | None) -> tuple[Part, ...]:
    """Return the pieces of evidence, the one that tells the two hits apart most first."""
    against = other.evidence.parts if other else {}
    parts = [Part(name, value, against.get(name)) for name, value in got.evidence.parts.items()]
    return tuple(sorted(parts, key=lambda p: (-abs(p.got - (p.other or 0.0)), p.name)))


def _charts(outcomes: Sequence[Outcome], summary: Summary, words: dict[str, str]) -> dict[str, Any]:
    confidences = [outcome.answer.confidence for outcome in outcomes]
    right = [outcome.right for outcome in outcomes]
    bins = reliability(confidences, right, kind="width")
    curve = risk_coverage(confidences, right)
    counts = _counts(outcomes)
    return {
        "bins": bins,
        "reliability": _reliability(bins, words),
        "curve": curve[:: max(1, len(curve) // _CURVE_ROWS)],
        "risk": _risk(curve, outcomes, words),
        "counts": counts,
        "histogram": histogram(
            counts,
            _CLASSES,
            Axes(
                words["axis_confidence"],
                words["axis_count"],
                y_max=nice_ceiling(max((sum(column) for column in counts), default=1)),
                percent=False,
            ),
            words["chart_histogram"],
        ),
        "columns": [(n / _COLUMNS, (n + 1) / _COLUMNS) for n in range(_COLUMNS)],
    }


def _reliability(bins: Sequence[Bin], words: dict[str, str]) -> Markup:
    axes = Axes(words["axis_confidence"], words["axis_accuracy"])
    return reliability_chart(bins, axes, words["chart_reliability"])


def _risk(curve: Sequence[RiskPoint], outcomes: Sequence[Outcome], words: dict[str, str]) -> Markup:
    answered = [outcome for outcome in outcomes if outcome.answered]
    now = None
    if answered:
        wrong = sum(not outcome.right for outcome in answered) / len(answered)
        now = (len(answered) / len(outcomes), wrong)
    highest = max((point.risk for point in curve), default=1.0)
    axes = Axes(words["axis_answered"], words["axis_wrong"], y_max=nice_ceiling(highest))
    return risk_chart(
        curve, axes, words["chart_risk"], targets=(0.05, 0.1), now=now, now_label=words["now"]
    )


def _counts(outcomes: Iterable[Outcome]) -> list[list[int]]:
    """Return for each column of confidence the number of outcomes of each state."""
    counts = [[0] * len(_CLASSES) for _ in range(_COLUMNS)]
    for outcome in outcomes:
        column = min(int(outcome.answer.confidence * _COLUMNS), _COLUMNS - 1)
        counts[column][_CLASSES.index(_state(outcome))] += 1
    return counts
