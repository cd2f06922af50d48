"""Conversations: remembered for the next question, read and deleted by their visitors alone."""

import threading
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from server.desk import Desk, Exchange, NewTicket, UnknownConversationError
from server.desk.schema import conversations, feedback, metadata, queries, turns
from server.engine import Decision, HandoffReason, Turn
from tests.desk.conftest import KB, Clock
from tests.engine.safety import makers


def asked(number: int, question: str = "充值没到账", **more: object) -> Exchange:
    """Return a turn with the message id `m<number>`."""
    values = {"lang": "zh", "decision": Decision.ANSWER, "index_id": "i"} | more
    return Exchange(message_id=f"m{number}", question=question, **values)


def rows(desk: Desk, table: str) -> int:
    with desk.database.read() as connection:
        return len(connection.execute(select(metadata.tables[table])).all())


def test_the_first_turn_returns_the_token_and_no_later_one(desk: Desk) -> None:
    token = desk.record("c1", asked(1))
    assert token
    assert desk.record("c1", asked(2)) is None
    assert desk.record("c2", asked(3)) not in (None, token)


def test_turns_come_back_as_the_engine_takes_them(desk: Desk) -> None:
    desk.record("c1", asked(1, "提现多久", article_ids=("withdrawal", "fees"), confidence=0.9))
    desk.record("c1", asked(2, "那周末呢", decision=Decision.HANDOFF))
    desk.record("c2", asked(3, "别人的"))
    assert desk.conversations.turns("c1") == (
        Turn("提现多久", Decision.ANSWER, "withdrawal"),
        Turn("那周末呢", Decision.HANDOFF, None),
    )
    assert desk.conversations.turns("nobody") == ()


def test_only_the_last_turns_are_remembered_oldest_first(desk: Desk) -> None:
    for number in range(20):
        desk.record("c1", asked(number, str(number)))
    remembered = [turn.text for turn in desk.conversations.turns("c1")]
    assert remembered == [str(number) for number in range(12, 20)]


def test_the_visitor_reads_all_of_it_again(desk: Desk, clock: Clock) -> None:
    exchange = asked(
        1,
        reason=HandoffReason.LOW_CONFIDENCE,
        decision=Decision.HANDOFF,
        article_ids=("deposit",),
        reply="请由人工客服为您处理。",
        confidence=0.25,
        product="imwallet",
        channel="app",
        user="ann",
    )
    token = desk.record("c1", exchange, consent="我同意保存对话30天。")
    assert token
    found = desk.conversations.transcript("c1", token)
    assert (found.lang, found.product, found.channel) == ("zh", "imwallet", "app")
    assert (found.consent, found.consented_at) == ("我同意保存对话30天。", clock.at)
    assert (found.created_at, found.retention_days) == (clock.at, 30)
    assert (found.expires_at - clock.at).days == 30
    (told,) = found.turns
    assert (told.message_id, told.question, told.reply) == ("m1", "充值没到账", exchange.reply)
    assert (told.decision, told.reason) == (Decision.HANDOFF, HandoffReason.LOW_CONFIDENCE)
    assert (told.article_ids, told.confidence, told.index_id) == (("deposit",), 0.25, "i")
    assert told.at == clock.at


def test_each_turn_keeps_it_for_longer(desk: Desk, clock: Clock) -> None:
    token = desk.record("c1", asked(1))
    assert token
    clock.go_on(days=20)
    desk.record("c1", asked(2))
    assert (desk.conversations.transcript("c1", token).expires_at - clock.at).days == 30


@pytest.mark.parametrize("token", ["", "sesame", "é\ud800"])
@pytest.mark.parametrize("ident", ["c1", "nobody", "\x00\ud800"])
def test_others_read_change_and_delete_nothing(desk: Desk, ident: str, token: str) -> None:
    desk.record("c1", asked(1))
    other = desk.record("c2", asked(2)) or ""
    for wrong in (token, other):
        with pytest.raises(UnknownConversationError) as told:
            desk.conversations.transcript(ident, wrong)
        with pytest.raises(UnknownConversationError):
            desk.conversations.forget(ident, wrong)
        with pytest.raises(UnknownConversationError):
            desk.conversations.agree(ident, wrong, "yes")
        # Whether there is one, they do not learn.
        assert str(told.value) == "There is no such conversation, or the token is another's."
    assert rows(desk, "conversations") == 2


def test_consent_may_be_given_later(desk: Desk, clock: Clock) -> None:
    token = desk.record("c1", asked(1))
    assert token
    assert desk.conversations.transcript("c1", token).consent is None
    clock.go_on(minutes=1)
    desk.conversations.agree("c1", token, "I agree.")
    found = desk.conversations.transcript("c1", token)
    assert (found.consent, found.consented_at) == ("I agree.", clock.at)


