"""Contact form, a visitor's ticket and the vote below an article, without scripts."""

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from server.desk import Desk, Status
from server.engine import Assistant
from tests.web.centre import KB_SETTINGS, SECRET, app_over, open_desk
from tests.web.reading import Page, assert_sound, page_of, read

_CASE = {"query": "充值三天没到账", "article_id": "deposit-late", "intake.chain": "比特币"}


@pytest.fixture(scope="module")
def desk() -> Desk:
    return open_desk()


@pytest.fixture(scope="module")
def app(assistant: Assistant, desk: Desk) -> OpenAPI:
    return app_over(assistant, desk)


@pytest.fixture
def made(client: FlaskClient) -> dict[str, str]:
    """Return number and token of a new ticket, as the page hands them on."""
    page = page_of(client.post("/zh/contact", data=_CASE), 201)
    assert_sound(page)
    return {"number": page.field("number"), "token": page.field("token")}


def test_the_form_asks_what_fits_the_article(client: FlaskClient) -> None:
    page = read(client, "/zh/contact", q="充值呢", article="deposit-late")
    assert "充值呢" in page.text
    assert page.field("article_id") == "deposit-late"
    assert [x["name"] for x in page.all("select")] == ["kind", "product", "intake.chain"]
    usual = read(client, "/en/contact")
    assert [x["name"] for x in usual.all("select")] == ["kind", "product"]
    assert "What went wrong?" in usual.text


def test_an_article_that_is_gone_is_no_obstacle(client: FlaskClient) -> None:
    assert "intake-problem" in [
        x.get("id") for x in read(client, "/en/contact", article="gone").all("textarea")
    ]
    page_of(client.post("/en/contact", data={"query": "help", "article_id": "gone"}), 422)
    page_of(client.post("/en/contact", data={"query": "help", "product": "none"}), 422)


def test_a_ticket_is_made_and_its_token_is_in_no_address_that_is_sent(
    client: FlaskClient, desk: Desk, made: dict[str, str]
) -> None:
    ticket = desk.tickets.find(made["number"]).ticket
    assert ticket.query == "充值三天没到账"
    assert dict(ticket.intake) == {"chain": "比特币"}
    page = page_of(client.post("/zh/contact", data=_CASE), 201)
    for link in page.links + [form["action"] for form in page.all("form")]:
        assert page.field("token") not in link.partition("#")[0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"query": "  "}, "内容太长，或含有无法保存的字符"),
        ({"query": "x" * 5000}, "内容太长"),
        ({"query": "x", "intake.chain": "天上"}, "只能从选项中选择"),
        ({"query": "x", "kind": "party"}, "内容太长"),
    ],
)
def test_what_cannot_be_taken_is_told_and_kept_in_the_form(
    client: FlaskClient, data: dict[str, str], said: str
) -> None:
    page = page_of(client.post("/zh/contact", data=data | {"article_id": "deposit-late"}), 422)
    assert said in page.text
    assert_sound(page)


def test_a_secret_in_the_form_is_told_and_not_kept(client: FlaskClient, desk: Desk) -> None:
    page = page_of(client.post("/en/contact", data={"query": f"my words: {SECRET}"}), 201)
    assert "mnemonic, private key, password" in page.text
    assert "abandon" not in page.text
    assert "abandon" not in str(desk.tickets.find(page.field("number")))


def test_number_and_token_open_the_ticket(client: FlaskClient, made: dict[str, str]) -> None:
    for address in ("/zh/tickets/", f"/en/tickets/{made['number']}"):
        page = page_of(client.post(address, data=made))
        assert_sound(page)
        assert "充值三天没到账" in page.text
        assert "哪个网络？" in page.text or "Which network?" in page.text


@pytest.mark.parametrize("change", [{"token": "x"}, {"number": "T-2026-999999"}, {"token": ""}])
def test_nothing_else_opens_it(
    client: FlaskClient, made: dict[str, str], change: dict[str, str]
) -> None:
    for action in ("", "/messages", "/satisfaction"):
        data = made | change | {"text": "x", "score": "5"}
        page = page_of(client.post(f"/zh/tickets/{data['number']}{action}", data=data), 404)
        assert "没有这张工单" in page.text
        assert "充值三天" not in page.text


