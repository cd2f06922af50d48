"""The numbers that a text states, in Chinese or in English, to hold twins to each other.

Only what both languages write alike can be compared: digits, and words for numbers where a unit
follows them. Numbers of list items, links and code are none.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.text import plain

_UNITS: dict[str, tuple[str, ...]] = {
    "second": ("秒钟", "秒", "seconds", "second"),
    "minute": ("分钟", "minutes", "minute", "mins", "min"),
    "hour": ("个小时", "小时", "个钟头", "钟头", "hours", "hour"),
    "day": (
        "个工作日",
        "工作日",
        "个自然日",
        "天",
        "日内",
        "business days",
        "business day",
        "working days",
        "working day",
        "calendar days",
        "days",
        "day",
    ),
    "week": ("个星期", "星期", "周", "weeks", "week"),
    "month": ("个月", "months", "month"),
    "year": ("年", "years", "year"),
    "percent": ("%", "％", "percent", "per cent"),
    "word": ("个单词", "个词", "单词", "words", "word"),
    "character": ("个字符", "位字符", "字符", "位", "characters", "character", "digits", "digit"),
    "time": ("次", "times"),
}
_NAMES = {name: unit for unit, names in _UNITS.items() for name in names}
_UNIT = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_ENGLISH = {
    word: n
    for n, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "hundred": 100}
_NUMBER = r"\d+(?:[,，]\d{3})*(?:\.\d+)?"
_HAN_NUMBER = "[零一二三四五六七八九十百两〇]+"
_WORD_NUMBER = "|".join(sorted(_ENGLISH, key=len, reverse=True))
_MULTIPLES = {"万": 1e4, "千": 1e3, "亿": 1e8, "thousand": 1e3, "million": 1e6, "k": 1e3}
_TIMES = "|".join(_MULTIPLES)
# Durations that are counted in each other, in minutes.
_MINUTES = {"second": 1 / 60, "minute": 1.0, "hour": 60.0, "day": 1440.0, "week": 10080.0}
_MEASURED = re.compile(
    rf"(?<![A-Za-z0-9.])(?P<n>{_NUMBER}|{_HAN_NUMBER}|\b(?:{_WORD_NUMBER})\b)"
    rf"(?:\s*(?:-|–|—|~|至|到|to|or|或)\s*(?P<m>{_NUMBER}|{_HAN_NUMBER}|\b(?:{_WORD_NUMBER})\b))?"
    rf"\s*(?P<times>{_TIMES})?[\s-]*(?P<unit>{_UNIT})(?![a-z])",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![A-Za-z0-9.#/_-])(?P<n>{_NUMBER})\s*(?P<times>{_TIMES})?(?![A-Za-z0-9_]|\.\d)",
    re.IGNORECASE,
)
_LIST = re.compile(r"(?m)^\s*\d+[.、)]\s+")
_CODE = re.compile(r"`[^`]*`|https?://\S+")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：](\d{2})(?!\d)")
# "24/7" and "7×24" say the same.
_ALWAYS = re.compile(r"24\s*/\s*7|7\s*[x×*]\s*24|24\s*[x×*]\s*7", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Quantity:
    """A number as a text states it, in its `unit` ("" where none follows)."""

    value: float
    unit: str = ""

    @property
    def minutes(self) -> float | None:
        """How long it is, where it is a duration in seconds to weeks."""
        return self.value * _MINUTES[self.unit] if self.unit in _MINUTES else None

    def __str__(self) -> str:
        sign = "%" if self.unit == "percent" else f" {self.unit}"
        return f"{self.value:.12g}{sign}".strip()


def quantities(markdown: str) -> Counter[Quantity]:
    """Return the quantities of a Markdown text, and how often each is stated."""
    text = plain(_CODE.sub(" ", _LIST.sub(" ", markdown)))
    found: Counter[Quantity] = Counter()
    text, always = _ALWAYS.subn(" ", text)
    if always:
        found[Quantity(24, "hour")] += always

    for match in _CLOCK.finditer(text):
        found[Quantity(int(match[1]) + int(match[2]) / 60, "o'clock")] += 1
    text = _CLOCK.sub(" ", text)

    def measured(match: re.Match[str]) -> str:
        unit = _NAMES[match["unit"].lower()]
        times = _MULTIPLES.get((match["times"] or "").lower(), 1.0)
        for part in (match["n"], match["m"]):
            for value in _values(part) if part is not None else ():
                found[Quantity(value * times, unit)] += 1
        return " "

    rest = _MEASURED.sub(measured, text)
    for match in _BARE.finditer(rest):
        times = _MULTIPLES.get((match["times"] or "").lower(), 1.0)
        found[Quantity(_values(match["n"])[0] * times)] += 1
    return found


def contradictions(one: str, other: str) -> tuple[list[Quantity], list[Quantity]]:
    """Return what each of two Markdown texts states and the other does not, in any unit.

    Only where both state something of their own do they contradict each other: a number more on
    one side may be left out on the other. So a number of one is told of only where the other has a
    different number of the same unit that the first has not. A day is 24 hours.
    """
    first, second = quantities(one), quantities(other)
    only = _absent(first, second), _absent(second, first)
    kinds = [{_kind(q) for q in side} for side in only]
    # A bare number may be one of anything.
    told = [[q for q in only[n] if not _kind(q) or {_kind(q), ""} & kinds[1 - n]] for n in range(2)]
    return (told[0], told[1]) if all(told) else ([], [])


def _absent(mine: Iterable[Quantity], theirs: Iterable[Quantity]) -> list[Quantity]:
    """Return those of `mine` whose number, or duration, is none of `theirs`."""
    values = {q.value for q in theirs}
    durations = {q.minutes for q in theirs}
    return [
        q
        for q in sorted(mine)
        if q.value not in values and (q.minutes is None or q.minutes not in durations)
    ]


def _kind(quantity: Quantity) -> str:
    return quantity.unit if quantity.minutes is None else "duration"


def _values(text: str) -> list[float]:
    """Return the number that `text` writes; two where Chinese says "two or three" (两三天)."""
    if text[0].isdigit():
        return [float(re.sub("[,，]", "", text))]
    if text.lower() in _ENGLISH:
        return [float(_ENGLISH[text.lower()])]
    if len(text) == 2 and all(c in _DIGITS for c in text):
        return [float(_DIGITS[c]) for c in text]
    return [float(_chinese(text))]


def _chinese(text: str) -> int:
    """Return the number below a thousand that Chinese digits write: 三十, 一百二十, 两."""
    total = digit = 0
    for character in text:
        if character in "十百":
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
        else:
            digit = digit * 10 + _DIGITS[character]
    return total + digit
