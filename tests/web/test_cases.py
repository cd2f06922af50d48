"""Hand-offs over HTTP: opened, read, written to and rated by the visitor."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from server.engine import Assistant
from server.web.keys import new_key
from tests.web.centre import SECRET, app_over

AGENT, AGENT_ROW = new_key("alice", "agent")
BOT, BOT_ROW = new_key("bot", "client")
AGENTS = {"Authorization": f"Bearer {AGENT}"}
BOTS = {"Authorization": f"Bearer {BOT}"}


@pytest.fixture(scope="module")
def desk_app(assistant: Assistant) -> OpenAPI:
    return app_over(assistant, api_keys=f"{AGENT_ROW},{BOT_ROW}")


@pytest.fixture
def client(desk_app: OpenAPI) -> FlaskClient:
    return desk_app.test_client()


def opened(client: FlaskClient, **sent: Any) -> dict[str, Any]:
    response = client.post("/v1/handoffs", json={"query": "充值没有到账怎么办"} | sent)
    assert response.status_code == 201, response.get_json()
    body: dict[str, Any] = response.get_json()
    return body


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def read(client: FlaskClient, ticket: dict[str, Any]) -> dict[str, Any]:
    response = client.get(f"/v1/handoffs/{ticket['ticket_id']}", headers=bearer(ticket["token"]))
    assert response.status_code == 200
    body: dict[str, Any] = response.get_json()
    return body


def test_a_ticket_has_what_was_promised(client: FlaskClient) -> None:
    ticket = opened(client, contact="me@example.com", intake={"problem": "等了三天"}, lang="zh")
    assert {"ticket_id", "token", "priority", "status", "channels_open", "kind"} <= set(ticket)
    assert (ticket["status"], ticket["kind"]) == ("open", "question")
    assert ticket["ticket_id"] in ticket["message"]
    assert ticket["url"] == f"/zh/tickets/{ticket['ticket_id']}"
    shown = read(client, ticket)
    assert shown["query"] == "充值没有到账怎么办"
    assert shown["contact"] == "me@example.com"
    assert shown["intake"] == {"problem": "等了三天"}
    assert [event["kind"] for event in shown["events"]] == ["created"]
    assert "assignee" not in shown
    assert "rule" not in shown


def test_funds_at_risk_come_first(client: FlaskClient) -> None:
    assert opened(client, query="我的币被盗了")["priority"] == "urgent"
    assert opened(client, query="怎么换头像")["priority"] == "normal"


def test_a_complaint_goes_through_its_procedure(client: FlaskClient) -> None:
    ticket = opened(client, query="客服一直不回复", kind="complaint", product="tpwallet", lang="en")
    assert ticket["kind"] == "complaint"
    assert [step["id"] for step in ticket["steps"]] == ["received", "solution"]
    assert [step["current"] for step in ticket["steps"]] == [True, False]
    assert ticket["steps"][0]["text"] == "Received."


def test_the_conversation_goes_along(client: FlaskClient) -> None:
    asked = client.post("/v1/ask", json={"query": "What are network fees?"}).get_json()
    known = {"conversation_id": asked["conversation_id"]}
    with_token = opened(client, **known, conversation_token=asked["conversation_token"])
    turns = read(client, with_token)["transcript"]
    assert [(turn["question"], turn["decision"]) for turn in turns] == [
        ("What are network fees?", "answer")
    ]
    assert "Validators earn" in turns[0]["reply"]
    # Who only knows the conversation's name does not get to read it; agents do.
    without = opened(client, **known)
    assert read(client, without)["transcript"] == []
    seen = client.get(f"/v1/handoffs/{without['ticket_id']}", headers=AGENTS).get_json()
    assert seen["transcript"] == turns
    assert seen["tried"][0] == "fees"


def test_secrets_are_taken_out_and_told(client: FlaskClient) -> None:
    ticket = opened(
        client, query=f"有人拿到了 {SECRET}", contact=SECRET, intake={"problem": SECRET}
    )
    assert ticket["warning"]["kinds"] == ["mnemonic"]
    shown = read(client, ticket)
    assert "abandon" not in str(shown)
    assert "有人拿到了" in shown["query"]


KEY = "5f8e1d8e-7b8c-4f43-a1f3-0c9f2f7b6a10"


def test_sent_again_with_its_key_it_is_the_same_ticket(client: FlaskClient) -> None:
    body = {"query": f"充值没有到账 {SECRET}", "lang": "zh", "intake": {"problem": "等了三天"}}
    first, again = (
        client.post("/v1/handoffs", json=body, headers={"Idempotency-Key": KEY}) for _ in range(2)
    )
    assert first.status_code == again.status_code == 201
    assert first.get_json() == again.get_json()
    assert again.get_json()["warning"]["kinds"] == ["mnemonic"]
    assert read(client, again.get_json())["intake"] == {"problem": "等了三天"}
    # The order of its fields is no matter.
    turned = dict(reversed(body.items()))
    third = client.post("/v1/handoffs", json=turned, headers={"Idempotency-Key": KEY})
    assert third.get_json()["ticket_id"] == first.get_json()["ticket_id"]
    told = client.get("/metrics").text
    assert opened(client, **body)["ticket_id"] != first.get_json()["ticket_id"]
    # What was found again was handed off once.
    assert handed_off(client.get("/metrics").text) == handed_off(told) + 1


def handed_off(told: str) -> float:
    lines = [line for line in told.splitlines() if line.startswith("faq_handoffs_total")]
    assert lines
    return sum(float(line.rpartition(" ")[2]) for line in lines)


@pytest.mark.parametrize(
    ("lang", "problem"), [("zh", "已用于另一个请求"), ("en", "another request")]
)
def test_a_key_with_another_body_is_refused(client: FlaskClient, lang: str, problem: str) -> None:
    headers = {"Idempotency-Key": f"{KEY}-{lang}", "Accept-Language": lang}
    assert client.post("/v1/handoffs", json={"query": "一"}, headers=headers).status_code == 201
    response = client.post("/v1/handoffs", json={"query": "二"}, headers=headers)
    assert response.status_code == 422
    (field,) = response.get_json()["error"]["details"]["fields"]
    assert field["field"] == "Idempotency-Key"
    assert problem in field["problem"]
    # A client with a key of its own names its requests by itself.
    response = client.post("/v1/handoffs", json={"query": "二"}, headers=headers | BOTS)
    assert response.status_code == 201


@pytest.mark.parametrize("key", ["", "1", "x" * 15, "x" * 129, "with some spaces in it", "键" * 20])
def test_a_key_that_is_none_is_told(client: FlaskClient, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    response = client.post("/v1/handoffs", json={"query": "一"}, headers=headers)
    assert response.status_code == 422
    (field,) = response.get_json()["error"]["details"]["fields"]
    assert field["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"intake": {"none": "x"}}, "intake.none"),
        ({"intake": {"chain": "dogecoin"}}, "intake.chain"),
        ({"intake": {"problem": "x" * 2001}}, "intake.problem"),
        ({"intake": {"e8f32e723decf4051aefac8e2c93c9c5b214313817cd": "x"}}, "intake.?"),
        ({"article_id": "none"}, "article_id"),
        ({"product": "none"}, "product"),
        ({"query": ""}, "query"),
        ({"kind": "praise"}, "kind"),
        ({"contact": "x" * 201}, "contact"),
    ],
)
def test_what_cannot_be_taken_is_told(
    client: FlaskClient, sent: dict[str, Any], field: str
) -> None:
    response = client.post("/v1/handoffs", json={"query": "help"} | sent)
    assert response.status_code == 422
    fields = response.get_json()["error"]["details"]["fields"]
    assert [each["field"] for each in fields] == [field]


def test_only_who_holds_the_token_reads_a_ticket(client: FlaskClient) -> None:
    ticket, other = opened(client), opened(client)
    path = f"/v1/handoffs/{ticket['ticket_id']}"
    assert client.get(path).status_code == 401
    assert client.get(path, headers=bearer(other["token"])).status_code == 404
    assert client.get("/v1/handoffs/T-1999-000001", headers=bearer("x")).status_code == 404
    bot = client.get(path, headers=bearer(BOT))
    assert (bot.status_code, bot.get_json()["error"]["code"]) == (403, "forbidden")
    assert client.get(path, headers=AGENTS).status_code == 200


def test_the_visitor_writes_and_a_solved_ticket_opens_again(client: FlaskClient) -> None:
    ticket = opened(client)
    path = f"/v1/handoffs/{ticket['ticket_id']}"
    headers = bearer(ticket["token"])
    client.patch(path, json={"status": "solved", "reply": "已补入账"}, headers=AGENTS)
    response = client.post(f"{path}/messages", json={"text": "还是没有"}, headers=headers)
    assert response.status_code == 201
    assert response.get_json()["status"] == "reopened"
    texts = [event.get("text") for event in response.get_json()["events"]]
    assert "还是没有" in texts
    assert "已补入账" in texts
    blank = client.post(f"{path}/messages", json={"text": " "}, headers=headers)
    assert blank.status_code == 422
    assert client.post(f"{path}/messages", json={"text": "x"}).status_code == 401


def test_satisfaction_is_asked_once_it_is_solved(client: FlaskClient) -> None:
    ticket = opened(client, lang="en")
    path = f"/v1/handoffs/{ticket['ticket_id']}"
    headers = bearer(ticket["token"])
    early = client.post(f"{path}/satisfaction", json={"score": 5}, headers=headers)
    assert (early.status_code, early.get_json()["error"]["code"]) == (409, "not_solved")
    assert "satisfaction_question" not in read(client, ticket)
    client.patch(path, json={"status": "solved"}, headers=AGENTS)
    assert "1 (bad) to 5 (good)" in read(client, ticket)["satisfaction_question"]
    told = {"score": 4, "comment": "quick"}
    assert client.post(f"{path}/satisfaction", json=told, headers=headers).status_code == 200
    assert read(client, ticket)["satisfaction"] == 4
    assert "satisfaction_question" not in read(client, ticket)
    wrong = client.post(f"{path}/satisfaction", json={"score": 6}, headers=headers)
    assert wrong.status_code == 422


def test_opening_tickets_is_limited(assistant: Assistant) -> None:
    client = app_over(assistant, rate_limit_write="2/hour").test_client()
    sent = [client.post("/v1/handoffs", json={"query": "help"}).status_code for _ in range(3)]
    assert sent == [201, 201, 429]
