"""The page of the twins: where the two languages of a help centre disagree."""

from typing import Any

from evaluation.pages import render_page
from evaluation.texts import ReportLang, Words
from evaluation.twinning import Crossing, Direction, Twins
from indexer.article import Lang
from server.engine import Assistant

_DIGITS = 6
# More than anybody reads.
_LOST = 80


def render_twins(assistant: Assistant, twins: Twins, lang: ReportLang) -> str:
    """Return the page as HTML, `lang` on show at first."""

    def title(ident: str, shown: Lang) -> str:
        article = assistant.article(ident, shown)
        return article.title if article else ident

    lost = lost_wordings(twins)
    return render_page(
        "twins.html",
        lang,
        Words("report", "twins"),
        index_id=assistant.index.manifest.index_id,
        model_id=assistant.index.manifest.model_id,
        twins=twins,
        lost=lost[:_LOST],
        more=max(0, len(lost) - _LOST),
        title=title,
    )


def lost_wordings(twins: Twins) -> list[Crossing]:
    """Return the wordings of both directions that do not find their twin, titles first."""
    lost = [one for direction in twins.directions for one in direction.lost]
    return sorted(lost, key=lambda one: (not one.is_title, one.article_id, one.text))


def as_json(twins: Twins) -> dict[str, Any]:
    """Return the twins as plain values, rounded to six digits."""
    return {
        "pairs": twins.pairs,
        "offset": _rounded(twins.offset),
        "findings": [
            {"rule": rule, "source": place, "message": message}
            for rule, place, message in twins.findings
        ],
        "contradictions": [
            {"article_id": one.article_id}
            | {lang: [str(q) for q in said] for lang, said in one.said.items()}
            for one in twins.contradictions
        ],
        "directions": [_direction(direction) for direction in twins.directions],
    }


def _direction(direction: Direction) -> dict[str, Any]:
    return {
        "asked": direction.asked,
        "wordings": len(direction.crossings),
        "twin_first": direction.found,
        "confidence": _rounded(direction.score),
        "cosine": _rounded(direction.cosine),
        "lost": [
            {"article_id": one.article_id, "text": one.text, "title": one.is_title}
            | {"got": one.got, "matched": one.wording, "rank": one.rank}
            for one in direction.lost
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
