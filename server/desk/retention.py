"""How long things are kept, and the end of those that are past their time."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Column, Connection, and_, delete, exists, null, select, update

from indexer.settings import Settings, SettingsError
from server.desk import outbox, retrying
from server.desk.database import Database
from server.desk.lifecycle import Status
from server.desk.schema import conversations, feedback, queries, ticket_events, tickets

# Rows that one transaction deletes: others write in between.
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Retention:
    """Days that things are kept (>= 1).

    `conversations` count from the last turn, `tickets` from when they were solved: what is personal
    in them goes then, what is counted stays. `events` are webhooks that were delivered.
    """

    conversations: int = 30
    queries: int = 90
    feedback: int = 365
    tickets: int = 180
    events: int = 7

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return what `settings` say.

        Raises:
            SettingsError: a time is less than a day.
        """
        days = {name: settings[f"keep_{name}_days"] for name in cls.__dataclass_fields__}
        for name, value in days.items():
            if value < 1:
                raise SettingsError(
                    f"FAQ_KEEP_{name.upper()}_DAYS must be at least 1 day, not {value}."
                )
        return cls(**days)


@dataclass(frozen=True, slots=True)
class Purged:
    """How many of each were deleted; of `tickets` the personal data.

    `keys` are those of requests for a ticket, which count for a day.
    """

    conversations: int
    queries: int
    feedback: int
    tickets: int
    events: int
    keys: int


def purge(database: Database, kept: Retention, now: dt.datetime) -> Purged:
    """Delete what is past its time at `now`, a few rows at a time.

    A conversation stays while a ticket that came from it is not solved.

    Raises:
        DatabaseError: the database is away; what was deleted until then stays deleted.
    """

    def before(days: int) -> dt.datetime:
        return now - dt.timedelta(days=days)

    unsolved = exists().where(
        tickets.c.conversation_id == conversations.c.id,
        tickets.c.status != Status.SOLVED.value,
    )
    purged = Purged(
        conversations=_delete(
            database, conversations.c.id, and_(conversations.c.expires_at <= now, ~unsolved)
        ),
        queries=_delete(database, queries.c.id, queries.c.asked_at < before(kept.queries)),
        feedback=_delete(database, feedback.c.id, feedback.c.created_at < before(kept.feedback)),
        tickets=_in_batches(
            database, lambda connection: _anonymise(connection, before(kept.tickets), now)
        ),
        events=_in_batches(
            database, lambda connection: outbox.purge(connection, before(kept.events), _BATCH)
        ),
        keys=_in_batches(database, lambda connection: retrying.purge(connection, now, _BATCH)),
    )
    database.tidy()
    return purged


def _delete(database: Database, ident: Column[object], condition: object) -> int:
    def batch(connection: Connection) -> int:
        old = select(ident).where(condition).limit(_BATCH)  # type: ignore[arg-type]
        return connection.execute(delete(ident.table).where(ident.in_(old))).rowcount

    return _in_batches(database, batch)


def _in_batches(database: Database, batch: Callable[[Connection], int]) -> int:
    total = 0
    while True:
        with database.write() as connection:
            count = batch(connection)
        total += count
        if count < _BATCH:
            return total


def _anonymise(connection: Connection, before: dt.datetime, now: dt.datetime) -> int:
    old = (
        select(tickets.c.id)
        .where(
            tickets.c.status == Status.SOLVED.value,
            tickets.c.solved_at < before,
            tickets.c.anonymised_at.is_(None),
        )
        .limit(_BATCH)
        .with_for_update()
    )
    idents = list(connection.execute(old).scalars())
    connection.execute(
        update(tickets)
        .where(tickets.c.id.in_(idents))
        .values(
            token_hash=null(),
            user_hash=null(),
            query="",
            contact=null(),
            intake={},
            transaction_hashes=[],
            addresses=[],
            conversation_id=null(),
            satisfaction_comment=null(),
            anonymised_at=now,
        )
    )
    connection.execute(
        update(ticket_events).where(ticket_events.c.ticket_id.in_(idents)).values(text=null())
    )
    return len(idents)
