"""A database is opened by its URL, safe from the start, and tells what is wrong with it."""

import datetime as dt
import os
import sqlite3
import stat
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from indexer.settings import Settings
from server.desk import Database, DatabaseError, database_url, open_database
from server.desk import database as module
from server.desk.schema import feedback, metadata, ticket_numbers
from server.desk.schema import outbox as table
from tests.desk.at_once import at_once

_POSTGRESQL = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
_NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "no address of a database"),
        ("faq.db", "no address of a database"),
        ("mysql://root:hunter2@localhost/faq", "'mysql'"),
        ("nonsense://x:hunter2@y/z", "'nonsense'"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///file:faq?mode=memory&uri=true", "names no file"),
        ("sqlite+aiosqlite:///faq.db", "'sqlite+aiosqlite'"),
        ("postgresql://faq:hunter2@localhost:port/faq", "no address of a database"),
    ],
)
def test_what_is_no_address_is_told_without_its_password(url: str, problem: str) -> None:
    with pytest.raises(DatabaseError) as told:
        open_database(url)
    assert problem in str(told.value)
    assert "sqlite:///" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_a_database_that_is_not_there_is_told_without_its_password(backend: str) -> None:
    if backend == "sqlite":
        url = "sqlite:////proc/faq/faq.db"
    else:
        url = "postgresql://faq:hunter2@127.0.0.1:9/faq"
    with pytest.raises(DatabaseError, match="FAQ_DATABASE") as told:
        open_database(url)
    assert "hunter2" not in str(told.value)


@_POSTGRESQL
@pytest.mark.parametrize("prefix", ["postgresql://", "postgres://", "postgresql+psycopg://"])
def test_postgresql_is_spoken_to_by_psycopg_whatever_it_is_called(url: str, prefix: str) -> None:
    database = open_database(prefix + url.partition("://")[2])
    assert database.engine.driver == "psycopg"
    database.close()


def test_without_the_driver_the_fix_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DatabaseError, match=r"pip install 'faq-assistant\[postgres\]'"):
        open_database("postgresql://faq@localhost/faq")


def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "faq.db"
    file.write_text("id,lang,title\n" * 100)
    with pytest.raises(DatabaseError, match="not a database"):
        open_database(f"sqlite:///{file}")
    assert file.read_text() == "id,lang,title\n" * 100


def test_the_file_is_its_owners_alone_and_its_folder_is_made(tmp_path: Path) -> None:
    file = tmp_path / "var" / "kept" / "faq.db"
    before = os.umask(0)
    try:
        database = open_database(f"sqlite:///{file}")
    finally:
        os.umask(before)
    with database.write() as connection:
        connection.execute(ticket_numbers.insert().values(year=2026, last=1))
    files = list(file.parent.iterdir())
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    assert {each.name for each in files} >= {"faq.db", "faq.db-wal"}
    database.close()


