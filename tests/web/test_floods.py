"""What is sent to break the server: it answers 4xx, stays small, and goes on answering others."""

import gzip
import http.client
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

_ROOT = Path(__file__).parents[2]
# The server as it is run, over the small index.
_PROGRAM = """
import pathlib, sys
from server.web.serving import Server, listen
from tests.web.centre import app_over, open_assistant

with listen("127.0.0.1", 0) as listener:
    server = Server(app_over(open_assistant(pathlib.Path(sys.argv[1]))), listener, 4, 65536)
    print(server.address, flush=True)
    server.run()
"""
MEGABYTE = 2**20


class Process:
    """A server in a process of its own."""

    def __init__(self, index_root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(index_root)],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        address = self.process.stdout.readline().strip()
        self.host, port = address.removeprefix("http://").split(":")
        self.port = int(port)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=60)

    def ask(self) -> str:
        """Return the decision on a plain question."""
        connection = self.connect()
        body = json.dumps({"query": "What are network fees?"})
        connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
        decision: str = json.load(connection.getresponse())["decision"]
        connection.close()
        return decision

    def peak(self) -> int:
        """Return the most memory that it has had (bytes)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(each for each in status.splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


@pytest.fixture(scope="module")
def process(index_root: Path) -> Iterator[Process]:
    started = Process(index_root)
    assert started.ask() == "answer"
    yield started
    started.process.terminate()
    started.process.wait(timeout=60)
    assert started.process.stdout
    started.process.stdout.close()


def status_of(connection: http.client.HTTPConnection) -> int:
    response = connection.getresponse()
    body = json.loads(response.read())
    assert body["error"]["code"]
    assert "Traceback" not in str(body)
    connection.close()
    return response.status


def test_bodies_of_a_hundred_megabytes(process: Process) -> None:
    before = process.peak()
    for _ in range(2):
        connection = process.connect()
        connection.putrequest("POST", "/v1/ask")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(100 * MEGABYTE))
        connection.endheaders()
        for _ in range(100):
            connection.send(b"x" * MEGABYTE)
        assert status_of(connection) == 413
    assert process.peak() - before < 32 * MEGABYTE
    assert process.ask() == "answer"


def test_bodies_without_an_end(process: Process) -> None:
    """In chunks, whose length nobody is told: refused once they are too many."""
    before = process.peak()
    connection = process.connect()
    connection.putrequest("POST", "/v1/ask")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    chunk = b"%x\r\n" % MEGABYTE + b"x" * MEGABYTE + b"\r\n"
    refused = False
    try:
        for _ in range(100):
            connection.send(chunk)
    except OSError:
        refused = True
    if not refused:
        assert status_of(connection) == 413
    connection.close()
    assert process.peak() - before < 32 * MEGABYTE
    assert process.ask() == "answer"


def test_a_bomb_in_the_encoding_is_not_unpacked(process: Process) -> None:
    before = process.peak()
    bomb = gzip.compress(gzip.compress(b"\0" * (100 * MEGABYTE)))
    assert len(bomb) < 65536
    for encoding in ("gzip", "deflate", "br", "gzip, gzip", "GZIP"):
        connection = process.connect()
        headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
        connection.request("POST", "/v1/ask", bomb, headers)
        assert status_of(connection) == 415
    assert process.peak() - before < 32 * MEGABYTE


def test_connections_that_say_nothing_keep_nobody_out(process: Process) -> None:
    dawdlers = [socket.create_connection((process.host, process.port)) for _ in range(100)]
    try:
        for number, dawdler in enumerate(dawdlers):
            if number % 2:
                dawdler.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert process.ask() == "answer"
    finally:
        for dawdler in dawdlers:
            dawdler.close()


def test_what_is_no_http(process: Process) -> None:
    for sent in (b"\0" * 1000 + b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n"):
        with socket.create_connection((process.host, process.port), timeout=60) as connection:
            connection.sendall(sent)
            assert b" 40" in connection.recv(65536).split(b"\r\n")[0]
    assert process.ask() == "answer"


BROKEN: dict[str, tuple[bytes, int]] = {
    "no UTF-8": (b'{"query": "\xff\xfe"}', 400),
    "half a character": ('{"query": "提'.encode()[:-1] + b'"}', 400),
    "half a pair": (b'{"query": "\\ud83d"}', 422),
    "deep lists": (b"[" * 60_000, 400),
    "deep objects": (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400),
    "a deep value": (b'{"query":' + b"[" * 20_000 + b"]" * 20_000 + b"}", 400),
    "a long question": (b'{"query": "' + b"x" * 60_000 + b'"}', 422),
    "a long number": (b'{"query": "x", "top_k": 1' + b"0" * 60_000 + b"}", 400),
    "not a number": (b'{"query": "x", "top_k": NaN}', 422),
    "many fields": (json.dumps({f"f{n}": n for n in range(4000)}).encode(), 422),
    "the same name": (b'{"query": "x", "query": ' + b'"y", "query": ' * 3000 + b'"fees"}', 200),
}


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/handoffs", "/webhooks/rest/webhook"])
@pytest.mark.parametrize("name", BROKEN)
def test_broken_bodies(client: FlaskClient, path: str, name: str) -> None:
    body, status = BROKEN[name]
    response = client.post(path, data=body, content_type="application/json")
    if status == 200 and path != "/v1/ask":
        status = 201 if path == "/v1/handoffs" else 422
    assert response.status_code in ({status, 422} if status == 400 else {status})
    assert response.mimetype == "application/json"
    assert len(response.data) < 500_000


def test_questions_of_a_hundred_thousand_characters(client: FlaskClient) -> None:
    long = "充值" * 50_000
    assert client.post("/v1/ask", json={"query": long}).status_code == 413
    for path in ("/v1/search", "/v1/suggest", "/zh/", "/nothing"):
        assert client.get(path, query_string={"q": long}).status_code == 414
    assert client.get("/v1/articles/" + "x" * 100_000).status_code == 414
    assert client.get("/v1/search?q=x", headers={"X-Odd": "x" * 100_000}).status_code == 431
    form = {"query": long, "intake.problem": long}
    assert client.post("/zh/contact", data=form).status_code == 413


NASTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "'; DROP TABLE tickets; --",
    "\u202e\u0000\u2028</title>",
    "]]><![CDATA[",
)


@pytest.mark.parametrize("text", NASTY)
def test_nothing_typed_is_run(client: FlaskClient, text: str) -> None:
    for path in ("/en/", "/en/contact"):
        page = client.get(path, query_string={"q": text})
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "49" not in page.text
        assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
    found = client.get("/v1/search", query_string={"q": text.replace("\0", "")}).get_json()
    assert all("<script" not in str(result["title_html"]) for result in found["results"])


def test_html_in_articles_is_not_run(client: FlaskClient) -> None:
    answer: dict[str, Any] = client.post(
        "/v1/ask", json={"query": 'Show <b>bold</b> & "quoted" text'}
    ).get_json()
    html = "".join(item["answer_html"] for item in answer["answers"])
    page = client.get("/en/articles/markup").text
    for shown in (html, page.split("<main", 1)[1]):
        assert "<script" not in shown
        assert "<img src=x" not in shown
        assert 'href="javascript:' not in shown
