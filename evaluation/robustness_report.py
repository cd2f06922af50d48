"""The page of the robustness: what each way of typing costs, and which questions it loses."""

from collections.abc import Sequence
from typing import Any

from evaluation.comparison_report import ended, mood
from evaluation.fates import fate_bar
from evaluation.hardening import MEASURES, Hardship
from evaluation.pages import render_page
from evaluation.texts import ReportLang, Words
from server.engine import Assistant

_DIGITS = 6
# More than anybody reads.
_LOST = 30


def render_robustness(
    assistant: Assistant, topics: int, found: Sequence[Hardship], lang: ReportLang
) -> str:
    """Return the page as HTML, `lang` on show at first."""
    manifest = assistant.index.manifest
    return render_page(
        "robustness.html",
        lang,
        Words("report", "comparison", "robustness"),
        index_id=manifest.index_id,
        model_id=manifest.model_id,
        topics=topics,
        measures=MEASURES,
        found=[(one, fate_bar(one.before), fate_bar(one.after)) for one in found if one.after],
        lost=_LOST,
        mood=mood,
        ended=ended,
    )


def as_json(found: Sequence[Hardship]) -> list[dict[str, Any]]:
    """Return the hardships as plain values, rounded to six digits."""
    return [
        {
            "way": one.way,
            "topics": len(one.after),
            "cost": round(one.price, _DIGITS),
            "won": [change.after.id for change in one.won],
            "lost": [
                {"id": change.after.id, "text": change.after.text, "was": change.before.text}
                for change in one.lost
            ],
            "measures": {
                row.measure.name: {
                    "before": _rounded(row.before),
                    "after": _rounded(row.after),
                    "p": _rounded(row.p),
                }
                for row in one.differences
            },
        }
        for one in found
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
