"""Tickets: what is made of a case, who may read it, what every change leaves behind."""

import datetime as dt
import threading
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from server.desk import (
    By,
    Database,
    Desk,
    EventKind,
    IntakeError,
    NewTicket,
    NotSolvedError,
    Opened,
    Status,
    TransitionError,
    UnknownTicketError,
    ticketrows,
    tickets,
)
from server.desk.delivery import Sender
from server.desk.schema import metadata, outbox
from server.desk.tokens import UserHash
from server.engine import Decision
from server.engine.intake import Fault
from tests.desk.conftest import KB, Clock
from tests.desk.test_conversations import asked
from tests.engine.safety import makers

_HASH = makers.hex_key(5)
_ADDRESS = makers.address(6)


def opened(desk: Desk, query: str = "充值没到账", **more: Any) -> Opened:
    return desk.tickets.create(KB, NewTicket(query, more.pop("lang", "zh"), **more))


def announced(desk: Desk) -> list[tuple[str, Mapping[str, Any]]]:
    with desk.database.read() as connection:
        rows = connection.execute(select(outbox.c.event, outbox.c.payload).order_by(outbox.c.id))
        return [(event, payload) for event, payload in rows]


def test_a_ticket_holds_what_agents_need(desk: Desk, clock: Clock) -> None:
    desk.record("c1", asked(1, article_ids=("deposit", "fees")))
    desk.record("c1", asked(2, article_ids=("deposit", "chain"), decision=Decision.HANDOFF))
    ticket = opened(
        desk,
        "我的USDT充值没到账，TRC20",
        product="imwallet",
        contact="ann@example.com",
        intake={
            "transaction_hash": _HASH,
            "wallet_address": _ADDRESS,
            "chain": "波场（TRC-20）",
            "tried": "重启",
            "wanted": " ",
        },
        tags=("deposit",),
        conversation_id="c1",
        channel="widget",
        user="ann",
    ).ticket
    assert ticket.number == "T-2026-000001"
    assert (ticket.status, ticket.kind, ticket.priority) == ("open", "question", "normal")
    assert (ticket.product, ticket.lang, ticket.channel) == ("imwallet", "zh", "widget")
    assert (ticket.query, ticket.contact) == ("我的USDT充值没到账，TRC20", "ann@example.com")
    assert ticket.intake == {
        "transaction_hash": _HASH,
        "wallet_address": _ADDRESS,
        "chain": "波场（TRC-20）",
        "tried": "重启",
    }
    assert ticket.chains == ("tron",)
    assert ticket.transaction_hashes == (_HASH,)
    assert [address.text for address in ticket.addresses] == [_ADDRESS]
    assert ticket.tried == ("deposit", "fees", "chain")
    assert (ticket.topic, ticket.conversation_id) == ("deposit", "c1")
    assert (ticket.created_at, ticket.updated_at) == (clock.at, clock.at)
    assert (ticket.assignee, ticket.step, ticket.solved_at) == (None, None, None)
    assert desk.tickets.find(ticket.number).ticket == ticket


@pytest.mark.parametrize(
    ("query", "more", "priority", "rule"),
    [
        ("我的币被盗了", {}, "urgent", "1"),
        ("你好", {"tags": ("scam",)}, "urgent", "1"),
        ("你好", {"tags": ("login",)}, "high", "2"),
        ("你好", {"intake": {"problem": "my coins were stolen"}}, "urgent", "1"),
        ("你好", {"urgent_article": True}, "high", "urgent_article"),
        ("你好", {}, "normal", "4"),
    ],
)
def test_its_priority_follows_the_rules_of_the_knowledge_base(
    desk: Desk, query: str, more: dict[str, Any], priority: str, rule: str
) -> None:
    ticket = opened(desk, query, **more).ticket
    assert (ticket.priority, ticket.rule) == (priority, rule)


@pytest.mark.parametrize(
    ("intake", "tags", "faults"),
    [
        ({"nonsense": "x"}, (), {"nonsense": Fault.UNKNOWN, "problem": Fault.MISSING}),
        ({"chain": "Dogecoin"}, ("deposit",), {"chain": Fault.NOT_A_CHOICE}),
        ({"tried": "x"}, ("app",), {"problem": Fault.MISSING}),
    ],
)
def test_answers_that_cannot_be_taken_are_told_and_nothing_is_kept(
    desk: Desk, intake: dict[str, str], tags: tuple[str, ...], faults: dict[str, Fault]
) -> None:
    with pytest.raises(IntakeError) as told:
        opened(desk, intake=intake, tags=tags)
    assert {problem.id: problem.fault for problem in told.value.problems} == faults
    assert desk.tickets.queue().total == 0
    assert announced(desk) == []
    assert opened(desk).ticket.number == "T-2026-000001"


