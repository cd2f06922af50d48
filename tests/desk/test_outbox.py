"""The outbox keeps what was committed, and nothing else."""

import datetime as dt

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from server.desk import outbox

_NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
_HOUR = dt.timedelta(hours=1)


def test_an_event_vanishes_with_its_transaction(engine: Engine) -> None:
    with engine.connect() as connection, connection.begin() as transaction:
        outbox.put(connection, "ticket.created", {}, now=_NOW)
        transaction.rollback()
    with engine.begin() as connection:
        assert outbox.backlog(connection, _NOW) == outbox.Backlog(0, 0, 0.0, None)


def test_a_key_is_taken_once(engine: Engine) -> None:
    with engine.begin() as connection:
        assert outbox.put(connection, "ticket.created", {}, key="T-1:created") == "T-1:created"
    with pytest.raises(IntegrityError), engine.begin() as connection:
        outbox.put(connection, "ticket.created", {}, key="T-1:created")


def test_made_up_keys_differ(engine: Engine) -> None:
    with engine.begin() as connection:
        assert len({outbox.put(connection, "x", {}) for _ in range(10)}) == 10


def test_the_longest_due_is_claimed_first_and_once(engine: Engine) -> None:
    with engine.begin() as connection:
        for number, age in enumerate((1, 3, 2)):
            outbox.put(connection, f"event {number}", {"n": number}, now=_NOW - age * _HOUR)
        outbox.put(connection, "later", {}, now=_NOW + _HOUR)
    claimed = []
    for _ in range(5):
        with engine.begin() as connection:
            claimed.append(outbox.claim(connection, _NOW, _NOW + _HOUR))
    assert [event and event.event for event in claimed] == [
        "event 1",
        "event 2",
        "event 0",
        None,
        None,
    ]
    first = claimed[0]
    assert first
    assert (first.payload, first.created_at, first.attempts) == ({"n": 1}, _NOW - 3 * _HOUR, 1)


def test_the_backlog_tells_what_waits_what_fails_and_since_when(engine: Engine) -> None:
    with engine.begin() as connection:
        for age in (3, 2, 1):
            outbox.put(connection, "x", {}, now=_NOW - age * _HOUR)
        assert outbox.next_due(connection) == _NOW - 3 * _HOUR
    with engine.begin() as connection:
        first = outbox.claim(connection, _NOW, _NOW)
        assert first
        outbox.failed(connection, first, "status 500", _NOW + _HOUR)
        second = outbox.claim(connection, _NOW, _NOW)
        assert second
        outbox.delivered(connection, second, _NOW)
    with engine.begin() as connection:
        found = outbox.backlog(connection, _NOW)
    assert found == outbox.Backlog(2, 1, 3 * 3600.0, "status 500")


def test_only_what_was_delivered_long_ago_is_purged(engine: Engine) -> None:
    with engine.begin() as connection:
        for _ in range(3):
            outbox.put(connection, "x", {}, now=_NOW - 5 * _HOUR)
        for at in (_NOW - 4 * _HOUR, _NOW - _HOUR):
            event = outbox.claim(connection, _NOW, _NOW + _HOUR)
            assert event
            outbox.delivered(connection, event, at)
        assert outbox.purge(connection, _NOW - 2 * _HOUR) == 1
        assert outbox.purge(connection, _NOW + _HOUR) == 1
        assert outbox.backlog(connection, _NOW).pending == 1
