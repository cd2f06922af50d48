"""Chatwoot's agent bot, by the events of its documentation, against a server that takes its calls."""

import copy
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.settings import Settings, SettingsError
from server.engine import Assistant
from server.web.adapters.chatwoot import Bot
from tests.desk.receiver import Receiver, receiving
from tests.web.centre import SECRET, app_over, open_desk

BOT_SECRET = "bot-secret"
# As Chatwoot 4 sends it to an agent bot, less what says nothing here.
RECORDED: dict[str, Any] = {
    "account": {"id": 3, "name": "Support"},
    "additional_attributes": {},
    "content_attributes": {"in_reply_to": None},
    "content_type": "text",
    "content": "What are network fees?",
    "conversation": {
        "additional_attributes": {"browser": {"browser_name": "Chrome"}, "referer": None},
        "can_reply": True,
        "channel": "Channel::WebWidget",
        "contact_inbox": {"id": 62117, "contact_id": 52870, "inbox_id": 58, "source_id": "96e5"},
        "id": 13098,
        "inbox_id": 58,
        "messages": [{"id": 77287, "content": "What are network fees?", "message_type": 0}],
        "labels": [],
        "meta": {"sender": {"id": 9, "name": "A"}, "assignee": None, "team": None},
        "status": "pending",
        "custom_attributes": {},
        "snoozed_until": None,
        "unread_count": 1,
        "created_at": 1750772853,
    },
    "created_at": "2025-07-10T15:36:22.262Z",
    "id": 77287,
    "inbox": {"id": 58, "name": "Website"},
    "message_type": "incoming",
    "private": False,
    "sender": {"id": 9, "name": "A", "type": "contact"},
    "source_id": None,
    "event": "message_created",
}


def event(content: str | None = None, number: int = 77287, **sent: Any) -> dict[str, Any]:
    told = copy.deepcopy(RECORDED) | sent | {"id": number}
    if content is not None:
        told["content"] = content
    return told


@pytest.fixture
def chatwoot() -> Iterator[Receiver]:
    with receiving() as receiver:
        receiver.statuses = [200] * 100
        yield receiver


@pytest.fixture
def client(assistant: Assistant, chatwoot: Receiver) -> FlaskClient:
    return app_over(
        assistant,
        chatwoot_url=chatwoot.address,
        chatwoot_token="access",
        chatwoot_secret=BOT_SECRET,
    ).test_client()


def signed(body: bytes, at: int | None = None, secret: str = BOT_SECRET) -> dict[str, str]:
    sent_at = int(time.time()) if at is None else at
    mac = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "X-Chatwoot-Timestamp": str(sent_at),
        "X-Chatwoot-Signature": f"sha256={mac}",
        "X-Chatwoot-Delivery": "00000000-0000-4000-8000-000000000000",
    }


