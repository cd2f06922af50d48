"""The tables, as the newest version of a database has them; `migrations` brings older ones here.

What visitors and agents write has passed `texts.clean` before: it holds no secrets. Moments are
UTC and come back with their time zone, whatever the database.
"""

import datetime as dt
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

from server.desk.texts import storable


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment with a time zone. SQLite keeps none: what it keeps is UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        """Return `value` in UTC, as the database takes it.

        Raises:
            ValueError: it has no time zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a time zone: use datetime.now(datetime.UTC).")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        aware = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value
        return aware.astimezone(dt.UTC)  # type: ignore[no-any-return]


class StorableText(TypeDecorator[str]):
    """A text; of what no UTF-8 column takes, it keeps a replacement character."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return `value` as every database can hold it."""
        return None if value is None else storable(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself in a column of exactly this type.
_Id = BigInteger().with_variant(Integer, "sqlite")

conversations = Table(
    "conversations",
    metadata,
    Column("id", StorableText, primary_key=True),
    Column("token_hash", StorableText, nullable=False),
    Column("channel", StorableText),
    Column("user_hash", StorableText),
    Column("lang", StorableText),
    Column("product", StorableText),
    Column("consent", StorableText),  # the text that the visitor agreed to
    Column("consented_at", UtcDateTime),
    Column("retention_days", Integer, nullable=False),
    Column("taken_over_at", UtcDateTime),  # since when a person answers
    Column("taken_over_by", StorableText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

turns = Table(
    "turns",
    metadata,
    Column("id", _Id, primary_key=True),
    Column(
        "conversation_id",
        StorableText,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("message_id", StorableText, nullable=False, unique=True),
    Column("question", StorableText, nullable=False),
    Column("lang", StorableText, nullable=False),
    Column("decision", StorableText, nullable=False),
    Column("reason", StorableText),
    Column("article_ids", JSON, nullable=False),
    Column("reply", StorableText, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("index_id", StorableText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

queries = Table(
    "queries",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("message_id", StorableText, nullable=False, unique=True),
    Column("conversation_id", StorableText, index=True),
    Column("query", StorableText, nullable=False),
    Column("lang", StorableText, nullable=False),
    Column("product", StorableText),
    Column("channel", StorableText),
    Column("user_hash", StorableText),
    Column("decision", StorableText, nullable=False),
    Column("reason", StorableText),
    Column("article_ids", JSON, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("index_id", StorableText, nullable=False),
    Column("took_ms", Float, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False, index=True),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("message_id", StorableText, nullable=False),
    # "" where it is about the answer as a whole: NULL would equal no other NULL.
    Column("article_id", StorableText, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", StorableText),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Index("uq_feedback_message_id_article_id", "message_id", "article_id", unique=True),
)

ticket_numbers = Table(
    "ticket_numbers",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("number", StorableText, nullable=False, unique=True),
    Column("token_hash", StorableText),  # NULL once the personal data are gone
    Column("kind", StorableText, nullable=False),
    Column("status", StorableText, nullable=False),
    Column("priority", StorableText, nullable=False),
    Column("urgency", Integer, nullable=False),  # what the queue is sorted by, the smallest first
    Column("rule", StorableText, nullable=False),
    Column("product", StorableText),
    Column("lang", StorableText, nullable=False),
    Column("channel", StorableText),
    Column("user_hash", StorableText),
    Column("query", StorableText, nullable=False),
    Column("contact", StorableText),
    Column("intake", JSON, nullable=False),
    Column("chains", JSON, nullable=False),
    Column("transaction_hashes", JSON, nullable=False),
    Column("addresses", JSON, nullable=False),
    Column("tried", JSON, nullable=False),
    Column(
        "conversation_id",
        StorableText,
        ForeignKey("conversations.id", ondelete="SET NULL"),
        index=True,
    ),
    Column("shares_transcript", Boolean, nullable=False),  # with whoever holds the ticket's token
    Column("assignee", StorableText),
    Column("step", StorableText),  # of the complaint procedure
    Column("satisfaction", Integer),
    Column("satisfaction_comment", StorableText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("solved_at", UtcDateTime),
    Column("anonymised_at", UtcDateTime),
    Column("topic", StorableText),
    Index("ix_tickets_status_urgency_created_at", "status", "urgency", "created_at"),
)

# What a caller named its request for a ticket, so that the same request opens no second one.
ticket_keys = Table(
    "ticket_keys",
    metadata,
    Column("key_hash", StorableText, primary_key=True),
    Column("body_hash", StorableText, nullable=False),
    # NULL only within the transaction that opens the ticket.
    Column("ticket_id", _Id, ForeignKey("tickets.id", ondelete="CASCADE")),
    Column("created_at", UtcDateTime, nullable=False),
)

ticket_events = Table(
    "ticket_events",
    metadata,
    Column("id", _Id, primary_key=True),
    Column(
        "ticket_id",
        _Id,
        ForeignKey("tickets.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("kind", StorableText, nullable=False),
    Column("by", StorableText, nullable=False),  # visitor, agent or system
    Column("actor", StorableText),  # which agent
    Column("old", StorableText),
    Column("new", StorableText),
    Column("text", StorableText),
    Column("created_at", UtcDateTime, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("event", StorableText, nullable=False),
    Column("idempotency_key", StorableText, nullable=False, unique=True),
    Column("payload", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("delivered_at", UtcDateTime),
    Column("last_error", StorableText),
    Index("ix_outbox_delivered_at", "delivered_at"),
)
# What waits is little, what was delivered is much: the deliverer looks at the former every second.
Index(
    "ix_outbox_waiting",
    outbox.c.next_attempt_at,
    outbox.c.id,
    sqlite_where=outbox.c.delivered_at.is_(None),
    postgresql_where=outbox.c.delivered_at.is_(None),
)
