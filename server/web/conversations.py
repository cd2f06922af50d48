"""A visitor's own conversation: read again, agreed to be kept, and deleted on request."""

from typing import Any

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from server.web.casework import present_transcript
from server.web.desk_schemas import ConsentRequest, ConversationPath, ConversationResponse
from server.web.desks import desk, visitors_token
from server.web.error_schemas import (
    BODY_ERRORS,
    PATH_ERRORS,
    ErrorResponse,
)
from server.web.limits import rate_limited

blueprint = APIBlueprint(
    "conversations",
    __name__,
    url_prefix="/v1/conversations",
    abp_tags=[Tag(name="Conversations")],
    abp_security=[{"token": []}],
)

_HELD: ResponseDict = {401: ErrorResponse, **PATH_ERRORS, 503: ErrorResponse}


@blueprint.get(
    "/<conversation_id>",
    responses={200: ConversationResponse, **_HELD},
    operation_id="conversation",
    description="By the conversation's token, which came with its first answer.",
)
def read(path: ConversationPath) -> dict[str, Any]:
    """Read a conversation again."""
    found = desk().conversations.transcript(path.conversation_id, visitors_token())
    return present_transcript(found)


@blueprint.post(
    "/<conversation_id>/consent",
    responses={200: ConversationResponse, **BODY_ERRORS, **_HELD},
    operation_id="consent",
    description="By the conversation's token. The text is kept with the conversation.",
)
@rate_limited("write")
def agree(path: ConversationPath, body: ConsentRequest) -> dict[str, Any]:
    """Agree that a conversation is kept."""
    token = visitors_token()
    desk().conversations.agree(path.conversation_id, token, body.consent)
    return present_transcript(desk().conversations.transcript(path.conversation_id, token))


@blueprint.delete(
    "/<conversation_id>",
    responses={204: None, **_HELD},
    operation_id="forget_conversation",
    description="By the conversation's token: the transcript, what was logged of it, and the "
    "feedback on it. A ticket stays, without the transcript.",
)
@rate_limited("write")
def forget(path: ConversationPath) -> Response:
    """Delete a conversation."""
    desk().conversations.forget(path.conversation_id, visitors_token())
    return Response(status=204)