def test_what_is_forgotten_is_gone_from_every_table(desk: Desk) -> None:
    token = desk.record("c1", asked(1))
    assert token
    desk.record("c1", asked(2))
    desk.record("c2", asked(3, "别人的"))
    for message in ("m1", "m2", "m3"):
        desk.feedback.add(message, helpful=True, comment="谢谢")
    number = desk.tickets.create(
        KB, NewTicket("充值没到账", "zh", conversation_id="c1")
    ).ticket.number
    desk.conversations.forget("c1", token)
    assert desk.conversations.turns("c1") == ()
    counts = {name: rows(desk, name) for name in ("conversations", "turns", "queries", "feedback")}
    assert set(counts.values()) == {1}, counts
    with desk.database.read() as connection:
        assert connection.execute(select(queries.c.query)).scalars().all() == ["别人的"]
        assert connection.execute(select(feedback.c.message_id)).scalars().all() == ["m3"]
        assert connection.execute(select(turns.c.conversation_id)).scalars().all() == ["c2"]
    case = desk.tickets.find(number)
    assert (case.transcript, case.ticket.conversation_id) == (None, None)
    with pytest.raises(UnknownConversationError):
        desk.conversations.transcript("c1", token)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_what_is_forgotten_is_gone_from_the_files(desk: Desk, tmp_path: Path) -> None:
    token = desk.record("c1", asked(1, "绝无仅有的一句话"))
    assert token
    desk.conversations.forget("c1", token)
    desk.purge()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert files
    assert not any("绝无仅有".encode() in file.read_bytes() for file in files)


def test_after_a_person_took_over_the_bot_keeps_still_until_released(
    desk: Desk, clock: Clock
) -> None:
    token = desk.record("c1", asked(1))
    assert token
    assert not desk.conversations.is_taken_over("c1")
    desk.conversations.take_over("c1", "ann")
    assert desk.conversations.is_taken_over("c1")
    found = desk.conversations.transcript("c1", token)
    assert (found.taken_over_by, found.taken_over_at) == ("ann", clock.at)
    desk.record("c1", asked(2))
    assert desk.conversations.is_taken_over("c1")
    desk.conversations.release("c1")
    assert not desk.conversations.is_taken_over("c1")
    assert not desk.conversations.is_taken_over("nobody")


def test_a_person_may_take_over_what_the_bot_never_saw(desk: Desk) -> None:
    desk.conversations.take_over("chatwoot:7", "chatwoot", channel="chatwoot")
    assert desk.conversations.is_taken_over("chatwoot:7")
    # Whoever writes there next does not become its owner.
    assert desk.record("chatwoot:7", asked(1)) is None


@pytest.mark.parametrize("language", makers.LANGUAGES)
def test_no_secret_is_kept_though_the_gate_was_passed_by(desk: Desk, language: str) -> None:
    phrase = " ".join(makers.mnemonic(3, 12, language))
    token = desk.record("c1", asked(1, f"help {phrase}"), consent=phrase)
    assert token
    desk.feedback.add("m1", helpful=False, comment=phrase)
    desk.conversations.take_over("c1", phrase)
    with desk.database.read() as connection:
        kept = [
            str(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    assert len(kept) >= 4
    assert not any(phrase in row for row in kept)


def test_a_user_is_kept_as_a_hash(desk: Desk) -> None:
    desk.record("c1", asked(1, user="ann@example.com"))
    with desk.database.read() as connection:
        hashes = {
            *connection.execute(select(conversations.c.user_hash)).scalars(),
            *connection.execute(select(queries.c.user_hash)).scalars(),
        }
    (hashed,) = hashes
    assert hashed
    assert "ann" not in hashed


def test_a_message_id_is_taken_once_and_nothing_else_is_kept_of_it(desk: Desk) -> None:
    desk.record("c1", asked(1))
    with pytest.raises(IntegrityError):
        desk.record("c2", asked(1))
    assert rows(desk, "conversations") == rows(desk, "queries") == 1


def test_many_at_once_begin_a_conversation_once(desk: Desk) -> None:
    tokens: list[str | None] = []
    start = threading.Barrier(8)

    def one(number: int) -> None:
        start.wait()
        tokens.append(desk.record("c1", asked(number)))

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 8
    (token,) = [token for token in tokens if token]
    assert len(desk.conversations.transcript("c1", token).turns) == 8


def test_a_conversation_may_be_forgotten_while_it_is_written_to(desk: Desk) -> None:
    """Whoever comes second wins or begins anew; nobody fails."""
    failures: list[BaseException] = []
    tokens = [desk.record("c1", asked(0))]
    done = threading.Event()

    def write() -> None:
        try:
            for number in range(1, 60):
                tokens.append(desk.record("c1", asked(number)))
        except BaseException as error:
            failures.append(error)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    forgotten = 0
    while not done.is_set():
        for token in [token for token in tokens if token]:
            try:
                desk.conversations.forget("c1", token)
                forgotten += 1
            except UnknownConversationError:
                pass
    writer.join()
    assert not failures
    assert forgotten == len([token for token in tokens if token]) - rows(desk, "conversations")
