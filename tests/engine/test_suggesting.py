"""Completions: what is found, how it is ranked, what is marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Article, Section
from server.engine.suggesting import Suggester, Suggestion

ARTICLES = (
    Article("late", "zh", "提现迟迟不到账怎么办？", questions=("提现没到", "钱没到银行卡")),
    Article("late", "en", "My withdrawal has not arrived", questions=("cash out is missing",)),
    Article("howto", "zh", "怎样从钱包提现？", questions=("提现流程",)),
    Article("howto", "en", "How do I withdraw from my wallet?", questions=("withdraw steps",)),
    Article("phrase", "zh", "助记词是什么？", questions=("seed phrase是啥",)),
    Article("phrase", "en", "What is a recovery phrase?"),
    Article("gas", "zh", "什么是矿工费（Gas费）？"),
    Article("bank", "zh", "银行卡多长时间到账？"),
    Article(
        "guide",
        "en",
        "Staking",
        sections=(Section("What is it?", "…"), Section("How long does unbonding take?", "…")),
    ),
)
SUGGESTER = Suggester(ARTICLES)


def ids(typed: str, lang: str | None = None, limit: int = 8) -> list[str]:
    return [s.article_id for s in SUGGESTER.suggest(typed, lang, limit)]  # type: ignore[arg-type]


def first(typed: str, lang: str | None = None) -> Suggestion:
    return SUGGESTER.suggest(typed, lang)[0]  # type: ignore[arg-type]


def shown(suggestion: Suggestion) -> str:
    """Return the text with its marks as brackets."""
    text = suggestion.text
    for start, end in reversed(suggestion.marks):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("提现迟", "[提现迟]迟不到账怎么办？"),
        ("提現遲", "[提现迟]迟不到账怎么办？"),
        ("tixian chi", "[提现迟]迟不到账怎么办？"),
        ("tixianchichi", "[提现迟迟]不到账怎么办？"),
        ("txcc", "[提现迟迟]不到账怎么办？"),
        ("txianch", "[提现迟]迟不到账怎么办？"),
        ("提xianchi", "[提现迟]迟不到账怎么办？"),
        ("体现迟", "[提现迟]迟不到账怎么办？"),
        ("zhujici", "[助记词]是什么？"),
        ("zjc", "[助记词]是什么？"),
        ("zhjc", "[助记词]是什么？"),
        ("zhuijci", "[助记词]是什么？"),
        ("ＧＡＳ费", "什么是矿工费（[Gas费]）？"),
        ("gasfei", "什么是矿工费（[Gas费]）？"),
        ("yinhangka", "[银行卡]多长时间到账？"),  # 行 is xing elsewhere
        ("How do i wi", "[How do I wi]thdraw from my wallet?"),
        ("withdrawal arr", "My [withdrawal] has not [arrived]"),
        ("arrived withdrawal", "My [withdrawal] has not [arrived]"),
        ("withdrwal", "My [withdrawal] has not arrived"),
        ("recovry", "What is a [recovery] phrase?"),
        ("how long", "[How long] does unbonding take?"),
    ],
)
def test_what_is_typed_is_found(typed: str, text: str) -> None:
    assert text in [shown(s) for s in SUGGESTER.suggest(typed)]


@pytest.mark.parametrize("typed", ["", "  ", "？！", "zzzz", "x" * 101, "天气", "qwrtp", "😀"])
def test_what_fits_nothing(typed: str) -> None:
    assert SUGGESTER.suggest(typed) == []


def test_no_article_is_suggested_twice() -> None:
    for typed in ("提现", "w", "a", "ti", "seed", "how"):
        found = ids(typed)
        assert len(found) == len(set(found))


def test_a_title_comes_before_another_wording() -> None:
    assert [shown(s) for s in SUGGESTER.suggest("提现")][:2] == [
        "[提现]迟迟不到账怎么办？",
        "怎样从钱包[提现]？",
    ]


def test_another_wording_stands_for_a_title_that_does_not_fit() -> None:
    assert shown(first("钱没")) == "[钱没]到银行卡"
    assert shown(first("cash")) == "[cash] out is missing"


def test_the_language_asked_for_comes_first() -> None:
    assert {s.lang for s in SUGGESTER.suggest("phrase", "zh")[:1]} == {"zh"}
    assert {s.lang for s in SUGGESTER.suggest("phrase", "en")[:1]} == {"en"}


def test_what_surely_fits_in_the_other_language_comes_before_a_guess_in_this_one() -> None:
    assert ids("withdrawal", "zh")[0] == "late"


def test_a_text_that_begins_so_comes_first() -> None:
    assert ids("what") == ["phrase", "guide"]


def test_the_section_that_fits_is_named() -> None:
    assert first("how long does").section == 1
    assert first("staking").section is None


def test_no_more_than_asked_for() -> None:
    assert len(ids("提现", limit=1)) == 1


def test_one_word_of_many_may_miss() -> None:
    assert ids("提现末到账")[0] == "late"  # 末 for 未: neither written nor spoken alike
    assert ids("提账") == ["late"]
    assert ids("提末") == []


def test_words_that_only_ask_count_for_nothing() -> None:
    assert "phrase" in ids("为什么助记词")


def test_nothing_to_suggest_from() -> None:
    assert Suggester(()).suggest("提现") == []


@given(st.text(alphabet="提现助记词到账tixanzhujc wd？'ＧＡＳ", max_size=30))
def test_marks_lie_in_the_text_in_order(typed: str) -> None:
    for suggestion in SUGGESTER.suggest(typed):
        ends = [0]
        for start, end in suggestion.marks:
            assert ends[-1] <= start < end <= len(suggestion.text)
            ends.append(end)
        assert suggestion.marks


@given(st.sampled_from(ARTICLES), st.data())
def test_every_beginning_of_a_title_finds_it(article: Article, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(article.title)))
    typed = article.title[:size]
    assert article.id in ids(typed, article.lang, 20)
