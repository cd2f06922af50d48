"""A ticket goes the ways that there are, and no others."""

import pytest

from server.desk.lifecycle import Status, TransitionError, after_visitor, allowed, check

_WAYS = {
    "open": "assigned waiting solved",
    "assigned": "open waiting solved",
    "waiting": "open assigned solved",
    "solved": "reopened",
    "reopened": "assigned waiting solved",
}


@pytest.mark.parametrize("old", list(Status))
@pytest.mark.parametrize("new", list(Status))
def test_the_ways(old: Status, new: Status) -> None:
    if old is new or new.value in _WAYS[old.value].split():
        check(old, new)
        return
    with pytest.raises(TransitionError) as told:
        check(old, new)
    assert (told.value.old, told.value.new) == (old, new)
    assert all(each.value in str(told.value) for each in allowed(old))


def test_what_is_allowed_is_told_in_order() -> None:
    assert {old.value: " ".join(allowed(old)) for old in Status} == _WAYS


@pytest.mark.parametrize(
    ("old", "assignee", "new"),
    [
        ("open", None, "open"),
        ("assigned", "ann", "assigned"),
        ("waiting", "ann", "assigned"),
        ("waiting", None, "open"),
        ("solved", "ann", "reopened"),
        ("solved", None, "reopened"),
        ("reopened", "ann", "reopened"),
    ],
)
def test_the_visitors_word_moves_it(old: str, assignee: str | None, new: str) -> None:
    assert after_visitor(Status(old), assignee) == new


def test_the_visitors_word_goes_ways_that_there_are() -> None:
    for old in Status:
        for assignee in (None, "ann"):
            check(old, after_visitor(old, assignee))