def test_sqlite_is_set_so_that_what_is_acknowledged_stays(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/faq.db")
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "secure_delete": 1}
    with database.write() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}
        assert found == wanted
        # A second writer waits from the first word on, and is not refused half-way.
        second = sqlite3.connect(tmp_path / "faq.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            second.execute("BEGIN IMMEDIATE")
        second.close()
    with database.write(durable=False) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 1
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    database.close()


@_POSTGRESQL
def test_postgresql_waits_for_the_disk_where_it_shall(database: Database) -> None:
    for durable, setting in ((True, "on"), (False, "off"), (True, "on")):
        with database.write(durable=durable) as connection:
            found = connection.exec_driver_sql("SHOW synchronous_commit").scalar_one()
        assert found == setting


def test_what_is_read_is_of_one_moment(database: Database) -> None:
    count = select(ticket_numbers.c.year)
    with database.read() as reading:
        assert reading.execute(count).all() == []
        with database.write() as writing:
            writing.execute(ticket_numbers.insert().values(year=2026, last=1))
        assert reading.execute(count).all() == []
    with database.read() as reading:
        assert len(reading.execute(count).all()) == 1


def test_a_writer_that_fails_leaves_nothing_and_holds_nobody_up(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), database.write() as connection:
            connection.execute(ticket_numbers.insert().values(year=2026, last=1 // 0))
    with database.write() as connection:
        connection.execute(ticket_numbers.insert().values(year=2026, last=1))
    with database.read() as connection:
        assert connection.execute(select(ticket_numbers.c.last)).scalars().all() == [1]


def test_who_waits_too_long_for_another_process_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BUSY", 0.05)
    database = open_database(f"sqlite:///{tmp_path}/faq.db")
    other = sqlite3.connect(tmp_path / "faq.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="locked"), database.write():
        pass
    with database.read() as connection:  # readers need not wait
        connection.execute(select(ticket_numbers))
    other.rollback()
    with database.write() as connection:
        connection.execute(ticket_numbers.insert().values(year=2026, last=1))
    other.close()
    database.close()


@_POSTGRESQL
def test_connections_that_the_server_ended_are_made_anew(database: Database, url: str) -> None:
    with database.read() as connection:
        connection.execute(select(ticket_numbers))
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with database.write() as connection:
        connection.execute(ticket_numbers.insert().values(year=2026, last=1))


def test_rows_stay_out_of_messages(database: Database) -> None:
    statement = insert(feedback).values(
        message_id="hunter2", article_id="", helpful=None, created_at=_NOON
    )
    with pytest.raises(IntegrityError) as told, database.write() as connection:
        connection.execute(statement)
    # What the driver itself says is PostgreSQL's own; the list of all parameters is not added.
    assert "parameters" in str(told.value)
    assert "hunter2" not in str(told.value).replace(str(told.value.orig), "")


@given(
    moment=st.datetimes(
        _NOON.replace(year=1970, tzinfo=None),
        _NOON.replace(year=9000, tzinfo=None),
        timezones=st.sampled_from(
            [dt.UTC, dt.timezone(dt.timedelta(hours=8)), dt.timezone(-dt.timedelta(hours=9.5))]
        ),
    )
)
def test_moments_come_back_as_they_were_in_utc(moment: dt.datetime) -> None:
    """The conversion alone; that both databases keep it, the next test shows."""
    for name in ("sqlite", "postgresql"):
        dialect = type("Dialect", (), {"name": name})()
        kept = table.c.created_at.type.process_bind_param(moment, dialect)
        back = table.c.created_at.type.process_result_value(kept, dialect)
        assert back == moment
        assert back.utcoffset() == dt.timedelta(0)


def test_moments_are_kept_to_the_microsecond_and_compared_as_moments(database: Database) -> None:
    beijing = dt.timezone(dt.timedelta(hours=8))
    moment = dt.datetime(2026, 11, 24, 20, 0, 0, 123456, tzinfo=beijing)
    values = {
        "event": "x",
        "payload": {"币": "\ud800\x00"},
        "attempts": 0,
        "next_attempt_at": moment,
    }
    with database.write() as connection:
        connection.execute(
            table.insert().values(idempotency_key="k\ud800\x00", created_at=moment, **values)
        )
    with database.read() as connection:
        row = connection.execute(select(table).where(table.c.created_at > _NOON)).one()
        assert not connection.execute(select(table).where(table.c.created_at > moment)).all()
    assert (row.created_at, row.created_at.tzinfo) == (moment, dt.UTC)
    assert row.payload == {"币": "\N{REPLACEMENT CHARACTER}\x00"}
    assert row.idempotency_key == "k" + 2 * "\N{REPLACEMENT CHARACTER}"


def test_a_moment_without_a_time_zone_is_refused(database: Database) -> None:
    naive = dt.datetime(2026, 11, 24, 12)  # noqa: DTZ001 - that is what it is about
    with pytest.raises(Exception, match="without a time zone"), database.read() as connection:
        connection.execute(select(table).where(table.c.created_at > naive))


def test_processes_that_start_at_once_make_one_database(empty_url: str) -> None:
    imports = "import threading\nfrom server.desk.database import open_database"
    said = at_once(imports, "open_database(sys.argv[1]).close()", empty_url)
    assert [status for status, _, _ in said] == [0] * 3, said
    database = open_database(empty_url)
    with database.read() as connection:
        for each in metadata.tables.values():
            assert connection.execute(select(each)).all() == []
    database.close()


def test_by_default_the_database_lies_in_the_data_folder(tmp_path: Path) -> None:
    assert database_url(Settings({}, {})) == "sqlite:///var/faq.db"
    assert database_url(Settings({"data": tmp_path}, {})) == f"sqlite:///{tmp_path}/faq.db"
    elsewhere = {"FAQ_DATABASE": "sqlite:///x.db", "FAQ_DATA": str(tmp_path)}
    assert database_url(Settings({}, elsewhere)) == "sqlite:///x.db"


def test_a_start_waits_while_another_process_switches_to_the_log(tmp_path: Path) -> None:
    file = tmp_path / "faq.db"
    first = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    first.execute("CREATE TABLE held (n)")
    first.execute("BEGIN EXCLUSIVE")
    let_go = threading.Timer(0.3, first.execute, ["COMMIT"])
    let_go.start()
    second = sqlite3.connect(file, timeout=0)
    try:
        module._use_wal(second)
        assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        let_go.join()
        second.close()
        first.close()
