"""POST /v1/feedback: whether an answer helped."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from indexer import LANGS
from server.engine.presentation import secret_warning
from server.web import metrics
from server.web.cases import secrets_in
from server.web.context import accepted_language, assistant
from server.web.desk_schemas import FeedbackRequest, FeedbackResponse, without_none
from server.web.desks import desk
from server.web.error_schemas import (
    BODY_ERRORS,
    ErrorResponse,
)
from server.web.errors import ApiError
from server.web.limits import rate_limited

blueprint = APIBlueprint("feedback", __name__, url_prefix="/v1", abp_tags=[Tag(name="Questions")])


@blueprint.post(
    "/feedback",
    responses={201: FeedbackResponse, **BODY_ERRORS, 404: ErrorResponse, 503: ErrorResponse},
    operation_id="feedback",
    description="The last word on an answer holds. It is 404 for a `message_id` that is no "
    "answer's, or is forgotten by now.",
)
@rate_limited("write")
def feedback(body: FeedbackRequest) -> tuple[dict[str, Any], int]:
    """Tell whether an answer helped."""
    keep(body.message_id, helpful=body.helpful, article_id=body.article_id, comment=body.comment)
    kept: dict[str, Any] = {
        "message_id": body.message_id,
        "helpful": body.helpful,
        "article_id": body.article_id,
    }
    if kinds := secrets_in(body.comment or ""):
        kept["warning"] = secret_warning(accepted_language(), kinds)
    return without_none(kept), 201


def keep(
    message_id: str,
    *,
    helpful: bool,
    article_id: str | None = None,
    comment: str | None = None,
) -> None:
    """Keep a vote.

    Raises:
        ApiError: 422, there is no such article.
        UnknownMessageError: there is no such message.
        DatabaseError: nothing was kept.
    """
    articles = assistant().index.articles
    if article_id is not None and not any((article_id, lang) in articles for lang in LANGS):
        raise ApiError(422, problems=[("article_id", "unknown_article", {})])
    desk().feedback.add(message_id, helpful=helpful, article_id=article_id, comment=comment)
    metrics.metrics().voted(helpful=helpful)
