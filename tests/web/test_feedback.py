"""POST /v1/feedback."""

import pytest
from flask.testing import FlaskClient

from server.desk.querylog import READING
from server.engine import Assistant
from tests.web.centre import SECRET, app_over, open_desk


def asked(client: FlaskClient) -> str:
    answer = client.post("/v1/ask", json={"query": "What are network fees?"}).get_json()
    return str(answer["message_id"])


def test_the_last_word_holds(assistant: Assistant) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()
    message = asked(client)
    for helpful in (True, False):
        sent = {"message_id": message, "helpful": helpful}
        response = client.post("/v1/feedback", json=sent)
        assert (response.status_code, response.get_json()) == (201, sent)
    about_one = {"message_id": message, "helpful": True, "article_id": "fees", "comment": "谢谢"}
    assert client.post("/v1/feedback", json=about_one).status_code == 201
    (entry,) = desk.queries.entries()
    assert entry.helpful == (1, 1)


def test_a_vote_below_an_article_is_told_from_a_question(assistant: Assistant) -> None:
    desk = open_desk()
    client = app_over(assistant, desk).test_client()
    asked(client)
    client.post("/v1/ask", json={"query": "What are network fees?", "channel": READING})
    assert client.post("/en/articles/fees/helpful", data={"helpful": "no"}).status_code == 303
    told = [(entry.was_asked, entry.helpful) for entry in desk.queries.entries()]
    assert told == [(True, (0, 0)), (True, (0, 0)), (False, (0, 1))]


def test_what_is_no_answer_cannot_be_voted_on(client: FlaskClient) -> None:
    response = client.post("/v1/feedback", json={"message_id": "none", "helpful": True})
    assert response.status_code == 404
    assert response.get_json()["error"]["code"] == "message_not_found"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"article_id": "none"}, "article_id"),
        ({"helpful": 1}, "helpful"),
        ({"helpful": None}, "helpful"),
        ({"comment": "x" * 4001}, "comment"),
    ],
)
def test_what_cannot_be_taken_is_told(
    client: FlaskClient, sent: dict[str, object], field: str
) -> None:
    body = {"message_id": asked(client), "helpful": True} | sent
    response = client.post("/v1/feedback", json=body)
    assert response.status_code == 422
    assert response.get_json()["error"]["details"]["fields"][0]["field"] == field


def test_a_secret_in_a_comment_is_taken_out_and_told(client: FlaskClient) -> None:
    body = {"message_id": asked(client), "helpful": False, "comment": f"help {SECRET}"}
    response = client.post("/v1/feedback", json=body)
    assert response.status_code == 201
    assert response.get_json()["warning"]["kinds"] == ["mnemonic"]
    assert "abandon" not in response.get_data(as_text=True)
