import random

import pytest
from mnemonic import Mnemonic

from server.engine.safety.han_prose import Oddness
from server.engine.safety.words import (
    LENGTHS,
    english_prefixes,
    english_words,
    han_characters,
    is_valid,
    misspellings,
    slips,
)
from tests.engine.safety.makers import LANGUAGES, mnemonic


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("length", LENGTHS)
def test_the_checksum_is_that_of_the_package(language: str, length: int) -> None:
    rng = random.Random(f"{language} {length}")
    listed = Mnemonic(language)
    right = [mnemonic(seed, length, language) for seed in range(20)]
    chance = [rng.choices(listed.wordlist, k=length) for _ in range(300)]

    assert all(map(is_valid, right))
    if language == "english":  # a phrase in one Chinese list may be right in the other
        assert [is_valid(words) for words in chance] == [
            listed.check(" ".join(words)) for words in chance
        ]
    assert not is_valid(right[0][:-1])
    assert not is_valid([*right[0][:-1], "zzz"])


def test_nothing_is_no_phrase() -> None:
    assert not is_valid([])


def test_the_lists_are_whole() -> None:
    assert len(english_words()) == 2048
    assert len(english_prefixes()) == sum(len(word) > 3 for word in english_words())
    assert set(Mnemonic("chinese_simplified").wordlist) <= han_characters()
    assert set(Mnemonic("chinese_traditional").wordlist) <= han_characters()


@pytest.mark.parametrize("word", ["abandn", "abandonn", "abamdon", "aandon"])
def test_a_slip_of_one_letter_is_known(word: str) -> None:
    assert not misspellings().isdisjoint(slips(word))


def test_another_word_is_no_slip() -> None:
    assert misspellings().isdisjoint(slips("xylophone"))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_phrase_reads_odder_than_a_sentence(language: str) -> None:
    phrases = ["".join(mnemonic(seed, 12, language)) for seed in range(300)]
    sentences = [
        "请问怎么把钱包转到新的手机上",
        "请問怎麼把錢包轉到新的手機上",
        "提现三天了为什么还没有到账",
    ]

    odd = [Oddness(phrase).of(0, len(phrase)) for phrase in phrases]
    plain = [Oddness(sentence).of(0, len(sentence)) for sentence in sentences]

    assert sum(score > 0 for score in odd) >= 295
    assert max(plain) < -8


def test_oddness_adds_up_over_windows() -> None:
    text = "".join(mnemonic(1, 24, "chinese_simplified"))
    whole = Oddness(text)

    for start in range(12):
        part = Oddness(text[start : start + 12])
        assert whole.of(start, start + 12) == pytest.approx(part.of(0, 12))
    assert whole.peak(12) == pytest.approx(max(whole.of(at, at + 12) for at in range(13)))
    assert whole.above(-1e9, 12) == list(range(13))
    assert whole.above(1e9, 12) == []
