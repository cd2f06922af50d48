"""Everything is kept as long as it was said to be, and no longer."""

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select, update

from indexer.settings import Settings, SettingsError
from server.desk import Database, Desk, NewTicket, Status, UnknownTicketError, outbox, retention
from server.desk.delivery import Sender
from server.desk.retention import Purged, Retention
from server.desk.schema import metadata
from server.desk.schema import outbox as events
from server.desk.tokens import UserHash
from tests.desk.conftest import KB, Clock
from tests.desk.test_conversations import asked

_KEPT = Retention(conversations=10, queries=20, feedback=30, tickets=40, events=5)
_NOTHING = Purged(conversations=0, queries=0, feedback=0, tickets=0, events=0, keys=0)


@pytest.fixture
def desk(database: Database, clock: Clock, tmp_path: Path) -> Desk:
    sender = Sender("http://127.0.0.1:9/", [])
    return Desk(database, UserHash(tmp_path), sender, kept=_KEPT, clock=clock)


def rows(desk: Desk, table: str) -> int:
    with desk.database.read() as connection:
        return len(connection.execute(select(metadata.tables[table])).all())


def test_each_goes_after_its_own_time(desk: Desk, clock: Clock) -> None:
    desk.record("c1", asked(1))
    desk.feedback.add("m1", helpful=True)
    left = {"conversations": 10, "queries": 20, "feedback": 30}
    for day in range(1, 33):
        clock.go_on(days=1)
        # On the very day it is still there, but for what was promised to go by then.
        desk.purge()
        for table, days in left.items():
            gone = day >= days if table == "conversations" else day > days
            assert rows(desk, table) == (not gone), (table, day)
    assert rows(desk, "turns") == 0


def test_what_is_written_to_stays(desk: Desk, clock: Clock) -> None:
    for number in range(5):
        desk.record("c1", asked(number))
        clock.go_on(days=9)
        assert desk.purge().conversations == 0
    clock.go_on(days=1)
    assert desk.purge().conversations == 1


def test_a_conversation_stays_until_its_ticket_is_solved(desk: Desk, clock: Clock) -> None:
    desk.record("c1", asked(1))
    number = desk.tickets.create(KB, NewTicket("x", "zh", conversation_id="c1")).ticket.number
    clock.go_on(days=100)
    assert desk.purge().conversations == 0
    desk.tickets.update(KB, number, "ann", status=Status.SOLVED)
    assert desk.purge().conversations == 1
    assert desk.tickets.find(number).ticket.conversation_id is None


def test_a_solved_ticket_loses_what_is_personal_and_nothing_else(desk: Desk, clock: Clock) -> None:
    token = desk.record("c1", asked(1, article_ids=("deposit",)))
    made = desk.tickets.create(
        KB,
        NewTicket(
            "我是张三，充值没到账 0x" + "ab" * 20,
            "zh",
            product="imwallet",
            contact="zhangsan@example.com",
            intake={"problem": "我是张三"},
            tags=("deposit",),
            user="zhangsan",
            conversation_id="c1",
            conversation_token=token,
        ),
    )
    number = made.ticket.number
    clock.go_on(days=3)  # it counts from when it was solved
    desk.tickets.update(KB, number, "ann", reply="张三您好", note="张三", status=Status.SOLVED)
    desk.tickets.rate(number, made.token, 5, "我是张三")
    clock.go_on(days=40)
    assert desk.purge().tickets == 0
    clock.go_on(seconds=1)
    assert desk.purge().tickets == 1
    assert desk.purge().tickets == 0
    case = desk.tickets.find(number)
    ticket = case.ticket
    assert ticket.anonymised_at == clock.at
    assert (ticket.query, ticket.contact, ticket.intake) == ("", None, {})
    assert (ticket.transaction_hashes, ticket.addresses, ticket.conversation_id) == ((), (), None)
    assert (ticket.status, ticket.priority, ticket.topic) == ("solved", "normal", "deposit")
    assert (ticket.satisfaction, ticket.satisfaction_comment) == (5, None)
    assert len(case.events) == 5
    assert not any(event.text for event in case.events)
    with pytest.raises(UnknownTicketError):
        desk.tickets.read(number, made.token)
    with desk.database.read() as connection:
        for name in ("tickets", "ticket_events", "conversations", "turns"):
            kept = str(connection.execute(select(metadata.tables[name])).all())
            assert "张三" not in kept
            assert "zhangsan" not in kept


def test_a_ticket_that_is_not_solved_is_kept(desk: Desk, clock: Clock) -> None:
    made = desk.tickets.create(KB, NewTicket("x", "zh"))
    desk.tickets.update(KB, made.ticket.number, "ann", status=Status.SOLVED)
    desk.tickets.write(made.ticket.number, made.token, "not yet")
    clock.go_on(days=1000)
    assert desk.purge().tickets == 0
    assert desk.tickets.read(made.ticket.number, made.token).ticket.query == "x"


def test_what_was_not_delivered_is_kept(desk: Desk, clock: Clock) -> None:
    for _ in range(2):
        desk.tickets.create(KB, NewTicket("x", "zh"))
    with desk.database.write() as connection:
        event = outbox.claim(connection, clock.at, clock.at)
        assert event
        outbox.delivered(connection, event, clock.at)
    clock.go_on(days=5, seconds=1)
    assert desk.purge().events == 1
    clock.go_on(days=500)
    assert desk.purge().events == 0
    assert desk.backlog().deliveries.pending == 1


def test_much_is_deleted_in_batches(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        desk.record(f"c{number}", asked(number))
        desk.feedback.add(f"m{number}", helpful=True)
        ticket = desk.tickets.create(KB, NewTicket("x", "zh")).ticket
        desk.tickets.update(KB, ticket.number, "ann", status=Status.SOLVED)
    with desk.database.write() as connection:
        connection.execute(update(events).values(delivered_at=clock.at))
    clock.go_on(days=100)
    for batch in (3, 7):
        monkeypatch.setattr(retention, "_BATCH", batch)
        purged = desk.purge()
        wanted = Purged(conversations=7, queries=7, feedback=7, tickets=7, events=14, keys=0)
        assert purged == (wanted if batch == 3 else _NOTHING)


def test_the_settings_say_how_long(tmp_path: Path) -> None:
    assert Retention.of(Settings({}, {})) == Retention()
    told = {f"FAQ_KEEP_{name.upper()}_DAYS": str(days) for name, days in _days(_KEPT).items()}
    assert Retention.of(Settings({}, told)) == _KEPT


@pytest.mark.parametrize("name", list(Retention.__dataclass_fields__))
@pytest.mark.parametrize("days", ["0", "-1"])
def test_less_than_a_day_is_refused(name: str, days: str) -> None:
    variable = f"FAQ_KEEP_{name.upper()}_DAYS"
    with pytest.raises(SettingsError, match=f"{variable} must be at least 1 day, not {days}"):
        Retention.of(Settings({}, {variable: days}))


def test_a_promise_of_a_century_is_no_overflow(database: Database, tmp_path: Path) -> None:
    kept = Retention(conversations=36_500, queries=36_500)
    desk = Desk(database, UserHash(tmp_path), kept=kept)
    token = desk.record("c1", asked(1))
    assert token
    assert desk.purge() == _NOTHING
    until = desk.conversations.transcript("c1", token).expires_at
    assert until - dt.datetime.now(dt.UTC) > dt.timedelta(days=36_499)


def _days(kept: Retention) -> dict[str, int]:
    return {name: getattr(kept, name) for name in Retention.__dataclass_fields__}
