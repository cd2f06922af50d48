"""POST /webhooks/chatwoot: the agent bot of a Chatwoot server (https://developers.chatwoot.com).

Chatwoot tells what happens in the inboxes that the bot is connected to. The bot answers what
visitors write in conversations that are `pending`, which is to say the bot's; it asks back by an
`input_select`; and it hands over by setting the conversation to `open`, with a private note on what
was tried. From then on Chatwoot's people answer, and the bot keeps still.

Where a reply cannot be sent this ends with an error, on which Chatwoot itself opens the
conversation: nobody is left without an answer.
"""

import hashlib
import hmac
import time
from typing import Annotated, Any

from flask import Flask, current_app, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from indexer.settings import Settings, SettingsError
from server.web import asking, metrics
from server.web.adapters.chatwoot_client import Chatwoot, Seen
from server.web.context import assistant
from server.web.error_schemas import (
    BODY_ERRORS,
    ErrorResponse,
)
from server.web.errors import ApiError
from server.web.fields import (
    MAX_QUERY,
)
from server.web.limits import rate_limited
from server.web.replies import said, who_is_there
from server.web.texts import texts

blueprint = APIBlueprint("chatwoot", __name__, abp_tags=[Tag(name="Adapters")])

CHANNEL = "chatwoot"
_EXTENSION = "faq_chatwoot"
# How old a signed call may be (seconds): an older one may be somebody's copy.
_FRESH = 300
# What the choices of an `input_select` send back.
_ARTICLE, _HUMAN = "faq_article:", "faq_human"
# Where Chatwoot shows an `input_select`; elsewhere the choices have to stand in the text.
_INTERACTIVE = {"Channel::WebWidget", "Channel::Api", "Channel::Whatsapp", "Channel::Telegram"}


class _Sent(BaseModel):
    """What Chatwoot sends; the many fields that nothing depends on are passed over."""

    model_config = ConfigDict(extra="ignore")


class Account(_Sent):
    """The account that a conversation belongs to."""

    id: int


class Conversation(_Sent):
    """A conversation; only those that are `pending` are the bot's."""

    id: int
    status: str = ""
    channel: str | None = None


class Submitted(_Sent):
    """A choice that was made in an `input_select`."""

    title: str = ""
    value: str = ""


class ContentAttributes(_Sent):
    """What goes with a message that is more than text."""

    submitted_values: list[Submitted] | None = None


_TYPES = ("incoming", "outgoing", "activity", "template")


def _worded(value: object) -> object:
    """Return the type of a message by its word: some versions send its number."""
    if isinstance(value, int) and 0 <= value < len(_TYPES):
        return _TYPES[value]
    return value


class ChatwootEvent(_Sent):
    """Something that happened in Chatwoot."""

    event: str
    id: int | None = None
    content: str | None = None
    message_type: Annotated[str | None, BeforeValidator(_worded)] = None
    private: bool | None = False
    content_attributes: ContentAttributes | None = None
    conversation: Conversation | None = None
    account: Account | None = None


class ChatwootResponse(BaseModel):
    """What was done: `answered`, `asked` back, `handed_off`, or `ignored`."""

    status: str
    decision: Annotated[str | None, Field(description="What was decided on a message.")] = None


class Bot:
    """The settings of the agent bot; `client` is None where it is not set up.

    Raises:
        SettingsError: the address is none.
    """

    def __init__(self, settings: Settings) -> None:
        url, token = settings["chatwoot_url"], settings["chatwoot_token"]
        self.secret: bytes = settings["chatwoot_secret"].encode()
        if url and not url.startswith(("http://", "https://")):
            raise SettingsError(
                "chatwoot_url must be the address of the server, such as https://app.chatwoot.com."
            )
        self.client = Chatwoot(url, token) if url and token and self.secret else None
        self.seen = Seen()


def install(app: Flask, settings: Settings) -> None:
    """Let the bot of `settings` answer through `app`."""
    app.extensions[_EXTENSION] = Bot(settings)


@blueprint.post(
    "/webhooks/chatwoot",
    responses={200: ChatwootResponse, 401: ErrorResponse, **BODY_ERRORS, 503: ErrorResponse},
    operation_id="chatwoot",
    description="The address of an agent bot in Chatwoot. Calls have to be signed with the bot's "
    "secret (`X-Chatwoot-Signature`); versions of Chatwoot that sign nothing are given the address "
    "with `?token=` and the secret.",
)
@rate_limited("key")
def webhook(body: ChatwootEvent) -> dict[str, Any]:
    """Answer in Chatwoot."""
    bot: Bot = current_app.extensions[_EXTENSION]
    if bot.client is None:
        raise ApiError(503, "chatwoot_off")
    _check_signature(bot.secret)
    conversation, account = body.conversation, body.account
    if conversation is None or account is None or conversation.status != "pending" or body.private:
        return {"status": "ignored"}
    question, value = _asked(body)
    if question is None or bot.seen.before((account.id, body.event, body.id, value)):
        return {"status": "ignored"}
    turn = _Turn(bot.client, account.id, conversation)
    if value == _HUMAN:
        return turn.hand_over_at_wish(question)
    return turn.answer(question, value.removeprefix(_ARTICLE) if value else None)


