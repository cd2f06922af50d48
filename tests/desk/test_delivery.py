"""Events reach a real receiver: signed, at least once, whatever fails in between."""

import datetime as dt
import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from server.desk import delivery, outbox
from server.desk.delivery import AddressError, Deliverer, Refusal, Sender, wait
from server.desk.schema import outbox as table
from server.desk.signing import SecretError
from tests.desk.receiver import SECRET, Receiver, receiving

_ROOT = Path(__file__).parents[2]
_PAYLOAD = {"ticket_id": "T-1", "question": "充值没到账"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def deliverer(engine: Engine, receiver: Receiver) -> Deliverer:
    return Deliverer(engine, Sender(receiver.address + "/hook?token=1", [SECRET]))


def put(engine: Engine, event: str = "ticket.created", **options: str) -> str:
    with engine.begin() as connection:
        return outbox.put(connection, event, _PAYLOAD, **options)


def backlog(engine: Engine) -> outbox.Backlog:
    with engine.begin() as connection:
        return outbox.backlog(connection, dt.datetime.now(dt.UTC))


def let_time_pass(engine: Engine) -> None:
    """Make everything due that waits for its next attempt."""
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    with engine.begin() as connection:
        connection.execute(update(table).values(next_attempt_at=past))


def test_an_event_arrives_once_and_signed(
    engine: Engine, receiver: Receiver, deliverer: Deliverer
) -> None:
    key = put(engine)
    before = dt.datetime.now(dt.UTC).timestamp()
    assert deliverer.deliver_due() == 1
    assert deliverer.deliver_due() == 0
    (call,) = receiver.calls
    assert call.path == "/hook?token=1"
    assert call.is_signed()
    assert call.headers["content-type"] == "application/json"
    assert call.headers["webhook-id"] == key
    assert abs(int(call.headers["webhook-timestamp"]) - before) < 60
    assert (call.json["type"], call.json["data"]) == ("ticket.created", _PAYLOAD)
    assert dt.datetime.fromisoformat(call.json["timestamp"]).utcoffset() == dt.timedelta(0)
    assert "充值没到账".encode() in call.body
    assert backlog(engine) == outbox.Backlog(0, 0, 0.0, None)


def test_another_key_does_not_fit(engine: Engine, receiver: Receiver, deliverer: Deliverer) -> None:
    put(engine)
    deliverer.deliver_due()
    assert not receiver.calls[0].is_signed(bytes(32))


def test_without_a_secret_it_is_sent_unsigned(engine: Engine, receiver: Receiver) -> None:
    put(engine)
    assert Deliverer(engine, Sender(receiver.address, [])).deliver_due() == 1
    assert "webhook-signature" not in receiver.calls[0].headers


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_a_refused_event_waits_and_comes_again_under_the_same_id(
    engine: Engine, receiver: Receiver, deliverer: Deliverer, status: int
) -> None:
    receiver.statuses = [status, status]
    key = put(engine)
    for _ in range(2):
        assert deliverer.deliver_due() == 0
        assert deliverer.deliver_due() == 0  # not before its time
        let_time_pass(engine)
    failing = backlog(engine)
    assert (failing.pending, failing.failing) == (1, 1)
    assert failing.last_error == f"status {status}"
    assert deliverer.deliver_due() == 1
    assert [call.headers["webhook-id"] for call in receiver.calls] == [key] * 3
    assert len({call.body for call in receiver.calls}) == 1
    assert all(call.is_signed() for call in receiver.calls)


def test_what_fails_holds_nothing_else_back(
    engine: Engine, receiver: Receiver, deliverer: Deliverer
) -> None:
    receiver.statuses = [500]
    keys = [put(engine) for _ in range(3)]
    assert deliverer.deliver_due() == 2
    assert [call.headers["webhook-id"] for call in receiver.calls] == keys


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(
    engine: Engine, receiver: Receiver, deliverer: Deliverer, status: int
) -> None:
    with receiving() as other:
        receiver.statuses = [status]
        receiver.headers = {"Location": other.address + "/elsewhere"}
        put(engine)
        assert deliverer.deliver_due() == 0
        assert not other.calls
    assert len(receiver.calls) == 1
    assert "redirects are not followed" in str(backlog(engine).last_error)


def test_a_receiver_that_says_nothing_is_given_up(
    engine: Engine, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_READ", 0.2)
    deliverer = Deliverer(engine, Sender(receiver.address, [SECRET]))
    receiver.silent = True
    put(engine)
    assert deliverer.deliver_due() == 0
    assert backlog(engine).last_error == "no answer in time"
    receiver.silent = False
    let_time_pass(engine)
    assert deliverer.deliver_due() == 1


def test_a_receiver_that_is_not_there(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    put(engine)
    assert Deliverer(engine, Sender(f"http://127.0.0.1:{port}/secret-path", [])).deliver_due() == 0
    assert backlog(engine).last_error == "no connection"


def test_a_receiver_that_hangs_up(engine: Engine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            listener.accept()[0].close()

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        put(engine)
        sender = Sender(f"http://127.0.0.1:{listener.getsockname()[1]}", [])
        assert Deliverer(engine, sender).deliver_due() == 0
        hanging_up.join()
    assert "broke" in str(backlog(engine).last_error)


def test_failures_are_logged_once_for_each_reason_and_without_the_address(
    engine: Engine, receiver: Receiver, deliverer: Deliverer, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.statuses = [500, 500, 204, 500]
    with caplog.at_level(logging.INFO):
        for _ in range(4):
            put(engine)
            deliverer.deliver_due()
            let_time_pass(engine)
    assert [record.getMessage().endswith("status 500") for record in caplog.records].count(
        True
    ) == 2
    assert "token" not in caplog.text
    assert "充值" not in caplog.text


def test_the_thread_delivers_what_comes_and_ends(
    engine: Engine, receiver: Receiver, deliverer: Deliverer
) -> None:
    deliverer.start()
    put(engine)
    deliverer.wake()
    assert receiver.arrived.wait(30)
    deliverer.stop()
    put(engine)
    deliverer.wake()
    assert len(receiver.calls) == 1
    assert backlog(engine).pending == 1


def test_the_thread_outlives_a_database_that_is_away(
    engine: Engine,
    receiver: Receiver,
    deliverer: Deliverer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failed = threading.Event()

    def away(*_: object) -> None:
        monkeypatch.undo()
        failed.set()
        raise OSError("the row: 充值")

    monkeypatch.setattr(outbox, "claim", away)
    put(engine)
    with caplog.at_level(logging.ERROR):
        deliverer.start()
        assert failed.wait(30)
        deliverer.wake()
        assert receiver.arrived.wait(30)
        deliverer.stop()
    assert "OSError" in caplog.text
    assert "充值" not in caplog.text


def test_two_that_deliver_at_once_send_each_event_once(engine: Engine, receiver: Receiver) -> None:
    keys = {put(engine) for _ in range(40)}
    both = [Deliverer(engine, Sender(receiver.address, [SECRET])) for _ in range(2)]
    threads = [threading.Thread(target=each.deliver_due) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = [call.headers["webhook-id"] for call in receiver.calls]
    assert len(sent) == 40
    assert set(sent) == keys


_DELIVERING = """
import sys
from server.desk.database import open_database
from server.desk.delivery import Deliverer, Sender

Deliverer(open_database(sys.argv[1]).engine, Sender(sys.argv[2], [sys.argv[3]])).deliver_due()
"""


def test_an_event_whose_sender_was_killed_is_sent_by_another(
    engine: Engine, receiver: Receiver, deliverer: Deliverer
) -> None:
    key = put(engine)
    receiver.silent = True
    url = engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(
        [sys.executable, "-c", _DELIVERING, url, receiver.address, SECRET], cwd=_ROOT
    ) as sender:
        assert receiver.arrived.wait(60)
        sender.kill()
    receiver.silent = False
    assert deliverer.deliver_due() == 0  # its claim holds
    assert backlog(engine).pending == 1
    let_time_pass(engine)
    assert deliverer.deliver_due() == 1
    assert [call.headers["webhook-id"] for call in receiver.calls] == [key, key]


def test_one_that_was_too_slow_spoils_nothing(engine: Engine) -> None:
    put(engine)
    now = dt.datetime.now(dt.UTC)
    with engine.begin() as connection:
        slow = outbox.claim(connection, now, now)
        second = outbox.claim(connection, now, now + dt.timedelta(hours=1))
    assert slow
    assert second
    assert (slow.attempts, second.attempts) == (1, 2)
    with engine.begin() as connection:
        outbox.failed(connection, slow, "too late", now)
        assert outbox.claim(connection, now, now) is None
        outbox.delivered(connection, second, now)
        outbox.failed(connection, second, "no", now)
    assert backlog(engine).pending == 0


def test_waits_double_up_to_an_hour_and_heed_the_receiver() -> None:
    refusal = Refusal("status 500")
    for attempts, longest in ((1, 5), (2, 10), (5, 80), (11, 3600), (10_000, 3600)):
        waits = [wait(attempts, refusal) for _ in range(200)]
        assert longest / 2 <= min(waits) < max(waits) <= longest
    assert wait(1, Refusal("status 429", 120.0)) == 120
    assert wait(1, Refusal("status 429", 1e9)) == 3600


@pytest.mark.parametrize(("header", "least"), [("60", 60), ("soon", 2), ("²", 2), ("-5", 2)])
def test_retry_after(
    engine: Engine, receiver: Receiver, deliverer: Deliverer, header: str, least: float
) -> None:
    receiver.statuses, receiver.headers = [429], {"Retry-After": header.encode().decode("latin-1")}
    put(engine)
    deliverer.deliver_due()
    with engine.begin() as connection:
        due = connection.execute(select(table.c.next_attempt_at)).scalar_one()
    assert due >= dt.datetime.now(dt.UTC) + dt.timedelta(seconds=least - 1)


@pytest.mark.parametrize(
    "url", ["example.com/hook", "ftp://example.com", "https://", "file:///etc"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(AddressError, match="https://host/path"):
        Sender(url, [SECRET])


def test_a_bad_secret_is_told() -> None:
    with pytest.raises(SecretError):
        Sender("https://example.com/", ["hunter2"])
