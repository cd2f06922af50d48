"""What search engines read: sitemap, robots, and structured data."""

import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, Response, render_template

from indexer import LANGS
from indexer.article import twin_language
from server.engine.presentation import article_url
from server.web.centre import centre
from server.web.context import assistant
from server.web.kept import kept
from server.web.layout import LANGUAGE_TAGS, public_address

blueprint = Blueprint("seo", __name__)

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# What is no page for readers that come from a search.
_PRIVATE = ("/v1/", "/zh/tickets/", "/en/tickets/", "/zh/desk/", "/en/desk/", "/zh/?q=", "/en/?q=")


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Tell crawlers what there is to read."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _PRIVATE), ""]
    lines.append(f"Sitemap: {public_address()}/sitemap.xml")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """List every page in every language that it exists in."""
    places: list[dict[str, Any]] = []
    index = assistant().index
    shelves = {lang: kept(f"centre-{lang}", partial(centre, lang=lang)) for lang in LANGS}
    for lang in LANGS:
        pages = [f"/{lang}/", f"/{lang}/articles/", f"/{lang}/glossary", f"/{lang}/contact"]
        pages += [product.url for product in shelves[lang].products]
        places += [{"at": page, "langs": LANGS} for page in pages]
        for topic in shelves[lang].topics:
            existing = tuple(each for each in LANGS if shelves[each].topic(topic.id))
            places.append({"at": topic.url, "langs": existing})
    for article in index.articles.values():
        both = (article.id, twin_language(article.lang)) in index.articles
        places.append(
            {
                "at": article_url(article.id, article.lang),
                "langs": LANGS if both else (article.lang,),
                "updated": iso_date(article.updated),
            }
        )
    text = render_template("sitemap.xml", base=public_address(), places=places, tags=LANGUAGE_TAGS)
    return Response(text, mimetype="application/xml")


def iso_date(text: str | None) -> str | None:
    """Return `text` where it is a day as ISO 8601 writes it."""
    return text if text and _ISO_DATE.fullmatch(text) else None


def spoken_date(text: str, lang: str) -> str:
    """Return an ISO date as people write it; anything else as it is."""
    if not iso_date(text):
        return text
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day:%-d %B %Y}"


def faq_page(presented: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return an article as schema.org's FAQPage; `presented` is in the shape of /v1/articles."""
    answers = [(s["heading"], s["answer_html"]) for s in presented["sections"]]
    answers = answers or [(presented["title"], presented["answer_html"])]
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "url": address,
        "inLanguage": LANGUAGE_TAGS[presented["lang"]],
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": str(html)},
            }
            for question, html in answers
        ],
    }
    if day := iso_date(presented.get("updated")):
        page["dateModified"] = day
    return page
