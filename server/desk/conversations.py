"""Conversations: what was asked and shown, for the next question, the visitor and the agents."""

import datetime as dt
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.sql.dml import ReturningInsert

from server.desk import tokens
from server.desk.clock import Clock
from server.desk.database import Database
from server.desk.dialects import insert_into
from server.desk.schema import conversations, feedback, queries, tickets, turns
from server.desk.texts import clean
from server.desk.transcripts import Exchange, Transcript, last_turns, read_transcript
from server.engine import Turn

# What a conversation may know from its first turn on.
_KNOWN = ("channel", "user_hash", "lang", "product", "consent", "consented_at")


class UnknownConversationError(Exception):
    """There is no such conversation, or the token is another's: the two look alike."""


class Conversations:
    """The conversations of one database; each is kept for `days` after its last turn."""

    def __init__(self, database: Database, days: int, clock: Clock) -> None:
        self._database = database
        self._days = days
        self._now = clock

    def turns(self, conversation_id: str) -> tuple[Turn, ...]:
        """Return the last turns as `Assistant.ask` takes them, oldest first; () where none are."""
        with self._database.read() as connection:
            return last_turns(connection, conversation_id)

    def follow(self, conversation_id: str) -> tuple[tuple[Turn, ...], bool]:
        """Return the last turns, as `turns` does, and whether a person answers by now."""
        since = select(conversations.c.taken_over_at).where(conversations.c.id == conversation_id)
        with self._database.read() as connection:
            taken = connection.execute(since).scalar_one_or_none() is not None
            return last_turns(connection, conversation_id), taken

    def transcript(self, conversation_id: str, token: str) -> Transcript:
        """Return the conversation to the visitor who holds its `token`.

        Raises:
            UnknownConversationError: there is none, or the token is another's.
        """
        with self._database.read() as connection:
            _check(connection, conversation_id, token)
            found = read_transcript(connection, conversation_id)
        if found is None:  # cannot be: it was checked in the same moment of the database
            raise UnknownConversationError
        return found

    def agree(self, conversation_id: str, token: str, consent: str) -> None:
        """Keep with the conversation the text of the `consent` that its visitor gave.

        Raises:
            UnknownConversationError: there is none, or the token is another's.
        """
        with self._database.write() as connection:
            _check(connection, conversation_id, token)
            connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(consent=clean(consent), consented_at=self._now())
            )

    def forget(self, conversation_id: str, token: str) -> None:
        """Delete the conversation on its visitor's request: transcript, log lines and feedback.

        A ticket that was made of it stays, without the transcript.

        Raises:
            UnknownConversationError: there is none, or the token is another's.
        """
        with self._database.write() as connection:
            # Tickets first, as whoever changes one does: two that wait for each other are refused.
            connection.execute(
                select(tickets.c.id)
                .where(tickets.c.conversation_id == conversation_id)
                .with_for_update()
            )
            _check(connection, conversation_id, token)
            logged = select(queries.c.message_id).where(
                queries.c.conversation_id == conversation_id
            )
            connection.execute(delete(feedback).where(feedback.c.message_id.in_(logged)))
            connection.execute(delete(queries).where(queries.c.conversation_id == conversation_id))
            connection.execute(delete(conversations).where(conversations.c.id == conversation_id))

    def take_over(self, conversation_id: str, by: str, channel: str | None = None) -> None:
        """Note that the person or channel `by` answers from now on: the bot keeps still."""
        now = self._now()
        with self._database.write() as connection:
            self._touch(connection, conversation_id, now, channel=channel)
            connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(taken_over_at=now, taken_over_by=clean(by))
            )

    def release(self, conversation_id: str) -> None:
        """Let the bot answer again."""
        with self._database.write() as connection:
            connection.execute(
                update(conversations)
                .where(conversations.c.id == conversation_id)
                .values(taken_over_at=None, taken_over_by=None)
            )

    def is_taken_over(self, conversation_id: str) -> bool:
        """Tell whether a person answers in the conversation."""
        since = select(conversations.c.taken_over_at).where(conversations.c.id == conversation_id)
        with self._database.read() as connection:
            return connection.execute(since).scalar_one_or_none() is not None

    def add(
        self,
        connection: Connection,
        conversation_id: str,
        exchange: Exchange,
        user_hash: str | None,
        consent: str | None = None,
    ) -> str | None:
        """Write a turn; return the token of a conversation that begins with it, else None.

        The question has been cleaned.
        """
        now = self._now()
        token = self._touch(
            connection,
            conversation_id,
            now,
            channel=exchange.channel,
            user_hash=user_hash,
            lang=exchange.lang,
            product=exchange.product,
            consent=clean(consent) if consent else None,
            consented_at=now if consent else None,
        )
        connection.execute(
            insert(turns),
            {
                "conversation_id": conversation_id,
                "message_id": exchange.message_id,
                "question": exchange.question,
                "lang": exchange.lang,
                "decision": exchange.decision.value,
                "reason": exchange.reason.value if exchange.reason else None,
                "article_ids": list(exchange.article_ids),
                "reply": exchange.reply,
                "confidence": exchange.confidence,
                "index_id": exchange.index_id,
                "created_at": now,
            },
        )
        return token

    def _touch(
        self, connection: Connection, conversation_id: str, now: dt.datetime, **known: Any
    ) -> str | None:
        """Make a conversation and return its token, or keep one that is there for longer (None).

        One statement, so that nobody deletes it before the transaction ends.
        """
        token = tokens.new_token()
        digest = tokens.digest(token)
        kept = connection.execute(
            _made_or_kept(connection.dialect.name),
            dict.fromkeys(_KNOWN)
            | known
            | {
                "id": conversation_id,
                "token_hash": digest,
                "retention_days": self._days,
                "created_at": now,
                "updated_at": now,
                "expires_at": now + dt.timedelta(days=self._days),
            },
        ).scalar_one()
        return token if kept == digest else None


@cache
def _made_or_kept(dialect: str) -> ReturningInsert[str]:
    """Return the statement of `_touch`: built once, for a question waits for it."""
    made = insert_into(dialect, conversations)
    later = {name: made.excluded[name] for name in ("updated_at", "expires_at", "retention_days")}
    kept = made.on_conflict_do_update(index_elements=["id"], set_=later)
    return kept.returning(conversations.c.token_hash)


def holds(connection: Connection, conversation_id: str, token: str) -> bool:
    """Tell whether `token` is that of the conversation."""
    kept = select(conversations.c.token_hash).where(conversations.c.id == conversation_id)
    return tokens.matches(token, connection.execute(kept).scalar_one_or_none())


def _check(connection: Connection, conversation_id: str, token: str) -> None:
    if not holds(connection, conversation_id, token):
        raise UnknownConversationError("There is no such conversation, or the token is another's.")
