import pytest

from indexer.spelling import Spelling
from indexer.text import Tokenizer
from server.engine.chinese import WordModel, sounds

TOKENIZER = Tokenizer(["助记词", "没到账"])
TEXTS = ["助记词丢了怎么办", "提现没到账怎么办", "怎么提现"] * 3
MODEL = WordModel(Spelling.of(TEXTS, TOKENIZER))


def heard(*sound: str) -> set[str]:
    return {each.word for each in MODEL.sounding(sound)}


def test_words_of_the_articles_and_of_general_chinese_are_found_by_their_sound() -> None:
    assert "助记词" in heard("zhu", "ji", "ci")
    assert {"手机", "收集"} <= heard("shou", "ji")
    assert not heard("zhu", "ji", "ma", "ma")


def test_no_word_is_found_twice() -> None:
    words = [each.word for each in MODEL.sounding(("ti", "xian"))]
    assert len(words) == len(set(words))
    assert "提现" in words


def test_beginnings_of_words_are_known() -> None:
    assert MODEL.begins(("zhu", "ji"))
    assert not MODEL.begins(("zhu", "nve"))


def test_a_character_is_found_by_its_second_sound_too_but_less_likely() -> None:
    costs = {each.word: each.cost for each in MODEL.sounding(("liao",))}
    assert costs["了"] > 0
    assert {each.word: each.cost for each in MODEL.sounding(("le",))}["了"] == 0


def test_words_are_found_by_their_initials() -> None:
    assert list(MODEL.abbreviated("zjc")) == ["助记词"]
    assert list(MODEL.abbreviated("zzz")) == []


def test_what_follows_a_word_in_the_articles_is_likelier_there() -> None:
    assert MODEL.cost("提现", "没到账") < MODEL.cost("手机", "没到账")
    assert MODEL.cost("", "提现") < MODEL.cost("", "体现")


@pytest.mark.parametrize("word", ["提现", "的", "兔子", "qwert"])
def test_likelihoods_are_probabilities(word: str) -> None:
    assert 0 < MODEL.likely(word) < 1
    assert MODEL.cost("没到账", word) > 0


def test_an_index_without_pairs_has_words_still() -> None:
    model = WordModel(Spelling({"助记词": 3}, {}))
    assert "助记词" in {each.word for each in model.sounding(("zhu", "ji", "ci"))}
    assert model.cost("", "助记词") < model.cost("", "兔子")


def test_words_are_read_as_phrases_are() -> None:
    assert sounds("银行") == [(("yin", "hang"), 0.0)]
    assert sounds("abc") == []
