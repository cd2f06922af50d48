"""Conversations through POST /v1/ask: memory, second misses, and people who take over."""

import logging

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from server.desk import DatabaseError, Desk
from server.engine import Assistant
from server.web.desks import EXTENSION
from tests.web.centre import SECRET, app_over, open_desk

STRANGE = "how do I bake bread"


def ask(client: FlaskClient, query: str, **sent: object) -> dict[str, object]:
    response = client.post("/v1/ask", json={"query": query, **sent})
    assert response.status_code == 200, response.get_json()
    body: dict[str, object] = response.get_json()
    return body


def reason(answer: dict[str, object]) -> str:
    handoff = answer["handoff"]
    assert isinstance(handoff, dict)
    return str(handoff["reason"])


def test_a_second_miss_in_one_conversation_hands_off(client: FlaskClient) -> None:
    first = ask(client, STRANGE)
    assert (first["decision"], reason(first)) == ("handoff", "low_confidence")
    second = ask(client, "如何充值", conversation_id=first["conversation_id"])
    assert (second["decision"], reason(second)) == ("handoff", "second_miss")
    # Elsewhere the same question is asked back about.
    assert ask(client, "如何充值")["decision"] == "clarify"


def test_a_follow_up_is_understood_with_what_was_asked_before(client: FlaskClient) -> None:
    first = ask(client, "My deposit has not arrived")
    leaning = "and what about it then?"
    alone = ask(client, leaning)
    assert alone["decision"] == "handoff"
    followed = ask(client, leaning, conversation_id=first["conversation_id"])
    assert followed["decision"] == "answer"
    assert followed["answers"][0]["id"] == "deposit-late"  # type: ignore[index]


def test_a_conversation_has_a_token_that_is_told_once(client: FlaskClient) -> None:
    first = ask(client, "What are network fees?")
    second = ask(client, "And deposits?", conversation_id=first["conversation_id"])
    assert len(str(first["conversation_token"])) == 43
    assert "conversation_token" not in second


def test_where_a_person_answers_the_bot_keeps_still(assistant: Assistant) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()
    ident = ask(client, "What are network fees?")["conversation_id"]
    desk.conversations.take_over(str(ident), "alice")
    answer = ask(client, "What are network fees?", conversation_id=ident)
    assert (answer["decision"], reason(answer)) == ("handoff", "taken_over")
    assert (answer["answers"], answer["clarify"], answer["confidence"]) == ([], [], 0.0)
    # A secret is warned of all the same.
    assert ask(client, SECRET, conversation_id=ident)["decision"] == "blocked"
    # What was written meanwhile is in the transcript for the agent.
    assert len(desk.conversations.turns(str(ident))) == 3
    desk.conversations.release(str(ident))
    assert ask(client, "What are network fees?", conversation_id=ident)["decision"] == "answer"


def test_what_was_chosen_is_the_answer(client: FlaskClient) -> None:
    asked = ask(client, "如何充值")
    chosen = asked["clarify"][1]["id"]  # type: ignore[index]
    answer = ask(client, "如何充值", article_id=chosen, conversation_id=asked["conversation_id"])
    assert answer["decision"] == "answer"
    assert answer["answers"][0]["id"] == chosen  # type: ignore[index]
    assert answer["confidence"] == answer["answers"][0]["confidence"]  # type: ignore[index]


def test_any_article_can_be_chosen(client: FlaskClient) -> None:
    answer = ask(client, "zzz", article_id="freeze", lang="zh")
    assert answer["answers"][0]["id"] == "freeze"  # type: ignore[index]
    assert ask(client, SECRET, article_id="freeze")["decision"] == "blocked"


def test_what_is_no_article_cannot_be_chosen(client: FlaskClient) -> None:
    response = client.post("/v1/ask", json={"query": "fees", "article_id": "none"})
    assert response.status_code == 422
    assert response.get_json()["error"]["details"]["fields"][0]["field"] == "article_id"


@pytest.mark.parametrize("name", ["conversation_id", "user", "channel"])
def test_names_that_look_like_secrets_are_refused(client: FlaskClient, name: str) -> None:
    key = "e8f32e723decf4051aefac8e2c93c9c5b214313817cdb01a1494b917c8436b35"
    response = client.post("/v1/ask", json={"query": "fees", name: key})
    assert response.status_code == 422
    assert key not in response.get_data(as_text=True)
    assert response.get_json()["error"]["details"]["fields"][0]["field"] == name


def test_without_the_database_there_are_answers_but_no_memory(
    assistant: Assistant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app: OpenAPI = app_over(assistant)
    desk: Desk = app.extensions[EXTENSION]

    def away(*_: object) -> object:
        raise DatabaseError("The database is away.")

    monkeypatch.setattr(desk, "record", away)
    monkeypatch.setattr(desk.conversations, "follow", away)
    client = app.test_client()
    with caplog.at_level(logging.ERROR):
        answers = [ask(client, "What are network fees?", conversation_id="c") for _ in range(3)]
    assert [answer["decision"] for answer in answers] == ["answer"] * 3
    assert all("conversation_token" not in answer for answer in answers)
    # It is not told at each question.
    assert [record.getMessage() for record in caplog.records] == ["The database is away."]
