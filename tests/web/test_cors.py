"""Other sites may call where they are named, and nobody else."""

import pytest
from flask.testing import FlaskClient

from indexer.settings import SettingsError
from server.engine import Assistant
from tests.web.centre import app_over

SITE = "https://www.example.com"
OTHERS = [
    "https://evil.example",
    "http://www.example.com",
    "https://www.example.com:8443",
    "https://www.example.com.evil.example",
    "https://wwwXexample.com",
    "https://WWW.EXAMPLE.COM",
    "https://www.example.com/",
    "null",
]


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> FlaskClient:
    origins = f"{SITE}, http://localhost:3000"
    return app_over(assistant, cors_origins=origins, rate_limit="1000/hour").test_client()


def preflight(client: FlaskClient, origin: str, path: str = "/v1/ask") -> dict[str, str]:
    response = client.options(
        path,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert response.status_code == 200
    return dict(response.headers)


def test_a_preflight_tells_what_is_allowed(client: FlaskClient) -> None:
    headers = preflight(client, SITE)
    assert headers["Access-Control-Allow-Origin"] == SITE
    assert "POST" in headers["Access-Control-Allow-Methods"]
    allowed = headers["Access-Control-Allow-Headers"].split(", ")
    assert {"Content-Type", "Idempotency-Key"} <= set(allowed)
    assert headers["Access-Control-Max-Age"] == "3600"
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Origin" in headers["Vary"]


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/articles/none", "/static/icon.svg"])
def test_a_site_that_is_named_may_read_answers_and_errors(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": SITE}, buffered=True).headers
    assert headers["Access-Control-Allow-Origin"] == SITE
    assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    assert "Origin" in headers["Vary"]


@pytest.mark.parametrize("origin", OTHERS)
def test_others_may_not(client: FlaskClient, origin: str) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(client, origin)
    response = client.get("/v1/articles", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", ["/en/", "/docs", "/readyz", "/metrics", "/openapi.json"])
def test_only_the_search_box_is_for_others(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": SITE}).headers
    assert "Access-Control-Allow-Origin" not in headers


def test_caches_are_told_that_it_depends_on_the_origin(client: FlaskClient) -> None:
    assert "Origin" in client.get("/static/icon.svg", buffered=True).headers["Vary"]


def test_without_origins_nobody_may(assistant: Assistant) -> None:
    client = app_over(assistant).test_client()
    response = client.get("/v1/articles", headers={"Origin": SITE})
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    "origin", ["*", "example.com", "https://example.com/", "https://*.example.com", "https://A.com"]
)
def test_what_is_no_origin_is_told(assistant: Assistant, origin: str) -> None:
    with pytest.raises(SettingsError, match="is no origin"):
        app_over(assistant, cors_origins=origin)
