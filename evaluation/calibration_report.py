"""The page of a calibration: the picture before and after, and what a precision costs."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from evaluation.calibrating import Fitted
from evaluation.charts import share_bar
from evaluation.confidence import brier, ece, error_by_chance, log_loss, reliability
from evaluation.intervals import wilson
from evaluation.pages import render_page
from evaluation.report import reliability_figure
from evaluation.running import Evaluation
from evaluation.texts import ReportLang, Words
from evaluation.unseen import Held
from indexer.article import LANGS
from server.engine.calibration import strictest

_DIGITS = 6


def render_calibration(
    fitted: Fitted, evaluation: Evaluation, lang: ReportLang, *, written: bool
) -> str:
    """Return the page as HTML, `lang` on show at first; `written` tells whether it serves now."""
    words = Words("report", "calibration")
    sides = {
        name: {
            "bins": (bins := _bins(fitted.held, after=name == "after")),
            "chart": reliability_figure(bins, words, f"chart-{name}"),
        }
        for name in ("before", "after")
    }
    return render_page(
        "calibration.html",
        lang,
        words,
        fitted=fitted,
        evaluation=evaluation,
        written=written,
        sides=sides,
        figures=figures(fitted),
        groups=_groups(fitted),
        costs=[(cost, cost.interval, _bar(cost.coverage)) for cost in fitted.costs],
    )


def figures(fitted: Fitted) -> dict[str, dict[str, Any]]:
    """Return the figures before and after, of all questions and by language; see `_figures`."""
    slices = {"all": list(fitted.held)} | {
        lang: [one for one in fitted.held if one.row.lang == lang] for lang in LANGS
    }
    return {
        name: {side: _figures(held, after=side == "after") for side in ("before", "after")}
        for name, held in slices.items()
        if held
    }


def as_json(fitted: Fitted) -> dict[str, Any]:
    """Return what was fitted as plain values, rounded to six digits."""
    return {
        "target_precision": fitted.target,
        "topics": fitted.calibration.fitted_on["topics"],
        "skipped": fitted.skipped,
        "figures": figures(fitted),
        "groups": {
            name: {
                "method": group.method,
                "topics": group.topics,
                "answer_from": strictest(group.thresholds, fitted.target).answer,
                "clarify_from": strictest(group.thresholds, fitted.target).clarify,
                "log_loss": {m: _rounded(v) for m, v in fitted.choices[name].losses.items()},
            }
            for name, group in fitted.calibration.groups.items()
        },
        "costs": [
            {
                "target_precision": cost.target,
                "answered": cost.answered,
                "right": cost.right,
                "precision": _rounded(cost.precision),
                "coverage": _rounded(cost.coverage),
            }
            for cost in fitted.costs
        ],
    }


def _figures(held: Sequence[Held], *, after: bool) -> dict[str, Any]:
    """Return what the questions get: answered, right among them (with its 95 % interval), the
    share of answerable ones answered, and how far the confidence is off.
    """
    confidences = [one.after if after else one.before for one in held]
    right = [one.right for one in held]
    answered = [one for one in held if (one.answered_after if after else one.answered_before)]
    able = sum(one.row.answerable for one in held)
    good = sum(one.right for one in answered)
    interval = wilson(good, len(answered))
    return {
        "topics": len(held),
        "answered": len(answered),
        "precision": _rounded(good / len(answered) if answered else None),
        "low": _rounded(interval.low if interval else None),
        "high": _rounded(interval.high if interval else None),
        "coverage": _rounded(sum(o.row.answerable for o in answered) / able if able else None),
        "ece": _rounded(ece(confidences, right)),
        "by_chance": _rounded(error_by_chance(reliability(confidences, right))),
        "brier": _rounded(brier(confidences, right)),
        "log_loss": _rounded(log_loss(confidences, right)),
    }


def _bins(held: Sequence[Held], *, after: bool) -> Any:
    confidences = [one.after if after else one.before for one in held]
    return reliability(confidences, [one.right for one in held], kind="width")


def _groups(fitted: Fitted) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "group": group,
            "thresholds": strictest(group.thresholds, fitted.target),
            "losses": fitted.choices[name].losses,
        }
        for name, group in fitted.calibration.groups.items()
    ]


def _bar(coverage: float | None) -> Markup:
    share = round(1000 * (coverage or 0.0))
    return share_bar([("covered", share), ("left", 1000 - share)])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
