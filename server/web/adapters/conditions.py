"""Dify's conditions on metadata: which of the records that were found may be returned.

The operators are those of https://docs.dify.ai, "External Knowledge API".
"""

import datetime as dt
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

Operator = Literal[
    "contains",
    "not contains",
    "start with",
    "end with",
    "is",
    "is not",
    "in",
    "not in",
    "empty",
    "not empty",
    "=",
    "≠",
    ">",
    "<",
    "≥",
    "≤",
    "before",
    "after",
]
OPERATORS: tuple[Operator, ...] = get_args(Operator)

Value = str | float | Sequence[str] | None

_OF_TEXTS: dict[Operator, Callable[[str, str], bool]] = {
    "contains": lambda found, wanted: wanted in found,
    "start with": str.startswith,
    "end with": str.endswith,
    "is": operator.eq,
}
_OF_NUMBERS: dict[Operator, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "≥": operator.ge,
    "≤": operator.le,
}
_OPPOSITES: dict[Operator, Operator] = {
    "not contains": "contains",
    "is not": "is",
    "not in": "in",
    "not empty": "empty",
}


def holds(metadata: Mapping[str, Any], name: str, comparison: Operator, value: Value) -> bool:
    """Tell whether the field `name` of a record's `metadata` is as the condition says.

    Texts are compared without regard to case; of a list, one that fits is enough. A field that is
    missing, or is no number or date where one is needed, fits only what is negated.
    """
    if comparison in _OPPOSITES:
        return not holds(metadata, name, _OPPOSITES[comparison], value)
    field = metadata.get(name)
    found = [] if field in (None, "", []) else field if isinstance(field, list) else [field]
    if comparison == "empty":
        return not found
    if comparison in _OF_NUMBERS:
        return any(_numbers(each, value, _OF_NUMBERS[comparison]) for each in found)
    if comparison in ("before", "after"):
        return any(_dates(each, value, comparison) for each in found)
    compare = _OF_TEXTS["is" if comparison == "in" else comparison]
    wanted = [_text(each) for each in (value if isinstance(value, list | tuple) else [value])]
    return any(compare(_text(each), one) for each in found for one in wanted)


def _text(value: Any) -> str:
    return str(value).casefold() if value is not None else ""


def _numbers(found: Any, wanted: Value, compare: Callable[[Any, Any], bool]) -> bool:
    try:
        return compare(float(found), float(wanted))  # type: ignore[arg-type]  # that is the question
    except (TypeError, ValueError):
        return False


def _dates(found: Any, wanted: Value, comparison: Operator) -> bool:
    """Compare days: an article's date has no time."""
    days = [_day(each) for each in (found, wanted)]
    if days[0] is None or days[1] is None:
        return False
    return days[0] < days[1] if comparison == "before" else days[0] > days[1]


def _day(value: Any) -> dt.date | None:
    """Return the day of an ISO date or time, or of seconds since 1970 (UTC)."""
    try:
        if isinstance(value, int | float):
            return dt.datetime.fromtimestamp(value, dt.UTC).date()
        return dt.datetime.fromisoformat(value).date()
    except (TypeError, ValueError, OverflowError, OSError):
        return None
