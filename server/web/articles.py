"""GET /v1/articles and GET /v1/articles/{id}."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from indexer import Article, Index
from indexer.article import twin_language
from server.engine.presentation import article_url
from server.engine.render import to_html
from server.web.context import accepted_language, assistant
from server.web.error_schemas import (
    ERRORS,
    PATH_ERRORS,
)
from server.web.errors import ApiError
from server.web.schemas import (
    ArticleParameters,
    ArticlePath,
    ArticleResponse,
    ArticlesParameters,
    ArticlesResponse,
)

blueprint = APIBlueprint("articles", __name__, url_prefix="/v1", abp_tags=[Tag(name="Articles")])


@blueprint.get("/articles", responses={200: ArticlesResponse, **ERRORS}, operation_id="articles")
def articles(query: ArticlesParameters) -> dict[str, Any]:
    """List the articles."""
    index = assistant().index
    listed = (a for a in index.articles.values() if query.lang in (None, a.lang))
    return {
        "articles": [_summary(article) for article in listed],
        "index_id": index.manifest.index_id,
    }


@blueprint.get(
    "/articles/<id>",
    responses={200: ArticleResponse, **PATH_ERRORS},
    operation_id="article",
    description="In the language asked for where it exists, else in the other.",
)
def article(path: ArticlePath, query: ArticleParameters) -> dict[str, Any]:
    """Read one article."""
    index = assistant().index
    found = index.find(path.id, query.lang or accepted_language())
    if found is None:
        raise ApiError(404, "article_not_found")
    return present_article(index, found)


def present_article(index: Index, article: Article) -> dict[str, Any]:
    """Return `article` in the shape of the HTTP interface, with its twin and its relatives."""
    presented = _summary(article) | {
        "questions": list(article.questions),
        "answer": article.body,
        "answer_html": to_html(article.body),
        "sections": [
            {"heading": s.heading, "answer": s.text, "answer_html": to_html(s.text)}
            for s in article.sections
        ],
        "related": [
            {"id": relative.id, **_link(relative)}
            for ident in article.related
            if (relative := index.find(ident, article.lang))
        ],
        "index_id": index.manifest.index_id,
    }
    twin = index.articles.get((article.id, twin_language(article.lang)))
    if twin is not None:
        presented["twin"] = _link(twin)
    return presented


def _link(article: Article) -> dict[str, str]:
    url = article_url(article.id, article.lang)
    return {"lang": article.lang, "title": article.title, "url": url}


def _summary(article: Article) -> dict[str, Any]:
    optional = {"product": article.product, "updated": article.updated}
    return {
        "id": article.id,
        "lang": article.lang,
        "title": article.title,
        "tags": list(article.tags),
        **{name: value for name, value in optional.items() if value is not None},
        "url": article_url(article.id, article.lang),
    }
