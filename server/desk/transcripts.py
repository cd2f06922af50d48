"""Turns and transcripts: what is kept of a conversation, and how rows become it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from indexer.article import Lang
from server.desk.schema import conversations, turns
from server.engine import Decision, HandoffReason, Turn

# So many turns back the engine looks (server.engine.conversation.MEMORY), and some.
_FOLLOWED = 8


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what was made of it.

    `question` holds no secret; `reply` is what the visitor was shown: articles and set phrases,
    none of the visitor's own words, so that it is kept as it is. `article_ids` are those that were
    shown, best first; `confidence` is a probability (0..1), `took_ms` milliseconds.
    `user` is the caller's name for the visitor: only its keyed hash is kept.
    """

    message_id: str
    question: str
    lang: Lang
    decision: Decision
    index_id: str
    confidence: float = 0.0
    article_ids: tuple[str, ...] = ()
    reason: HandoffReason | None = None
    reply: str = ""
    product: str | None = None
    channel: str | None = None
    user: str | None = None
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """A turn of a transcript; see `Exchange`."""

    message_id: str
    question: str
    lang: Lang
    decision: Decision
    reason: HandoffReason | None
    article_ids: tuple[str, ...]
    reply: str
    confidence: float
    index_id: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Transcript:
    """A conversation as it is kept: `expires_at` is when it will be deleted.

    `consent` is the text that the visitor agreed to at `consented_at`, None where none was shown;
    `taken_over_by` names the agent (or channel) that answers in place of the bot.
    """

    conversation_id: str
    lang: Lang | None
    product: str | None
    channel: str | None
    consent: str | None
    consented_at: dt.datetime | None
    retention_days: int
    taken_over_at: dt.datetime | None
    taken_over_by: str | None
    created_at: dt.datetime
    expires_at: dt.datetime
    turns: tuple[Told, ...]


def read_transcript(
    connection: Connection, conversation_id: str, *, lock: bool = False
) -> Transcript | None:
    """Return a conversation with all its turns, None where there is none.

    With `lock` it is there until the transaction ends.
    """
    wanted = select(conversations).where(conversations.c.id == conversation_id)
    if lock:
        wanted = wanted.with_for_update(read=True, key_share=True)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    told = connection.execute(
        select(turns).where(turns.c.conversation_id == conversation_id).order_by(turns.c.id)
    )
    return Transcript(
        conversation_id=row.id,
        lang=row.lang,
        product=row.product,
        channel=row.channel,
        consent=row.consent,
        consented_at=row.consented_at,
        retention_days=row.retention_days,
        taken_over_at=row.taken_over_at,
        taken_over_by=row.taken_over_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        turns=tuple(
            Told(
                message_id=turn.message_id,
                question=turn.question,
                lang=turn.lang,
                decision=Decision(turn.decision),
                reason=HandoffReason(turn.reason) if turn.reason else None,
                article_ids=tuple(turn.article_ids),
                reply=turn.reply,
                confidence=turn.confidence,
                index_id=turn.index_id,
                at=turn.created_at,
            )
            for turn in told
        ),
    )


def last_turns(connection: Connection, conversation_id: str) -> tuple[Turn, ...]:
    """Return the last turns as the engine takes them, oldest first."""
    last = (
        select(turns.c.question, turns.c.decision, turns.c.article_ids)
        .where(turns.c.conversation_id == conversation_id)
        .order_by(turns.c.id.desc())
        .limit(_FOLLOWED)
    )
    return tuple(
        Turn(question, Decision(decision), articles[0] if articles else None)
        for question, decision, articles in reversed(connection.execute(last).all())
    )


def shown_articles(told: Sequence[Told]) -> tuple[str, ...]:
    """Return the articles that a conversation has shown, each once, the first first."""
    return tuple(dict.fromkeys(ident for turn in told for ident in turn.article_ids))
