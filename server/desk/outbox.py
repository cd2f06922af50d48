"""Events on their way out: written with what they tell of, sent by `delivery` afterwards.

The pattern is the transactional outbox: the row commits or vanishes with the ticket, so that no
event is lost and none is told of what never happened.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from server.desk.schema import outbox


@dataclass(frozen=True, slots=True)
class Event:
    """A row that was claimed to be sent; `attempts` counts this one."""

    id: int
    event: str
    key: str
    payload: dict[str, Any]
    created_at: dt.datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not delivered yet.

    `pending` counts all of it, `failing` what was tried in vain at least once; `oldest_seconds` is
    the age of the oldest, 0 where nothing waits; `last_error` tells why the oldest that fails does.
    """

    pending: int
    failing: int
    oldest_seconds: float
    last_error: str | None


def put(
    connection: Connection,
    event: str,
    payload: Mapping[str, Any],
    *,
    key: str | None = None,
    now: dt.datetime | None = None,
) -> str:
    """Write an event within the transaction of `connection` and return its idempotency key.

    `payload` is JSON without secrets; `key` is made up where none is given.

    Raises:
        sqlalchemy.exc.IntegrityError: an event with this `key` is there already.
    """
    key = key or f"evt_{uuid.uuid4().hex}"
    now = now or dt.datetime.now(dt.UTC)
    connection.execute(
        insert(outbox).values(
            event=event,
            idempotency_key=key,
            payload=dict(payload),
            created_at=now,
            attempts=0,
            next_attempt_at=now,
        )
    )
    return key


def claim(connection: Connection, now: dt.datetime, until: dt.datetime) -> Event | None:
    """Take the event that has been due the longest, for this process alone until `until`.

    One statement, so two processes never take the same: PostgreSQL passes over rows that another
    transaction holds, SQLite lets one write at a time. Who claims and dies leaves the event to
    others from `until` on.
    """
    due = (
        select(outbox.c.id)
        .where(outbox.c.delivered_at.is_(None), outbox.c.next_attempt_at <= now)
        .order_by(outbox.c.next_attempt_at, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    row = connection.execute(
        update(outbox)
        .where(outbox.c.id.in_(select(due.c.id)))
        .values(attempts=outbox.c.attempts + 1, next_attempt_at=until)
        .returning(
            outbox.c.id,
            outbox.c.event,
            outbox.c.idempotency_key,
            outbox.c.payload,
            outbox.c.created_at,
            outbox.c.attempts,
        )
    ).one_or_none()
    return None if row is None else Event(*row)


def delivered(connection: Connection, event: Event, now: dt.datetime) -> None:
    """Note that the receiver took `event`."""
    connection.execute(
        update(outbox)
        .where(outbox.c.id == event.id, outbox.c.delivered_at.is_(None))
        .values(delivered_at=now, last_error=None)
    )


def failed(connection: Connection, event: Event, error: str, retry_at: dt.datetime) -> None:
    """Note why `event` was not delivered, and when to try again.

    Nothing is noted where another process has claimed it meanwhile: this one was too slow.
    """
    connection.execute(
        update(outbox)
        .where(
            outbox.c.id == event.id,
            outbox.c.attempts == event.attempts,
            outbox.c.delivered_at.is_(None),
        )
        .values(next_attempt_at=retry_at, last_error=error)
    )


def next_due(connection: Connection) -> dt.datetime | None:
    """Return when the next event is due, None where none waits."""
    waiting = select(func.min(outbox.c.next_attempt_at)).where(outbox.c.delivered_at.is_(None))
    moment: dt.datetime | None = connection.execute(waiting).scalar_one()
    return moment


def backlog(connection: Connection, now: dt.datetime) -> Backlog:
    """Return what is not delivered yet, for the metrics and for /readyz."""
    waiting = outbox.c.delivered_at.is_(None)
    failing = outbox.c.last_error.is_not(None)
    pending, failures, oldest = connection.execute(
        select(func.count(), func.count(outbox.c.last_error), func.min(outbox.c.created_at)).where(
            waiting
        )
    ).one()
    reason = connection.execute(
        select(outbox.c.last_error).where(waiting, failing).order_by(outbox.c.created_at).limit(1)
    ).scalar_one_or_none()
    age = (now - oldest).total_seconds() if oldest else 0.0
    return Backlog(pending, failures, max(0.0, age), reason)


def purge(connection: Connection, before: dt.datetime, limit: int | None = None) -> int:
    """Delete what was delivered before `before`, up to `limit` events, and return how many."""
    old = select(outbox.c.id).where(outbox.c.delivered_at < before).limit(limit)
    return connection.execute(delete(outbox).where(outbox.c.id.in_(old))).rowcount
