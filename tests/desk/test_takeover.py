"""The bot keeps still while a person has the conversation, and what is said reaches that person."""

import pytest

from server.desk import Desk, EventKind, Exchange, NewTicket, Opened, Status
from server.engine import Decision
from tests.desk.conftest import KB


@pytest.fixture
def opened(desk: Desk) -> Opened:
    exchange = Exchange("m1", "提现没到账", "zh", Decision.HANDOFF, "i")
    desk.record("c1", exchange)
    return desk.tickets.create(KB, NewTicket("提现没到账", "zh", conversation_id="c1"))


def taken_over(desk: Desk) -> bool:
    turns, taken = desk.conversations.follow("c1")
    assert turns == desk.conversations.turns("c1")
    assert taken == desk.conversations.is_taken_over("c1")
    return taken


def test_nobody_has_it_at_first(desk: Desk, opened: Opened) -> None:
    assert not taken_over(desk)
    desk.tickets.update(KB, opened.ticket.number, "alice", note="see later")
    assert not taken_over(desk)
    assert desk.conversations.follow("none") == ((), False)


def test_who_is_assigned_has_it_until_it_is_solved(desk: Desk, opened: Opened) -> None:
    number = opened.ticket.number
    desk.tickets.update(KB, number, "alice", status=Status.ASSIGNED)
    assert taken_over(desk)
    desk.tickets.update(KB, number, "bob", status=Status.WAITING, reply="Which network?")
    assert taken_over(desk)
    desk.tickets.update(KB, number, "alice", status=Status.SOLVED, reply="Done.")
    assert not taken_over(desk)


def test_who_replies_has_it(desk: Desk, opened: Opened) -> None:
    desk.tickets.update(KB, opened.ticket.number, "alice", reply="Hello")
    assert taken_over(desk)


def test_who_gives_it_back_leaves_it_to_the_bot(desk: Desk, opened: Opened) -> None:
    for status in (Status.ASSIGNED, Status.OPEN):
        desk.tickets.update(KB, opened.ticket.number, "alice", status=status)
    assert not taken_over(desk)


def test_a_ticket_without_a_conversation_silences_nobody(desk: Desk) -> None:
    made = desk.tickets.create(KB, NewTicket("help", "en"))
    desk.tickets.update(KB, made.ticket.number, "alice", status=Status.ASSIGNED)
    assert not desk.conversations.is_taken_over("c1")


def test_what_is_said_to_the_bot_reaches_the_agent(desk: Desk, opened: Opened) -> None:
    number = opened.ticket.number
    desk.tickets.update(KB, number, "alice", status=Status.ASSIGNED)
    desk.tickets.update(KB, number, "alice", status=Status.WAITING, reply="Which network?")
    assert desk.tickets.hear("c1", "TRC-20")
    case = desk.tickets.find(number)
    assert (case.ticket.status, case.ticket.assignee) == (Status.ASSIGNED, "alice")
    messages = [event.text for event in case.events if event.kind is EventKind.MESSAGE]
    assert messages == ["TRC-20"]


def test_nobody_hears_where_there_is_no_ticket(desk: Desk, opened: Opened) -> None:
    assert not desk.tickets.hear("another", "hello")
    assert not desk.tickets.hear("c1", " ")
    desk.tickets.update(KB, opened.ticket.number, "alice", status=Status.SOLVED)
    assert not desk.tickets.hear("c1", "hello")


def test_the_newest_ticket_hears(desk: Desk, opened: Opened) -> None:
    second = desk.tickets.create(KB, NewTicket("again", "zh", conversation_id="c1"))
    assert desk.tickets.hear("c1", "hello")
    assert len(desk.tickets.find(second.ticket.number).events) == 2
    assert len(desk.tickets.find(opened.ticket.number).events) == 1
