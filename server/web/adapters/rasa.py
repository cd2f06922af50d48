"""POST /webhooks/rest/webhook: the REST channel of Rasa, for chat windows that speak to Rasa.

https://rasa.com/docs/reference/channels/your-own-website: `{sender, message}` comes in, a list of
messages goes out. A button's `payload` is sent as the next message when it is pressed.
"""

import hashlib
import json
import re
from typing import Annotated, Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, RootModel

from indexer import Lang
from indexer.text import detect_language
from server.desk import NewTicket
from server.engine import HandoffReason
from server.web import asking
from server.web.cases import hand_over
from server.web.context import assistant
from server.web.desks import desk
from server.web.error_schemas import (
    BODY_ERRORS,
    ErrorResponse,
)
from server.web.fields import (
    MAX_QUERY,
    NO_NUL,
)
from server.web.replies import said, who_is_there
from server.web.texts import texts

blueprint = APIBlueprint("rasa", __name__, abp_tags=[Tag(name="Adapters")])

# What a button sends, in the way of Rasa: an intent and its entities.
_CHOICE = "/faq_article"
_HUMAN = "/faq_human"
_PAYLOAD = re.compile(rf"({_CHOICE}|{_HUMAN})(\{{.*\}})")
CHANNEL = "rasa"
# With these reasons a person is wanted or needed: a ticket is opened at once. With the others it is
# offered, for who says "hm" wants no ticket.
_AT_ONCE = {
    HandoffReason.ASKED_FOR_HUMAN.value,
    HandoffReason.SECOND_MISS.value,
    HandoffReason.URGENT.value,
}


class RasaMessage(BaseModel):
    """What a chat window sends; more, such as `metadata`, is passed over."""

    model_config = ConfigDict(extra="ignore", strict=True)

    sender: Annotated[
        str,
        Field(
            min_length=1,
            max_length=255,
            pattern=NO_NUL,
            description="Who writes; one sender is one conversation.",
        ),
    ] = "default"
    message: Annotated[str, Field(min_length=1, max_length=MAX_QUERY, pattern=NO_NUL)]


class Button(BaseModel):
    """Something to press; `payload` is the message that it sends."""

    title: str
    payload: str


class BotMessage(BaseModel):
    """A message of the bot; `custom` is for programs."""

    recipient_id: str
    text: str | None = None
    buttons: list[Button] | None = None
    custom: dict[str, Any] | None = None


class BotMessages(RootModel[list[BotMessage]]):
    """The bot's messages; none where a person has taken the conversation over."""


@blueprint.post(
    "/webhooks/rest/webhook",
    responses={200: BotMessages, **BODY_ERRORS, 503: ErrorResponse},
    operation_id="rasa_rest",
    description="The REST channel of Rasa. Clarifications come as buttons. Where a person is asked "
    "for, is needed urgently, or two questions in a row were missed, a ticket is opened; else one "
    "is offered as a button. `custom` holds the decision, and a new ticket with its token. Once a "
    "person has taken over there are no messages.",
)
def webhook(body: RasaMessage) -> Response:
    """Answer a chat window made for Rasa."""
    # Not a plain list: flask-openapi3 takes one for a body and its status.
    return jsonify(_messages(body))


def _messages(body: RasaMessage) -> list[dict[str, Any]]:
    conversation = conversation_of(body.sender)
    pressed = _PAYLOAD.fullmatch(body.message.strip())
    entities = _entities(pressed.group(2)) if pressed else {}
    question = str(entities.get("query") or body.message)[:MAX_QUERY]
    if pressed and pressed.group(1) == _HUMAN:
        if desk().conversations.is_taken_over(conversation):
            return []
        return [_ticket(body.sender, question, detect_language(question), conversation)]
    chosen = entities.get("article_id")
    presented = asking.ask(
        assistant(),
        question,
        conversation_id=conversation,
        article_id=chosen if isinstance(chosen, str) else None,
        channel=CHANNEL,
        user=conversation,
    )
    reason = presented.get("handoff", {}).get("reason")
    if reason == HandoffReason.TAKEN_OVER:
        return []
    if presented["decision"] == "handoff" and reason in _AT_ONCE:
        answer = _message(body.sender, presented, offered=None)
        return [answer, _ticket(body.sender, question, presented["lang"], conversation)]
    return [_message(body.sender, presented, offered=question)]


def _ticket(sender: str, question: str, lang: Lang, conversation: str) -> dict[str, Any]:
    """Open a ticket and return the message that tells of it."""
    ticket = hand_over(
        NewTicket(
            query=question,
            lang=lang,
            conversation_id=conversation,
            channel=CHANNEL,
            user=conversation,
        )
    )
    text = f"{ticket['message']}\n\n{who_is_there(ticket, lang)}".strip()
    return {"recipient_id": sender, "text": text, "custom": {"ticket": ticket}}


def conversation_of(sender: str) -> str:
    """Return the conversation of a sender, whose name may be personal and is kept nowhere."""
    return f"{CHANNEL}-{hashlib.sha256(sender.encode()).hexdigest()[:32]}"


def _message(sender: str, presented: dict[str, Any], *, offered: str | None) -> dict[str, Any]:
    """Return an answer as a message; with the question `offered`, a person is a button away."""
    buttons = [
        _button(choice["question"], _CHOICE, {"article_id": choice["id"], "query": offered})
        for choice in presented["clarify"]
    ]
    if offered is not None and "intake" in presented.get("handoff", {}):
        title = texts(presented["lang"])["bot.talk_to_human"]
        buttons.append(_button(title, _HUMAN, {"query": offered}))
    told: dict[str, Any] = {"recipient_id": sender, "text": said(presented)}
    if buttons:
        told["buttons"] = buttons
    kept = ("decision", "confidence", "handoff", "conversation_id", "message_id", "index_id")
    told["custom"] = {name: presented[name] for name in kept if name in presented}
    return told


def _button(title: str, intent: str, entities: dict[str, Any]) -> dict[str, str]:
    payload = json.dumps(entities, ensure_ascii=False, separators=(",", ":"))
    return {"title": title, "payload": f"{intent}{payload}"}


def _entities(text: str) -> dict[str, Any]:
    try:
        entities = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return entities if isinstance(entities, dict) else {}
