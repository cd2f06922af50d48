"""What goes with every response, and into the log."""

import logging

import pytest
from flask.testing import FlaskClient

ADDRESSES = ["/zh/", "/v1/articles", "/static/site.css", "/docs", "/nothing", "/healthz"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_is_guarded(client: FlaskClient, address: str) -> None:
    headers = client.get(address, headers={"Accept": "text/html"}, buffered=True).headers
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'self'",
        "script-src": "'self'",
        "img-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert len(headers["X-Request-ID"]) == 32


def test_questions_are_not_cached_and_styles_are_checked(client: FlaskClient) -> None:
    assert client.get("/zh/?q=fees").headers["Cache-Control"] == "no-store"
    assert client.get("/v1/search?q=fees").headers["Cache-Control"] == "no-store"
    style = client.get("/static/site.css", buffered=True)
    assert style.headers["Cache-Control"] == "no-cache"
    etag = {"If-None-Match": style.headers["ETag"]}
    assert client.get("/static/site.css", headers=etag, buffered=True).status_code == 304


def test_requests_have_ids_of_their_own(client: FlaskClient) -> None:
    ids = {
        client.get("/healthz", headers={"X-Request-ID": "mine"}).headers["X-Request-ID"]
        for _ in range(3)
    }
    assert len(ids) == 3
    assert "mine" not in ids


def test_the_log_holds_no_question(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/v1/search?q=my+private+matter")
        client.get("/en/articles/fees?utm=private")
        client.post("/v1/ask", json={"query": "my private matter"})
    lines = [record.getMessage() for record in caplog.records if record.name.endswith("access")]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "GET /v1/search 200",
        "GET /en/articles/fees 200",
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
