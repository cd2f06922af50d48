"""The same request sent again opens no second ticket, whatever comes between or at once."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from server.desk import (
    Attempt,
    Database,
    Desk,
    IntakeError,
    KeyReusedError,
    NewTicket,
    Opened,
    UnknownTicketError,
)
from server.desk.delivery import Sender
from server.desk.retrying import Retries
from server.desk.schema import metadata
from server.desk.tokens import UserHash
from tests.desk.conftest import KB, Clock

_FIRST = Attempt("7f0c1c9e-5b1d-4a55-9a43", '{"query": "充值没到账"}')


def sent(desk: Desk, attempt: Attempt | None = _FIRST, query: str = "充值没到账") -> Opened:
    return desk.tickets.create(KB, NewTicket(query, "zh"), attempt)


def test_sent_again_it_is_the_same_ticket_with_the_same_token(desk: Desk, clock: Clock) -> None:
    assert desk.tickets.opened(_FIRST) is None
    first = sent(desk)
    clock.go_on(hours=23, minutes=59)
    again = sent(desk)
    assert again == replace(first, again=True) == desk.tickets.opened(_FIRST)
    assert not first.again
    assert desk.tickets.read(first.ticket.number, again.token).ticket.query == "充值没到账"
    assert desk.tickets.queue().total == 1
    assert desk.backlog().deliveries.pending == 1
    assert sent(desk, None).ticket.number == "T-2026-000002"


def test_it_is_told_as_it_is_by_now(desk: Desk) -> None:
    first = sent(desk)
    desk.tickets.update(KB, first.ticket.number, "ann", step=None, reply="您好")
    desk.tickets.write(first.ticket.number, first.token, "还没到")
    assert sent(desk).ticket == desk.tickets.find(first.ticket.number).ticket


def test_another_body_is_refused_and_opens_nothing(desk: Desk) -> None:
    sent(desk)
    other = replace(_FIRST, body='{"query": "提现没到账"}')
    for call in (sent, lambda desk, attempt: desk.tickets.opened(attempt)):
        with pytest.raises(KeyReusedError):
            call(desk, other)
    assert desk.tickets.queue().total == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(_FIRST, key=_FIRST.key + "0"),
        replace(_FIRST, caller="bot"),
        Attempt(key="c1c9e-5b1d-4a55-9a43", caller="7f0", body=_FIRST.body),
    ],
)
def test_other_keys_and_the_same_of_other_callers_are_others(desk: Desk, other: Attempt) -> None:
    first, second = sent(desk), sent(desk, other)
    assert first.ticket.number != second.ticket.number
    assert first.token != second.token
    with pytest.raises(UnknownTicketError):
        desk.tickets.read(first.ticket.number, second.token)


def test_after_a_day_the_key_is_as_new(desk: Desk, clock: Clock) -> None:
    first = sent(desk)
    clock.go_on(days=1)
    assert desk.tickets.opened(_FIRST) is None
    later = sent(desk, replace(_FIRST, body="another"))
    assert later.ticket.number != first.ticket.number
    assert later.token != first.token
    with pytest.raises(KeyReusedError):
        sent(desk)


def test_keys_go_after_their_day(desk: Desk, clock: Clock) -> None:
    sent(desk)
    clock.go_on(hours=23)
    sent(desk, replace(_FIRST, caller="bot"))
    assert desk.purge().keys == 0
    clock.go_on(hours=1)
    assert desk.purge().keys == 1
    assert desk.tickets.opened(_FIRST) is None
    assert desk.tickets.opened(replace(_FIRST, caller="bot")) is not None
    assert desk.tickets.queue().total == 2


def test_what_was_not_opened_leaves_the_key_free(desk: Desk) -> None:
    bad = NewTicket("充值没到账", "zh", intake={"chain": "none"})
    with pytest.raises(IntakeError):
        desk.tickets.create(KB, bad, _FIRST)
    assert not sent(desk).again


def test_a_ticket_that_fails_to_be_written_gives_the_key_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(Retries, "settle", fail)
        with pytest.raises(RuntimeError):
            sent(desk)
    assert not sent(desk, replace(_FIRST, body="another")).again
    assert desk.tickets.queue().total == 1


def test_neither_key_nor_body_nor_token_is_kept(desk: Desk, tmp_path: Path) -> None:
    opened = sent(desk)
    with desk.database.read() as connection:
        kept = [str(connection.execute(select(t)).all()) for t in metadata.sorted_tables]
    for text in (_FIRST.key, _FIRST.body, opened.token):
        assert text not in "".join(kept)
    # Who knows the key, but not the file beside the database, cannot make the token.
    assert Retries(UserHash(tmp_path / "other")).token(_FIRST, opened.ticket.number) != opened.token


def test_of_many_at_once_one_opens_the_ticket(database: Database, tmp_path: Path) -> None:
    desk = Desk(database, UserHash(tmp_path), Sender("http://127.0.0.1:9/", []))
    start = threading.Barrier(12)
    made: list[tuple[int, Opened]] = []

    def send() -> None:
        for key in range(5):
            start.wait()
            made.append((key, sent(desk, replace(_FIRST, key=f"key {key}"))))

    threads = [threading.Thread(target=send) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 60
    told = {(key, one.ticket.number, one.token) for key, one in made}
    assert len(told) == 5
    assert sum(not one.again for _, one in made) == 5
    assert desk.tickets.queue().total == 5
    assert desk.backlog().deliveries.pending == 5
    for _, number, token in told:
        assert desk.tickets.read(number, token).ticket.number == number


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_who_comes_second_waits_for_the_first(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    """SQLite lets one write at a time; on PostgreSQL the key itself is what is waited for."""
    settle = Retries.settle
    second: list[Opened] = []
    waiting = threading.Thread(target=lambda: second.append(sent(desk)))

    def slow(self: Retries, *told: object) -> None:
        settle(self, *told)  # type: ignore[arg-type]
        if waiting.ident is not None:
            return
        waiting.start()
        blocked = False
        while waiting.is_alive() and not blocked:
            with desk.database.engine.connect() as other:
                blocked = bool(
                    other.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone()
                )
        assert blocked
        if fails:
            raise RuntimeError

    monkeypatch.setattr(Retries, "settle", slow)
    if fails:
        with pytest.raises(RuntimeError):
            sent(desk)
    else:
        first = sent(desk)
    waiting.join()
    assert [one.again for one in second] == [not fails]
    if not fails:
        assert second[0].token == first.token
    assert desk.tickets.queue().total == 1
