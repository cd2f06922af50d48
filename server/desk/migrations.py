"""The versions of a database: which one it is, and the way from each to the next.

A new database is made of `schema`; an older one goes step by step, all in one transaction, which
both SQLite and PostgreSQL undo as a whole where a step fails. A step is frozen once it was
published: it speaks SQL, not `schema`, which goes on changing.
"""

import datetime as dt
from collections.abc import Callable

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    func,
    insert,
    inspect,
    select,
    text,
)

from server.desk.schema import UtcDateTime, metadata

# Not among the tables of `schema`: it tells of those.
_versions = Table(
    "faq_schema",
    MetaData(),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", UtcDateTime, nullable=False),
)
# Any number that no other program takes for its lock: "faq" in ASCII.
_LOCK = 0x666171

Step = Callable[[Connection], None]


def _sql(*statements: str) -> Step:
    """Return a step of statements that SQLite and PostgreSQL understand alike."""

    def step(connection: Connection) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    return step


def _ticket_keys(connection: Connection) -> None:
    whole, moment = {
        "sqlite": ("INTEGER", "DATETIME"),
        "postgresql": ("BIGINT", "TIMESTAMP WITH TIME ZONE"),
    }[connection.dialect.name]
    connection.exec_driver_sql(
        "CREATE TABLE ticket_keys (key_hash TEXT NOT NULL, body_hash TEXT NOT NULL, "
        f"ticket_id {whole}, created_at {moment} NOT NULL, "
        "CONSTRAINT pk_ticket_keys PRIMARY KEY (key_hash), "
        "CONSTRAINT fk_ticket_keys_ticket_id FOREIGN KEY (ticket_id) REFERENCES tickets (id) "
        "ON DELETE CASCADE)"
    )


# The step at place n leads from version n + 1 to n + 2.
STEPS: tuple[Step, ...] = (
    _sql(
        "ALTER TABLE tickets ADD COLUMN topic TEXT",
        "DROP INDEX ix_outbox_delivered_at_next_attempt_at",
        "CREATE INDEX ix_outbox_delivered_at ON outbox (delivered_at)",
        "CREATE INDEX ix_outbox_waiting ON outbox (next_attempt_at, id) WHERE delivered_at IS NULL",
    ),
    _ticket_keys,
)


class VersionError(Exception):
    """The tables that are there are not those of this program; the message says why."""


def newest() -> int:
    """Return the version that `schema` describes."""
    return len(STEPS) + 1


def migrate(connection: Connection) -> None:
    """Bring the database to the newest version within the transaction of `connection`.

    Who comes second waits for the first and finds the work done: SQLite lets one write at a time
    (the transaction has to begin with BEGIN IMMEDIATE), PostgreSQL gets a lock for it.

    Raises:
        VersionError: the tables are of a newer version, or of another program.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = version(connection)
    if found > newest():
        raise VersionError(
            f"its tables are of version {found}, this program knows those up to {newest()}. "
            "Install the newer program again, or restore the copy from before the update"
        )
    if found == 0:
        _create(connection)
        _versions.create(connection)
        _note(connection, newest())
    for number, step in enumerate(STEPS, 1):
        if 0 < found <= number:
            step(connection)
            _note(connection, number + 1)


def version(connection: Connection) -> int:
    """Return the version of a database, 0 where it has none of our tables."""
    if not inspect(connection).has_table(_versions.name):
        return 0
    return int(connection.execute(select(func.max(_versions.c.version))).scalar() or 0)


def _create(connection: Connection) -> None:
    taken = set(inspect(connection).get_table_names()) & set(metadata.tables)
    if taken:
        raise VersionError(
            f"it holds tables of another program with our names ({', '.join(sorted(taken))}). "
            "Give the FAQ assistant a database, or a PostgreSQL schema, of its own"
        )
    metadata.create_all(connection, checkfirst=False)


def _note(connection: Connection, number: int) -> None:
    now = dt.datetime.now(dt.UTC)
    connection.execute(insert(_versions).values(version=number, applied_at=now))