def _asked(body: ChatwootEvent) -> tuple[str | None, str]:
    """Return what the visitor wrote, None where nothing was, and the value that was chosen."""
    if body.event == "message_created" and body.message_type == "incoming":
        return (body.content or "").replace("\x00", "")[:MAX_QUERY], ""
    chosen = body.content_attributes.submitted_values if body.content_attributes else None
    if body.event == "message_updated" and chosen and _is_ours(chosen[0].value):
        return chosen[0].title[:MAX_QUERY], chosen[0].value
    return None, ""


def _is_ours(value: str) -> bool:
    return value == _HUMAN or value.startswith(_ARTICLE)


def _check_signature(secret: bytes) -> None:
    """Check that Chatwoot sent this.

    Raises:
        ApiError: 401, it did not, or long ago.
    """
    token = request.args.get("token", "")
    if token and hmac.compare_digest(token.encode(), secret):
        return
    sent_at = request.headers.get("X-Chatwoot-Timestamp", "")
    signature = request.headers.get("X-Chatwoot-Signature", "")
    signed = f"{sent_at}.".encode() + request.get_data()
    right = f"sha256={hmac.new(secret, signed, hashlib.sha256).hexdigest()}"
    fresh = sent_at.isdecimal() and abs(time.time() - int(sent_at[:12])) <= _FRESH
    if not (hmac.compare_digest(signature.encode(), right.encode()) and fresh):
        raise ApiError(401, "signature")


class _Turn:
    """One message of a visitor, and what is done about it."""

    def __init__(self, client: Chatwoot, account: int, conversation: Conversation) -> None:
        self._client = client
        self._place = account, conversation.id
        self._interactive = conversation.channel in _INTERACTIVE
        self._name = f"{CHANNEL}-{account}-{conversation.id}"

    def answer(self, question: str, article_id: str | None) -> dict[str, Any]:
        """Answer, ask back, or hand over."""
        presented = asking.ask(
            assistant(),
            question,
            conversation_id=self._name,
            article_id=article_id,
            channel=CHANNEL,
            user=self._name,
        )
        decision = presented["decision"]
        done = {"answer": "answered", "clarify": "asked", "handoff": "handed_off"}
        if decision == "clarify":
            self._ask_back(presented)
        elif decision == "handoff":
            self._hand_over(presented)
        else:
            told = said(presented)
            if decision == "blocked":
                told += "\n\n" + texts(presented["lang"])["bot.secret_stays"]
            self._client.say(self._place, told)
        return {"status": done.get(decision, "answered"), "decision": decision}

    def hand_over_at_wish(self, title: str) -> dict[str, Any]:
        """Hand over to who has chosen to talk to a person by a button with this `title`."""
        lang = "zh" if title == texts("zh")["bot.talk_to_human"] else "en"
        # By the phrase that asks for one, so that it is kept, counted and told like any other.
        return self.answer({"zh": "转人工", "en": "talk to a human"}[lang], None)

    def _ask_back(self, presented: dict[str, Any]) -> None:
        items = [
            {"title": choice["question"], "value": f"{_ARTICLE}{choice['id']}"}
            for choice in presented["clarify"]
        ]
        items.append({"title": texts(presented["lang"])["bot.talk_to_human"], "value": _HUMAN})
        told = said(presented)
        if not self._interactive:
            told = "\n".join([told, *(f"- {item['title']}" for item in items)])
        self._client.say(self._place, told, items)

    def _hand_over(self, presented: dict[str, Any]) -> None:
        handoff, lang = presented["handoff"], presented["lang"]
        asked = [f"- {question['text']}" for question in handoff.get("intake", ())]
        parts = [handoff["message"], "\n".join(asked), who_is_there(handoff, lang)]
        self._client.say(self._place, "\n\n".join(filter(None, parts)))
        tried = ", ".join(item["id"] for item in presented["answers"]) or "-"
        note = texts(lang)["bot.note"].format(reason=handoff["reason"], tried=tried)
        self._client.note(self._place, note)
        self._client.open(self._place)
        metrics.metrics().handed_off("normal" if handoff["reason"] != "urgent" else "urgent")