def test_a_ticket_is_not_shown_without_its_token(client: FlaskClient, made: dict[str, str]) -> None:
    assert "充值三天" not in read(client, f"/zh/tickets/{made['number']}").text


def test_the_visitor_reads_the_reply_and_no_note_writes_and_rates(
    client: FlaskClient, desk: Desk, made: dict[str, str]
) -> None:
    number = made["number"]
    desk.tickets.update(
        KB_SETTINGS, number, "ann", reply="<b>已查到</b>", note="可疑", status=Status.WAITING
    )
    page = page_of(client.post("/zh/tickets/", data=made))
    assert "<b>已查到</b>" in page.text
    assert "等待您的回复" in page.text
    assert "可疑" not in page.text
    assert "ann" not in page.text
    written = client.post(f"/zh/tickets/{number}/messages", data=made | {"text": "收到，谢谢"})
    assert "收到，谢谢" in page_of(written).text
    early = client.post(f"/zh/tickets/{number}/satisfaction", data=made | {"score": "5"})
    page_of(early, 409)
    desk.tickets.update(KB_SETTINGS, number, "ann", status=Status.SOLVED)
    asked = page_of(client.post("/zh/tickets/", data=made))
    assert [x["value"] for x in asked.all("input") if x["type"] == "radio"] == list("12345")
    rated = client.post(
        f"/zh/tickets/{number}/satisfaction", data=made | {"score": "5", "comment": "好"}
    )
    page = page_of(rated)
    assert_sound(page)
    assert not [x for x in page.all("input") if x["type"] == "radio"]
    assert desk.tickets.find(number).ticket.satisfaction == 5


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_a_message_without_words_or_end_is_refused(
    client: FlaskClient, desk: Desk, made: dict[str, str], text: str
) -> None:
    before = len(desk.tickets.find(made["number"]).events)
    sent = client.post(f"/zh/tickets/{made['number']}/messages", data=made | {"text": text})
    page_of(sent, 422)
    assert len(desk.tickets.find(made["number"]).events) == before


def test_a_complaint_shows_its_steps(client: FlaskClient) -> None:
    data = {"query": "投诉", "kind": "complaint", "product": "tpwallet"}
    page = page_of(client.post("/zh/contact", data=data), 201)
    assert "处理中。" in page.text
    assert [x for x in page.all("li") if x.get("aria-current") == "step"]


@pytest.mark.parametrize("helpful", ["yes", "no"])
def test_a_vote_below_an_article_is_kept(client: FlaskClient, desk: Desk, helpful: str) -> None:
    response = client.post("/zh/articles/deposit-late/helpful", data={"helpful": helpful})
    assert response.status_code == 303
    assert response.location == f"/zh/articles/deposit-late?voted={helpful}#helpful"
    page = read(client, response.location.partition("#")[0])
    assert "谢谢" in page.text
    assert_sound(page)
    votes = [
        entry.helpful
        for entry in desk.queries.entries()
        if entry.article_ids == ("deposit-late",) and entry.channel == "article"
    ]
    assert votes[-1] == ((1, 0) if helpful == "yes" else (0, 1))


def test_a_vote_says_yes_or_no_to_an_article_that_is_there(client: FlaskClient) -> None:
    for article, said in (("nothing", "yes"), ("fees", "maybe")):
        response = client.post(f"/en/articles/{article}/helpful", data={"helpful": said})
        assert response.status_code == 404


def test_forms_are_limited_and_say_so_in_a_page(assistant: Assistant) -> None:
    client = app_over(assistant, rate_limit_write="1/minute").test_client()
    data = {"helpful": "yes"}
    assert client.post("/zh/articles/freeze/helpful", data=data).status_code == 303
    response = client.post("/zh/articles/freeze/helpful", data=data)
    assert "请求过于频繁" in Page(response.get_data(as_text=True)).text
    assert (response.status_code, response.mimetype) == (429, "text/html")
