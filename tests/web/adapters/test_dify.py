"""Dify's external knowledge API, by the requests and answers of its documentation."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from server.engine import Assistant
from server.web.keys import new_key
from tests.web.centre import SECRET, app_over

TOKEN, ROW = new_key("dify", "client")
KEY = {"Authorization": f"Bearer {TOKEN}"}
# As Dify 1.x sends it.
RECORDED: dict[str, Any] = {
    "knowledge_id": "all",
    "query": "充值没有到账怎么办",
    "retrieval_setting": {"top_k": 2, "score_threshold": 0.5},
}


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> FlaskClient:
    return app_over(assistant, api_keys=ROW).test_client()


def records(client: FlaskClient, **sent: Any) -> list[dict[str, Any]]:
    response = client.post("/retrieval", json=RECORDED | sent, headers=KEY)
    assert response.status_code == 200, response.get_json()
    found: list[dict[str, Any]] = response.get_json()["records"]
    return found


def test_a_recorded_request(client: FlaskClient) -> None:
    (record,) = records(client)
    assert set(record) == {"content", "score", "title", "metadata"}
    assert record["title"] == "充值没有到账怎么办？"
    assert "区块浏览器" in record["content"]
    assert 0.5 <= record["score"] <= 1
    assert record["metadata"] == {
        "path": "http://localhost/zh/articles/deposit-late",
        "description": "充值没有到账怎么办？",
        "id": "deposit-late",
        "lang": "zh",
        "product": "tpwallet",
        "tags": ["deposit"],
        "updated": "2026-11-20",
    }


def test_no_more_than_wanted_and_none_below_the_threshold(client: FlaskClient) -> None:
    all_of_them = records(client, retrieval_setting={"top_k": 5, "score_threshold": 0})
    assert len(all_of_them) == 5
    scores = [record["score"] for record in all_of_them]
    assert scores == sorted(scores, reverse=True)
    assert len(records(client, retrieval_setting={"top_k": 1, "score_threshold": 0.0})) == 1
    assert len(records(client, retrieval_setting={"top_k": 5000, "score_threshold": 0.0})) <= 20
    assert records(client, query="how to bake bread") == []


@pytest.mark.parametrize(
    ("knowledge", "ids"),
    [
        ("en", {"deposit-late", "deposit-howto", "fees", "markup", "guide"}),
        ("zh", {"deposit-late", "deposit-howto", "freeze"}),
        ("imwallet", None),
        ("TP Wallet", None),
    ],
)
def test_a_language_or_a_product_is_a_knowledge(
    client: FlaskClient, knowledge: str, ids: set[str] | None
) -> None:
    setting = {"top_k": 20, "score_threshold": 0.0}
    found = records(client, knowledge_id=knowledge, retrieval_setting=setting)
    assert found
    if ids is not None:
        assert {record["metadata"]["id"] for record in found} == ids
        assert {record["metadata"]["lang"] for record in found} == {knowledge}
    elif knowledge == "imwallet":
        assert "tpwallet" not in {record["metadata"].get("product") for record in found}


def test_conditions_on_metadata(client: FlaskClient) -> None:
    def found(operator: str, *conditions: dict[str, Any]) -> set[str]:
        condition = {"logical_operator": operator, "conditions": list(conditions)}
        setting = {"top_k": 20, "score_threshold": 0.0}
        chosen = records(client, metadata_condition=condition, retrieval_setting=setting)
        return {record["metadata"]["id"] for record in chosen}

    deposits = {"name": "tags", "comparison_operator": "contains", "value": "deposit"}
    recent = {"name": "updated", "comparison_operator": "after", "value": "2026-01-01"}
    assert found("and", deposits) == {"deposit-late", "deposit-howto"}
    assert found("and", deposits, recent) == {"deposit-late"}
    assert found("or", deposits, recent) == {"deposit-late", "deposit-howto"}


def test_a_section_is_a_record(client: FlaskClient) -> None:
    (record,) = records(client, query="How long does unbonding take?")
    assert record["metadata"]["section"] == "How long does unbonding take?"
    assert record["content"] == "Unbonding takes **21 days**."


def test_who_typed_a_secret_is_warned_through_a_record(client: FlaskClient) -> None:
    response = client.post("/retrieval", json=RECORDED | {"query": f"help {SECRET}"}, headers=KEY)
    assert "abandon" not in response.get_data(as_text=True)
    (record,) = response.get_json()["records"]
    assert record["metadata"]["kinds"] == ["mnemonic"]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 1001),
        ({"Authorization": "Token x"}, 1001),
        ({"Authorization": "Bearer wrong"}, 1002),
    ],
)
def test_without_the_key_it_is_forbidden(
    client: FlaskClient, headers: dict[str, str], code: int
) -> None:
    response = client.post("/retrieval", json=RECORDED, headers=headers)
    assert response.status_code == 403
    assert response.get_json()["error_code"] == code
    assert set(response.get_json()) == {"error_code", "error_msg"}


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (RECORDED | {"knowledge_id": "none"}, 404, 2001),
        (RECORDED | {"query": ""}, 422, 422),
        ({"query": "x"}, 422, 422),
        ([], 422, 422),
    ],
)
def test_errors_have_difys_shape(client: FlaskClient, sent: Any, status: int, code: int) -> None:
    response = client.post("/retrieval", json=sent, headers=KEY)
    assert response.status_code == status
    body = response.get_json()
    assert body["error_code"] == code
    assert body["error_msg"]
    assert set(body) == {"error_code", "error_msg"}


def test_dify_tries_the_address_with_an_empty_body(client: FlaskClient) -> None:
    """So it does when the address is entered: 403, 404 and 502 mean to it that it is wrong."""
    assert client.post("/retrieval", headers=KEY).status_code not in (403, 404, 502)


def test_other_methods_have_difys_shape_too(client: FlaskClient) -> None:
    assert client.get("/retrieval", headers=KEY).status_code == 405
