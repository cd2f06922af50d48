"""What is asked before a hand-off, and which answers are taken."""

import tomllib
from pathlib import Path

import pytest

from server.engine.intake import (
    MAX_ANSWER,
    Fault,
    Problem,
    every_question,
    intake_for,
    problems,
    screened,
)
from server.engine.safety import SecretKind
from tests.engine.safety.makers import LANGUAGES, hex_key, mnemonic

_KB = tomllib.loads((Path(__file__).parents[2] / "kb" / "kb.toml").read_text(encoding="utf-8"))


def test_a_tag_asks_its_questions_in_its_order() -> None:
    for lang in ("zh", "en"):
        questions = intake_for(_KB, ["deposit"], lang)
        assert [question.id for question in questions] == _KB["intake_for"]["deposit"]
        chain = questions[1]
        assert (chain.kind, chain.text) == ("choice", _KB["intake"]["chain"][lang])
        assert chain.choices == tuple(_KB["intake"]["chain"]["choices"][lang])


def test_several_tags_ask_all_of_theirs_once() -> None:
    ids = [question.id for question in intake_for(_KB, ["security", "scam"], "en")]
    assert ids[:2] == ["still_moving", "exposed"]
    assert len(ids) == len(set(ids))
    assert set(ids) == {*_KB["intake_for"]["security"], *_KB["intake_for"]["scam"]}


@pytest.mark.parametrize("tags", [[], ["no-such-tag"]])
def test_without_a_fitting_tag_the_default_is_asked(tags: list[str]) -> None:
    assert [q.id for q in intake_for(_KB, tags, "zh")] == _KB["intake_default"]


def test_nothing_is_asked_without_a_knowledge_base() -> None:
    assert intake_for({}, ["deposit"], "zh") == ()


def test_every_question_of_the_knowledge_base_can_be_shown() -> None:
    for lang in ("zh", "en"):
        assert {question.id for question in every_question(_KB, lang)} == set(_KB["intake"])


def test_good_answers_are_taken_in_either_language() -> None:
    answers = {"chain": "波场（TRC-20）", "device": "iPhone ", "problem": "充值没到账", "tried": ""}
    assert problems(_KB, answers, intake_for(_KB, ["app"], "en")) == ()


def test_a_wrong_form_of_a_hash_or_a_time_never_holds_a_case_back() -> None:
    answers = {"transaction_hash": "没有", "wallet_address": "??", "happened_at": "昨天下午"}
    assert problems(_KB, answers) == ()


def test_bad_answers_are_told_by_question() -> None:
    answers = {
        "chain": "Dogecoin",
        "nonsense": "x",
        "tried": "x" * (MAX_ANSWER + 1),
        "problem": " ",
    }
    assert set(problems(_KB, answers, intake_for(_KB, ["app"], "zh"))) == {
        Problem("problem", Fault.MISSING),
        Problem("chain", Fault.NOT_A_CHOICE),
        Problem("nonsense", Fault.UNKNOWN),
        Problem("tried", Fault.TOO_LONG),
    }


@pytest.mark.parametrize("form", ["{}", "0x{}", " {} ", "交易哈希 {}"])
def test_a_hash_in_the_field_for_hashes_stays(form: str) -> None:
    answer = form.format(hex_key(1))
    found = screened(_KB, "transaction_hash", answer)
    assert (found.text, found.blocked) == (answer, False)
    assert screened(_KB, "problem", hex_key(1)).blocked


@pytest.mark.parametrize("form", ["my private key {}", "私钥是{}", "{} is my private key"])
def test_a_key_that_is_called_one_is_removed_from_that_field_too(form: str) -> None:
    found = screened(_KB, "transaction_hash", form.format(hex_key(2)))
    assert hex_key(2)[:12] not in found.text
    assert found.kinds == (SecretKind.PRIVATE_KEY,)
    assert not found.text.startswith("tx hash")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ident", ["transaction_hash", "problem", "no-such-question"])
def test_mnemonics_are_removed_from_every_field(ident: str, language: str) -> None:
    phrase = " ".join(mnemonic(7, 12, language))
    found = screened(_KB, ident, phrase)
    assert found.kinds == (SecretKind.MNEMONIC,)
    assert phrase[:12] not in found.text
