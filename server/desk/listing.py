"""The agents' list: which tickets, in which order, and how many there are."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import ColumnElement, Connection, func, select

from server.desk.cases import Kind, Queue, Ticket, ticket_of
from server.desk.database import Database
from server.desk.lifecycle import Status
from server.desk.schema import tickets
from server.desk.triage import Priority

UNSOLVED = tuple(status for status in Status if status is not Status.SOLVED)
_BATCH = 500


class Filters(TypedDict, total=False):
    """Which tickets are wanted: those that fit all that is told and not None.

    `statuses`: any of these; all but the solved where it is left out or empty.
    """

    statuses: tuple[Status, ...]
    priority: Priority | None
    product: str | None
    lang: str | None
    kind: Kind | None
    assignee: str | None
    topic: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What lies on the desk, for metrics.

    `tickets` counts by (status, priority), solved ones too; `oldest_seconds` is the age of the
    oldest that nobody has taken yet (open or reopened), 0 where there is none.
    """

    tickets: dict[tuple[Status, Priority], int]
    oldest_seconds: float


def page(connection: Connection, filters: Filters, limit: int, offset: int) -> Queue:
    """Return `limit` tickets from `offset` on: the most urgent first, then the oldest."""
    conditions = _conditions(filters)
    listed = (
        select(tickets)
        .where(*conditions)
        .order_by(tickets.c.urgency, tickets.c.created_at, tickets.c.id)
        .limit(limit)
        .offset(offset)
    )
    total = connection.execute(select(func.count()).select_from(tickets).where(*conditions))
    rows = connection.execute(listed)
    return Queue(tuple(ticket_of(row) for row in rows), total.scalar_one())


def oldest_first(database: Database, filters: Filters) -> Iterator[Ticket]:
    """Yield the tickets by their number, read in batches so that nothing is held long."""
    last = 0
    wanted = select(tickets).where(*_conditions(filters)).order_by(tickets.c.id).limit(_BATCH)
    while True:
        with database.read() as connection:
            rows = connection.execute(wanted.where(tickets.c.id > last)).all()
        for row in rows:
            yield ticket_of(row)
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


def waiting(connection: Connection, now: dt.datetime) -> Waiting:
    """Return what lies on the desk."""
    counted = select(tickets.c.status, tickets.c.priority, func.count()).group_by(
        tickets.c.status, tickets.c.priority
    )
    untaken = [Status.OPEN.value, Status.REOPENED.value]
    oldest: dt.datetime | None = connection.execute(
        select(func.min(tickets.c.created_at)).where(tickets.c.status.in_(untaken))
    ).scalar_one()
    return Waiting(
        {
            (Status(status), Priority(priority)): count
            for status, priority, count in connection.execute(counted)
        },
        max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
    )


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    statuses = filters.get("statuses") or UNSOLVED
    conditions: list[ColumnElement[bool]] = [
        tickets.c.status.in_([status.value for status in statuses])
    ]
    for name in ("priority", "product", "lang", "kind", "assignee", "topic"):
        value: Any = filters.get(name)
        if value is not None:
            conditions.append(tickets.c[name] == str(value))
    return conditions
