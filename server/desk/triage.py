"""How urgent a case is: the priority rules of kb.toml, funds at risk and account problems first."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from indexer.text import normalise
from server.engine.phrases import contains

# The rule of a case that fits none in kb.toml but is about an article that editors call urgent.
URGENT_ARTICLE = "urgent_article"
_NO_RULE = "none"


class Priority(StrEnum):
    """How soon a case is looked at, the soonest first."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Triage:
    """The priority of a case, and why.

    `rule` is the `id` of the rule that fitted, or its number in kb.toml, from "1"; `rank` is its
    place there, from 0: of two cases with one priority that of the smaller rank goes first.
    """

    priority: Priority
    rank: int
    rule: str


def triage(
    settings: Mapping[str, Any],
    text: str,
    tags: Collection[str] = (),
    *,
    urgent_article: bool = False,
) -> Triage:
    """Return the priority of a case by the first rule of kb.toml that fits it.

    `text` is all that the visitor said, `tags` are those of the article that the case is about, if
    one is known; `urgent_article` tells that editors marked it `priority: urgent`, which lifts what
    is else normal to high.
    """
    # Phones write the apostrophe of "can't" as a quotation mark.
    said = normalise(text).replace("’", "'")
    rules = settings.get("priority_rules", ())
    found = Triage(Priority.NORMAL, len(rules), _NO_RULE)
    for rank, rule in enumerate(rules):
        if _fits(rule, said, tags):
            found = Triage(Priority(rule["priority"]), rank, str(rule.get("id", rank + 1)))
            break
    if urgent_article and found.priority in (Priority.NORMAL, Priority.LOW):
        return Triage(Priority.HIGH, len(rules), URGENT_ARTICLE)
    return found


def _fits(rule: Mapping[str, Any], said: str, tags: Collection[str]) -> bool:
    wanted = rule.get("tags", ())
    phrases = [phrase for group in rule.get("words", {}).values() for phrase in group]
    if not wanted and not phrases:
        return True
    return not set(wanted).isdisjoint(tags) or _says_one(said, phrases)


def _says_one(said: str, phrases: Iterable[str]) -> bool:
    return any(contains(said, _normalised(phrase)) for phrase in phrases)


@lru_cache(maxsize=4096)
def _normalised(phrase: str) -> str:
    return normalise(phrase)
