import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.engine import Assistant, Decision, HandoffReason
from server.engine.presentation import IndexSwappedError, article_url, present
from tests.contract import ALWAYS, HIT, SOMETIMES
from tests.engine.centre import ARTICLES, BASE, QUESTIONS, SCORER, SECRET, build_index
from tests.fakes import FakeEncoder

ONLY_FOR = {Decision.HANDOFF: {"handoff"}, Decision.BLOCKED: {"warning"}}
LEVELS = {"answer": "high", "clarify": "medium", "handoff": "low", "blocked": "low"}


def ask(assistant: Assistant, text: str, **options: Any) -> dict[str, Any]:
    return present(assistant, assistant.ask(text, **options), took_ms=1.26)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_answer_has_the_promised_shape(assistant: Assistant, lang: str) -> None:
    decisions = set()
    for text in (*QUESTIONS, SECRET, "助记词 提现 到账", "withdrawal fees"):
        presented = ask(assistant, text, lang=lang)
        decision = Decision(presented["decision"])
        decisions.add(decision)
        together = presented.pop("together", None)
        assert presented.keys() == ALWAYS | ONLY_FOR.get(decision, set())
        if together is not None:
            assert decision == Decision.ANSWER
            assert together == [hit["id"] for hit in presented["answers"]][: len(together)]
            assert len(together) > 1
        assert presented["confidence_level"] == LEVELS[decision]
        assert 0 <= presented["confidence"] <= 1
        assert presented["took_ms"] == 1.3
        assert bool(presented["clarify"]) == (decision == Decision.CLARIFY)
        for hit in presented["answers"]:
            check_hit(hit)
        # It is JSON as it stands.
        assert json.loads(json.dumps(presented, allow_nan=False)) == presented
    assert decisions == set(Decision)


def check_hit(hit: Mapping[str, Any]) -> None:
    assert HIT <= hit.keys() <= HIT | SOMETIMES
    article = {article.key: article for article in ARTICLES}[hit["id"], hit["lang"]]
    sections = {section.heading: section.text for section in article.sections}
    assert hit["question"] == hit.get("section", article.title)
    assert hit["answer"] == (sections[hit["section"]] if "section" in hit else article.body)
    assert hit["url"].startswith(f"/{article.lang}/articles/{article.id}")
    assert hit["scores"].keys() == {"dense", "lexical"}
    other = "en" if article.lang == "zh" else "zh"
    if (article.id, other) in {each.key for each in ARTICLES}:
        assert hit["twin"] == {"lang": other, "url": f"/{other}/articles/{article.id}"}
    else:
        assert "twin" not in hit


def test_an_answer_is_there_in_markdown_and_in_html(assistant: Assistant) -> None:
    first = ask(assistant, "提现没到账怎么办")["answers"][0]
    assert "**没有哈希**" in first["answer"]
    assert "<strong>没有哈希</strong>" in first["answer_html"]
    assert first["matched_question"] == "提现没到账怎么办"


def test_of_a_long_article_the_section_that_answers_is_served(assistant: Assistant) -> None:
    first = ask(assistant, "跨链失败怎么退款")["answers"][0]
    assert first["section"] == first["question"] == "跨链失败怎么退款"
    assert first["answer"] == "跨链失败会**原路退回**。"
    assert first["url"] == "/zh/articles/guide#section-2"


def test_a_choice_is_a_title_to_click_on(assistant: Assistant) -> None:
    presented = ask(assistant, "withdrawal fees", top_k=1)
    assert presented["decision"] == "clarify"
    assert len(presented["answers"]) == 1
    fees, late = presented["clarify"]
    assert (fees["id"], late["id"]) == ("fees", "withdraw-late")
    assert fees.keys() == late.keys() == {"id", "lang", "question", "confidence", "url"}
    assert fees["question"] == "Why are the network fees so high?"
    assert fees["url"] == "/en/articles/fees"
    assert fees["confidence"] >= late["confidence"] > 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", HandoffReason.EMPTY_QUESTION),
        ("转人工", HandoffReason.ASKED_FOR_HUMAN),
        ("怎么做红烧肉", HandoffReason.LOW_CONFIDENCE),
    ],
)
def test_a_handoff_says_why_in_the_askers_language(
    assistant: Assistant, text: str, reason: HandoffReason
) -> None:
    chinese = ask(assistant, text, lang="zh")["handoff"]
    english = ask(assistant, text, lang="en")["handoff"]
    assert chinese["reason"] == english["reason"] == reason
    assert not chinese["message"].isascii()
    assert english["message"].isascii()


def test_every_reason_has_its_words(assistant: Assistant) -> None:
    answer = assistant.ask("怎么做红烧肉")
    messages = set()
    for reason in HandoffReason:
        presented = present(assistant, replace(answer, reason=reason), took_ms=0)
        messages.add(presented["handoff"]["message"])
    assert len(messages) == len(HandoffReason)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_secret_is_warned_about_and_not_shown(assistant: Assistant, lang: str) -> None:
    presented = ask(assistant, f"my words are {SECRET}", lang=lang)
    assert presented["decision"] == "blocked"
    assert presented["warning"]["code"] == "secret_removed"
    assert presented["warning"]["kinds"] == ["mnemonic"]
    assert presented["warning"]["message"].isascii() == (lang == "en")
    assert presented["answers"] == []
    assert "abandon" not in json.dumps(presented)


def test_a_conversation_keeps_its_id_and_a_message_gets_its_own(assistant: Assistant) -> None:
    answer = assistant.ask("提现")
    first = present(assistant, answer, took_ms=0, conversation_id="c1")
    second = present(assistant, answer, took_ms=0, conversation_id="c1")
    assert first["conversation_id"] == second["conversation_id"] == "c1"
    assert first["message_id"] != second["message_id"]
    new = present(assistant, answer, took_ms=0)
    assert len(new["conversation_id"]) >= 32


def test_unlikely_articles_are_no_suggestions_but_stay_below_an_answer(
    assistant: Assistant,
) -> None:
    answered = ask(assistant, "提现没到账怎么办")
    assert min(hit["confidence"] for hit in answered["answers"]) < 0.05
    handed_off = ask(assistant, "怎么做红烧肉")
    assert all(hit["confidence"] >= 0.05 for hit in handed_off["answers"])


def test_without_an_encoder_there_is_no_dense_score(index_root: Path) -> None:
    lexical = Assistant(index_root, lambda _: FakeEncoder(), SCORER)
    scores = ask(lexical, "提现没到账怎么办")["answers"][0]["scores"]
    assert scores["dense"] is None
    assert 0 < scores["lexical"] <= 1


def test_an_answer_of_an_index_that_is_gone_is_not_mixed_with_the_new_one(tmp_path: Path) -> None:
    build_index(tmp_path)
    assistant = Assistant.open(tmp_path, encoder=FakeEncoder(), scorer=SCORER)
    answer = assistant.ask("提现没到账怎么办")
    build_index(tmp_path, replace(BASE, articles=ARTICLES[2:]))
    assistant.refresh()
    with pytest.raises(IndexSwappedError):
        present(assistant, answer, took_ms=0)


@pytest.mark.parametrize(
    ("ident", "url"),
    [
        ("fees", "/en/articles/fees"),
        ("费用", "/en/articles/%E8%B4%B9%E7%94%A8"),
        ("a.b", "/en/articles/a.b"),
    ],
)
def test_an_articles_address_can_hold_any_id(ident: str, url: str) -> None:
    assert article_url(ident, "en") == url
