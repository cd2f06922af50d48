"""Feedback is kept for messages that exist, and the last word of each holds."""

import pytest
from sqlalchemy import select

from server.desk import Desk, UnknownMessageError
from server.desk.schema import feedback
from tests.desk.conftest import Clock
from tests.desk.test_conversations import asked


def kept(desk: Desk) -> list[tuple[object, ...]]:
    columns = (feedback.c.message_id, feedback.c.article_id, feedback.c.helpful, feedback.c.comment)
    with desk.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(feedback.c.id))]


def test_it_is_kept_by_message_and_article(desk: Desk) -> None:
    desk.record("c1", asked(1))
    desk.feedback.add("m1", helpful=True)
    desk.feedback.add("m1", helpful=False, article_id="fees", comment=" 不对 ")
    assert kept(desk) == [("m1", "", True, None), ("m1", "fees", False, "不对")]


def test_the_last_word_holds(desk: Desk, clock: Clock) -> None:
    desk.record("c1", asked(1))
    desk.feedback.add("m1", helpful=False, comment="wrong")
    clock.go_on(minutes=1)
    desk.feedback.add("m1", helpful=True)
    assert kept(desk) == [("m1", "", True, None)]
    with desk.database.read() as connection:
        assert connection.execute(select(feedback.c.created_at)).scalar_one() == clock.at


@pytest.mark.parametrize("message_id", ["", "m2", "\x00", "\ud800", "m1'; DROP TABLE feedback; --"])
def test_of_messages_that_are_none_nothing_is_kept(desk: Desk, message_id: str) -> None:
    desk.record("c1", asked(1))
    with pytest.raises(UnknownMessageError):
        desk.feedback.add(message_id, helpful=True)
    assert kept(desk) == []
