"""What goes with every response to guard those who read it."""

import pytest
from flask.testing import FlaskClient

from server.engine import Assistant
from tests.web.centre import app_over

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
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Strict-Transport-Security" not in headers


def test_questions_are_not_cached_and_styles_are_checked(client: FlaskClient) -> None:
    assert client.get("/zh/?q=fees").headers["Cache-Control"] == "no-store"
    assert client.get("/v1/search?q=fees").headers["Cache-Control"] == "no-store"
    style = client.get("/static/site.css", buffered=True)
    assert style.headers["Cache-Control"] == "no-cache"
    etag = {"If-None-Match": style.headers["ETag"]}
    assert client.get("/static/site.css", headers=etag, buffered=True).status_code == 304


def test_https_is_insisted_on_only_where_it_is_set(assistant: Assistant) -> None:
    headers = app_over(assistant, hsts_seconds=31536000).test_client().get("/en/").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
