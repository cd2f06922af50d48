"""A visitor's own conversation over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def asked(client: FlaskClient) -> dict[str, Any]:
    body: dict[str, Any] = client.post("/v1/ask", json={"query": "如何充值"}).get_json()
    return body


def held(asked: dict[str, Any]) -> tuple[str, dict[str, str]]:
    headers = {"Authorization": f"Bearer {asked['conversation_token']}"}
    return f"/v1/conversations/{asked['conversation_id']}", headers


def test_it_can_be_read_again(client: FlaskClient, asked: dict[str, Any]) -> None:
    path, headers = held(asked)
    body = client.get(path, headers=headers).get_json()
    assert body["conversation_id"] == asked["conversation_id"]
    assert [turn["question"] for turn in body["turns"]] == ["如何充值"]
    assert body["turns"][0]["message_id"] == asked["message_id"]
    assert body["turns"][0]["decision"] == asked["decision"]
    assert (body["lang"], body["taken_over"]) == ("zh", False)
    assert body["expires_at"] > body["created_at"]
    assert body["retention_days"] > 0


def test_by_its_token_alone(client: FlaskClient, asked: dict[str, Any]) -> None:
    path, _ = held(asked)
    for method in ("GET", "DELETE"):
        assert client.open(path, method=method).status_code == 401
        wrong = {"Authorization": "Bearer wrong"}
        assert client.open(path, method=method, headers=wrong).status_code == 404


def test_the_consent_is_kept_with_it(client: FlaskClient, asked: dict[str, Any]) -> None:
    path, headers = held(asked)
    consent = "我同意保存这次对话 30 天。"
    response = client.post(f"{path}/consent", json={"consent": consent}, headers=headers)
    assert response.status_code == 200
    assert response.get_json()["consent"] == consent
    assert response.get_json()["consented_at"]


def test_it_is_deleted_on_request(client: FlaskClient, asked: dict[str, Any]) -> None:
    path, headers = held(asked)
    response = client.delete(path, headers=headers)
    assert (response.status_code, response.data) == (204, b"")
    assert client.get(path, headers=headers).status_code == 404
    vote = {"message_id": asked["message_id"], "helpful": True}
    assert client.post("/v1/feedback", json=vote).status_code == 404
