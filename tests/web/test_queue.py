"""The agents' side over HTTP."""

import csv
import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from server.engine import Assistant
from server.web.keys import new_key
from tests.web.centre import app_over

AGENT, AGENT_ROW = new_key("alice", "agent")
OTHER, OTHER_ROW = new_key("bob", "agent")
BOT, BOT_ROW = new_key("bot", "client")
ALICE = {"Authorization": f"Bearer {AGENT}"}
BOB = {"Authorization": f"Bearer {OTHER}"}


@pytest.fixture
def client(assistant: Assistant) -> FlaskClient:
    app: OpenAPI = app_over(assistant, api_keys=f"{AGENT_ROW},{OTHER_ROW},{BOT_ROW}")
    return app.test_client()


def opened(client: FlaskClient, query: str = "help", **sent: Any) -> str:
    return str(client.post("/v1/handoffs", json={"query": query} | sent).get_json()["ticket_id"])


def change(client: FlaskClient, ticket: str, **sent: Any) -> dict[str, Any]:
    response = client.patch(f"/v1/handoffs/{ticket}", json=sent, headers=ALICE)
    assert response.status_code == 200, response.get_json()
    body: dict[str, Any] = response.get_json()
    return body


def listed(client: FlaskClient, query: str = "") -> list[str]:
    body = client.get(f"/v1/handoffs{query}", headers=ALICE).get_json()
    return [ticket["ticket_id"] for ticket in body["tickets"]]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/handoffs"),
        ("GET", "/v1/handoffs/export.csv"),
        ("PATCH", "/v1/handoffs/T-2026-000001"),
    ],
)
def test_agents_alone(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, json={}).status_code == 401
    bot = {"Authorization": f"Bearer {BOT}"}
    assert client.open(path, method=method, json={}, headers=bot).status_code == 403


def test_the_most_urgent_come_first_then_the_oldest(client: FlaskClient) -> None:
    first, second = opened(client, "怎么换头像"), opened(client, "另一个问题")
    urgent = opened(client, "我的币被盗了")
    assert listed(client) == [urgent, first, second]
    assert listed(client, "?limit=1&offset=1") == [first]
    assert listed(client, "?priority=urgent") == [urgent]
    body = client.get("/v1/handoffs?limit=1", headers=ALICE).get_json()
    assert body["total"] == 3


def test_solved_ones_are_listed_where_they_are_asked_for(client: FlaskClient) -> None:
    ticket, left = opened(client), opened(client)
    change(client, ticket, status="solved")
    assert listed(client) == [left]
    assert listed(client, "?status=solved") == [ticket]
    assert set(listed(client, "?status=solved&status=open")) == {ticket, left}
    assert client.get("/v1/handoffs?status=none", headers=ALICE).status_code == 422


def test_work_on_a_ticket_is_recorded(client: FlaskClient) -> None:
    ticket = opened(client)
    taken = change(client, ticket, status="assigned", note="checking")
    assert (taken["status"], taken["assignee"]) == ("assigned", "alice")
    assert listed(client, "?assignee=alice") == [ticket]
    answered = change(client, ticket, status="waiting", reply="Which network was it?")
    events = [(event["kind"], event.get("actor")) for event in answered["events"]]
    assert ("note", "alice") in events
    assert ("reply", "alice") in events


def test_the_visitor_sees_no_notes(client: FlaskClient) -> None:
    made = client.post("/v1/handoffs", json={"query": "help"}).get_json()
    change(client, made["ticket_id"], note="a difficult one", reply="Hello", status="assigned")
    headers = {"Authorization": f"Bearer {made['token']}"}
    shown = client.get(f"/v1/handoffs/{made['ticket_id']}", headers=headers).get_json()
    assert "difficult" not in str(shown)
    assert "alice" not in str(shown)
    assert "Hello" in str(shown)


def test_ways_that_do_not_exist_are_told(client: FlaskClient) -> None:
    ticket = opened(client)
    change(client, ticket, status="solved")
    response = client.patch(f"/v1/handoffs/{ticket}", json={"status": "waiting"}, headers=BOB)
    error = response.get_json()["error"]
    assert (response.status_code, error["code"]) == (409, "transition")
    assert "reopened" in error["message"]


def test_steps_of_a_complaint(client: FlaskClient) -> None:
    ticket = opened(client, "bad service", kind="complaint", product="tpwallet")
    moved = change(client, ticket, step="solution")
    assert [(s["id"], s["done"], s["current"]) for s in moved["steps"]] == [
        ("received", True, False),
        ("solution", False, True),
    ]
    response = client.patch(f"/v1/handoffs/{ticket}", json={"step": "none"}, headers=ALICE)
    assert response.status_code == 422
    assert "received, solution" in response.get_json()["error"]["message"]


def test_nothing_to_change_and_nothing_there(client: FlaskClient) -> None:
    ticket = opened(client)
    path = f"/v1/handoffs/{ticket}"
    assert client.patch(path, json={}, headers=ALICE).status_code == 422
    assert client.patch(path, json={"priority": "low"}, headers=ALICE).status_code == 422
    gone = client.patch("/v1/handoffs/T-1", json={"note": "x"}, headers=ALICE)
    assert gone.status_code == 404


def test_an_agent_who_works_on_it_silences_the_bot(client: FlaskClient) -> None:
    asked = client.post("/v1/ask", json={"query": "What are network fees?"}).get_json()
    ident = asked["conversation_id"]
    ticket = opened(client, conversation_id=ident)

    def decision() -> tuple[str, str | None]:
        question = {"query": "What are network fees?", "conversation_id": ident}
        body = client.post("/v1/ask", json=question).get_json()
        return body["decision"], body.get("handoff", {}).get("reason")

    assert decision() == ("answer", None)
    change(client, ticket, status="assigned")
    assert decision() == ("handoff", "taken_over")
    change(client, ticket, status="solved")
    assert decision() == ("answer", None)


def test_the_export_runs_nothing(client: FlaskClient) -> None:
    opened(client, '=HYPERLINK("http://evil.example","x")', contact="+1 555 0100")
    opened(client, "一、提现\n二、充值", contact="@me")
    response = client.get("/v1/handoffs/export.csv", headers=ALICE)
    assert response.mimetype == "text/csv"
    assert "attachment" in response.headers["Content-Disposition"]
    text = response.get_data(as_text=True)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["query"][0] for row in rows] == ["'", "一"]
    assert {row["contact"] for row in rows} == {"'+1 555 0100", "'@me"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
