"""Tickets and their events as rows: found, locked, changed and told of within one transaction."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from server.desk import tokens
from server.desk.cases import By, Case, EventKind, UnknownTicketError, event_of, ticket_of
from server.desk.dialects import insert_into
from server.desk.schema import ticket_events, ticket_numbers, tickets
from server.desk.transcripts import read_transcript


def next_number(connection: Connection, year: int) -> str:
    """Return the next number of `year`; others wait for theirs until the transaction ends."""
    counted = (
        insert_into(connection.dialect.name, ticket_numbers)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": ticket_numbers.c.last + 1})
        .returning(ticket_numbers.c.last)
    )
    return f"T-{year}-{connection.execute(counted).scalar_one():06d}"


def found(connection: Connection, number: str, *, lock: bool = False) -> Row[Any]:
    """Return a ticket's row, with `lock` for this transaction alone.

    Raises:
        UnknownTicketError: there is none.
    """
    row = _row(connection, number, lock=lock)
    if row is None:
        raise UnknownTicketError(f"There is no ticket {number}.")
    return row


def held(connection: Connection, number: str, token: str, *, lock: bool = False) -> Row[Any]:
    """Return the row of the ticket that `token` belongs to.

    Raises:
        UnknownTicketError: there is no such ticket, or the token is another's.
    """
    row = _row(connection, number, lock=lock)
    if not tokens.matches(token, row.token_hash if row else None) or row is None:
        raise UnknownTicketError("There is no such ticket, or the token is another's.")
    return row


def note(
    connection: Connection,
    ticket_id: int,
    kind: EventKind,
    by: By,
    now: dt.datetime,
    **told: str | None,
) -> None:
    """Write an event; `told` may be actor, old, new and text."""
    connection.execute(
        insert(ticket_events).values(
            ticket_id=ticket_id, kind=kind.value, by=by.value, created_at=now, **told
        )
    )


def change(
    connection: Connection, ticket_id: int, now: dt.datetime, changes: Mapping[str, Any]
) -> Row[Any]:
    """Write `changes` by column, and return the row as it is then."""
    return connection.execute(
        update(tickets)
        .where(tickets.c.id == ticket_id)
        .values(updated_at=now, **changes)
        .returning(tickets)
    ).one()


def case(connection: Connection, row: Row[Any]) -> Case:
    """Return the ticket of a row with its story and the conversation that it came from."""
    events = connection.execute(
        select(ticket_events)
        .where(ticket_events.c.ticket_id == row.id)
        .order_by(ticket_events.c.id)
    )
    ident = row.conversation_id
    transcript = read_transcript(connection, ident) if ident else None
    return Case(ticket_of(row), tuple(event_of(event) for event in events), transcript)


def _row(connection: Connection, number: str, *, lock: bool) -> Row[Any] | None:
    wanted = select(tickets).where(tickets.c.number == number)
    return connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
