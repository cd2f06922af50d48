import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from server.engine.syllables import SYLLABLES, readings, spellable


def test_every_common_character_sounds_like_a_syllable() -> None:
    # GB 2312, level 1: the 3,755 commonest characters.
    codes = (bytes([high, low]) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    common = "".join(code.decode("gb2312", errors="ignore") for code in codes)
    assert len(common) == 3755
    assert set(lazy_pinyin(common)) <= SYLLABLES


@pytest.mark.parametrize(
    ("written", "meant"),
    [("zang", "zhang"), ("si", "shi"), ("len", "leng"), ("nan", "lan"), ("hua", "hua")],
)
def test_syllables_may_be_meant_for_what_sounds_alike(written: str, meant: str) -> None:
    assert meant in dict(readings(written))


@given(st.sampled_from(sorted(SYLLABLES)))
def test_what_is_written_is_likeliest(syllable: str) -> None:
    first, *others = readings(syllable)
    assert first == (syllable, 0.0)
    assert all(cost > 0 and other in SYLLABLES for other, cost in others)


@given(st.text("abcdefghijklmnopqrstuvwxyz", max_size=7))
def test_only_syllables_are_meant(letters: str) -> None:
    assert all(meant in SYLLABLES for meant, _ in readings(letters))
    assert (letters, 0.0) in readings(letters) or letters not in SYLLABLES


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=8))
def test_syllables_in_a_row_are_spellable(syllables: list[str]) -> None:
    assert spellable("".join(syllables))


@pytest.mark.parametrize("word", ["wallet", "withdrawl", "usdt", "adress", "tp", "zjc"])
def test_words_that_are_no_syllables_are_not(word: str) -> None:
    assert not spellable(word)
