"""A real PostgreSQL server for the tests: its own data, its own port, gone when they end."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

# Where Debian puts what it does not link into PATH.
_DEBIAN = "/usr/lib/postgresql/*/bin"
# The server refuses to run as root: under one of these accounts it does.
_ACCOUNTS = ("postgres", "nobody")
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "120",
    # Not UTC, so that a moment that is not converted is found out.
    "timezone": "Asia/Shanghai",
}


class MissingError(Exception):
    """PostgreSQL cannot be run here; the message says why."""


@dataclass
class Server:
    """A server that runs; `database()` makes a new, empty database and returns its URL."""

    port: int
    password: str
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def database(self) -> str:
        name = f"faq_{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        statement = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def url(self, name: str) -> str:
        return f"postgresql://faq:{self.password}@127.0.0.1:{self.port}/{name}"


@contextmanager
def running() -> Iterator[Server]:
    """Run a server.

    Raises:
        MissingError: its programs are not installed.
    """
    initdb, postgres = _program("initdb"), _program("postgres")
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="faq-postgres-"))
    try:
        password = secrets.token_hex(16)
        secret = folder / "password"
        secret.write_text(password)
        if account:
            for path in (folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        data = folder / "data"
        options = "--username=faq --auth=scram-sha-256 --no-sync --encoding=UTF8 --locale=C".split()
        _run([initdb, f"--pgdata={data}", f"--pwfile={secret}", *options], account)
        with _started(postgres, data, folder / "log", account) as port:
            yield Server(port, password)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _started(
    postgres: str, data: Path, log: Path, account: pwd.struct_passwd | None
) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = [f"-c{name}={value}" for name, value in (_OPTIONS | {"port": port}).items()]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            [postgres, "-D", data, *options],
            stdout=output,
            stderr=output,
            cwd="/",
            **_as(account),
        ) as server,
    ):
        try:
            _wait(server, data / "postmaster.pid", log)
            yield port
        finally:
            server.send_signal(signal.SIGQUIT)  # its way to end without tidying up


def _wait(server: subprocess.Popen[bytes], status: Path, log: Path) -> None:
    """Wait until the server takes connections: it says so in the last line of its status file."""
    while True:
        try:
            server.wait(0.05)
        except subprocess.TimeoutExpired:
            pass
        else:
            raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")
        if status.exists() and status.read_text().rstrip().endswith("ready"):
            return


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        folders = sorted(Path("/").glob(_DEBIAN.lstrip("/")), reverse=True)
        found = next((str(f / name) for f in folders if (f / name).exists()), None)
    if found is None:
        raise MissingError(
            f"{name} is neither in PATH nor in {_DEBIAN}. Install the package postgresql."
        )
    return found


def _account() -> pwd.struct_passwd | None:
    """Return the account to run under, None for our own."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    found = next((names[name] for name in _ACCOUNTS if name in names), None)
    if found is None:
        raise MissingError(f"root may not run PostgreSQL, and no account is there: {_ACCOUNTS}.")
    return found


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run(command: list[str], account: pwd.struct_passwd | None) -> None:
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, cwd="/", **_as(account)
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr}")
