"""What a real server refuses before the application sees it."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator

import pytest

from server.engine import Assistant
from server.web.refusals import _Sink
from server.web.serving import Server, listen
from tests.web.centre import app_over

JSON = {"Content-Type": "application/json"}
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def port(assistant: Assistant) -> Iterator[int]:
    """Serve the small help centre in a thread and return where."""
    app = app_over(assistant, trusted_proxies=1, rate_limit="1000/hour")

    @app.get("/who", doc_ui=False)
    def who() -> dict[str, str | None]:
        from flask import request

        return {"address": request.remote_addr, "scheme": request.scheme}

    with listen("127.0.0.1", 0) as listener:
        server = Server(app, listener, 4, 65536)
        thread = threading.Thread(target=server.serve)
        thread.start()
        yield listener.getsockname()[1]
        server.stop()
        thread.join()


def call(
    port: int, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body=body, headers=JSON | headers)  # type: ignore[arg-type]
    response = connection.getresponse()
    status, said = response.status, json.loads(response.read())
    connection.close()
    return status, said.get("error", said)


@pytest.mark.parametrize(
    ("lang", "said"), [("zh-CN,zh;q=0.9", "请求正文太大"), ("en", "too large")]
)
@pytest.mark.parametrize("size", [65537, 3 * MEGABYTE, 100 * MEGABYTE])
def test_a_body_that_is_too_large(port: int, size: int, lang: str, said: str) -> None:
    """The whole is sent before the answer is read, as simple clients do."""
    status, error = call(port, "POST", "/v1/ask", b"x" * size, **{"Accept-Language": lang})
    assert (status, error["code"]) == (413, "too_large")
    assert said in str(error["message"])
    assert "65536" in str(error["message"])


def test_who_asks_before_sending_is_told_at_once(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        head = f"Content-Length: {100 * MEGABYTE}\r\nExpect: 100-continue"
        client.sendall(f"POST /v1/ask HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
        assert client.recv(12) == b"HTTP/1.1 413"


def test_a_body_in_chunks_is_cut_off(port: int) -> None:
    chunk = b"100000\r\n" + b"x" * MEGABYTE + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(ConnectionError):
            client.sendall(chunk * 200)


def test_headers_without_end(port: int) -> None:
    status, error = call(port, "GET", "/v1/articles", **{"X-Much": "x" * 300_000})
    assert (status, error["code"]) == (431, "headers_too_large")


def test_what_is_no_http(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(b"NONSENSE\r\n\r\n")
        response = b""
        while received := client.recv(65536):
            response += received
    head, body = response.split(b"\r\n\r\n", 1)
    assert b" 400 " in head
    assert json.loads(body)["error"]["code"] == "bad_request"


def test_after_all_that_it_answers(port: int) -> None:
    status, answer = call(port, "POST", "/v1/ask", json.dumps({"query": "What are network fees"}))
    assert (status, answer["decision"]) == (200, "answer")


def test_a_proxy_that_is_declared_is_believed(port: int) -> None:
    sent = {"X-Forwarded-For": "198.51.100.1, 192.0.2.7", "X-Forwarded-Proto": "https"}
    assert call(port, "GET", "/who", **sent)[1] == {"address": "192.0.2.7", "scheme": "https"}
    assert call(port, "GET", "/who")[1] == {"address": "127.0.0.1", "scheme": "http"}


def test_a_sink_takes_no_more_than_the_body() -> None:
    sink = _Sink(5)
    assert (sink.received(b"abc"), sink.completed) == (3, False)
    assert (sink.received(b"defgh"), sink.completed) == (2, True)
