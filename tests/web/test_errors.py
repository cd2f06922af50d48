"""Every error: its status, its shape, its language, and what it never tells."""

import logging
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer import Index
from server.engine import Assistant
from server.web.errors import CODES
from tests.web.centre import SECRET, app_over

JSON = "application/json"
Call = Callable[[FlaskClient, dict[str, str]], TestResponse]

CALLS: dict[int, Call] = {
    400: lambda c, h: c.post("/v1/ask", data=b"{", content_type=JSON, headers=h),
    404: lambda c, h: c.get("/v1/nothing", headers=h),
    405: lambda c, h: c.delete("/v1/ask", headers=h),
    413: lambda c, h: c.post("/v1/ask", json={"query": "x" * 70_000}, headers=h),
    414: lambda c, h: c.get("/v1/search?q=" + "x" * 40_000, headers=h),
    415: lambda c, h: c.post("/v1/ask", data=b"query", content_type="text/plain", headers=h),
    422: lambda c, h: c.post("/v1/ask", json={"query": ""}, headers=h),
    431: lambda c, h: c.get("/v1/articles", headers=h | {"X-Much": "x" * 20_000}),
}


# What an exception's message could hold.
INSIDE = f"cannot search for '{SECRET}'"


class Broken:
    """An assistant whose every part fails, with a message that should stay inside."""

    @property
    def index(self) -> Index:
        raise RuntimeError(INSIDE)

    def ask(self, *_: object) -> None:
        raise RuntimeError(INSIDE)


class Empty:
    """An assistant over an index without articles."""

    def __init__(self, other: Assistant) -> None:
        manifest, knowledge = other.index.manifest, other.index.knowledge
        self.index = type("Index", (), {"articles": {}, "manifest": manifest})()
        self.index.knowledge = knowledge
        self.encoder = other.encoder


def broken_client(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    app = app_over(assistant)
    monkeypatch.setattr(assistant, "ask", Broken().ask)
    return app.test_client()


@pytest.mark.parametrize("status", CALLS)
def test_each_has_one_shape_in_both_languages(client: FlaskClient, status: int) -> None:
    messages = set()
    for lang in ("zh-CN", "en-GB"):
        response = CALLS[status](client, {"Accept-Language": lang})
        assert response.status_code == status
        assert response.content_type == JSON
        assert "Accept-Language" in response.headers["Vary"]
        error = response.get_json()["error"]
        assert error["code"] == CODES[status]
        assert error["details"]["request_id"] == response.headers["X-Request-ID"]
        messages.add(error["message"])
    chinese = [m for m in messages if any("\u4e00" <= each <= "\u9fff" for each in m)]
    assert len(messages) == 2
    assert len(chinese) == 1


@pytest.mark.parametrize(("lang", "said"), [("zh", "服务器出错了"), ("en", "The server failed")])
def test_a_failure_inside_tells_nothing_of_it(
    assistant: Assistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    lang: str,
    said: str,
) -> None:
    client = broken_client(assistant, monkeypatch)
    with caplog.at_level(logging.DEBUG):
        response = client.post("/v1/ask", json={"query": "fees"}, headers={"Accept-Language": lang})
        page = client.get(f"/{lang}/?q=fees", headers={"Accept": "text/html"})
    assert (response.status_code, page.status_code) == (500, 500)
    error = response.get_json()["error"]
    assert error["code"] == "internal"
    assert said in error["message"]
    assert said in page.get_data(as_text=True)
    for told in (response.get_data(as_text=True), page.get_data(as_text=True), caplog.text):
        assert "cannot search" not in told
        assert "abandon" not in told
    assert "Traceback" not in response.get_data(as_text=True)
    # Those who run it find the place by the id.
    assert error["details"]["request_id"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "test_errors.py" in caplog.text


@pytest.mark.parametrize(("lang", "said"), [("zh", "索引是空的"), ("en", "index is empty")])
def test_nothing_to_answer_from_is_unavailable(assistant: Assistant, lang: str, said: str) -> None:
    empty: Assistant = Empty(assistant)  # type: ignore[assignment]  # as much of one as is needed
    client = app_over(empty).test_client()
    response = client.get("/readyz", headers={"Accept-Language": lang})
    assert response.status_code == 503
    assert said in response.get_json()["error"]["message"]


def test_the_field_is_named_with_what_is_wrong(client: FlaskClient) -> None:
    bad = {"query": "x" * 2001, "lang": "fr", "top_k": 21, "qeury": "y"}
    response = client.post("/v1/ask", json=bad, headers={"Accept-Language": "en"})
    error = response.get_json()["error"]
    assert error["details"]["fields"] == [
        {"field": "query", "problem": "must have at most 2000 characters"},
        {"field": "lang", "problem": "must be 'zh' / 'en'"},
        {"field": "top_k", "problem": "must be at most 20"},
        {"field": "qeury", "problem": "is not a known field"},
    ]
    assert "query must have at most 2000 characters" in error["message"]


def test_the_methods_that_are_allowed_are_named(client: FlaskClient) -> None:
    response = client.get("/v1/ask")
    assert response.headers["Allow"] == "OPTIONS, POST"
    assert response.get_json()["error"]["details"]["allowed"] == ["OPTIONS", "POST"]


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.post("/v1/ask", json={"query": SECRET * 40}),
        lambda c: c.post("/v1/ask", json={"query": 1, SECRET: 2}),
        lambda c: c.post("/v1/ask", json={"query": "x", "lang": SECRET}),
        lambda c: c.post("/v1/ask", data=SECRET, content_type=JSON),
        lambda c: c.get("/v1/search", query_string={"q": "x", "limit": SECRET}),
        lambda c: c.get("/v1/search", query_string={"q": "x", SECRET: "1"}),
        lambda c: c.get(f"/v1/articles/{SECRET}"),
        lambda c: c.get(f"/v1/{SECRET}"),
        lambda c: c.get(f"/zh/articles/{SECRET}", headers={"Accept": "text/html"}),
        lambda c: c.get(f"/{SECRET}", headers={"Accept": "text/html"}),
    ],
)
def test_errors_echo_nothing_that_was_sent(
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    call: Callable[[FlaskClient], TestResponse],
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = call(client)
    assert response.status_code >= 400
    assert "abandon" not in response.get_data(as_text=True)
    assert "abandon" not in str(response.headers)
    assert "abandon" not in caplog.text


def test_people_get_a_page_and_programs_json(client: FlaskClient) -> None:
    page = client.get("/en/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert client.get("/en/nothing").mimetype == JSON
    browser = {"Accept": "text/html,*/*;q=0.8"}
    assert client.get("/v1/nothing", headers=browser).mimetype == JSON
    assert client.post("/en/", headers=browser).mimetype == JSON


def test_an_address_with_a_slash_too_many_is_led_on(client: FlaskClient) -> None:
    response = client.get("/zh")
    assert response.status_code == 308
    assert response.location.endswith("/zh/")


def test_a_strange_host_is_no_failure_of_ours(client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"Host": "a b<c>"})
    assert response.status_code < 500
