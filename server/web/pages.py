"""The help pages: they work without JavaScript, and show what POST /v1/ask returns."""

from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from indexer import LANGS, Article, Index, Lang
from indexer.article import twin_language
from indexer.text import plain
from server.engine.presentation import secret_warning
from server.web import asking
from server.web.articles import present_article
from server.web.centre import Centre, centre, tag_name, topic_url
from server.web.context import accepted_language, assistant
from server.web.fields import (
    MAX_QUERY,
)
from server.web.glossary import Glossary
from server.web.kept import kept
from server.web.layout import layout
from server.web.seo import faq_page, spoken_date
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
    """Show the search form, what there is to browse, and the answer to `q`."""
    question = request.args.get("q", "").strip()
    shelves = _centre(lang)
    if len(question) > MAX_QUERY:
        problem = texts(lang)["too_long"].format(limit=MAX_QUERY)
        page = render_template("home.html", problem=problem, centre=shelves, **layout(lang))
        return page, 422
    if question:
        return _answer_page(lang, question)
    # After a secret: the address that held it is left, so that the browser shows it no longer.
    warning = secret_warning(lang, ()) if "warning" in request.args else None
    return render_template("home.html", centre=shelves, warning=warning, **layout(lang))


def _answer_page(lang: Lang, question: str) -> Page:
    presented = asking.ask(assistant(), question, lang)
    if "warning" in presented:
        return redirect(f"/{lang}/?warning=secret", 303)
    answers = presented["answers"]
    sure = presented["decision"] == "answer"
    # The same question about different products is answered for each.
    together = presented.get("together") or [item["id"] for item in answers[:1]]
    offered = {choice["id"] for choice in presented["clarify"]} | set(together if sure else ())
    return render_template(
        "answer.html",
        question=question,
        decision=presented["decision"],
        level=presented["confidence_level"],
        answers=[_with_html(item) for item in answers if sure and item["id"] in together],
        others=[
            item for item in answers if item["id"] not in offered and item["confidence"] > _FLOOR
        ],
        choices=presented["clarify"],
        handoff=presented.get("handoff"),
        **layout(
            lang,
            switch_to=f"/{twin_language(lang)}/?{urlencode({'q': question})}",
            listed=False,
        ),
    )


@blueprint.get("/<any(zh, en):lang>/articles/<article_id>")
def article(lang: Lang, article_id: str) -> Page:
    """Show an article; one that exists only in the other language says so."""
    index = assistant().index
    found = index.find(article_id, lang)
    if found is None:
        abort(404)
    presented = present_article(index, found)
    both = (found.id, twin_language(found.lang)) in index.articles
    variables = layout(
        lang,
        f"/articles/{quote(found.id)}",
        languages=LANGS if both else (found.lang,),
        listed=found.lang == lang,
    )
    structured = faq_page(presented, variables["canonical"])
    _explain(presented, found)
    return render_template(
        "article.html",
        article=presented,
        voted=request.args.get("voted"),
        urgent=found.priority == "urgent",
        updated=spoken_date(found.updated, lang) if found.updated else None,
        topics=_topics(index, found, lang),
        structured=structured,
        description=_description(found),
        **variables,
    )


@blueprint.get("/<any(zh, en):lang>/articles/")
def every_article(lang: Lang) -> Page:
    """List every article of the language, by topic."""
    return render_template("all.html", centre=_centre(lang), **layout(lang, "/articles/"))


@blueprint.get("/<any(zh, en):lang>/topics/<tag>")
def topic(lang: Lang, tag: str) -> Page:
    """List the articles on a topic."""
    shelf = _centre(lang).topic(tag) or abort(404)
    languages = [each for each in LANGS if _centre(each).topic(tag)]
    twin = twin_language(lang)
    switch_to = None if twin in languages else f"/{twin}/"
    page = f"/topics/{quote(tag)}"
    variables = layout(lang, page, switch_to=switch_to, languages=languages)
    return render_template("shelf.html", shelf=shelf, centre=_centre(lang), **variables)


@blueprint.get("/<any(zh, en):lang>/products/<product>")
def product(lang: Lang, product: str) -> Page:
    """List the articles on a product alone."""
    shelf = _centre(lang).product(product) or abort(404)
    return render_template(
        "shelf.html",
        shelf=shelf,
        product=True,
        centre=_centre(lang),
        **layout(lang, f"/products/{quote(product)}"),
    )


@blueprint.get("/<any(zh, en):lang>/glossary")
def glossary(lang: Lang) -> Page:
    """Show every term and what it means."""
    terms = sorted(_glossary(lang).terms, key=lambda each: each.term.lower())
    return render_template("glossary.html", terms=terms, **layout(lang, "/glossary"))


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Keep browsers that look here without being told to from filling the log with errors."""
    return Response(status=204)


def _centre(lang: Lang) -> Centre:
    return kept(f"centre-{lang}", lambda index: centre(index, lang))


def _glossary(lang: Lang) -> Glossary:
    return kept(f"glossary-{lang}", lambda index: Glossary(index, lang))


def _explain(presented: dict[str, Any], found: Article) -> None:
    """Put explanations of the terms into the article's HTML, each at its first mention."""
    sections = presented["sections"]
    parts = [s["answer_html"] for s in sections] or [presented["answer_html"]]
    explained = _glossary(found.lang).explain(*parts)
    presented["answer_html"] = explained[0]
    for section, html in zip(sections, explained, strict=False):
        section["answer_html"] = html


def _topics(index: Index, found: Article, lang: Lang) -> list[dict[str, str]]:
    settings = index.knowledge.get("settings", {})
    return [{"name": tag_name(settings, t, lang), "url": topic_url(t, lang)} for t in found.tags]


def _description(found: Article) -> str:
    """Return what a search engine shows below the title."""
    text = " ".join(plain(found.body).split())
    return text if len(text) <= 160 else text[:159] + "…"


def _with_html(item: dict[str, Any]) -> dict[str, Any]:
    """Mark the answer's HTML as safe: `server.engine.render` sanitised it."""
    return item | {"answer_html": Markup(item["answer_html"])}  # noqa: S704
