"""POST /v1/ask and GET /v1/search."""

import time
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from server.web import asking
from server.web.context import assistant
from server.web.error_schemas import (
    BODY_ERRORS,
    ERRORS,
)
from server.web.products import product_id
from server.web.schemas import (
    AskRequest,
    AskResponse,
    SearchParameters,
    SearchResponse,
)
from server.web.search import found

blueprint = APIBlueprint("ask", __name__, url_prefix="/v1", abp_tags=[Tag(name="Questions")])


@blueprint.post(
    "/ask",
    responses={200: AskResponse, **BODY_ERRORS},
    operation_id="ask",
    description="`decision` says what to do: give the first answer (`answer`), ask back which of "
    "`clarify` is meant (`clarify`), hand over to a human (`handoff`), or warn, because a secret "
    "was in the text (`blocked`). The turn is kept: send its `conversation_id` with the next "
    "question, and that is understood with it. A second miss hands off. Where a person has taken "
    "the conversation over there is no answer: `handoff.reason` is `taken_over`.",
)
def ask(body: AskRequest) -> dict[str, Any]:
    """Answer a question."""
    return asking.ask(
        assistant(),
        body.query,
        body.lang,
        product_id(body.product),
        body.top_k,
        body.conversation_id,
        article_id=body.article_id,
        channel=body.channel,
        user=body.user,
    )


@blueprint.get(
    "/search",
    responses={200: SearchResponse, **ERRORS},
    operation_id="search",
    description="For a search box: every article that may fit. Never hands off.",
)
def search(query: SearchParameters) -> dict[str, Any]:
    """Find articles."""
    start = time.perf_counter()
    presented = found(assistant(), query.q, query.lang, product_id(query.product), query.limit)
    presented["took_ms"] = round((time.perf_counter() - start) * 1000, 1)
    return presented
