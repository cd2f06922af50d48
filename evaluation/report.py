"""The report of an evaluation: one HTML page in both languages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from evaluation.charts import (
    Axes,
    histogram,
    nice_ceiling,
    reliability_chart,
    risk_chart,
)
from evaluation.confidence import Bin, RiskPoint, reliability, risk_coverage
from evaluation.confusion import confusions
from evaluation.failures import Failure, failure, title
from evaluation.fates import fate_bar, fates
from evaluation.judged import Judged
from evaluation.pages import render_page
from evaluation.running import Evaluation
from evaluation.steps import Step, next_steps
from evaluation.summary import Summary
from evaluation.texts import Both, ReportLang, Words

_COLUMNS = 20
_CLASSES = ("right", "wrong", "none")
# So many rows of a curve are enough to read its data.
_CURVE_ROWS = 20
# More than anybody reads; the files beside the page hold the rest.
_STEPS = 40
_QUESTIONS = 30
_PAIRS = 25
# Fewer topics than this make wide intervals: ±7 % around 80 %.
FEW = 100
CARDS = ("Success@1", "Precision@answered", "Coverage", "FalseAnswers")
TABLES = {
    "ranking": ("Success@1", "Success@3", "R@10", "RR@10", "nDCG@10"),
    "confidence": (
        "Precision@answered",
        "Coverage",
        "Helped",
        "AUROC",
        "ECE",
        "Brier",
        "AURC",
        "Coverage@P90",
        "Coverage@P95",
    ),
    "unanswerable": ("FalseAnswers",),
}
# Measures that a table tells with their interval.
_WITH_INTERVAL = (*CARDS, "Helped")


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step with the titles it names and the failures it would mend; `more` are left out."""

    step: Step
    name: Both
    how: Both
    failures: tuple[Failure, ...]
    more: int


def render(evaluation: Evaluation, summary: Summary, lang: ReportLang) -> str:
    """Return the report as HTML, `lang` on show at first."""
    words = Words("report")
    judged = evaluation.judged
    steps = next_steps(judged, {ident for _, ident in evaluation.unknown})
    pairs = confusions(judged)
    return render_page(
        "report.html",
        lang,
        words,
        evaluation=evaluation,
        summary=summary,
        few=FEW,
        fates=fates(judged),
        fate_bar=fate_bar(judged),
        cards=[name for name in CARDS if name in summary["overall"]["measures"]],
        tables=_tables(summary),
        terms=[name for name in summary["overall"]["measures"] if f"term_{name}" in words],
        with_interval=_WITH_INTERVAL,
        charts=_charts(judged, words),
        steps=[_shown(evaluation, step, words) for step in steps[:_STEPS]],
        more_steps=max(0, len(steps) - _STEPS),
        pairs=pairs[:_PAIRS],
        more_pairs=max(0, len(pairs) - _PAIRS),
        title=lambda ident, shown: title(evaluation, ident, shown),
    )


def _tables(summary: Summary) -> dict[str, list[str]]:
    """Return for each table the measures that the summary holds."""
    known = summary["overall"]["measures"]
    named = {name for names in TABLES.values() for name in names}
    tables = {table: [n for n in names if n in known] for table, names in TABLES.items()}
    # What was asked for besides stands with the ranking or the confidence, by its family.
    for name in known:
        if name not in named and name != "Language":
            ranked = name.split("@")[0] in ("Success", "R", "RR", "nDCG")
            tables["ranking" if ranked else "confidence"].append(name)
    return tables


def _shown(evaluation: Evaluation, step: Step, words: Words) -> ShownStep:
    names = dict(
        zip(("first", "second"), (_named(evaluation, a) for a in step.articles), strict=False)
    )
    places = step.places[:_QUESTIONS]
    return ShownStep(
        step=step,
        name=words(f"step_{step.kind}", **names),
        how=words(f"step_{step.kind}_how"),
        failures=tuple(failure(evaluation.outcomes[place]) for place in places),
        more=len(step.places) - len(places),
    )


def _named(evaluation: Evaluation, ident: str) -> Both:
    """Return an article's title in quotes, in the language of the sentence that it stands in."""
    return Both(f"“{title(evaluation, ident, 'zh')}”", f"“{title(evaluation, ident, 'en')}”")


def _charts(judged: Sequence[Judged], words: Words) -> dict[str, Any]:
    confidences = [one.confidence for one in judged]
    right = [one.right for one in judged]
    bins = reliability(confidences, right, kind="width")
    curve = risk_coverage(confidences, right)
    counts = _counts(judged)
    tallest = max((sum(column) for column in counts), default=1)
    return {
        "bins": bins,
        "reliability": reliability_figure(bins, words, "chart-reliability"),
        "curve": curve[:: max(1, len(curve) // _CURVE_ROWS)],
        "risk": _risk(curve, judged, words),
        "counts": counts,
        "histogram": histogram(
            counts,
            _CLASSES,
            Axes(
                words("axis_confidence"),
                words("axis_count"),
                y_max=nice_ceiling(tallest),
                percent=False,
            ),
            "chart-histogram",
        ),
        "columns": [(n / _COLUMNS, (n + 1) / _COLUMNS) for n in range(_COLUMNS)],
    }


def reliability_figure(bins: Sequence[Bin], words: Words, named_by: str) -> Markup:
    """Return the reliability diagram of `bins` of equal width."""
    axes = Axes(words("axis_confidence"), words("axis_accuracy"))
    return reliability_chart(bins, axes, named_by)


def _risk(curve: Sequence[RiskPoint], judged: Sequence[Judged], words: Words) -> Markup:
    answered = [one for one in judged if one.answered]
    now = None
    if answered:
        wrong = sum(not one.right for one in answered) / len(answered)
        now = (len(answered) / len(judged), wrong)
    highest = max((point.risk for point in curve), default=1.0)
    axes = Axes(words("axis_answered"), words("axis_wrong"), y_max=nice_ceiling(highest))
    return risk_chart(
        curve, axes, "chart-risk", targets=(0.05, 0.1), now=now, now_label=words("now")
    )


def _counts(judged: Iterable[Judged]) -> list[list[int]]:
    """Return for each column of confidence the number of topics of each state."""
    counts = [[0] * len(_CLASSES) for _ in range(_COLUMNS)]
    for one in judged:
        column = min(int(one.confidence * _COLUMNS), _COLUMNS - 1)
        state = "none" if not one.answerable else ("right" if one.right else "wrong")
        counts[column][_CLASSES.index(state)] += 1
    return counts
