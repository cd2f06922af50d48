"""The server as a process: it listens, answers, and ends without dropping a request."""

import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.web import cli
from server.web.serving import ListenError, Server, listen
from tests.fakes import FakeEncoder

_ROOT = Path(__file__).parents[2]

# Serves the small index; GET /slow waits until a file appears.
_PROGRAM = """
import pathlib, sys, time
from server.web.serving import Server, listen
from tests.web.centre import app_over, open_assistant

app = app_over(open_assistant(pathlib.Path(sys.argv[1])))
begun, done = map(pathlib.Path, sys.argv[2:])

@app.get("/slow", doc_ui=False)
def slow():
    begun.touch()
    while not done.exists():
        time.sleep(0.01)
    return {"slow": "x" * 300_000}

with listen("127.0.0.1", 0) as listener:
    server = Server(app, listener, 4, 65536)
    print(server.address, flush=True)
    server.run()
print("ended", flush=True)
"""


class Process:
    """The server in a process of its own."""

    def __init__(self, index_root: Path, folder: Path) -> None:
        self.begun, self.done = folder / "begun", folder / "done"
        arguments = [str(index_root), str(self.begun), str(self.done)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *arguments],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.address = self.process.stdout.readline().strip()

    def get(self, path: str) -> dict[str, str]:
        with urllib.request.urlopen(self.address + path, timeout=60) as response:
            body: dict[str, str] = json.load(response)
            return body


@pytest.fixture
def process(index_root: Path, tmp_path: Path) -> Iterator[Process]:
    served = Process(index_root, tmp_path)
    with served.process:
        yield served
        served.process.kill()


def test_it_answers_where_it_says(process: Process) -> None:
    assert process.get("/healthz") == {"status": "ok"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_when_the_requests_at_hand_are_answered(
    process: Process, number: signal.Signals
) -> None:
    answers: list[dict[str, str]] = []
    asking = threading.Thread(target=lambda: answers.append(process.get("/slow")))
    asking.start()
    wait = threading.Event()
    while not process.begun.exists():
        wait.wait(0.01)
    process.process.send_signal(number)
    host, port = process.address.removeprefix("http://").split(":")
    while _listens(host, int(port)):  # nobody new is let in
        wait.wait(0.01)
    assert process.process.poll() is None
    process.done.touch()
    asking.join()
    assert [len(answer["slow"]) for answer in answers] == [300_000]
    output, _ = process.process.communicate(timeout=60)
    assert "ended" in output
    assert process.process.returncode == 0


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except ConnectionRefusedError:
        return False
    return True


def test_a_taken_port_is_told() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(ListenError, match=rf"127\.0\.0\.1:{port}.*--port"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ListenError, match="--host"):
        listen("192.0.2.1", 0)  # RFC 5737: for documentation


def test_addresses_of_both_kinds() -> None:
    for host, shown in (("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")):
        try:
            listener = listen(host, 0)
        except ListenError:
            continue  # a machine without IPv6
        with listener:
            server = Server(lambda environ, start: [], listener, 1, 1)
            assert server.address == f"{shown}{listener.getsockname()[1]}"
            server.close()


@pytest.fixture(autouse=True)
def _data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no command write into the folder that it is run in."""
    monkeypatch.setenv("FAQ_DATA", str(tmp_path))


@pytest.fixture
def levels_restored() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("server", "indexer", "waitress.queue")]
    levels = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.usefixtures("levels_restored")
def test_the_command_serves_when_the_model_is_there(
    index_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = FakeEncoder()
    served: list[str] = []

    def run(server: Server) -> None:
        served.append(server.address)
        server.close()

    monkeypatch.setattr("server.engine.assistant.load_encoder", lambda _: encoder)
    monkeypatch.setattr("server.web.watch.Watcher.start", lambda _: None)
    monkeypatch.setattr(Server, "run", run)
    result = CliRunner().invoke(cli.main, ["--index", str(index_root), "--port", "0"])
    assert result.exit_code == 0
    assert result.output.splitlines() == served
    assert (tmp_path / "faq.db").exists()
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", served[0])
    assert encoder.seen  # the first visitor's question is not the first


def test_help_shows_examples() -> None:
    result = CliRunner().invoke(cli.main, ["--help"])
    assert result.exit_code == 0
    assert "faq-serve --index ./my-index" in result.output


def test_no_index_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["--index", str(tmp_path / "none"), "--port", "0"])
    assert result.exit_code == 2
    assert "faq-index build" in result.output


def test_a_taken_port_ends_the_command(index_root: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(cli.main, ["--index", str(index_root), "--port", port])
    assert result.exit_code == 2
    assert port in result.output
    assert "--port" in result.output


def test_a_setting_that_is_none_is_told(index_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQ_LOG_LEVEL", "LOUD")
    result = CliRunner().invoke(cli.main, ["--index", str(index_root), "--port", "0"])
    assert result.exit_code == 2
    assert "LOUD" in result.output


@pytest.mark.parametrize("module", ["server", "server.web"])
def test_the_package_is_the_command(module: str) -> None:
    result = subprocess.run(
        [sys.executable, "-m", module, "--help"],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Usage: faq-serve" in result.stdout