def test_without_any_answers_none_is_missed(desk: Desk) -> None:
    assert opened(desk, tags=("app",)).ticket.intake == {}


@pytest.mark.parametrize("language", makers.LANGUAGES)
def test_no_secret_is_kept_of_a_ticket_nor_sent(desk: Desk, language: str) -> None:
    phrase = " ".join(makers.mnemonic(7, 12, language))
    made = opened(
        desk,
        f"help {phrase}",
        contact=phrase,
        intake={"problem": phrase, "transaction_hash": phrase},
    )
    number, token = made.ticket.number, made.token
    desk.tickets.update(KB, number, "ann", note=phrase, reply=phrase, status=Status.SOLVED)
    desk.tickets.rate(number, token, 1, phrase)
    desk.tickets.write(number, token, phrase)
    with desk.database.read() as connection:
        kept = [
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    assert len(kept) > 8
    assert not any(phrase in row for row in kept)
    assert not any(token in row for row in kept)
    assert "".join(desk.tickets.export(statuses=tuple(Status))).count(phrase) == 0


def test_the_token_opens_its_own_ticket_alone(desk: Desk) -> None:
    first, second = opened(desk), opened(desk)
    assert desk.tickets.read(first.ticket.number, first.token).ticket.number == "T-2026-000001"
    for number, token in (
        (first.ticket.number, second.token),
        (first.ticket.number, ""),
        (first.ticket.number, "é\ud800"),
        ("T-2026-000003", first.token),
        ("\x00", first.token),
    ):
        for call in (
            partial(desk.tickets.read, number, token),
            partial(desk.tickets.write, number, token, "hello"),
            partial(desk.tickets.rate, number, token, 5),
        ):
            with pytest.raises(UnknownTicketError) as told:
                call()
            assert str(told.value) == "There is no such ticket, or the token is another's."
    with pytest.raises(UnknownTicketError):
        desk.tickets.find("T-2026-000003")


def test_the_visitor_reads_neither_notes_nor_who_wrote(desk: Desk) -> None:
    made = opened(desk)
    number = made.ticket.number
    desk.tickets.update(KB, number, "agent-7", status=Status.ASSIGNED, note="hush", reply="您好")
    public = desk.tickets.read(number, made.token)
    assert [(event.kind, event.by) for event in public.events] == [
        (EventKind.CREATED, By.VISITOR),
        (EventKind.REPLY, By.AGENT),
        (EventKind.STATUS, By.AGENT),
    ]
    assert public.events[1].text == "您好"
    assert "agent-7" not in str(public)
    assert "hush" not in str(public)
    inside = desk.tickets.find(number)
    assert [event.kind for event in inside.events] == [
        "created",
        "reply",
        "note",
        "status",
        "assigned",
    ]
    assert {event.actor for event in inside.events[1:]} == {"agent-7"}


def test_the_conversation_is_read_by_who_has_its_token(desk: Desk) -> None:
    token = desk.record("c1", asked(1))
    known = opened(desk, conversation_id="c1", conversation_token=token)
    guessed = opened(desk, conversation_id="c1", conversation_token="guess")
    untold = opened(desk, conversation_id="c1")
    missing = opened(desk, conversation_id="nobody", conversation_token=token)
    for made, shown in ((known, True), (guessed, False), (untold, False), (missing, False)):
        public = desk.tickets.read(made.ticket.number, made.token)
        assert (public.transcript is not None) == shown
    # Agents read it whoever the visitor is.
    assert desk.tickets.find(guessed.ticket.number).transcript
    assert missing.ticket.conversation_id is None


def test_each_change_is_told_with_who_and_when(desk: Desk, clock: Clock) -> None:
    made = opened(desk)
    number = made.ticket.number
    for minutes, agent, status in (
        (1, "ann", Status.ASSIGNED),
        (2, "bob", Status.ASSIGNED),
        (3, "bob", Status.OPEN),
        (4, "ann", Status.SOLVED),
    ):
        clock.go_on(minutes=minutes)
        ticket = desk.tickets.update(KB, number, agent, status=status).ticket
        assert (ticket.status, ticket.updated_at) == (status, clock.at)
    assert ticket.solved_at == clock.at
    start = made.ticket.created_at
    told = [
        (event.kind.value, event.actor, event.old, event.new, (event.at - start).seconds // 60)
        for event in desk.tickets.find(number).events[1:]
    ]
    assert told == [
        ("status", "ann", "open", "assigned", 1),
        ("assigned", "ann", None, "ann", 1),
        ("assigned", "bob", "ann", "bob", 3),
        ("status", "bob", "assigned", "open", 6),
        ("assigned", "bob", "bob", None, 6),
        ("status", "ann", "open", "solved", 10),
    ]


def test_what_changes_nothing_is_no_change(desk: Desk, clock: Clock) -> None:
    made = opened(desk)
    number = made.ticket.number
    clock.go_on(minutes=1)
    for change in ({}, {"status": Status.OPEN}, {"note": " "}, {"reply": ""}, {"step": None}):
        case = desk.tickets.update(KB, number, "ann", **change)
        assert (len(case.events), case.ticket) == (1, made.ticket)
    assert len(announced(desk)) == 1


def test_a_way_that_is_none_changes_nothing(desk: Desk) -> None:
    number = opened(desk).ticket.number
    with pytest.raises(TransitionError):
        desk.tickets.update(KB, number, "ann", status=Status.REOPENED, reply="hello")
    assert len(desk.tickets.find(number).events) == 1
    assert len(announced(desk)) == 1
    with pytest.raises(UnknownTicketError):
        desk.tickets.update(KB, "T-2026-999999", "ann", status=Status.SOLVED)


def test_the_visitor_writes_and_the_case_goes_on(desk: Desk) -> None:
    made = opened(desk)
    number = made.ticket.number
    assert desk.tickets.write(number, made.token, "在吗").ticket.status is Status.OPEN
    desk.tickets.update(KB, number, "ann", status=Status.ASSIGNED)
    desk.tickets.update(KB, number, "ann", status=Status.WAITING)
    assert desk.tickets.write(number, made.token, "有哈希").ticket.status is Status.ASSIGNED
    desk.tickets.update(KB, number, "ann", status=Status.SOLVED)
    case = desk.tickets.write(number, made.token, "还是没到")
    assert (case.ticket.status, case.ticket.solved_at) == (Status.REOPENED, None)
    messages = [event.text for event in case.events if event.kind is EventKind.MESSAGE]
    assert messages == ["在吗", "有哈希", "还是没到"]
    moved = [(e.old, e.new) for e in case.events if e.by is By.SYSTEM]
    assert moved == [("waiting", "assigned"), ("solved", "reopened")]
    assert desk.tickets.find(number).ticket.assignee == "ann"


@pytest.mark.parametrize("text", ["", "  ", "\n\u3000"])
def test_an_empty_message_is_refused(desk: Desk, text: str) -> None:
    made = opened(desk)
    with pytest.raises(ValueError, match="without words"):
        desk.tickets.write(made.ticket.number, made.token, text)


def test_satisfaction_is_asked_once_it_is_solved(desk: Desk) -> None:
    made = opened(desk)
    number, token = made.ticket.number, made.token
    with pytest.raises(NotSolvedError):
        desk.tickets.rate(number, token, 5)
    desk.tickets.update(KB, number, "ann", status=Status.SOLVED)
    for score in (0, 6, -1):
        with pytest.raises(ValueError, match="1 to 5"):
            desk.tickets.rate(number, token, score)
    desk.tickets.rate(number, token, 2, "太慢")
    rated = desk.tickets.rate(number, token, 5).ticket
    assert (rated.satisfaction, rated.satisfaction_comment) == (5, None)
    told = [e for e in desk.tickets.find(number).events if e.kind is EventKind.SATISFACTION]
    assert [(event.new, event.text) for event in told] == [("2", "太慢"), ("5", None)]


def test_every_change_is_announced_in_its_order(desk: Desk) -> None:
    made = opened(desk, contact="ann@example.com")
    number = made.ticket.number
    desk.tickets.update(KB, number, "ann", status=Status.ASSIGNED, reply="您好", note="hm")
    desk.tickets.write(number, made.token, "谢谢")
    desk.tickets.update(KB, number, "ann", note="only a note")
    desk.tickets.update(KB, number, "ann", status=Status.SOLVED)
    desk.tickets.rate(number, made.token, 5)
    events = announced(desk)
    assert [event for event, _ in events] == [
        "ticket.created",
        "ticket.updated",
        "ticket.replied",
        "ticket.replied",
        "ticket.updated",
        "ticket.updated",
    ]
    created, updated, reply, message, solved, rated = (payload for _, payload in events)
    assert (created["ticket_id"], created["status"]) == (number, "open")
    assert created["contact"] == "ann@example.com"
    assert (updated["status"], updated["changed"]) == ("assigned", ["assignee", "status"])
    assert reply["message"] == {"from": "agent", "text": "您好"}
    assert message["message"] == {"from": "visitor", "text": "谢谢"}
    assert solved["changed"] == ["status"]
    assert (rated["satisfaction"], rated["changed"]) == (
        5,
        ["satisfaction", "satisfaction_comment"],
    )
    assert not any(made.token in str(payload) for _, payload in events)


def test_without_a_receiver_nothing_is_announced(database: Database, tmp_path: Any) -> None:
    desk = Desk(database, UserHash(tmp_path))
    opened(desk)
    assert announced(desk) == []


def test_what_cannot_be_announced_is_not_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ticket and its webhook commit together, or neither does."""

    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(tickets.outbox, "put", fail)
    with pytest.raises(OSError):  # noqa: PT011 - our own
        opened(desk)
    monkeypatch.undo()
    assert desk.tickets.queue().total == 0
    assert opened(desk).ticket.number == "T-2026-000001"


def test_each_year_counts_from_one(desk: Desk, clock: Clock) -> None:
    clock.at = dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    assert opened(desk).ticket.number == "T-2026-000001"
    clock.go_on(seconds=1)
    assert opened(desk).ticket.number == "T-2027-000001"
    assert opened(desk).ticket.number == "T-2027-000002"


def test_many_at_once_get_a_number_each_and_none_is_left_out(
    database: Database, tmp_path: Any
) -> None:
    desk = Desk(database, UserHash(tmp_path), Sender("http://127.0.0.1:9/", []))
    start = threading.Barrier(16)
    numbers: list[str] = []

    def some() -> None:
        start.wait()
        for _ in range(5):
            numbers.append(opened(desk).ticket.number)

    threads = [threading.Thread(target=some) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    year = dt.datetime.now(dt.UTC).year
    assert sorted(numbers) == [f"T-{year}-{number:06d}" for number in range(1, 81)]
    assert desk.tickets.queue().total == 80
    assert desk.backlog().deliveries.pending == 80


def test_of_many_that_change_one_ticket_at_once_each_change_is_told(desk: Desk) -> None:
    made = opened(desk)
    number = made.ticket.number
    start = threading.Barrier(8)
    refused: list[TransitionError] = []

    def change(agent: int) -> None:
        start.wait()
        try:
            status = Status.SOLVED if agent % 2 else Status.ASSIGNED
            desk.tickets.update(KB, number, f"agent {agent}", status=status, note=str(agent))
        except TransitionError as error:
            refused.append(error)

    threads = [threading.Thread(target=change, args=(agent,)) for agent in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    case = desk.tickets.find(number)
    notes = [event for event in case.events if event.kind is EventKind.NOTE]
    assert len(notes) + len(refused) == 8
    # Each status follows from the one before it: nobody overwrote what they had not seen.
    moves = [(event.old, event.new) for event in case.events if event.kind is EventKind.STATUS]
    assert moves[0][0] == "open"
    assert all(first[1] == second[0] for first, second in pairwise(moves))
    assert moves[-1][1] == case.ticket.status == "solved"


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_who_changes_a_ticket_waits_for_who_does_so_already(desk: Desk) -> None:
    """SQLite lets one write at a time; PostgreSQL has to be told what to hold."""
    number = opened(desk).ticket.number
    refused: list[TransitionError] = []

    def assign() -> None:
        try:
            desk.tickets.update(KB, number, "ann", status=Status.ASSIGNED)
        except TransitionError as error:
            refused.append(error)

    second = threading.Thread(target=assign)
    with desk.database.write() as connection:
        row = ticketrows.found(connection, number, lock=True)
        second.start()
        waiting = 0
        while not waiting:
            with desk.database.read() as other:
                waiting = other.exec_driver_sql(
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
                ).scalar_one()
        ticketrows.change(connection, row.id, row.created_at, {"status": "solved"})
    second.join()
    assert [error.old for error in refused] == [Status.SOLVED]
    assert desk.tickets.find(number).ticket.status is Status.SOLVED
