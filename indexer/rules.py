"""Whether the parts of `kb.toml` that hand-offs are made of have the shape they need.

Opening hours, channels, steps of complaints, intake questions and priority rules are used when a
visitor waits for a person: a slip in them has to stop the build, not the hand-off.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from indexer.article import LANGS

# The key it is about, what is wrong with it, and an example of how to write it.
Slip = tuple[str, str, str]

KINDS = ("text", "choice", "transaction_hash", "address", "datetime")
PRIORITIES = ("urgent", "high", "normal", "low")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
_TEXTS = '{ zh = "…", en = "…" }'


def misshapen_rules(settings: Mapping[str, Any]) -> Iterator[Slip]:
    """Yield what is wrong with the hours, channels, intake questions and rules of `settings`."""
    if not _is_list(settings.get("holidays", []), _is_date):
        example = 'holidays = ["2027-01-01"]'
        yield "holidays", "must be a list of dates (YEAR-MONTH-DAY)", example
    products = settings.get("products", {})
    for ident, product in products.items() if _is_table(products) else ():
        if isinstance(product, dict):
            yield from _hours(f"products.{ident}.hours", product.get("hours", {}))
            yield from _channels(f"products.{ident}.channels", product.get("channels", []))
            yield from _complaint(f"products.{ident}.complaint", product.get("complaint", []))
    yield from _intake(settings)
    yield from _priorities(settings.get("priority_rules", []))


def _hours(key: str, hours: Any) -> Iterator[Slip]:
    if not _is_table(hours):
        yield key, "must be a table", f"[{key}] and its keys below it"
        return
    if not _is_zone(hours.get("timezone", "UTC")):
        yield key, "has a timezone that is no IANA name", 'timezone = "Asia/Shanghai"'
    for name in ("mon_fri", "sat_sun"):
        if not _is_list(hours.get(name, []), _is_span):
            yield key, f"has {name} that is no list of spans", f'{name} = [["09:00", "21:00"]]'
    for name in ("always_open", "sat_sun_limited", "holidays_limited"):
        if not isinstance(hours.get(name, False), bool):
            yield key, f"has {name} that is neither true nor false", f"{name} = true"


def _channels(key: str, channels: Any) -> Iterator[Slip]:
    if not _is_list(channels, _is_table):
        yield key, "must be tables in a list", f"[[{key}]] and its keys below it"
        return
    for channel in channels:
        if not isinstance(channel.get("id"), str):
            yield key, "has one without an id", 'id = "live-chat"'
        for name in ("name", "note"):
            if name in channel and not _is_in_both_languages(channel[name]):
                yield key, f"has a {name} that is not in both languages", f"{name} = {_TEXTS}"
        for name in ("follows_hours", "by_appointment"):
            if not isinstance(channel.get(name, False), bool):
                yield key, f"has {name} that is neither true nor false", f"{name} = true"


def _complaint(key: str, steps: Any) -> Iterator[Slip]:
    if not _is_list(steps, _is_table):
        yield key, "must be tables in a list", f"[[{key}]] and its keys below it"
        return
    idents = [step.get("id") for step in steps]
    if not _is_list(idents, _is_text) or len(set(idents)) < len(idents):
        yield key, "has a step without an id of its own", 'id = "investigation"'
    if not all(_is_in_both_languages(step) for step in steps):
        yield key, "has a step that is not told in both languages", 'zh = "…" and en = "…" below it'


def _intake(settings: Mapping[str, Any]) -> Iterator[Slip]:
    questions = settings.get("intake", {})
    if not _is_table(questions) or not all(map(_is_table, questions.values())):
        yield "intake", "must be tables, one for each question", "[intake.problem] and its keys"
        return
    for ident, question in questions.items():
        yield from _question(f"intake.{ident}", question)

    def is_known(ident: Any) -> bool:
        return ident in questions

    example = 'a list of the ids of [intake.*], such as ["problem", "tried"]'
    if not _is_list(settings.get("intake_default", []), is_known):
        yield "intake_default", "names questions that [intake.*] does not have", example
    by_tag = settings.get("intake_for", {})
    if not _is_table(by_tag):
        yield "intake_for", "must be a table of lists", 'deposit = ["problem"] below [intake_for]'
        return
    for tag, wanted in by_tag.items():
        if not _is_list(wanted, is_known):
            yield tag, "in [intake_for] names questions that [intake.*] does not have", example


def _question(key: str, question: Mapping[str, Any]) -> Iterator[Slip]:
    if not _is_in_both_languages({lang: question.get(lang) for lang in LANGS}):
        yield key, "is not asked in both languages", 'zh = "…" and en = "…" below it'
    kind = question.get("kind", "text")
    if kind not in KINDS:
        yield key, f"has a kind that is none of {', '.join(KINDS)}", 'kind = "text"'
    choices = question.get("choices", {})
    groups = [choices.get(lang) for lang in LANGS] if _is_table(choices) else []
    counts = {len(group) if group and _is_list(group, _is_text) else 0 for group in groups}
    if kind == "choice" and (len(counts) != 1 or 0 in counts):
        example = 'choices = { zh = ["是", "否"], en = ["Yes", "No"] }'
        yield key, "needs as many choices in one language as in the other", example
    if not isinstance(question.get("required", False), bool):
        yield key, "has required that is neither true nor false", "required = true"


def _priorities(rules: Any) -> Iterator[Slip]:
    if not _is_list(rules, _is_table):
        yield (
            "priority_rules",
            "must be tables in a list",
            "[[priority_rules]] and its keys below it",
        )
        return
    for number, rule in enumerate(rules, 1):
        if rule.get("priority") not in PRIORITIES:
            problem = f"has no priority out of {', '.join(PRIORITIES)} in rule {number}"
            yield "priority_rules", problem, 'priority = "urgent"'
        if not _is_list(rule.get("tags", []), _is_text):
            problem = f"has tags that are no list of texts in rule {number}"
            yield "priority_rules", problem, 'tags = ["scam"]'
        words = rule.get("words", {})
        if not _is_table(words) or not all(_is_list(w, _is_text) for w in words.values()):
            problem = f"has words that are no lists of texts in rule {number}"
            yield "priority_rules", problem, 'zh = ["被盗"] below [priority_rules.words]'


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any, is_right: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(is_right, value))


def _is_in_both_languages(value: Any) -> bool:
    return isinstance(value, dict) and all(value.get(lang) for lang in LANGS)


def _is_date(value: Any) -> bool:
    try:
        # Written as fromisoformat() also takes them, 20270101 and 2027-W01-1 are found nowhere.
        return bool(datetime.date.fromisoformat(value).isoformat() == value)
    except (TypeError, ValueError):
        return False


def _is_zone(value: Any) -> bool:
    try:
        ZoneInfo(value)
    except (TypeError, ValueError, OSError, KeyError):
        return False
    return True


def _is_span(value: Any) -> bool:
    if not _is_list(value, _is_text) or len(value) != 2:
        return False
    start, end = value
    return bool(_CLOCK.fullmatch(start) and (_CLOCK.fullmatch(end) or end == "24:00"))
