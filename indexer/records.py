"""From the keys and values of a source (front matter, JSON line, CSV row) to an Article."""

import datetime
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from indexer.article import LANGS, PRIORITIES, Article, Lang, Priority
from indexer.faults import Fault
from indexer.text import normalise

_REQUIRED = ("id", "lang", "title")
_LISTS = ("questions", "tags", "related")
_TEXTS = ("id", "lang", "title", "product", "variant_of", "priority", "updated", "body")
KEYS = (*_TEXTS, *_LISTS)

_ID = re.compile(r"[^\W_][\w.\-]*\Z")
ID_RULE = "Use letters, digits, '-', '_' and '.', beginning with a letter or digit"
# Excel writes a date as 2026/1/31 where the computer's region is China.
_DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})\Z")
# JSON and YAML can hold a half of a surrogate pair; no file can.
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def meant_key(key: str) -> str | None:
    """Return the key that `key` looks like a misspelling of, None where it looks like none."""
    close = difflib.get_close_matches(key.strip().lower(), KEYS, n=1, cutoff=0.75)
    return close[0] if close else None


def header_faults(file: str, line: int, columns: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with the header of a table: misspelt columns, and those not there."""
    meant = {column: meant_key(column) for column in columns if column not in KEYS}
    for column, key in meant.items():
        if key:
            yield Fault(file, line, f"unknown column '{column}'", f"Did you mean '{key}'")
    for key in _REQUIRED:
        if key not in columns and key not in meant.values():
            yield Fault(file, line, f"the column '{key}' is missing", "Add it to the header")


class Record:
    """Reads one article's keys and collects every fault on the way.

    `lines` tells on which line each key stands; `line` is where the record begins.
    """

    def __init__(
        self,
        file: str,
        line: int,
        values: Mapping[str, Any],
        lines: Mapping[str, int] | None = None,
    ) -> None:
        self.faults: list[Fault] = []
        self._file = file
        self._line = line
        self._values = values
        self._lines = lines or {}

    def article(
        self, body: str | None = None, *, list_separator: str | None = None
    ) -> Article | None:
        """Return the article, or None when `faults` says why there is none.

        `body` overrides the key of that name. With `list_separator` lists may come as one text.
        """
        self._check_keys()
        for key in _REQUIRED:
            value = self._values.get(key)
            if value is None or (isinstance(value, str) and not normalise(value)):
                self._fault(key, f"'{key}' is missing", f"Add '{key}:' with a value")
        texts = {key: self._text(key) for key in _TEXTS}
        lists = {key: self._list(key, list_separator) for key in _LISTS}
        self._check_values(texts)
        updated = self._date("updated", texts["updated"])
        if self.faults:
            return None
        return Article(
            id=cast(str, texts["id"]),
            lang=cast(Lang, texts["lang"]),
            title=cast(str, texts["title"]),
            questions=lists["questions"],
            body=(texts["body"] or "") if body is None else body,
            tags=lists["tags"],
            product=texts["product"],
            variant_of=texts["variant_of"],
            priority=cast(Priority, texts["priority"] or "normal"),
            updated=updated,
            related=lists["related"],
            source=f"{self._file}:{self._line}",
        )

    def _fault(self, key: str, problem: str, remedy: str) -> None:
        self.faults.append(Fault(self._file, self._lines.get(key, self._line), problem, remedy))

    def _check_keys(self) -> None:
        """A key that looks like a misspelt one is a mistake; any other stranger is left alone."""
        for key in self._values:
            if key in KEYS:
                continue
            if meant := meant_key(str(key)):
                self._fault(str(key), f"unknown key '{key}'", f"Did you mean '{meant}'")

    def _text(self, key: str) -> str | None:
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, datetime.date):
            return value.isoformat()
        if key == "id" and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            kind = type(value).__name__
            self._fault(key, f"'{key}' must be a text, not {kind}", f"Put the {key} in quotes")
            return None
        if key == "body":
            return value or None
        return " ".join(value.split()) if normalise(value) else None

    def _list(self, key: str, separator: str | None) -> tuple[str, ...]:
        value = self._values.get(key)
        if value is None:
            return ()
        if isinstance(value, str) and separator is not None:
            value = value.split(separator)
        if not isinstance(value, list):
            self._fault(key, f"'{key}' must be a list", f"Write {key}: [first, second]")
            return ()
        items: list[str] = []
        for item in value:
            if not isinstance(item, str | int | float) or isinstance(item, bool):
                self._fault(key, f"'{key}' holds {item!r}, which is no text", "Put it in quotes")
            elif normalise(str(item)):
                items.append(" ".join(str(item).split()))
        return tuple(items)

    def _check_values(self, texts: Mapping[str, str | None]) -> None:
        if (ident := texts["id"]) and not _ID.match(ident):
            self._fault("id", f"'{ident}' is no valid id", ID_RULE)
        if (lang := texts["lang"]) and lang not in LANGS:
            self._fault("lang", f"unknown language '{lang}'", f"Use one of: {', '.join(LANGS)}")
        if (priority := texts["priority"]) and priority not in PRIORITIES:
            remedy = f"Use one of: {', '.join(PRIORITIES)}"
            self._fault("priority", f"unknown priority '{priority}'", remedy)
        for key in KEYS:
            value = self._values.get(key)
            parts = value if isinstance(value, list) else [value]
            if any(isinstance(part, str) and _HALF_CHARACTER.search(part) for part in parts):
                remedy = "Delete the escape such as \\ud83d and write the character itself"
                self._fault(key, f"'{key}' holds half of a character", remedy)

    def _date(self, key: str, text: str | None) -> str | None:
        """Return a date as YYYY-MM-DD, for such texts sort by time."""
        if text is None:
            return None
        try:
            if match := _DATE.match(text):
                year, _, month, day = match.groups()
                return datetime.date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            pass
        self._fault(key, f"'{text}' is no date", "Write it as YYYY-MM-DD")
        return None
