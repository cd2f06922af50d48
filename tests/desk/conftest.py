"""Every test that keeps something runs on SQLite and on a real PostgreSQL."""

import datetime as dt
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete

from server.desk import Database, Desk, open_database
from server.desk.delivery import Sender
from server.desk.schema import metadata
from server.desk.tokens import UserHash
from tests.desk import postgres

KB = tomllib.loads((Path(__file__).parents[2] / "kb" / "kb.toml").read_text(encoding="utf-8"))


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    at: dt.datetime = field(default_factory=lambda: dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC))

    def __call__(self) -> dt.datetime:
        return self.at

    def go_on(self, **delta: float) -> None:
        self.at += dt.timedelta(**delta)


@pytest.fixture(scope="session")
def _postgres() -> Iterator[postgres.Server]:
    try:
        with postgres.running() as server:
            yield server
    except postgres.MissingError as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database without tables."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server: postgres.Server = request.getfixturevalue("_postgres")
    url = server.database()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def _shared_url(_postgres: postgres.Server) -> str:
    """Return a database on PostgreSQL that tests empty after use: to make one takes long."""
    return _postgres.database()


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database with empty tables, or with none."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path}/faq.db"
        return
    yield request.getfixturevalue("_shared_url")
    opened = open_database(request.getfixturevalue("_shared_url"))
    with opened.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
    opened.close()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture
def engine(database: Database) -> Engine:
    return database.engine


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(database: Database, clock: Clock, tmp_path: Path) -> Desk:
    """Return a desk that announces what happens, to an address that is never called."""
    return Desk(database, UserHash(tmp_path), Sender("http://127.0.0.1:9/", []), clock=clock)


@pytest.fixture
def kb() -> dict[str, Any]:
    return KB
