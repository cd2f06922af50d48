import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.spelling import Spelling
from indexer.text import Tokenizer, normalise


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer(["助记词", "没到账"])


@pytest.fixture
def tokenizer() -> Tokenizer:
    return _tokenizer()


def test_words_are_counted_as_often_as_they_stand_there(tokenizer: Tokenizer) -> None:
    spelling = Spelling.of(["助记词丢了，助记词", "my wallet's wallet is 助记词"], tokenizer)
    assert spelling.chinese["助记词"] == 3
    assert spelling.latin["wallet"] == 2


def test_latin_words_keep_their_endings_and_short_ones_are_left_out(tokenizer: Tokenizer) -> None:
    spelling = Spelling.of(["fees are withdrawing in a gas trc20"], tokenizer)
    assert spelling.latin == {"are": 1, "fees": 1, "gas": 1, "trc": 1, "withdrawing": 1}


def test_chinese_words_are_those_of_the_search(tokenizer: Tokenizer) -> None:
    spelling = Spelling.of(["提现没到账怎么办"], tokenizer)
    assert spelling.chinese.keys() == set(tokenizer.tokens("提现没到账怎么办"))
    # Function words carry no subject, and are no words to mend slips towards.
    assert "怎么办" not in spelling.chinese


def test_pairs_are_words_that_follow_one_another(tokenizer: Tokenizer) -> None:
    spelling = Spelling.of(["助记词丢了, 助记词在哪里", "my 助记词 wallet"], tokenizer)
    # Function words are among them; a run of Chinese has edges, whatever stands around it.
    assert spelling.pairs == {
        " 助记词": 3,
        "丢 了": 1,
        "了 ": 1,
        "助记词 ": 1,
        "助记词 丢": 1,
        "助记词 在": 1,
        "哪里 ": 1,
        "在 哪里": 1,
    }


def test_an_index_of_before_has_no_pairs(tmp_path: Path) -> None:
    file = tmp_path / "spelling.json"
    file.write_text(json.dumps({"chinese": {"助记词": 3}, "latin": {}}), encoding="utf-8")
    assert Spelling.load(file) == Spelling({"助记词": 3}, {})


def test_nothing_has_no_words(tokenizer: Tokenizer) -> None:
    assert Spelling.of([], tokenizer) == Spelling({}, {})
    assert Spelling.of(["", "123 !?"], tokenizer) == Spelling({}, {})


@given(texts=st.lists(st.text("提现到账助记词 wallet gas's", max_size=20), max_size=6))
def test_the_order_of_the_texts_does_not_matter(texts: list[str]) -> None:
    tokenizer = _tokenizer()
    normalised = [normalise(text) for text in texts]
    spelling = Spelling.of(normalised, tokenizer)
    turned = Spelling.of(reversed(normalised), tokenizer)
    assert spelling == turned
    # Equal content makes equal files: the words come in one order too.
    assert list(spelling.chinese) == sorted(spelling.chinese) == list(turned.chinese)
    assert list(spelling.pairs) == sorted(spelling.pairs) == list(turned.pairs)
    assert list(spelling.latin) == sorted(spelling.latin) == list(turned.latin)


def test_what_is_saved_is_loaded(tokenizer: Tokenizer, tmp_path: Path) -> None:
    spelling = Spelling.of(["助记词 wallet 没到账"], tokenizer)
    file = tmp_path / "spelling.json"
    spelling.save(file)
    assert Spelling.load(file) == spelling
    assert "助记词" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'{"chinese": {}}',
        b'{"chinese": {}, "latin": {}, "klingon": {}}',
        b'{"chinese": [], "latin": {}}',
        b'{"chinese": {}, "latin": "wallet"}',
        b'{"chinese": {}, "latin": {"wallet": "often"}}',
        b"\xff\xfe",
    ],
)
def test_what_is_no_list_of_words_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "spelling.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        Spelling.load(file)


def test_a_json_file_of_something_else_is_refused_in_plain_words(tmp_path: Path) -> None:
    file = tmp_path / "spelling.json"
    file.write_text(json.dumps({"articles": 3}), encoding="utf-8")
    with pytest.raises(ValueError, match="it is no list of words"):
        Spelling.load(file)
