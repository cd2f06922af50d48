"""A database of any version comes to the newest with all that it holds, or stays as it was."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, inspect

from server.desk import Database, DatabaseError, Desk, Status, migrations, open_database
from server.desk.tokens import UserHash, digest

_VERSIONS = Path(__file__).parent / "versions"
_AT = "'2026-11-24 12:00:00.000000'"
# A ticket, its event and its webhook, as version 1 kept them.
_ROWS = f"""
INSERT INTO conversations (id, token_hash, retention_days, created_at, updated_at, expires_at)
VALUES ('c1', '{digest("sesame")}', 30, {_AT}, {_AT}, {_AT});
INSERT INTO turns (conversation_id, message_id, question, lang, decision, article_ids, reply,
                   confidence, index_id, created_at)
VALUES ('c1', 'm1', '充值没到账', 'zh', 'handoff', '["deposit"]', '', 0.5, 'i', {_AT});
INSERT INTO tickets (number, token_hash, kind, status, priority, urgency, rule, lang, query, intake,
                     chains, transaction_hashes, addresses, tried, conversation_id,
                     shares_transcript, created_at, updated_at)
VALUES ('T-2026-000001', '{digest("sesame")}', 'question', 'open', 'normal', 2003, '4', 'zh',
        '充值没到账', '{{"device": "iPhone"}}', '["tron"]', '[]', '[]', '["deposit"]', 'c1',
        TRUE, {_AT}, {_AT});
INSERT INTO ticket_events (ticket_id, kind, by, new, created_at)
VALUES (1, 'created', 'visitor', 'open', {_AT});
INSERT INTO outbox (event, idempotency_key, payload, created_at, attempts, next_attempt_at)
VALUES ('ticket.created', 'k', '{{}}', {_AT}, 0, {_AT});
"""


def execute(url: str, script: str) -> None:
    """Run statements with nothing of our own code."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        connection.executescript(script)
        connection.close()
    else:
        with psycopg.connect(url) as postgres:
            postgres.execute("SET TIME ZONE 'UTC'")
            postgres.execute(script)  # type: ignore[call-overload]


@pytest.fixture
def old_url(empty_url: str, backend: str) -> str:
    """Return a database of version 1 with something in it."""
    tables = (_VERSIONS / f"1.{backend}.sql").read_text(encoding="utf-8")
    noted = f"INSERT INTO faq_schema (version, applied_at) VALUES (1, {_AT});"
    execute(empty_url, f"{tables}{_ROWS}{noted}")
    return empty_url


@pytest.fixture
def opened(old_url: str) -> Iterator[Database]:
    database = open_database(old_url)
    yield database
    database.close()


def structure(database: Database) -> dict[str, Any]:
    """Return what the database itself says its tables are."""
    with database.read() as connection:
        inspector = inspect(connection)
        return {
            table: (
                {c["name"]: (str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)},
                inspector.get_pk_constraint(table)["constrained_columns"],
                sorted(
                    (f["constrained_columns"], f["referred_table"], str(f["options"]))
                    for f in inspector.get_foreign_keys(table)
                ),
                sorted(
                    (str(i["name"]), i["column_names"], bool(i["unique"]), _where(i))
                    for i in inspector.get_indexes(table)
                ),
                sorted(u["column_names"] for u in inspector.get_unique_constraints(table)),
            )
            for table in inspector.get_table_names()
        }


def _where(index: Any) -> str:
    options = index["dialect_options"]
    where = options.get("sqlite_where", options.get("postgresql_where", ""))
    return str(where).lower().strip("()")


def test_version_1_becomes_what_a_new_database_is(opened: Database, database: Database) -> None:
    assert structure(opened) == structure(database)
    for each in (opened, database):
        with each.read() as connection:
            assert migrations.version(connection) == migrations.newest()


def test_what_it_held_is_there_and_can_be_worked_with(opened: Database, tmp_path: Path) -> None:
    desk = Desk(opened, UserHash(tmp_path))
    case = desk.tickets.read("T-2026-000001", "sesame")
    assert (case.ticket.query, case.ticket.intake) == ("充值没到账", {"device": "iPhone"})
    assert case.ticket.created_at.isoformat() == "2026-11-24T12:00:00+00:00"
    assert case.transcript
    assert [turn.article_ids for turn in case.transcript.turns] == [("deposit",)]
    assert desk.tickets.update({}, "T-2026-000001", "ann", status=Status.SOLVED).ticket.solved_at
    assert desk.backlog().deliveries.pending == 1


def test_opened_again_nothing_is_done(old_url: str) -> None:
    for _ in range(2):
        open_database(old_url).close()
    database = open_database(old_url)
    with database.read() as connection:
        noted = connection.exec_driver_sql("SELECT version FROM faq_schema ORDER BY version")
        assert noted.scalars().all() == list(range(1, migrations.newest() + 1))
    database.close()


def test_a_step_that_fails_leaves_the_old_version_whole(
    old_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("DELETE FROM tickets")
        connection.exec_driver_sql("ALTER TABLE outbox DROP COLUMN last_error")
        connection.exec_driver_sql("SELECT nothing FROM nowhere")

    steps = migrations.STEPS
    monkeypatch.setattr(migrations, "STEPS", (*steps, fail))
    with pytest.raises(DatabaseError):
        open_database(old_url)
    monkeypatch.setattr(migrations, "STEPS", steps)
    database = open_database(old_url)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM tickets").scalar_one() == 1
        connection.exec_driver_sql("SELECT last_error FROM outbox")
        assert migrations.version(connection) == migrations.newest()
    database.close()


def test_a_newer_database_is_left_alone(old_url: str) -> None:
    execute(old_url, f"INSERT INTO faq_schema (version, applied_at) VALUES (999, {_AT});")
    with pytest.raises(DatabaseError, match=r"version 999.*Install the newer program"):
        open_database(old_url)


def test_tables_of_another_program_are_left_alone(empty_url: str) -> None:
    execute(empty_url, "CREATE TABLE tickets (seat INTEGER);")
    with pytest.raises(DatabaseError, match=r"another program with our names \(tickets\)"):
        open_database(empty_url)
    execute(empty_url, "INSERT INTO tickets VALUES (1);")


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_who_starts_second_waits_for_the_first(empty_url: str) -> None:
    """SQLite lets one write at a time; PostgreSQL has to be told that this is one thing."""
    second = threading.Thread(target=lambda: open_database(empty_url).close())
    with psycopg.connect(empty_url) as first, psycopg.connect(empty_url, autocommit=True) as other:
        first.execute("SELECT pg_advisory_xact_lock(%s)", (migrations._LOCK,))
        second.start()
        waits = False
        while second.is_alive() and not waits:
            waits = bool(
                other.execute(
                    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                ).fetchone()
            )
        assert waits
        first.rollback()
    second.join()
    open_database(empty_url).close()
