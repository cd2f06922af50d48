"""The query log: what was asked and how it went, for editors and for `faq-eval gaps`.

Privacy-aware: no secrets, users as keyed hashes, lines deleted after their time.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Row, insert, select

from indexer.article import Lang
from server.desk.database import Database
from server.desk.schema import feedback, queries
from server.desk.transcripts import Exchange
from server.engine import Decision, HandoffReason

_BATCH = 1000
# The channel of the line that a vote below an article makes: a vote belongs to a line of the log.
READING = "article"


@dataclass(frozen=True, slots=True)
class LoggedQuery:
    """A line of the log. `helpful` counts the votes: (for, against) the answer.

    `user_hash` is the same for the same user, and tells nothing else.
    """

    message_id: str
    conversation_id: str | None
    query: str
    lang: Lang
    product: str | None
    channel: str | None
    user_hash: str | None
    decision: Decision
    reason: HandoffReason | None
    article_ids: tuple[str, ...]
    confidence: float
    index_id: str
    took_ms: float
    asked_at: dt.datetime
    helpful: tuple[int, int] = (0, 0)

    @property
    def was_asked(self) -> bool:
        """Whether somebody asked it; else an article was read and voted on, and this is its title.

        A caller may name its channel the same: the engine takes time over what it sends.
        """
        return self.channel != READING or self.took_ms > 0


class QueryLog:
    """The query log of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def entries(
        self, since: dt.datetime | None = None, until: dt.datetime | None = None
    ) -> Iterator[LoggedQuery]:
        """Yield the lines from `since` on and before `until`, the oldest first, in batches.

        Raises:
            DatabaseError: the database is away.
        """
        wanted = select(queries).order_by(queries.c.id).limit(_BATCH)
        if since is not None:
            wanted = wanted.where(queries.c.asked_at >= since)
        if until is not None:
            wanted = wanted.where(queries.c.asked_at < until)
        last = 0
        while True:
            with self._database.read() as connection:
                rows = connection.execute(wanted.where(queries.c.id > last)).all()
                votes = _votes(connection, [row.message_id for row in rows])
            for row in rows:
                yield _entry(row, votes.get(row.message_id, (0, 0)))
            if len(rows) < _BATCH:
                return
            last = rows[-1].id


def add(
    connection: Connection,
    conversation_id: str,
    exchange: Exchange,
    user_hash: str | None,
    now: dt.datetime,
) -> None:
    """Write a line; the question has been cleaned."""
    connection.execute(
        insert(queries),
        {
            "message_id": exchange.message_id,
            "conversation_id": conversation_id,
            "query": exchange.question,
            "lang": exchange.lang,
            "product": exchange.product,
            "channel": exchange.channel,
            "user_hash": user_hash,
            "decision": exchange.decision.value,
            "reason": exchange.reason.value if exchange.reason else None,
            "article_ids": list(exchange.article_ids),
            "confidence": exchange.confidence,
            "index_id": exchange.index_id,
            "took_ms": exchange.took_ms,
            "asked_at": now,
        },
    )


def _votes(connection: Connection, message_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    counted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    given = select(feedback.c.message_id, feedback.c.helpful)
    for message_id, helpful in connection.execute(
        given.where(feedback.c.message_id.in_(list(message_ids)))
    ):
        counted[message_id][0 if helpful else 1] += 1
    return {message_id: (up, down) for message_id, (up, down) in counted.items()}


def _entry(row: Row[tuple[object, ...]], helpful: tuple[int, int]) -> LoggedQuery:
    return LoggedQuery(
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        query=row.query,
        lang=row.lang,
        product=row.product,
        channel=row.channel,
        user_hash=row.user_hash,
        decision=Decision(row.decision),
        reason=HandoffReason(row.reason) if row.reason else None,
        article_ids=tuple(row.article_ids),
        confidence=row.confidence,
        index_id=row.index_id,
        took_ms=row.took_ms,
        asked_at=row.asked_at,
        helpful=helpful,
    )
