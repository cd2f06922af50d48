"""What goes with a hand-off: its words, the questions of the form, and who is there."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer import KnowledgeBase, ModelChoice, build
from server.engine import Answer, Assistant, Decision, HandoffReason
from server.engine.handoff import TEXTS, article_about, present_handoff
from server.engine.presentation import present
from tests.engine.centre import ARTICLES, BASE, SCORER
from tests.fakes import FakeEncoder

# A Saturday at noon, and the Monday after, in Shanghai.
SATURDAY = dt.datetime(2026, 11, 28, 4, 0, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 11, 30, 4, 0, tzinfo=dt.UTC)
SETTINGS: dict[str, Any] = {
    "default_language": "zh",
    "intake_default": ["problem"],
    "intake": {
        "problem": {"zh": "什么问题？", "en": "What went wrong?", "required": True},
        "chain": {
            "zh": "哪条链？",
            "en": "Which chain?",
            "kind": "choice",
            "choices": {"zh": ["比特币"], "en": ["Bitcoin"]},
        },
    },
    "intake_for": {"withdrawal": ["chain", "problem"]},
    "handoff": {"texts": {"second_miss": {"zh": "两次了。", "en": "Twice."}}},
    "products": {
        "tpwallet": {
            "name": "TPWallet",
            "hours": {"timezone": "Asia/Shanghai", "mon_fri": [["09:00", "21:00"]], "sat_sun": []},
            "channels": [
                {"id": "chat", "name": {"zh": "聊天", "en": "Chat"}, "follows_hours": True},
                {"id": "mail", "name": {"zh": "邮件", "en": "E-mail"}},
            ],
        }
    },
}


@pytest.fixture(scope="module")
def desk_assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    root = tmp_path_factory.mktemp("handoff")
    tagged = tuple(
        replace(article, tags=("withdrawal",)) if article.id == "withdraw-late" else article
        for article in ARTICLES
    )
    base = KnowledgeBase(tagged, lexicon=BASE.lexicon, settings=SETTINGS)
    build(base, root, FakeEncoder(), ModelChoice("no-such-model"))
    return Assistant.open(root, encoder=FakeEncoder(), scorer=SCORER)


def handoff(
    assistant: Assistant, text: str, reason: HandoffReason, now: dt.datetime = MONDAY, **asked: Any
) -> dict[str, Any]:
    return present_handoff(assistant.index, assistant.ask(text, **asked), reason, now)


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(TEXTS) == set(HandoffReason)
    assert all(said["zh"] and said["en"] for said in TEXTS.values())


def test_the_words_are_those_of_the_knowledge_base(desk_assistant: Assistant) -> None:
    told = handoff(desk_assistant, "what now", HandoffReason.SECOND_MISS)
    assert told["message"] == "Twice."
    told = handoff(desk_assistant, "怎么办呢", HandoffReason.SECOND_MISS)
    assert told["message"] == "两次了。"
    told = handoff(desk_assistant, "what now", HandoffReason.LOW_CONFIDENCE)
    assert told["message"] == TEXTS[HandoffReason.LOW_CONFIDENCE]["en"]


def test_the_form_fits_what_the_case_is_about(desk_assistant: Assistant) -> None:
    told = handoff(desk_assistant, "提现没到账怎么办", HandoffReason.ASKED_FOR_HUMAN)
    assert [question["id"] for question in told["intake"]] == ["chain", "problem"]
    assert told["intake"][0] == {
        "id": "chain",
        "kind": "choice",
        "text": "哪条链？",
        "required": False,
        "choices": ["比特币"],
    }
    told = handoff(desk_assistant, "how to bake bread", HandoffReason.NO_ARTICLES)
    assert [question["id"] for question in told["intake"]] == ["problem"]


@pytest.mark.parametrize("reason", [HandoffReason.EMPTY_QUESTION, HandoffReason.TAKEN_OVER])
def test_nothing_is_asked_where_there_is_no_case_to_open(
    desk_assistant: Assistant, reason: HandoffReason
) -> None:
    assert "intake" not in handoff(desk_assistant, "提现没到账怎么办", reason)


def test_an_unlikely_article_says_nothing_about_the_case(desk_assistant: Assistant) -> None:
    answer = desk_assistant.ask("提现没到账怎么办")
    about = article_about(desk_assistant.index, answer.hits)
    assert about is not None
    assert about.id == "withdraw-late"
    unsure = tuple(replace(hit, score=0.1) for hit in answer.hits)
    assert article_about(desk_assistant.index, unsure) is None
    assert article_about(desk_assistant.index, ()) is None


def test_who_is_there_now_and_when_the_others_are(desk_assistant: Assistant) -> None:
    told = handoff(desk_assistant, "what now", HandoffReason.ASKED_FOR_HUMAN, MONDAY)
    assert [(c["id"], c["state"], c["name"]) for c in told["channels_open"]] == [
        ("chat", "open", "Chat")
    ]
    assert [(c["id"], c["state"]) for c in told["channels"]] == [
        ("chat", "open"),
        ("mail", "any_time"),
    ]
    assert "opens_at" not in told
    told = handoff(desk_assistant, "what now", HandoffReason.ASKED_FOR_HUMAN, SATURDAY)
    assert told["channels_open"] == []
    assert told["opens_at"] == "2026-11-30T09:00:00+08:00"
    assert told["channels"][0]["opens_at"] == told["opens_at"]


def test_an_urgent_case_is_offered_a_person_beside_its_answer(desk_assistant: Assistant) -> None:
    answer: Answer = replace(desk_assistant.ask("提现没到账怎么办"), urgent=True)
    assert answer.decision == Decision.ANSWER
    presented = present(desk_assistant, answer, took_ms=1.0)
    assert (presented["decision"], presented["handoff"]["reason"]) == ("answer", "urgent")


def test_a_knowledge_base_without_rules_hands_off_all_the_same(tmp_path: Path) -> None:
    build(KnowledgeBase(ARTICLES), tmp_path, FakeEncoder(), ModelChoice("no-such-model"))
    assistant = Assistant.open(tmp_path, encoder=FakeEncoder(), scorer=SCORER)
    told = handoff(assistant, "help", HandoffReason.ASKED_FOR_HUMAN)
    assert (told["intake"], told["channels_open"], told["channels"]) == ([], [], [])
