"""The query log tells editors what was asked, and nothing of who asked."""

import datetime as dt

import pytest

from server.desk import Desk, QueryLog, querylog
from server.engine import Decision, HandoffReason
from tests.desk.conftest import Clock
from tests.desk.test_conversations import asked


def test_a_line_tells_what_was_asked_and_how_it_went(desk: Desk, clock: Clock) -> None:
    desk.record(
        "c1",
        asked(
            1,
            decision=Decision.HANDOFF,
            reason=HandoffReason.SECOND_MISS,
            article_ids=("a", "b"),
            confidence=0.125,
            product="tpwallet",
            channel="rasa",
            user="ann",
            took_ms=12.5,
        ),
    )
    (line,) = desk.queries.entries()
    assert (line.message_id, line.conversation_id, line.query) == ("m1", "c1", "充值没到账")
    assert (line.decision, line.reason) == (Decision.HANDOFF, HandoffReason.SECOND_MISS)
    assert (line.lang, line.product, line.channel) == ("zh", "tpwallet", "rasa")
    assert (line.article_ids, line.confidence, line.took_ms) == (("a", "b"), 0.125, 12.5)
    assert (line.index_id, line.asked_at, line.helpful) == ("i", clock.at, (0, 0))
    assert line.user_hash
    assert "ann" not in line.user_hash


def test_one_user_has_one_name_in_the_log(desk: Desk) -> None:
    for number, user in enumerate(("ann", "bob", "ann", None)):
        desk.record(f"c{number}", asked(number, user=user))
    first, second, third, nobody = (line.user_hash for line in desk.queries.entries())
    assert first == third != second
    assert nobody is None


def test_votes_are_counted_by_message(desk: Desk) -> None:
    for number in range(3):
        desk.record("c1", asked(number))
    desk.feedback.add("m1", helpful=True)
    desk.feedback.add("m1", helpful=False, article_id="a")
    desk.feedback.add("m1", helpful=False, article_id="b")
    desk.feedback.add("m2", helpful=True)
    assert [line.helpful for line in desk.queries.entries()] == [(0, 0), (1, 2), (1, 0)]


def test_a_span_of_time_is_read(desk: Desk, clock: Clock) -> None:
    start = clock.at
    for number in range(5):
        desk.record("c1", asked(number))
        clock.go_on(hours=1)
    hour = dt.timedelta(hours=1)

    def read(since: dt.datetime | None, until: dt.datetime | None) -> list[str]:
        return [line.message_id for line in desk.queries.entries(since, until)]

    assert read(None, None) == ["m0", "m1", "m2", "m3", "m4"]
    assert read(start + hour, start + 3 * hour) == ["m1", "m2"]
    assert read(start + 4 * hour, None) == ["m4"]
    assert read(None, start) == []


def test_a_long_log_is_read_in_batches_to_its_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        desk.record("c1", asked(number))
    for batch in (1, 2, 3, 7, 8):
        monkeypatch.setattr(querylog, "_BATCH", batch)
        lines = [line.message_id for line in QueryLog(desk.database).entries()]
        assert lines == [f"m{number}" for number in range(7)]
