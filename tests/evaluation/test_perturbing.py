"""Questions typed otherwise: always the same way, and still the same question."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.perturbing import WAYS, chance, mixed, typos, ways
from indexer.lexicon import Lexicon, Term
from indexer.text import Tokenizer, normalise

LEXICON = Lexicon(
    synonyms=(("提现", "withdraw"), ("客服", "support")),
    glossary=(Term("助记词", "mnemonic", "…", "…"),),
)
KNOWN = ways(LEXICON, Tokenizer(LEXICON.all_words()))
ZH, EN = "提现两天了还没有到账怎么办", "my withdrawal has not arrived for two days"


def typed(way: str, text: str, ident: str = "q1") -> str:
    return KNOWN[way](text, "zh" if text == ZH else "en", chance(way, ident))


def test_every_way_is_named() -> None:
    assert tuple(KNOWN) == WAYS


@pytest.mark.parametrize("way", WAYS)
def test_the_same_question_becomes_the_same_other(way: str) -> None:
    assert typed(way, ZH) == typed(way, ZH)
    assert typed(way, EN) == typed(way, EN)


def test_by_hand() -> None:
    assert typed("traditional", ZH) == "提現兩天了還沒有到賬怎麼辦"
    assert typed("mixing", ZH) == "withdraw两天了还没有到账怎么办"
    assert typed("mixing", "I lost my Mnemonic") == "I lost my 助记词"
    assert ZH in typed("polite", ZH)
    assert EN in typed("polite", EN)


def test_slips_are_small() -> None:
    for ident in map(str, range(60)):
        slipped = typed("typos", EN, ident)
        assert slipped != EN or ident
        assert abs(len(slipped) - len(EN)) <= 2
        same = typed("homophones", ZH, ident)
        assert len(same) == len(ZH)
        assert sum(a != b for a, b in zip(same, ZH, strict=True)) == 1


def test_pinyin_types_one_word_in_letters() -> None:
    from pypinyin import lazy_pinyin

    found = typed("pinyin", ZH)
    letters = "".join(c for c in found if c.isascii())
    assert letters
    assert "".join(lazy_pinyin(ZH)) == "".join(lazy_pinyin(found))


def test_filler_cuts_no_word_and_loses_nothing() -> None:
    for ident in map(str, range(40)):
        found = typed("filler", ZH, ident)
        assert len(found) > len(ZH)
        assert "提现" in found
        assert "到账" in found
        assert set(EN.split()) <= set(typed("filler", EN, ident).split())


def test_punctuation_changes_no_word() -> None:
    words = Tokenizer().tokens
    for ident in map(str, range(20)):
        assert words(typed("punctuation", f"{EN}?", ident)) == words(EN)


def test_a_way_that_does_not_fit_changes_nothing() -> None:
    for way in ("homophones", "pinyin", "traditional"):
        assert typed(way, EN) == EN
    assert typed("mixing", "nothing here is known") == "nothing here is known"


def test_words_do_not_run_together() -> None:
    assert mixed("tp提现ok", {"提现": "withdraw"}) == "tp withdraw ok"


def test_a_term_is_not_translated_back() -> None:
    assert mixed("买币", {"买币": "buy crypto", "buy crypto": "买币"}) == "buy crypto"


@given(st.text(max_size=60), st.sampled_from(WAYS), st.sampled_from(["zh", "en"]))
def test_any_text_can_be_typed(text: str, way: str, lang: str) -> None:
    found = KNOWN[way](text, lang, chance(way, "x"))
    assert isinstance(found, str)
    if normalise(text):
        assert found


def test_typos_spare_short_words() -> None:
    assert typos("is it ok", "en", chance("typos", "1")) == "is it ok"
