"""The agents' desk: who may come in, and what is done there."""

import re

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from server.desk import Desk, NewTicket, Status
from server.engine import Assistant
from server.web import sessions
from server.web.keys import new_key
from tests.web.centre import KB_SETTINGS, app_over, open_desk
from tests.web.reading import assert_sound, page_of, read

KEY, ROW = new_key("ann", "agent")
CLIENT_KEY, CLIENT_ROW = new_key("bot", "client")


@pytest.fixture(scope="module")
def desk() -> Desk:
    return open_desk()


@pytest.fixture(scope="module")
def app(assistant: Assistant, desk: Desk) -> OpenAPI:
    return app_over(assistant, desk, api_keys=[ROW, CLIENT_ROW])


@pytest.fixture
def agent(client: FlaskClient) -> FlaskClient:
    """Return a client with a session."""
    response = client.post("/zh/desk/login", data={"key": KEY})
    assert (response.status_code, response.location) == (303, "/zh/desk/")
    return client


@pytest.fixture
def number(desk: Desk) -> str:
    ticket = NewTicket(query="<i>我的币被盗了</i>", lang="zh", contact="a@b.example")
    return desk.tickets.create(KB_SETTINGS, ticket).ticket.number


def changed(client: FlaskClient, number: str, **form: str) -> None:
    mark = read(client, f"/zh/desk/{number}").field("mark")
    response = client.post(f"/zh/desk/{number}", data=form | {"mark": mark})
    assert response.status_code == 303, response.get_data(as_text=True)


@pytest.mark.parametrize("key", ["", "faq_wrong", CLIENT_KEY, ROW.rsplit(":", 1)[1]])
def test_only_an_agents_key_opens_the_desk(client: FlaskClient, key: str) -> None:
    response = client.post("/en/desk/login", data={"key": key})
    assert "Set-Cookie" not in response.headers
    assert_sound(page_of(response, 401))
    assert client.get("/en/desk/").location == "/en/desk/login"


def test_without_a_session_nothing_is_read_or_changed(
    client: FlaskClient, desk: Desk, number: str
) -> None:
    for response in (
        client.get("/zh/desk/"),
        client.get(f"/zh/desk/{number}"),
        client.post(f"/zh/desk/{number}", data={"reply": "x"}),
        client.post("/zh/desk/logout"),
    ):
        assert (response.status_code, response.location) == (303, "/zh/desk/login")
        assert "被盗" not in response.get_data(as_text=True)
    assert len(desk.tickets.find(number).events) == 1


def test_the_cookie_is_for_our_pages_alone_and_holds_no_key(client: FlaskClient) -> None:
    sent = client.post("/zh/desk/login", data={"key": KEY}, base_url="https://localhost")
    cookie = sent.headers["Set-Cookie"]
    for flag in ("HttpOnly", "Secure", "SameSite=Strict"):
        assert flag in cookie
    assert KEY not in cookie
    assert ROW.rsplit(":", 1)[1] not in cookie


def test_the_session_is_none_of_the_interface(agent: FlaskClient) -> None:
    assert agent.get("/v1/handoffs").status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "eyJ.a.b"])
def test_a_made_up_cookie_is_no_session(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("faq_agent", cookie)
    assert client.get("/zh/desk/").status_code == 303


def test_a_key_that_is_withdrawn_or_changed_ends_its_sessions(
    assistant: Assistant, agent: FlaskClient, desk: Desk
) -> None:
    cookie = agent.get_cookie("faq_agent")
    assert cookie is not None
    _, other = new_key("ann", "agent")
    for rows in ([], [other], [ROW.replace(":agent:", ":client:")]):
        client = app_over(assistant, desk, api_keys=rows).test_client()
        client.set_cookie("faq_agent", cookie.value)
        assert client.get("/zh/desk/").status_code == 303


def test_a_session_ends_after_its_time(agent: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    page_of(agent.get("/zh/desk/"))
    monkeypatch.setattr(sessions, "_HOURS", -1)
    assert agent.get("/zh/desk/").status_code == 303


def test_logging_out_ends_it(agent: FlaskClient) -> None:
    mark = read(agent, "/zh/desk/").field("mark")
    assert agent.post("/zh/desk/logout", data={"mark": mark}).location == "/zh/desk/login"
    assert agent.get("/zh/desk/").status_code == 303


@pytest.mark.parametrize("mark", [None, "", "0" * 64, "é"])
def test_what_another_site_posts_changes_nothing(
    agent: FlaskClient, desk: Desk, number: str, mark: str | None
) -> None:
    form = {"reply": "send me your mnemonic"} | ({} if mark is None else {"mark": mark})
    page_of(agent.post(f"/zh/desk/{number}", data=form), 403)
    assert len(desk.tickets.find(number).events) == 1


def test_the_queue_shows_the_most_urgent_first(agent: FlaskClient, desk: Desk, number: str) -> None:
    calm = desk.tickets.create(KB_SETTINGS, NewTicket(query="慢慢来", lang="zh")).ticket.number
    page = read(agent, "/zh/desk/")
    assert_sound(page)
    listed = re.findall(r"T-\d{4}-\d{6}", page.text)
    assert listed.index(number) < listed.index(calm)
    assert "<i>我的币被盗了</i>" in page.text
    assert number not in page_of(agent.get("/zh/desk/?status=solved")).text
    assert number not in read(agent, "/zh/desk/", mine="1").text
    assert "没有工单" in read(agent, "/zh/desk/", **{"from": "100000"}).text


def test_a_ticket_is_taken_answered_noted_and_solved(
    agent: FlaskClient, desk: Desk, number: str
) -> None:
    changed(agent, number, status="assigned", note="先查链上")
    assert number in read(agent, "/zh/desk/", mine="1").text
    changed(agent, number, status="solved", reply="已经解决")
    case = desk.tickets.find(number)
    assert (case.ticket.status, case.ticket.assignee) == (Status.SOLVED, "ann")
    page = read(agent, f"/zh/desk/{number}", saved="1")
    assert_sound(page)
    for said in ("先查链上", "已经解决", "a@b.example", "已保存", "处理中 → 已解决"):
        assert said in page.text


def test_what_cannot_be_done_is_told_and_what_was_written_stays(
    agent: FlaskClient, number: str
) -> None:
    changed(agent, number, status="solved")
    mark = read(agent, f"/zh/desk/{number}").field("mark")
    for form, said in (
        ({"status": "waiting", "reply": "写好的"}, "工单状态不能从"),
        ({"step": "party", "reply": "写好的"}, "无效"),
        ({"reply": "写好的" + "x" * 4000}, "内容太长"),
    ):
        page = page_of(agent.post(f"/zh/desk/{number}", data=form | {"mark": mark}), 422)
        assert said in page.text
        assert "写好的" in page.text


def test_a_ticket_that_is_none_is_a_page(agent: FlaskClient) -> None:
    page_of(agent.get("/zh/desk/T-2026-999999", headers={"Accept": "text/html"}), 404)
