"""POST /retrieval: the "external knowledge API" of Dify (https://docs.dify.ai).

Dify calls the address that it was given with `/retrieval` behind it, and sends the API key as a
bearer token. What comes back are articles, not a decision: Dify's own model answers.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from flask import request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict
from pydantic import BaseModel, ConfigDict, Field

from indexer import LANGS, Article, Lang
from server.engine import Assistant, Hit
from server.engine.presentation import hit_body, hit_url, secret_warning
from server.web.adapters.conditions import Operator, holds
from server.web.context import assistant
from server.web.errors import ApiError, errors_shaped
from server.web.fields import (
    MAX_RESULTS,
    NO_NUL,
    Question,
)
from server.web.keys import bearer_token, require_role
from server.web.products import known_products

blueprint = APIBlueprint("dify", __name__, abp_tags=[Tag(name="Adapters")])

# The knowledge that has everything; others are a language or a product.
EVERYTHING = "all"
# Conditions are checked on what was found, so that more has to be found than is returned.
_CHECKED = 200
# The numbers that Dify's documentation suggests; for what it does not name, the status.
_NO_HEADER, _WRONG_KEY, _NO_KNOWLEDGE = 1001, 1002, 2001


class _Sent(BaseModel):
    """What Dify sends; what later versions of it add is passed over."""

    model_config = ConfigDict(extra="ignore", strict=True)


class RetrievalSetting(_Sent):
    """How much to return."""

    top_k: Annotated[int, Field(ge=1, description=f"Records at most; {MAX_RESULTS} are the most.")]
    score_threshold: Annotated[
        float, Field(ge=0, le=1, description="The least probability that a record answers.")
    ] = 0.0


class Condition(_Sent):
    """A condition on one field of `metadata`."""

    name: str
    comparison_operator: Operator
    value: str | float | list[str] | None = None


class MetadataCondition(_Sent):
    """Which records may be returned."""

    logical_operator: Literal["and", "or"] = "and"
    conditions: list[Condition] = []


class RetrievalRequest(_Sent):
    """A question of Dify's."""

    knowledge_id: Annotated[
        str,
        Field(
            max_length=100,
            pattern=NO_NUL,
            description="`all`, a language (`zh`, `en`), or a product by id, name or alias.",
            json_schema_extra={"example": EVERYTHING},
        ),
    ]
    query: Question
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


class Record(BaseModel):
    """An article, or the section of one. `score` is the probability that it answers (0..1)."""

    content: Annotated[str, Field(description="Markdown.")]
    score: Annotated[float, Field(ge=0, le=1)]
    title: str
    metadata: dict[str, Any]


class RetrievalResponse(BaseModel):
    """What was found, the best first."""

    records: list[Record]


class DifyError(BaseModel):
    """An error as Dify shows it."""

    error_code: Annotated[
        int,
        Field(
            description="1001 no key was sent, 1002 the key is not known or may not, 2001 there is "
            "no such knowledge; else the HTTP status."
        ),
    ]
    error_msg: str


def dify_error(status: int, code: str, message: str) -> tuple[int, dict[str, Any]]:
    """Return an error in Dify's shape; to Dify a key that is wrong is 403, never 401."""
    if status in (401, 403):
        number = _WRONG_KEY if bearer_token() else _NO_HEADER
        return 403, {"error_code": number, "error_msg": message}
    number = _NO_KNOWLEDGE if code == "knowledge_not_found" else status
    return status, {"error_code": number, "error_msg": message}


_ERRORS: ResponseDict = dict.fromkeys(
    (400, 401, 403, 404, 405, 413, 414, 415, 422, 429, 431, 500, 503), DifyError
)


@blueprint.post(
    "/retrieval",
    responses={200: RetrievalResponse, **_ERRORS},
    operation_id="dify_retrieval",
    description="The external knowledge API of Dify: register the address of this server and an "
    "API key there.",
)
@require_role("client")
@errors_shaped(dify_error)
def retrieval(body: RetrievalRequest) -> dict[str, Any]:
    """Find articles for Dify."""
    lang, product = _knowledge(body.knowledge_id)
    wanted = min(body.retrieval_setting.top_k, MAX_RESULTS)
    conditions = body.metadata_condition
    serving = assistant()
    answer = serving.ask(body.query, lang, product, _CHECKED if conditions else wanted)
    if answer.secrets:
        # The model behind Dify sees nothing but records: this is how its user is warned.
        warning = secret_warning(answer.query.lang, answer.secrets)
        return {"records": [_warning(warning)]}
    records = [
        record
        for hit in answer.hits
        if hit.score >= body.retrieval_setting.score_threshold
        and (record := _record(serving, hit, lang)) is not None
        and _fits(record["metadata"], conditions)
    ]
    return {"records": records[:wanted]}


def _knowledge(ident: str) -> tuple[Lang | None, str | None]:
    """Return the language and the product that a knowledge id stands for.

    Raises:
        ApiError: 404, it stands for nothing.
    """
    if ident == EVERYTHING:
        return None, None
    for lang in LANGS:
        if ident == lang:
            return lang, None
    product = known_products().find(ident)
    if product is None:
        known = ", ".join((EVERYTHING, *LANGS, *known_products().ids))
        raise ApiError(404, "knowledge_not_found", values={"known": known})
    return None, product


def _record(serving: Assistant, hit: Hit, lang: Lang | None) -> dict[str, Any] | None:
    """Return a hit as Dify takes it; None where it has no text in `lang`, or is gone by now."""
    article = serving.index.articles.get((hit.article_id, hit.lang))
    if article is None or lang not in (None, article.lang):
        return None
    return {
        "content": hit_body(article, hit),
        "score": round(hit.score, 4),
        "title": hit.section or article.title,
        "metadata": _metadata(article, hit),
    }


def _metadata(article: Article, hit: Hit) -> dict[str, Any]:
    # Dify shows `path` and `description` beside a record.
    known = {
        "path": request.host_url.rstrip("/") + hit_url(article, hit),
        "description": article.title,
        "id": article.id,
        "lang": article.lang,
        "section": hit.section,
        "product": article.product,
        "tags": list(article.tags),
        "updated": article.updated,
    }
    return {name: value for name, value in known.items() if value is not None}


def _fits(metadata: Mapping[str, Any], condition: MetadataCondition | None) -> bool:
    if condition is None or not condition.conditions:
        return True
    held = (
        holds(metadata, each.name, each.comparison_operator, each.value)
        for each in condition.conditions
    )
    return all(held) if condition.logical_operator == "and" else any(held)


def _warning(warning: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "content": warning["message"],
        "score": 1.0,
        "title": warning["code"],
        "metadata": {"kinds": warning["kinds"]},
    }
