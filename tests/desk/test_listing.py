"""The agents' list: the most urgent first, then the oldest, page by page."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from server.desk import Desk, Kind, NewTicket, Priority, Status
from server.desk.listing import Filters
from server.desk.schema import ticket_events, tickets
from tests.desk.conftest import KB, Clock

# As kb.toml orders its rules: account problems before complaints.
_RANKS = {"币被盗了": 0, "登录不了": 1, "我要投诉": 2, "早上好": 3}


def make(desk: Desk, query: str = "早上好", **more: Any) -> str:
    return desk.tickets.create(KB, NewTicket(query, more.pop("lang", "zh"), **more)).ticket.number


def numbers(desk: Desk, **wanted: Any) -> list[str]:
    return [ticket.number for ticket in desk.tickets.queue(**wanted).tickets]


def test_the_order_is_by_rule_and_age_on_every_page(desk: Desk, clock: Clock) -> None:
    @settings(max_examples=15)
    @given(st.lists(st.sampled_from(list(_RANKS)), max_size=9), st.integers(1, 4))
    def ordered(said: list[str], limit: int) -> None:
        with desk.database.write() as connection:
            connection.execute(delete(ticket_events))
            connection.execute(delete(tickets))
        made = []
        for query in said:
            clock.go_on(seconds=1)
            made.append((_RANKS[query], len(made), make(desk, query)))
        wanted = [number for *_, number in sorted(made)]
        assert numbers(desk) == wanted
        pages = [
            desk.tickets.queue(limit=limit, offset=offset)
            for offset in range(0, len(said) + 1, limit)
        ]
        assert [ticket.number for page in pages for ticket in page.tickets] == wanted
        assert {page.total for page in pages} == {len(said)}

    ordered()


def test_the_solved_are_listed_only_where_they_are_asked_for(desk: Desk) -> None:
    first, second, third = (make(desk) for _ in range(3))
    desk.tickets.update(KB, first, "ann", status=Status.SOLVED)
    desk.tickets.update(KB, second, "ann", status=Status.ASSIGNED)
    assert numbers(desk) == numbers(desk, statuses=()) == [second, third]
    assert numbers(desk, statuses=(Status.SOLVED,)) == [first]
    assert numbers(desk, statuses=tuple(Status)) == [first, second, third]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, "abcd"),
        ({"priority": Priority.URGENT}, "a"),
        ({"priority": Priority.LOW}, ""),
        ({"product": "imwallet"}, "bd"),
        ({"product": "\x00"}, ""),
        ({"lang": "en"}, "b"),
        ({"kind": Kind.COMPLAINT}, "c"),
        ({"topic": "app"}, "d"),
        ({"assignee": "ann"}, "b"),
        ({"assignee": "ann", "product": "tpwallet"}, ""),
        ({"product": "imwallet", "topic": None, "kind": None}, "bd"),
    ],
)
def test_it_is_narrowed_by_all_that_is_told(desk: Desk, wanted: dict[str, Any], found: str) -> None:
    made = {
        make(desk, "币被盗了", product="tpwallet"): "a",
        make(desk, lang="en", product="imwallet"): "b",
        make(desk, kind=Kind.COMPLAINT): "c",
        make(desk, product="imwallet", tags=("app", "login")): "d",
    }
    desk.tickets.update(
        KB, next(n for n, name in made.items() if name == "b"), "ann", status=Status.ASSIGNED
    )
    queue = desk.tickets.queue(**wanted)
    assert "".join(sorted(made[ticket.number] for ticket in queue.tickets)) == found
    assert queue.total == len(found)


def test_a_page_beyond_the_end_is_empty_and_tells_how_many_there_are(desk: Desk) -> None:
    make(desk)
    page = desk.tickets.queue(offset=10)
    assert (page.tickets, page.total) == ((), 1)


def test_what_waits_is_counted_by_status_and_priority_with_its_age(
    desk: Desk, clock: Clock
) -> None:
    assert (desk.backlog().tickets.tickets, desk.backlog().tickets.oldest_seconds) == ({}, 0)
    first = make(desk)
    clock.go_on(minutes=5)
    make(desk, "币被盗了")
    make(desk)
    clock.go_on(minutes=1)
    waiting = desk.backlog().tickets
    assert waiting.tickets == {
        (Status.OPEN, Priority.NORMAL): 2,
        (Status.OPEN, Priority.URGENT): 1,
    }
    assert waiting.oldest_seconds == 360
    desk.tickets.update(KB, first, "ann", status=Status.ASSIGNED)
    assert desk.backlog().tickets.oldest_seconds == 60


def test_every_filter_is_tried_by_these_tests() -> None:
    tried = {"statuses", "priority", "product", "lang", "kind", "assignee", "topic"}
    assert tried == set(Filters.__annotations__)
