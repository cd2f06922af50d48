"""The priority of a case: the rules of the knowledge base, in their order."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from server.desk.triage import Priority, triage

_KB = tomllib.loads((Path(__file__).parents[2] / "kb" / "kb.toml").read_text(encoding="utf-8"))
_RULES: dict[str, Any] = {
    "priority_rules": [
        {
            "id": "funds",
            "priority": "urgent",
            "tags": ["scam"],
            "words": {"zh": ["被盗"], "en": ["stolen"]},
        },
        {"priority": "high", "tags": ["login"], "words": {"en": ["can't log in"]}},
        {"priority": "normal", "words": {"en": ["slow"]}},
    ]
}


@pytest.mark.parametrize(
    ("text", "tags", "priority"),
    [
        ("我的币被盗了", (), "urgent"),
        ("我嘅資產被轉走了", (), "urgent"),  # traditional characters
        ("someone STOLE my coins", (), "urgent"),
        ("登录不了", (), "high"),
        ("I can’t log in", (), "high"),  # the apostrophe of a phone
        ("我要投诉你们", (), "high"),
        ("什么是gas", (), "normal"),
        ("a question", ("fees", "scam"), "urgent"),
        ("a question", ("login",), "high"),
        ("a question", ("fees",), "normal"),
        ("my account is locked and the coins were stolen", ("login",), "urgent"),
        ("", (), "normal"),
    ],
)
def test_funds_then_accounts_then_all_else(text: str, tags: tuple[str, ...], priority: str) -> None:
    assert triage(_KB, text, tags).priority == priority


def test_the_rules_of_the_knowledge_base_keep_their_order() -> None:
    ranks = [triage(_KB, text).rank for text in ("被盗", "登录不了", "投诉", "早上好")]
    assert ranks == [0, 1, 2, 3]


def test_the_rule_is_told_by_its_id_or_its_number() -> None:
    assert triage(_RULES, "stolen").rule == "funds"
    assert triage(_RULES, "I can't log in").rule == "2"


@pytest.mark.parametrize("text", ["slowly", "unstolen", "aslow"])
def test_latin_words_match_as_whole_ones(text: str) -> None:
    found = triage(_RULES, text)
    assert (found.priority, found.rule) == (Priority.NORMAL, "none")


def test_an_urgent_article_lifts_what_is_else_normal_only() -> None:
    lifted = triage(_RULES, "hello", urgent_article=True)
    assert (lifted.priority, lifted.rule) == (Priority.HIGH, "urgent_article")
    assert lifted.rank > triage(_RULES, "can't log in").rank
    assert triage(_RULES, "stolen", urgent_article=True) == triage(_RULES, "stolen")


def test_without_rules_every_case_is_normal() -> None:
    assert triage({}, "stolen").priority == "normal"
