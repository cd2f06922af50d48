"""The desk as a whole: opened from the settings, from a ticket to the receiver of its webhook."""

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from indexer.settings import Settings, SettingsError
from server.desk import (
    AddressError,
    DatabaseError,
    Desk,
    KeyFileError,
    NewTicket,
    SecretError,
    Status,
)
from server.desk.schema import outbox
from tests.desk.conftest import KB
from tests.desk.receiver import SECRET, Receiver, receiving
from tests.desk.test_conversations import asked


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def settings(tmp_path: Path, url: str, **more: object) -> Settings:
    return Settings({"data": tmp_path, "database": url, **more}, {})


def test_a_tickets_story_reaches_the_receiver_signed(
    url: str, tmp_path: Path, receiver: Receiver
) -> None:
    desk = Desk.open(settings(tmp_path, url, webhook_url=receiver.address, webhook_secret=[SECRET]))
    receiver.statuses = [503]
    desk.start()
    made = desk.tickets.create(KB, NewTicket("充值没到账", "zh"))
    assert receiver.arrived.wait(30)  # refused
    desk.tickets.update(KB, made.ticket.number, "ann", status=Status.SOLVED, reply="好了")
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    while desk.backlog().deliveries.pending:
        receiver.arrived.clear()
        with desk.database.write() as connection:
            connection.execute(
                update(outbox)
                .where(outbox.c.delivered_at.is_(None), outbox.c.last_error.is_not(None))
                .values(next_attempt_at=past)
            )
        receiver.arrived.wait(0.2)
    desk.stop()
    assert all(call.is_signed() for call in receiver.calls)
    by_id = {call.headers["webhook-id"]: call.json for call in receiver.calls}
    assert sorted(message["type"] for message in by_id.values()) == [
        "ticket.created",
        "ticket.replied",
        "ticket.updated",
    ]
    assert {message["data"]["ticket_id"] for message in by_id.values()} == {made.ticket.number}
    # The first attempt was refused, and came again under its id.
    ids = [call.headers["webhook-id"] for call in receiver.calls]
    assert ids.count(ids[0]) == 2


def test_what_waits_for_the_receiver_is_told(url: str, tmp_path: Path, receiver: Receiver) -> None:
    desk = Desk.open(settings(tmp_path, url, webhook_url=receiver.address))
    desk.tickets.create(KB, NewTicket("充值没到账", "zh"))
    backlog = desk.backlog()
    assert (backlog.deliveries.pending, backlog.deliveries.failing) == (1, 0)
    assert sum(backlog.tickets.tickets.values()) == 1
    desk.stop()


def test_started_it_deletes_what_is_past_its_time(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk.open(settings(tmp_path, url, keep_conversations_days=1))
    desk.record("c1", asked(1))
    desk._now = lambda: dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
    with caplog.at_level(logging.INFO, logger="server.desk.janitor"):
        desk.start()
        while desk.conversations.turns("c1"):
            pass
        desk.stop()
    assert "conversations=1" in caplog.text


def test_what_was_acknowledged_is_there_after_a_new_start(url: str, tmp_path: Path) -> None:
    desk = Desk.open(settings(tmp_path, url))
    token = desk.record("c1", asked(1, user="ann"))
    assert token
    desk.feedback.add("m1", helpful=True)
    made = desk.tickets.create(KB, NewTicket("充值没到账", "zh"))
    desk.stop()
    again = Desk.open(settings(tmp_path, url))
    assert again.conversations.transcript("c1", token).turns[0].message_id == "m1"
    assert again.tickets.read(made.ticket.number, made.token).ticket == made.ticket
    (line,) = again.queries.entries()
    assert line.helpful == (1, 0)
    # The key is the same: so is the user's name in the log.
    again.record("c1", asked(2, user="ann"))
    assert len({line.user_hash for line in again.queries.entries()}) == 1
    again.stop()


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"webhook_url": "nowhere"}, AddressError),
        ({"webhook_url": "https://x.example/", "webhook_secret": ["hunter2"]}, SecretError),
        ({"keep_queries_days": 0}, SettingsError),
        ({"database": "hunter2"}, DatabaseError),
        ({"data": "/proc/nothing"}, KeyFileError),
    ],
)
def test_what_is_set_wrongly_is_told(
    tmp_path: Path, more: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error) as told:
        Desk.open(settings(tmp_path, f"sqlite:///{tmp_path}/faq.db", **more))
    assert "FAQ_" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_who_can_be_reached_is_told_by_product(desk: Desk) -> None:
    # The clock says Tuesday noon in UTC: eight in the evening in Shanghai.
    assert desk.reachable(KB, "tpwallet").open
    night = dt.datetime(2026, 11, 24, 20, tzinfo=dt.UTC)
    assert not desk.reachable(KB, "tpwallet", night).open
    opens = desk.reachable(KB, "tpwallet", night).opens_at
    assert opens
    assert opens.isoformat() == "2026-11-25T09:00:00+08:00"
    assert desk.reachable(KB, "imwallet", night).open
