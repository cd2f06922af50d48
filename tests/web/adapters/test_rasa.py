"""The REST channel of Rasa, by the requests and answers of its documentation."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from server.engine import Assistant
from server.web.adapters.rasa import conversation_of
from tests.web.centre import SECRET, app_over, open_desk

PATH = "/webhooks/rest/webhook"


def say(client: FlaskClient, message: str, sender: str = "test_user") -> list[dict[str, Any]]:
    # As the documentation has it, `metadata` included.
    sent = {"sender": sender, "message": message, "metadata": {"key1": "value1"}}
    response = client.post(PATH, json=sent)
    assert response.status_code == 200, response.get_json()
    messages: list[dict[str, Any]] = response.get_json()
    assert {each["recipient_id"] for each in messages} <= {sender}
    return messages


def test_a_recorded_request(client: FlaskClient) -> None:
    (message,) = say(client, "What are network fees?", "answered")
    assert message["recipient_id"] == "answered"
    assert message["text"] == "Validators earn the fees."
    assert message["custom"]["decision"] == "answer"
    assert "buttons" not in message


def test_what_was_said_before_is_known(client: FlaskClient) -> None:
    say(client, "My deposit has not arrived", "follower")
    (message,) = say(client, "and what about it then?", "follower")
    assert "transaction hash" in message["text"]


def test_clarifications_are_buttons_that_answer(client: FlaskClient) -> None:
    (message,) = say(client, "如何充值", "unsure")
    assert message["text"] == "您是想问："
    titles = [button["title"] for button in message["buttons"]]
    assert set(titles) == {"如何充值？", "充值没有到账怎么办？"}
    pressed = message["buttons"][titles.index("如何充值？")]["payload"]
    assert pressed.startswith("/faq_article{")
    (answer,) = say(client, pressed, "unsure")
    assert answer["text"] == "打开钱包，复制充值地址。"


def test_a_person_is_offered_first_and_a_ticket_opened_at_a_press(assistant: Assistant) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()
    (message,) = say(client, "how do I bake bread")
    (button,) = message["buttons"]
    assert button["title"] == "Talk to a person"
    assert message["custom"]["handoff"]["reason"] == "low_confidence"
    assert message["custom"]["handoff"]["intake"]
    assert desk.tickets.queue().total == 0
    (told,) = say(client, button["payload"])
    ticket = told["custom"]["ticket"]
    assert ticket["ticket_id"] in told["text"]
    case = desk.tickets.read(ticket["ticket_id"], ticket["token"])
    assert case.ticket.query == "how do I bake bread"
    assert case.ticket.channel == "rasa"
    agents = desk.tickets.find(ticket["ticket_id"])
    assert agents.transcript is not None
    assert [turn.question for turn in agents.transcript.turns] == ["how do I bake bread"]


@pytest.mark.parametrize(
    "messages",
    [["转人工"], ["how do I bake bread", "why is the sky blue"]],
    ids=["asked for", "second miss"],
)
def test_a_ticket_is_opened_at_once_where_it_has_to_be(
    assistant: Assistant, messages: list[str]
) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()
    for message in messages:
        answered = say(client, message)
    assert len(answered) == 2
    assert "buttons" not in answered[0]
    assert answered[1]["custom"]["ticket"]["status"] == "open"
    assert desk.tickets.queue().total == 1


def test_there_is_no_answer_once_a_person_has_taken_over(assistant: Assistant) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()
    say(client, "What are network fees?", "someone")
    desk.conversations.take_over(conversation_of("someone"), "alice")
    assert say(client, "What are network fees?", "someone") == []
    assert say(client, '/faq_human{"query":"x"}', "someone") == []
    assert desk.tickets.queue().total == 0
    # Others are answered.
    assert say(client, "What are network fees?", "another")


def test_a_secret_is_warned_of(client: FlaskClient) -> None:
    (message,) = say(client, f"help {SECRET}", "careless")
    assert "abandon" not in str(message)
    assert "mnemonic" in message["text"]
    assert message["custom"]["decision"] == "blocked"


def test_a_secret_in_a_payload_is_warned_of(client: FlaskClient) -> None:
    (message,) = say(client, f'/faq_article{{"article_id":"fees","query":"{SECRET}"}}', "careless")
    assert message["custom"]["decision"] == "blocked"


@pytest.mark.parametrize(
    "payload", ["/faq_article{}", "/faq_article{[", "/faq_human{}", "/restart"]
)
def test_odd_payloads_are_questions(client: FlaskClient, payload: str) -> None:
    assert say(client, payload, "odd")


def test_the_senders_name_is_kept_nowhere(assistant: Assistant) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()
    say(client, "What are network fees?", "me@example.com")
    (entry,) = desk.queries.entries()
    assert "example.com" not in str(entry)
    assert entry.channel == "rasa"


def test_broken_messages_are_refused(client: FlaskClient) -> None:
    assert client.post(PATH, json={"sender": "x"}).status_code == 422
    assert client.post(PATH, json={"message": "x" * 2001}).status_code == 422
    assert client.post(PATH, data="x").status_code == 415
