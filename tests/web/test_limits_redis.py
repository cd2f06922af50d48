"""Rate limits that several processes share, counted by a real Redis."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from indexer.settings import Settings
from server.engine import Assistant
from server.web.limits import RateLimits
from tests.web.centre import app_over

_NAMES = ("redis-server", "valkey-server")


@dataclass
class Server:
    """A Redis of its own, which keeps nothing."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        missing = "no Redis is installed: apt-get install redis-server"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    port = _free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(
        [program, *options, "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with redis.Redis(port=port) as client:
        for _ in range(500):
            try:
                client.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.01)
    try:
        yield Server(port, process)
    finally:
        process.kill()
        process.wait()


def limits(server: Server) -> RateLimits:
    options = {"rate_limit": "3/hour", "rate_limit_store": server.address}
    return RateLimits(Settings(options, environment={}))


def test_two_processes_count_together(server: Server) -> None:
    one, other = limits(server), limits(server)
    waits = [counter.wait("read", "192.0.2.1") for counter in (one, other, one, other, one)]
    assert waits[:3] == [None] * 3
    assert all(wait is not None and 3590 <= wait <= 3600 for wait in waits[3:])
    assert other.wait("read", "192.0.2.2") is None
    assert other.wait("write", "192.0.2.1") is None


def test_over_http(server: Server, assistant: Assistant) -> None:
    options = {"rate_limit": "2/hour", "rate_limit_store": server.address}
    clients = [app_over(assistant, **options).test_client() for _ in range(2)]
    statuses = [client.get("/v1/articles").status_code for client in clients * 2]
    assert statuses == [200, 200, 429, 429]


def test_what_is_counted_ends_with_its_time_and_names_nobody(server: Server) -> None:
    limits(server).wait("read", "192.0.2.1")
    with redis.Redis(port=server.port) as client:
        (key,) = client.keys()
        assert 0 < client.ttl(key) <= 3600


def test_a_redis_that_ends_stops_nobody(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    counter = limits(server)
    assert [counter.wait("read", "someone") for _ in range(4)][3] is not None
    server.process.kill()
    server.process.wait()
    assert [counter.wait("read", "someone") for _ in range(3)] == [None] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "rate limits are not counted: ConnectionError"
    ]
