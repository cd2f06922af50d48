"""The page of a comparison: may the second evaluation's index be published?"""

from collections.abc import Sequence
from typing import Any

from evaluation.comparison import Change, Comparison, Tolerance
from evaluation.fates import fate, fate_bar, fates
from evaluation.judged import Judged
from evaluation.pages import render_page
from evaluation.significance import Difference
from evaluation.texts import ReportLang, Words

# A difference that chance alone makes less often than this is one.
SIGNIFICANT = 0.05
# More than anybody reads.
_ARTICLES = 60


def render_comparison(
    comparison: Comparison, lang: ReportLang, tolerances: Sequence[Tolerance] = ()
) -> str:
    """Return the page as HTML, `lang` on show at first."""
    articles = comparison.articles
    return render_page(
        "comparison.html",
        lang,
        Words("report", "comparison"),
        comparison=comparison,
        tolerances=tolerances,
        broken={broken.tolerance: broken.difference for broken in comparison.broken},
        runs=[_run("A", comparison.before.judged), _run("B", comparison.after.judged)],
        groups={None: comparison.differences, **comparison.slices},
        mood=mood,
        articles=articles[:_ARTICLES],
        more_articles=max(0, len(articles) - _ARTICLES),
        ended=ended,
    )


def mood(difference: Difference) -> str:
    """Return "up" or "down" for what became better or worse surely, else ""."""
    if not difference.change or difference.p is None or difference.p >= SIGNIFICANT:
        return ""
    return "down" if difference.loss else "up"


def _run(name: str, judged: Sequence[Judged]) -> dict[str, Any]:
    return {"name": name, "fates": fates(judged), "bar": fate_bar(judged), "topics": len(judged)}


def ended(change: Change, *, after: bool) -> dict[str, Any]:
    """Return how a topic ended in one of the runs, and on which article."""
    one = change.after if after else change.before
    return {
        "fate": fate(one),
        "first": one.ranked[0] if one.ranked else None,
        "confidence": one.confidence,
    }
