"""The help pages: they work without JavaScript, and show what POST /v1/ask returns."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from indexer import Lang
from indexer.article import twin_language
from server.engine.presentation import article_url, secret_warning
from server.web import asking
from server.web.articles import present_article
from server.web.context import accepted_language, assistant
from server.web.layout import layout
from server.web.schemas import MAX_QUERY
from server.web.texts import texts

blueprint = Blueprint("pages", __name__)

# An article less likely than this would only distract from the answer.
_FLOOR = 0.05

Page = str | tuple[str, int] | BaseResponse


@blueprint.get("/")
def root() -> BaseResponse:
    """Lead to the pages in the reader's language."""
    response = redirect(f"/{accepted_language()}/", 302)
    response.vary.add("Accept-Language")
    return response


@blueprint.get("/<any(zh, en):lang>/")
def home(lang: Lang) -> Page:
    """Show the search form, and the answer to `q`."""
    question = request.args.get("q", "").strip()
    if len(question) > MAX_QUERY:
        problem = texts(lang)["too_long"].format(limit=MAX_QUERY)
        return render_template("home.html", problem=problem, **layout(lang)), 422
    if question:
        return _answer_page(lang, question)
    articles = [a for a in assistant().index.articles.values() if a.lang == lang]
    listed = [{"title": a.title, "url": article_url(a.id, lang)} for a in articles]
    # After a secret: the address that held it is left, so that the browser shows it no longer.
    warning = secret_warning(lang, ()) if "warning" in request.args else None
    return render_template("home.html", articles=listed, warning=warning, **layout(lang))


def _answer_page(lang: Lang, question: str) -> Page:
    presented = asking.ask(assistant(), question, lang)
    if "warning" in presented:
        return redirect(f"/{lang}/?warning=secret", 303)
    answers = presented["answers"]
    sure = presented["decision"] == "answer"
    offered = {choice["id"] for choice in presented["clarify"]}
    switch_to = f"/{twin_language(lang)}/?{urlencode({'q': question})}"
    return render_template(
        "answer.html",
        question=question,
        level=presented["confidence_level"],
        answer=_with_html(answers[0]) if sure else None,
        others=[
            item
            for item in (answers[1:] if sure else answers)
            if item["id"] not in offered and item["confidence"] > _FLOOR
        ],
        choices=presented["clarify"],
        handoff=presented.get("handoff"),
        **layout(lang, switch_to),
    )


@blueprint.get("/<any(zh, en):lang>/articles/<article_id>")
def article(lang: Lang, article_id: str) -> Page:
    """Show an article; one that exists only in the other language says so."""
    index = assistant().index
    found = index.find(article_id, lang)
    if found is None:
        abort(404)
    presented = present_article(index, found)
    presented["answer_html"] = Markup(presented["answer_html"])  # noqa: S704 - sanitised
    for section in presented["sections"]:
        section["answer_html"] = Markup(section["answer_html"])  # noqa: S704 - sanitised
    switch_to = article_url(found.id, twin_language(lang))
    return render_template("article.html", article=presented, **layout(lang, switch_to))


def _with_html(item: dict[str, Any]) -> dict[str, Any]:
    """Mark the answer's HTML as safe: `server.engine.render` sanitised it."""
    return item | {"answer_html": Markup(item["answer_html"])}  # noqa: S704


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Keep browsers that look here without being told to from filling the log with errors."""
    return Response(status=204)
