"""The JSON interface as a bot's team relies on it."""

import pytest
from flask.testing import FlaskClient

from tests.contract import ALWAYS, HIT
from tests.web.centre import SECRET


def test_ask_answers_in_the_askers_language(client: FlaskClient) -> None:
    for query, lang in (("充值没有到账怎么办", "zh"), ("My deposit has not arrived", "en")):
        response = client.post("/v1/ask", json={"query": query})
        assert response.status_code == 200
        body = response.get_json()
        assert set(body) >= ALWAYS
        assert body["decision"] == "answer"
        first = body["answers"][0]
        assert set(first) >= HIT
        assert (first["id"], first["lang"]) == ("deposit-late", lang)
        assert set(first["scores"]) == {"dense", "lexical"}
        assert first["twin"]["lang"] != lang


def test_chinese_stands_unescaped(client: FlaskClient) -> None:
    response = client.post("/v1/ask", json={"query": "充值没有到账怎么办"})
    assert "充值没有到账" in response.get_data(as_text=True)


def test_a_strange_question_is_handed_off(client: FlaskClient) -> None:
    body = client.post("/v1/ask", json={"query": "how do I bake bread"}).get_json()
    assert body["decision"] == "handoff"
    assert body["handoff"]["reason"] in {"low_confidence", "no_articles"}


def test_a_secret_is_blocked_and_never_echoed(client: FlaskClient) -> None:
    for response in (
        client.post("/v1/ask", json={"query": f"help {SECRET}"}),
        client.get("/v1/search", query_string={"q": SECRET}),
        client.get("/zh/", query_string={"q": SECRET}),
    ):
        assert response.status_code in {200, 303}  # the page leaves the address with the secret
        assert "abandon abandon" not in response.get_data(as_text=True)
    body = client.post("/v1/ask", json={"query": SECRET}).get_json()
    assert body["decision"] == "blocked"
    assert body["answers"] == []
    assert body["warning"]["message"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"query": ""}, 422),
        ({"query": "x" * 2001}, 422),
        ({"query": "x", "top_k": 21}, 422),
        ({"query": "x", "lang": "fr"}, 422),
        ({"query": "x", "qeury": "y"}, 422),
    ],
)
def test_bad_requests_are_told_in_both_languages(
    client: FlaskClient, body: dict[str, object], status: int
) -> None:
    messages = []
    for lang in ("zh", "en"):
        response = client.post("/v1/ask", json=body, headers={"Accept-Language": lang})
        assert response.status_code == status
        error = response.get_json()["error"]
        assert set(error) == {"code", "message", "details"}
        messages.append(error["message"])
    assert messages[0] != messages[1]


def test_other_failures_have_the_same_shape(client: FlaskClient) -> None:
    cases = [
        (client.post("/v1/ask", data="query=x"), 415),
        (client.post("/v1/ask", data=b"{", content_type="application/json"), 400),
        (client.post("/v1/ask", json={"query": "x" * 70_000}), 413),
        (client.get("/v1/articles/none"), 404),
        (client.get("/v1/ask"), 405),
    ]
    for response, status in cases:
        assert response.status_code == status
        assert set(response.get_json()["error"]) == {"code", "message", "details"}


def test_search_articles_and_health(client: FlaskClient) -> None:
    found = client.get("/v1/search", query_string={"q": "network fees"}).get_data(as_text=True)
    assert "fees" in found
    assert client.get("/v1/articles/deposit-late?lang=zh").status_code == 200
    assert client.get("/v1/articles").status_code == 200
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz").get_json()
    assert (ready["status"], ready["encoder"]) == ("ready", "ready")
    assert client.get("/openapi.json").get_json()["openapi"].startswith("3.1")


def test_pages_read_without_scripts_and_run_none(client: FlaskClient) -> None:
    assert client.get("/", headers={"Accept-Language": "zh"}).location.endswith("/zh/")
    page = client.get("/zh/", query_string={"q": "充值没有到账怎么办"})
    text = page.get_data(as_text=True)
    assert "区块浏览器" in text
    assert "<script" not in text
    assert "script-src" in page.headers["Content-Security-Policy"]
    evil = client.get("/en/", query_string={"q": "<script>alert(1)</script>"}).get_data(
        as_text=True
    )
    assert "<script>alert(1)" not in evil
    article = client.get("/en/articles/markup").get_data(as_text=True)
    assert "<img" not in article
    assert 'href="javascript:' not in article
    assert "<b>bold</b>" not in article
