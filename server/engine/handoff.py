"""What a visitor is told who is handed to people: why, what to have ready, and who is there now."""

import datetime as dt
from typing import Any

from indexer import Article, Index, Lang
from server.engine import hours, intake
from server.engine.domain import Answer, HandoffReason, Hit
from server.engine.hours import Channel, Reachable
from server.engine.intake import IntakeQuestion

# An article that is less likely than this says nothing about what the case is about.
_ABOUT = 0.3
# The reasons for which there is no case yet, or one already: nothing is asked.
_UNASKED = (HandoffReason.EMPTY_QUESTION, HandoffReason.TAKEN_OVER)

TEXTS: dict[HandoffReason, dict[Lang, str]] = {
    HandoffReason.LOW_CONFIDENCE: {
        "zh": "抱歉，帮助中心里没有能确定回答您问题的文章，请由人工客服为您处理。",
        "en": "Sorry, no article surely answers your question. A person will take it from here.",
    },
    HandoffReason.ASKED_FOR_HUMAN: {
        "zh": "好的，为您转接人工客服。请勿向任何人透露助记词、私钥或密码。",
        "en": "Of course: a person will help you. Never tell anyone your mnemonic, private key or "
        "password.",
    },
    HandoffReason.EMPTY_QUESTION: {
        "zh": "请输入您的问题。",
        "en": "Please type your question.",
    },
    HandoffReason.NO_ARTICLES: {
        "zh": "抱歉，帮助中心里没有相关文章，请由人工客服为您处理。",
        "en": "Sorry, there is no article on this. A person will take it from here.",
    },
    HandoffReason.SECOND_MISS: {
        "zh": "抱歉，两次都没有帮上您，请由人工客服为您处理，前面的对话会一起附上。",
        "en": "Sorry, that is twice that we could not help. A person will take it from here and "
        "will see this conversation.",
    },
    HandoffReason.URGENT: {
        "zh": "您的情况紧急，请马上联系人工客服。不要把助记词、私钥、密码或验证码告诉任何人。",
        "en": "This is urgent: a person should look at it now. Tell nobody your mnemonic, private "
        "key, passwords or codes.",
    },
    HandoffReason.TAKEN_OVER: {
        "zh": "人工客服已接手这次对话，会看到您刚才写的内容，请等待回复。",
        "en": "A person has taken over this conversation and will see what you just wrote. Please "
        "wait for the reply.",
    },
}


def present_handoff(
    index: Index, answer: Answer, reason: HandoffReason, now: dt.datetime
) -> dict[str, Any]:
    """Return `handoff` in the shape of the HTTP interface: reason, message, intake, who is there.

    The message is kb.toml's where it has one for the reason.
    """
    settings = index.knowledge.get("settings", {})
    lang = answer.query.lang
    told = settings.get("handoff", {}).get("texts", {}).get(reason.value, TEXTS[reason])
    presented: dict[str, Any] = {"reason": reason.value, "message": told[lang]}
    if reason not in _UNASKED:
        about = article_about(index, answer.hits)
        tags = about.tags if about else ()
        presented["intake"] = present_intake(intake.intake_for(settings, tags, lang))
    return presented | present_reachable(hours.reachable(settings, answer.query.product, now), lang)


def article_about(index: Index, hits: tuple[Hit, ...]) -> Article | None:
    """Return the article that a case is most likely about; None where none is likely."""
    if not hits or hits[0].score < _ABOUT:
        return None
    return index.articles.get((hits[0].article_id, hits[0].lang))


def present_intake(questions: tuple[IntakeQuestion, ...]) -> list[dict[str, Any]]:
    """Return the questions of a form in the shape of the HTTP interface."""
    return [
        {"id": q.id, "kind": q.kind, "text": q.text, "required": q.required}
        | ({"choices": list(q.choices)} if q.choices else {})
        for q in questions
    ]


def present_reachable(reachable: Reachable, lang: Lang) -> dict[str, Any]:
    """Return who can be reached in the shape of the HTTP interface.

    `channels_open` are the channels on which people answer now, `channels` all of them; `opens_at`
    is when the first opens, left out while one is open and where none ever does.
    """
    presented: dict[str, Any] = {
        "channels_open": [_channel(channel, lang) for channel in reachable.open],
        "channels": [_channel(channel, lang) for channel in reachable.channels],
    }
    if reachable.opens_at:
        presented["opens_at"] = reachable.opens_at.isoformat()
    return presented


def _channel(channel: Channel, lang: Lang) -> dict[str, Any]:
    presented: dict[str, Any] = {
        "product": channel.product,
        "id": channel.id,
        "name": channel.name.get(lang, channel.id),
        "note": channel.note.get(lang, ""),
        "state": channel.state.value,
    }
    if channel.opens_at:
        presented["opens_at"] = channel.opens_at.isoformat()
    return presented
