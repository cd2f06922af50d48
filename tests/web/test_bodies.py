"""Requests that cannot be read, and what they are told."""

import gzip
import json

import pytest
from flask.testing import FlaskClient

from server.engine import Assistant
from server.web.bodies import LARGEST_HEADERS, LONGEST_ADDRESS, takes_form
from tests.web.centre import app_over

JSON = "application/json"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "GZIP", "gzip, identity", "x"])
def test_a_compressed_body_is_refused(client: FlaskClient, encoding: str) -> None:
    bomb = gzip.compress(json.dumps({"query": "x" * 10_000_000}).encode())
    response = client.post(
        "/v1/ask", data=bomb, content_type=JSON, headers={"Content-Encoding": encoding}
    )
    assert response.status_code == 415
    assert response.get_json()["error"]["code"] == "content_encoding"


def test_one_that_is_not_is_taken(client: FlaskClient) -> None:
    headers = {"Content-Encoding": "identity"}
    assert client.post("/v1/ask", json={"query": "fees"}, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("address", "overrides"),
    [
        ("/v1/search?q=%ff", {}),
        ("/v1/search?q=a%c3", {}),
        # The test client mends the path; a server passes it on as it is.
        ("/v1/articles/x", {"PATH_INFO": "/v1/articles/\xff"}),
    ],
)
def test_an_address_that_is_no_text_is_refused(
    client: FlaskClient, address: str, overrides: dict[str, str]
) -> None:
    response = client.get(address, environ_overrides=overrides)
    assert response.status_code == 400
    assert response.get_json()["error"]["code"] == "address_encoding"


def test_a_question_may_be_as_long_in_an_address_as_in_a_body(client: FlaskClient) -> None:
    response = client.get("/v1/search", query_string={"q": "𠮷" * 2000})
    assert response.status_code == 200


def test_a_longer_address_is_refused(client: FlaskClient) -> None:
    response = client.get("/v1/search", query_string={"q": "x" * 100_000})
    assert response.status_code == 414
    assert str(LONGEST_ADDRESS) in response.get_json()["error"]["message"]


def test_headers_that_are_too_large_are_refused(client: FlaskClient) -> None:
    response = client.get("/v1/articles", headers={"X-Much": "x" * LARGEST_HEADERS})
    assert response.status_code == 431
    assert str(LARGEST_HEADERS) in response.get_json()["error"]["message"]


def test_a_form_is_taken_only_where_it_is_meant_to_be(assistant: Assistant) -> None:
    app = app_over(assistant)

    @app.post("/form", doc_ui=False)
    @takes_form
    def form() -> dict[str, str]:
        return {}

    client = app.test_client()
    assert client.post("/form", data={"a": "b"}).status_code == 200
    assert client.post("/v1/ask", data={"query": "b"}).status_code == 415
