"""POST /v1/ask as a bot's team relies on it, up to the edges of what it takes."""

import pytest
from flask.testing import FlaskClient

from tests.contract import ALWAYS, HIT
from tests.web.centre import SECRET

JSON = "application/json"


@pytest.mark.parametrize(
    ("query", "lang"), [("充值没有到账怎么办", "zh"), ("My deposit has not arrived", "en")]
)
def test_ask_answers_in_the_askers_language(client: FlaskClient, query: str, lang: str) -> None:
    response = client.post("/v1/ask", json={"query": query})
    assert response.status_code == 200
    body = response.get_json()
    assert set(body) >= ALWAYS
    assert (body["decision"], body["confidence_level"]) == ("answer", "high")
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
    response = client.post("/v1/ask", json={"query": f"help {SECRET}"})
    assert "abandon" not in response.get_data(as_text=True)
    body = response.get_json()
    assert (body["decision"], body["answers"]) == ("blocked", [])
    assert body["warning"]["kinds"] == ["mnemonic"]
    assert body["warning"]["message"]


def test_equals_are_asked_back_about(client: FlaskClient) -> None:
    body = client.post("/v1/ask", json={"query": "如何充值"}).get_json()
    assert body["decision"] == "clarify"
    assert body["confidence_level"] == "medium"
    urls = [choice["url"] for choice in body["clarify"]]
    assert urls == ["/zh/articles/deposit-howto", "/zh/articles/deposit-late"]
    assert all(client.get(url).status_code == 200 for url in urls)


def test_who_asks_for_a_human_gets_one(client: FlaskClient) -> None:
    body = client.post("/v1/ask", json={"query": "转人工"}).get_json()
    assert (body["decision"], body["handoff"]["reason"]) == ("handoff", "asked_for_human")


def test_white_space_is_an_empty_question(client: FlaskClient) -> None:
    body = client.post("/v1/ask", json={"query": " \n\t"}).get_json()
    assert (body["decision"], body["handoff"]["reason"]) == ("handoff", "empty_question")
    assert body["answers"] == []


def test_the_longest_question_is_taken(client: FlaskClient) -> None:
    assert client.post("/v1/ask", json={"query": "充" * 2000}).status_code == 200


def test_the_language_asked_for_wins(client: FlaskClient) -> None:
    for lang in ("zh", "en"):
        body = client.post("/v1/ask", json={"query": "deposit 充值", "lang": lang}).get_json()
        assert body["answers"][0]["lang"] == lang


def test_no_more_answers_than_asked_for(client: FlaskClient) -> None:
    body = client.post("/v1/ask", json={"query": "What are network fees", "top_k": 2}).get_json()
    assert len(body["answers"]) == 2


@pytest.mark.parametrize(("product", "there"), [("tpwallet", True), ("imwallet", False)])
def test_a_product_leaves_out_the_others(client: FlaskClient, product: str, *, there: bool) -> None:
    question = {"query": "充值没有到账怎么办", "product": product}
    answers = client.post("/v1/ask", json=question).get_json()["answers"]
    assert (("deposit-late", "zh") in [(a["id"], a["lang"]) for a in answers]) is there


def test_the_conversation_goes_on(client: FlaskClient) -> None:
    question = {"query": "fees", "conversation_id": "rasa:42", "channel": "app", "user": "u-1"}
    first = client.post("/v1/ask", json=question).get_json()
    second = client.post("/v1/ask", json=question).get_json()
    assert first["conversation_id"] == second["conversation_id"] == "rasa:42"
    assert first["message_id"] != second["message_id"]


def test_a_conversation_begins_with_an_id(client: FlaskClient) -> None:
    ids = {
        client.post("/v1/ask", json={"query": "fees"}).get_json()["conversation_id"]
        for _ in range(2)
    }
    assert len(ids) == 2


def test_a_section_is_answered_with_its_place_on_the_page(client: FlaskClient) -> None:
    query = {"query": "How long does unbonding take?"}
    first = client.post("/v1/ask", json=query).get_json()["answers"][0]
    assert first["section"] == "How long does unbonding take?"
    assert first["answer_html"] == "<p>Unbonding takes <strong>21 days</strong>.</p>\n"
    assert first["url"] == "/en/articles/guide#section-2"
    assert 'id="section-2"' in client.get("/en/articles/guide").get_data(as_text=True)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"\xff\xfe\xff", 400, None),
        (b'{"query": "\xff"}', 400, None),
        (b"[" * 50_000, 400, None),
        (b'{"query": "x", "top_k": ' + b"9" * 5000 + b"}", 400, None),
        (b"[]", 422, "body"),
        (b"null", 422, "body"),
        (b'"{\\"query\\": \\"fees\\"}"', 422, "body"),
        (b'{"query": "a\\u0000b"}', 422, "query"),
        (b'{"query": "\\ud800"}', 422, "query"),
        (b'{"query": ["fees"]}', 422, "query"),
        (b'{"query": null}', 422, "query"),
        (b'{"query": ""}', 422, "query"),
        (b"{}", 422, "query"),
        (b'{"query": "fees", "lang": "fr"}', 422, "lang"),
        (b'{"query": "fees", "qeury": "fees"}', 422, "qeury"),
        (b'{"query": "fees", "top_k": 0}', 422, "top_k"),
        (b'{"query": "fees", "top_k": 21}', 422, "top_k"),
        (b'{"query": "' + b"x" * 2001 + b'"}', 422, "query"),
        (b'{"query": "fees", "top_k": "3"}', 422, "top_k"),
        (b'{"query": "fees", "top_k": 2.5}', 422, "top_k"),
        (b'{"query": "fees", "top_k": 1e999}', 422, "top_k"),
        (b'{"query": "fees", "top_k": true}', 422, "top_k"),
        (b'{"query": "fees", "top_k": NaN}', 422, "top_k"),
        (b'{"query": "fees", "conversation_id": "a b"}', 422, "conversation_id"),
    ],
)
def test_broken_bodies_are_refused(
    client: FlaskClient, body: bytes, status: int, field: str | None
) -> None:
    response = client.post("/v1/ask", data=body, content_type=JSON)
    assert response.status_code == status
    fields = response.get_json()["error"]["details"].get("fields", [])
    assert [each["field"] for each in fields] == ([field] if field else [])


def test_a_whole_number_may_have_a_point(client: FlaskClient) -> None:
    body = b'{"query": "What are network fees", "top_k": 1.0}'
    response = client.post("/v1/ask", data=body, content_type=JSON)
    assert len(response.get_json()["answers"]) == 1


def test_a_charset_is_no_other_media_type(client: FlaskClient) -> None:
    response = client.post(
        "/v1/ask", data=b'{"query": "fees"}', content_type="application/json; charset=utf-8"
    )
    assert response.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_json_only(client: FlaskClient, content_type: str | None) -> None:
    response = client.post("/v1/ask", data=b'{"query": "fees"}', content_type=content_type)
    assert response.status_code == 415
