"""The page of the gaps: what users asked and nobody answered, and what to write."""

from collections.abc import Sequence
from typing import Any

from evaluation.gapping import Gap
from evaluation.pages import render_page
from evaluation.texts import ReportLang, Words
from indexer.article import Lang
from server.engine import Assistant

_DIGITS = 6
# More than anybody reads.
_GAPS, _QUESTIONS = 100, 20


def render_gaps(
    assistant: Assistant, found: Sequence[Gap], log: dict[str, Any], lang: ReportLang
) -> str:
    """Return the page as HTML, `lang` on show at first; `log` is what `facts` of the log told."""

    def title(ident: str, shown: Lang) -> str:
        article = assistant.article(ident, shown)
        return article.title if article else ident

    return render_page(
        "gaps.html",
        lang,
        Words("report", "gaps"),
        index_id=assistant.index.manifest.index_id,
        log=log,
        found=found[:_GAPS],
        more=max(0, len(found) - _GAPS),
        questions=_QUESTIONS,
        largest=max((gap.asked for gap in found), default=1),
        title=title,
    )


def as_json(found: Sequence[Gap], log: dict[str, Any]) -> dict[str, Any]:
    """Return the gaps as plain values, rounded to six digits."""
    return {
        "log": log,
        "gaps": [
            {
                "name": gap.name,
                "asked": gap.asked,
                "ill_rated": gap.ill_rated,
                "langs": gap.langs,
                "nearest": gap.nearest,
                "score": round(gap.score, _DIGITS),
                "matched": gap.matched,
                "advice": gap.advice,
                "questions": [
                    {"text": miss.text, "lang": miss.lang, "asked": miss.asked}
                    for miss in gap.misses
                ],
            }
            for gap in found
        ],
    }