def send(client: FlaskClient, told: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps(told).encode()
    response = client.post(
        "/webhooks/chatwoot", data=body, headers=signed(body), content_type="application/json"
    )
    assert response.status_code == 200, response.get_json()
    answered: dict[str, Any] = response.get_json()
    return answered


PLACE = "/api/v1/accounts/3/conversations/13098"


def test_a_recorded_event_is_answered(client: FlaskClient, chatwoot: Receiver) -> None:
    assert send(client, event()) == {"status": "answered", "decision": "answer"}
    (call,) = chatwoot.calls
    assert call.path == f"{PLACE}/messages"
    assert call.headers["api_access_token"] == "access"
    assert call.json == {
        "content": "Validators earn the fees.",
        "message_type": "outgoing",
        "private": False,
    }


@pytest.mark.parametrize(
    "told",
    [
        event(message_type="outgoing"),
        event(message_type=1),
        event(message_type="template"),
        event(private=True),
        event(conversation=RECORDED["conversation"] | {"status": "open"}),
        event(conversation=RECORDED["conversation"] | {"status": "resolved"}),
        event(event="message_updated"),
        event(event="conversation_resolved"),
        {"event": "webwidget_triggered", "id": 1, "event_info": {}},
        {"event": "conversation_opened", "id": 13098, "status": "open", "meta": {}},
    ],
)
def test_what_is_not_for_the_bot_is_left_alone(
    client: FlaskClient, chatwoot: Receiver, told: dict[str, Any]
) -> None:
    assert send(client, told) == {"status": "ignored"}
    assert chatwoot.calls == []


def test_a_number_for_the_type_is_understood(client: FlaskClient) -> None:
    assert send(client, event(message_type=0))["status"] == "answered"


def test_it_asks_back_by_a_selection_that_answers(client: FlaskClient, chatwoot: Receiver) -> None:
    assert send(client, event("如何充值", 1)) == {"status": "asked", "decision": "clarify"}
    asked = chatwoot.calls[0].json
    assert asked["content_type"] == "input_select"
    items = asked["content_attributes"]["items"]
    assert [set(item) for item in items] == [{"title", "value"}] * 3
    assert items[-1] == {"title": "联系人工客服", "value": "faq_human"}
    chosen = next(item for item in items if item["title"] == "如何充值？")
    # The widget writes the choice into the message that asked.
    update = event(
        "您是想问：",
        2,
        event="message_updated",
        message_type="template",
        content_type="input_select",
        content_attributes={"items": items, "submitted_values": [chosen]},
    )
    assert send(client, update)["status"] == "answered"
    assert chatwoot.calls[1].json["content"] == "打开钱包，复制充值地址。"
    # Told twice, answered once.
    assert send(client, update) == {"status": "ignored"}
    assert len(chatwoot.calls) == 2


def test_where_no_selection_is_shown_the_choices_are_in_the_text(
    client: FlaskClient, chatwoot: Receiver
) -> None:
    conversation = RECORDED["conversation"] | {"channel": "Channel::Email"}
    send(client, event("如何充值", conversation=conversation))
    assert "- 充值没有到账怎么办？" in chatwoot.calls[0].json["content"]


@pytest.mark.parametrize("question", ["转人工", "how do I bake bread"])
def test_it_hands_over(client: FlaskClient, chatwoot: Receiver, question: str) -> None:
    assert send(client, event(question)) == {"status": "handed_off", "decision": "handoff"}
    said, note, status = chatwoot.calls
    assert said.json["private"] is False
    assert "In the app" in said.json["content"] or "应用内" in said.json["content"]
    assert "What went wrong?" in said.json["content"] or "什么问题" in said.json["content"]
    assert note.json["private"] is True
    assert status.path == f"{PLACE}/toggle_status"
    assert status.json == {"status": "open"}


def test_who_chooses_a_person_gets_one(client: FlaskClient, chatwoot: Receiver) -> None:
    chosen = {"title": "联系人工客服", "value": "faq_human"}
    update = event(event="message_updated", content_attributes={"submitted_values": [chosen]})
    assert send(client, update)["status"] == "handed_off"
    assert chatwoot.calls[-1].json == {"status": "open"}


def test_a_second_miss_hands_over(client: FlaskClient, chatwoot: Receiver) -> None:
    assert send(client, event("如何充值", 1))["status"] == "asked"
    assert send(client, event("如何充值", 2))["status"] == "handed_off"


def test_without_words_there_is_a_person(client: FlaskClient, chatwoot: Receiver) -> None:
    """A picture alone: the bot cannot see it."""
    told = event(attachments=[{"id": 1, "file_type": "image"}]) | {"content": None}
    assert send(client, told)["status"] == "handed_off"


def test_a_secret_is_warned_of_and_where_it_still_stands(
    client: FlaskClient, chatwoot: Receiver
) -> None:
    assert send(client, event(f"help {SECRET}"))["decision"] == "blocked"
    (call,) = chatwoot.calls
    assert b"abandon" not in call.body
    assert "delete it yourself" in call.json["content"]


def test_only_chatwoot_is_believed(client: FlaskClient, chatwoot: Receiver) -> None:
    body = json.dumps(event()).encode()
    now = int(time.time())
    for headers in (
        {},
        signed(body, secret="another"),
        signed(body + b" "),
        signed(body, at=now - 3600),
        signed(body, at=now + 3600),
        signed(body) | {"X-Chatwoot-Timestamp": str(now - 1)},
        {"X-Chatwoot-Timestamp": "9" * 5000, "X-Chatwoot-Signature": "sha256="},
    ):
        response = client.post(
            "/webhooks/chatwoot", data=body, headers=headers, content_type="application/json"
        )
        assert response.status_code == 401
        assert response.get_json()["error"]["code"] == "signature"
    assert chatwoot.calls == []


def test_old_versions_that_sign_nothing_send_a_token(
    client: FlaskClient, chatwoot: Receiver
) -> None:
    right = client.post(f"/webhooks/chatwoot?token={BOT_SECRET}", json=event())
    assert right.status_code == 200
    assert client.post("/webhooks/chatwoot?token=wrong", json=event()).status_code == 401


@pytest.mark.parametrize("status", [401, 404, 500, 302])
def test_where_chatwoot_takes_no_reply_it_is_told_so(
    client: FlaskClient, chatwoot: Receiver, status: int
) -> None:
    """On any error Chatwoot opens the conversation for its people."""
    chatwoot.statuses = [status]
    body = json.dumps(event()).encode()
    response = client.post(
        "/webhooks/chatwoot", data=body, headers=signed(body), content_type="application/json"
    )
    assert response.status_code == 503
    assert response.get_json()["error"]["code"] == "chatwoot_failed"


def test_a_chatwoot_that_is_away_is_told_of(assistant: Assistant) -> None:
    client = app_over(
        assistant,
        chatwoot_url="http://127.0.0.1:1",
        chatwoot_token="access",
        chatwoot_secret=BOT_SECRET,
    ).test_client()
    response = client.post(f"/webhooks/chatwoot?token={BOT_SECRET}", json=event())
    assert response.status_code == 503
    assert "127.0.0.1" not in response.get_data(as_text=True)


def test_it_is_off_until_it_is_set_up(assistant: Assistant) -> None:
    for options in ({}, {"chatwoot_url": "http://127.0.0.1:1", "chatwoot_token": "access"}):
        client = app_over(assistant, **options).test_client()
        response = client.post("/webhooks/chatwoot?token=", json=event())
        assert (response.status_code, response.get_json()["error"]["code"]) == (503, "chatwoot_off")


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(SettingsError, match="chatwoot_url"):
        Bot(Settings({"chatwoot_url": "app.chatwoot.com"}, environment={}))


def test_the_turns_are_kept(assistant: Assistant, chatwoot: Receiver) -> None:
    desk = open_desk()
    options = {"chatwoot_url": chatwoot.address, "chatwoot_token": "x"}
    app = app_over(assistant, desk, **options, chatwoot_secret=BOT_SECRET)
    send(app.test_client(), event())
    (entry,) = desk.queries.entries()
    assert (entry.channel, entry.conversation_id) == ("chatwoot", "chatwoot-3-13098")
