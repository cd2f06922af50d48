"""Hand-offs as visitors see them: a ticket is opened, read, written to and rated."""

import json
from dataclasses import replace
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from flask_openapi3.types import ResponseDict

from indexer import Article
from indexer.text import detect_language
from server.desk import Attempt, NewTicket, Opened
from server.engine.handoff import article_about
from server.engine.presentation import secret_warning
from server.engine.safety import screen
from server.web import metrics
from server.web.casework import present_case, present_steps, reachable
from server.web.context import accepted_language, assistant
from server.web.desk_schemas import (
    HandoffRequest,
    HandoffResponse,
    IdempotencyHeader,
    MessageRequest,
    SatisfactionRequest,
    SatisfactionResponse,
    TicketPath,
    TicketResponse,
)
from server.web.desks import desk, kb_settings, visitors_token
from server.web.error_schemas import (
    BODY_ERRORS,
    PATH_ERRORS,
    ErrorResponse,
)
from server.web.errors import ApiError
from server.web.keys import SECURITY_SCHEME, current_key
from server.web.limits import rate_limited
from server.web.products import product_id
from server.web.texts import texts

# Without a tag: `server.web.queue` adds the agents' calls.
blueprint = APIBlueprint("handoffs", __name__, url_prefix="/v1/handoffs")
_TAGS = [Tag(name="Hand-off")]

_KEPT: ResponseDict = {503: ErrorResponse}
_HELD: ResponseDict = {401: ErrorResponse, **PATH_ERRORS, **_KEPT}


@blueprint.post(
    "",
    tags=_TAGS,
    responses={201: HandoffResponse, **BODY_ERRORS, **_KEPT},
    operation_id="handoff",
    description="Opens a ticket. Secrets are taken out of all that is sent, and `warning` says so. "
    "Keep `token`: it is told this once, and opens the ticket to its visitor. With an "
    "`Idempotency-Key` the request can be sent again where no answer came.",
)
@rate_limited("write")
def open_ticket(body: HandoffRequest, header: IdempotencyHeader) -> tuple[dict[str, Any], int]:
    """Hand a case to people."""
    return receive(body, header.key), 201


def receive(body: HandoffRequest, key: str | None = None) -> dict[str, Any]:
    """Open the ticket that was asked for, or find the one that the same request has opened.

    Raises:
        ApiError, IntakeError, KeyReusedError, DatabaseError: as `hand_over`.
    """
    lang = body.lang or detect_language(body.query, accepted_language())
    new = NewTicket(
        query=body.query,
        lang=lang,
        product=product_id(body.product),
        kind=body.kind,
        contact=body.contact,
        intake=body.intake,
        conversation_id=body.conversation_id,
        conversation_token=body.conversation_token,
        channel=body.channel,
        user=body.user,
    )
    presented = hand_over(new, body.article_id, _attempt(body, key))
    texts_sent = (body.query, body.contact or "", *body.intake.values())
    if kinds := secrets_in(*texts_sent):
        presented["warning"] = secret_warning(lang, kinds)
    return presented


def _attempt(body: HandoffRequest, key: str | None) -> Attempt | None:
    if key is None:
        return None
    caller = current_key()
    said = json.dumps(body.model_dump(), sort_keys=True)
    return Attempt(key, said, caller.name if caller else "")


def hand_over(
    new: NewTicket, article_id: str | None = None, attempt: Attempt | None = None
) -> dict[str, Any]:
    """Open a ticket, by the article that it is about, and return it with what its visitor is told.

    What the same `attempt` has opened before is returned as it is now, though the article be gone.

    Raises:
        ApiError: 422, the article that was named is not there.
        IntakeError: answers cannot be taken.
        KeyReusedError: the attempt's key was sent with another body.
        DatabaseError: nothing was kept.
    """
    if attempt and (before := desk().tickets.opened(attempt)):
        return _presented(before)
    article = _about(new, article_id)
    if article is not None:
        urgent = article.priority == "urgent"
        new = replace(new, tags=article.tags, urgent_article=urgent)
    opened = desk().tickets.create(kb_settings(), new, attempt)
    if not opened.again:
        metrics.metrics().handed_off(opened.ticket.priority.value)
    return _presented(opened)


def _presented(opened: Opened) -> dict[str, Any]:
    ticket = opened.ticket
    message = texts(ticket.lang)["ticket.opened"].format(number=ticket.number)
    presented: dict[str, Any] = {
        "ticket_id": ticket.number,
        "token": opened.token,
        "kind": ticket.kind.value,
        "priority": ticket.priority.value,
        "status": ticket.status.value,
        "message": message,
        "url": f"/{ticket.lang}/tickets/{ticket.number}",
    }
    if steps := present_steps(ticket):
        presented["steps"] = steps
    return presented | reachable(ticket.product, ticket.lang)


def secrets_in(*sent: str) -> list[str]:
    """Return the kinds of secret in what was sent, each once."""
    return list(dict.fromkeys(kind.value for text in sent for kind in screen(text).kinds))


def _about(new: NewTicket, article_id: str | None) -> Article | None:
    """Return the article that the case is about: the one that is named, or the likeliest."""
    index = assistant().index
    if article_id is not None:
        article = index.find(article_id, new.lang)
        if article is None:
            raise ApiError(422, problems=[("article_id", "unknown_article", {})])
        return article
    return article_about(index, assistant().ask(new.query, new.lang, new.product, 1).hits)


@blueprint.get(
    "/<ticket_id>",
    tags=_TAGS,
    security=[{"token": []}, {SECURITY_SCHEME: []}],
    responses={200: TicketResponse, 403: ErrorResponse, **_HELD},
    operation_id="ticket",
    description="For the visitor with the ticket's token; or for agents with their key, who see "
    "more.",
)
def read_ticket(path: TicketPath) -> dict[str, Any]:
    """Read a ticket."""
    if (key := current_key()) is not None:
        if not key.may("agent"):
            raise ApiError(403, values={"role": "agent"})
        return present_case(desk().tickets.find(path.ticket_id), for_agent=True)
    case = desk().tickets.read(path.ticket_id, visitors_token())
    return present_case(case, for_agent=False)


@blueprint.post(
    "/<ticket_id>/messages",
    tags=_TAGS,
    security=[{"token": []}],
    responses={201: TicketResponse, **BODY_ERRORS, **_HELD},
    operation_id="ticket_message",
    description="By the ticket's token. What was solved is reopened.",
)
@rate_limited("write")
def write_message(path: TicketPath, body: MessageRequest) -> tuple[dict[str, Any], int]:
    """Write to the agents."""
    token = visitors_token()
    if not body.text.strip():
        raise ApiError(422, problems=[("text", "blank", {})])
    case = desk().tickets.write(path.ticket_id, token, body.text)
    presented = present_case(case, for_agent=False)
    if kinds := secrets_in(body.text):
        presented["warning"] = secret_warning(case.ticket.lang, kinds)
    return presented, 201


@blueprint.post(
    "/<ticket_id>/satisfaction",
    tags=_TAGS,
    security=[{"token": []}],
    responses={200: SatisfactionResponse, 409: ErrorResponse, **BODY_ERRORS, **_HELD},
    operation_id="satisfaction",
    description="By the ticket's token, once it is solved. The last word holds.",
)
@rate_limited("write")
def rate(path: TicketPath, body: SatisfactionRequest) -> dict[str, Any]:
    """Tell how satisfied you are."""
    desk().tickets.rate(path.ticket_id, visitors_token(), body.score, body.comment)
    return {"ticket_id": path.ticket_id, "satisfaction": body.score}
