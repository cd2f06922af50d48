"""Conditions on metadata, operator by operator."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.web.adapters.conditions import OPERATORS, holds

RECORD = {
    "id": "deposit-late",
    "lang": "zh",
    "tags": ["deposit", "transfer"],
    "updated": "2026-11-20",
    "views": 12,
    "product": None,
}


@pytest.mark.parametrize(
    ("name", "comparison", "value", "expected"),
    [
        ("id", "contains", "POSIT", True),
        ("id", "contains", "x", False),
        ("id", "not contains", "x", True),
        ("id", "start with", "deposit", True),
        ("id", "end with", "late", True),
        ("id", "end with", "deposit", False),
        ("lang", "is", "ZH", True),
        ("lang", "is", "en", False),
        ("lang", "is not", "en", True),
        ("tags", "is", "transfer", True),
        ("tags", "is not", "transfer", False),
        ("tags", "in", ["fees", "deposit"], True),
        ("tags", "in", ["fees"], False),
        ("tags", "not in", ["fees"], True),
        ("lang", "in", "zh", True),
        ("product", "empty", None, True),
        ("product", "not empty", None, False),
        ("missing", "empty", None, True),
        ("missing", "is", "x", False),
        ("missing", "is not", "x", True),
        ("missing", ">", 1, False),
        ("views", "=", 12, True),
        ("views", "=", "12.0", True),
        ("views", "≠", 12, False),
        ("views", ">", 11, True),
        ("views", "<", 12, False),
        ("views", "≥", 12, True),
        ("views", "≤", 11, False),
        ("id", ">", 1, False),
        ("views", ">", None, False),
        ("views", ">", ["1"], False),
        ("updated", "before", "2026-11-21", True),
        ("updated", "before", "2026-11-20T23:00:00", False),
        ("updated", "after", "2026-11-19", True),
        ("updated", "after", 1_700_000_000, True),
        ("updated", "after", "yesterday", False),
        ("updated", "after", 1e300, False),
        ("id", "before", "2026-11-21", False),
    ],
)
def test_each_operator(name: str, comparison: Any, value: Any, expected: bool) -> None:
    assert holds(RECORD, name, comparison, value) is expected


@given(
    st.sampled_from([*RECORD, "missing"]),
    st.sampled_from(OPERATORS),
    st.none() | st.text() | st.floats() | st.integers() | st.lists(st.text()),
)
def test_any_condition_holds_or_does_not(name: str, comparison: Any, value: Any) -> None:
    assert holds(RECORD, name, comparison, value) in (True, False)
