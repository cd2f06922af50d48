"""The id of a request and its line in the log."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from server.engine import Assistant
from server.web.keys import new_key
from server.web.logs import JsonFormatter
from tests.web.centre import app_over


def test_requests_have_ids_of_their_own(client: FlaskClient) -> None:
    ids = {
        client.get("/healthz", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"]
        for _ in range(3)
    }
    assert len(ids) == 3
    assert "mine" not in ids


def test_a_proxy_that_is_trusted_gives_the_id(assistant: Assistant) -> None:
    client = app_over(assistant, trusted_proxies=1).test_client()

    def given(sent: str) -> str:
        return client.get("/healthz", headers={"X-Request-ID": sent}).headers["X-Request-ID"]

    sent = "0189d3a4-5e7b-7c3d-8a1f-9b2c4d6e8f01"
    assert given(sent) == sent.replace("-", "")
    # Whatever else there is could be a secret, and it would go into the log.
    for other in ("a" * 64, "abandon-abandon", sent.upper(), f"{sent}\t", ""):
        assert given(other) != other
        assert len(given(other)) == 32


def test_a_line_has_fields(assistant: Assistant, caplog: pytest.LogCaptureFixture) -> None:
    token, row = new_key("bot", "client")
    client = app_over(assistant, api_keys=row).test_client()
    with caplog.at_level(logging.INFO):
        question = {"query": "my private matter"}
        headers = {"Authorization": f"Bearer {token}"}
        response = client.post("/v1/ask", json=question, headers=headers)
    (line,) = (
        json.loads(JsonFormatter().format(record))
        for record in caplog.records
        if record.name.endswith("access")
    )
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/ask", 200)
    assert (line["decision"], line["key"]) == ("handoff", "bot")
    assert line["ms"] > 0
    assert token not in str(line)
    assert "private" not in str(line)


def test_the_log_holds_no_question(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/v1/search?q=my+private+matter")
        client.get("/en/articles/fees?utm=private")
        client.post("/v1/ask", json={"query": "my private matter"})
    lines = [record.getMessage() for record in caplog.records if record.name.endswith("access")]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "GET /v1/search 200",
        "GET /<any(zh, en):lang>/articles/<article_id> 200",
        "POST /v1/ask 200",
    ]
    assert all(line.endswith(" ms") for line in lines)
    assert "private" not in caplog.text


def test_nobody_writes_lines_into_the_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/zh/articles/x%0aGET%20forged%20200")
        client.get("/%0aforged")
        client.open("/healthz", method="FORGED")
    assert "forged" not in caplog.text.lower()
    assert "GET /<any(zh, en):lang>/articles/<article_id> 404" in caplog.text
    assert "GET (unknown path) 404" in caplog.text
