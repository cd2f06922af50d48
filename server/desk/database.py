"""Opening the database that a URL names, and its transactions.

What is acknowledged is on the disk: SQLite runs with a write-ahead log and `synchronous=FULL`,
PostgreSQL with its own default. The transcript alone may lose its last moments when the machine
loses power (never when a process is killed): a question shall not wait for a disk.
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from indexer.settings import DEFAULTS, Settings
from server.desk import migrations
from server.desk.texts import storable

# How long one who writes waits for another (seconds). SQLite lets one write at a time.
_BUSY = 30.0
# How long another process may take to switch to the log, and how often to look (seconds).
_SWITCHING, _PAUSE = 10.0, 0.02
_POOL, _OVERFLOW = 10, 40
# How long a PostgreSQL server may take to answer a knock (seconds).
_CONNECT = 10

_FILE = "faq.db"
_FORMS = "Write sqlite:///path/to/file.db or postgresql://user:password@host:5432/database."


class DatabaseError(Exception):
    """The database cannot be opened or used; the message says why and what to do.

    It never holds a password or a row.
    """


class Database:
    """A database that is open and of the newest version. Thread-safe; fork before, not after.

    Raises:
        DatabaseError: as `open_database`.
    """

    def __init__(self, url: URL) -> None:
        self.engine = _engine(url)
        self._name = _named(url)
        self._is_sqlite = url.get_backend_name() == "sqlite"
        # Threads of one process queue up in order here; SQLite itself would have them poll.
        self._writing: Any = threading.Lock() if self._is_sqlite else nullcontext()
        try:
            with self.engine.begin() as connection:
                migrations.migrate(connection)
        except migrations.VersionError as error:
            self.engine.dispose()
            raise DatabaseError(f"The database {self._name} cannot be used: {error}.") from error
        except DBAPIError as error:
            self.engine.dispose()
            raise DatabaseError(_told(self._name, error)) from None

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[Connection]:
        """Run a transaction that writes; it is on the disk when this returns, if `durable`.

        Raises:
            DatabaseError: the database is away, full or held by another for too long.
        """
        with self._telling(), self._writing:
            connecting = self.engine.connect().execution_options(faq_durable=durable)
            with connecting as connection, connection.begin():
                if not durable and not self._is_sqlite:
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Run a transaction that only reads, and sees one moment of the database.

        Raises:
            DatabaseError: the database is away.
        """
        with self._telling():
            options: dict[str, Any] = {"faq_reads": True}
            if not self._is_sqlite:
                options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            connecting = self.engine.connect().execution_options(**options)
            with connecting as connection, connection.begin():
                yield connection

    def tidy(self) -> None:
        """Let what was deleted vanish from the files of SQLite too: its log still holds it.

        Raises:
            DatabaseError: the database cannot be used.
        """
        if self._is_sqlite:
            with self._telling():
                # Not in a transaction, which is what SQLAlchemy's own connections always are.
                connection = self.engine.raw_connection()
                try:
                    connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
                finally:
                    connection.close()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeoutError) as error:
            raise DatabaseError(_told(self._name, error)) from None


def open_database(url: str) -> Database:
    """Return the database that `url` names, made or brought to the newest version where need be.

    `url` is `sqlite:///` and a path, or `postgresql://user:password@host:port/database`. Several
    processes may open one database at once.

    Raises:
        DatabaseError: `url` is none of these, the database cannot be reached or written, or its
            tables are of a newer version or of another program.
    """
    return Database(_read(url))


def database_url(settings: Settings) -> str:
    """Return the URL of the database that `settings` name: by default it lies in FAQ_DATA."""
    url = str(settings["database"])
    return f"sqlite:///{settings['data'] / _FILE}" if url == DEFAULTS["database"] else url


def _read(text: str) -> URL:
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        # Not the text: it may hold a password.
        raise DatabaseError(f"FAQ_DATABASE is no address of a database. {_FORMS}") from None
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise DatabaseError(f"FAQ_DATABASE names '{url.drivername}', which is not known. {_FORMS}")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseError(
            "FAQ_DATABASE names no file: what is kept in memory is lost at every restart. "
            "Write sqlite:///var/faq.db (a relative path) or sqlite:////srv/faq.db."
        )
    return url


def _engine(url: URL) -> Engine:
    is_sqlite = url.get_backend_name() == "sqlite"
    if is_sqlite:
        _make_file(Path(str(url.database)))
        arguments: dict[str, Any] = {"timeout": _BUSY}
    else:
        arguments = {"connect_timeout": _CONNECT, "application_name": "faq-assistant"}
    try:
        engine = create_engine(
            url,
            connect_args=arguments,
            json_serializer=lambda value: storable(json.dumps(value, ensure_ascii=False)),
            # Rows are personal: they stay out of messages and logs.
            hide_parameters=True,
            pool_size=_POOL,
            max_overflow=_OVERFLOW,
            # A server that was started again has ended its old connections.
            pool_pre_ping=not is_sqlite,
        )
    except ImportError as error:
        raise DatabaseError(
            "FAQ_DATABASE names PostgreSQL, whose driver is not installed. "
            "Install it with: pip install 'faq-assistant[postgres]'"
        ) from error
    if is_sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    return engine


def _make_file(path: Path) -> None:
    """Make the file where it is absent: what visitors write is for the server's own user."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise DatabaseError(
            f"The database file {path} cannot be written ({error.strerror}). Let the server's user "
            "write there, or name another file in FAQ_DATABASE."
        ) from error


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    # Python would begin transactions by itself, and late.
    connection.isolation_level = None
    # What is deleted is overwritten: it was somebody's, and they may have asked for it.
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, which one process does for all.

    SQLite does not wait by itself while another one switches (https://sqlite.org/wal.html, section
    "Sometimes Queries Return SQLITE_BUSY In WAL Mode"), so processes that start at once would fail.
    """
    deadline = time.monotonic() + _SWITCHING
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _begin(connection: Connection) -> None:
    """Begin as a writer, so that nobody who read first is refused to write later."""
    options = connection.get_execution_options()
    if options.get("faq_reads"):
        connection.exec_driver_sql("BEGIN")
        return
    level = "FULL" if options.get("faq_durable", True) else "NORMAL"
    connection.exec_driver_sql(f"PRAGMA synchronous={level}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _named(url: URL) -> str:
    return f"'{url.database}'" + (f" on {url.host or 'localhost'}" if url.host else "")


def _told(name: str, error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    why = " ".join(str(cause).split()) or type(cause).__name__
    return (
        f"The database {name} cannot be used now ({why[:300]}). See that it runs, has "
        "room, and may be written by the server's user; FAQ_DATABASE names it."
    )
