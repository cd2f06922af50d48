import json
import math
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from indexer.identity import BUNDLED, source_of
from indexer.training import vocabulary
from indexer.training.data import DataError
from indexer.training.vocabulary import (
    SPECIAL,
    Piece,
    chinese_pieces,
    common_characters,
    count_chinese,
    count_english,
    english_pieces,
    make_tokenizer,
    open_tokenizer,
    read_pieces,
)
from tests.indexer.training.conftest import call


def test_the_common_characters_are_those_of_gb_2312() -> None:
    characters = common_characters()
    assert len(characters) == len(set(characters)) == 6763
    assert (characters[0], characters[-1]) == ("啊", "齄")


def test_all_but_the_pieces_is_as_in_the_bundled_tokenizer() -> None:
    bundled = json.loads((Path(source_of(BUNDLED)) / "tokenizer.json").read_text())
    ours = json.loads(make_tokenizer([Piece("a", 1)]).to_str())
    assert bundled["model"].pop("vocab")[:4] == ours["model"].pop("vocab")[:4]
    assert ours == bundled


def test_chinese_words_are_counted_simplified_as_jieba_cuts_them() -> None:
    counts = count_chinese(["打開錢包", "钱包gas费"], ["冷钱包"])
    assert counts == Counter({"钱包": 2, "打开": 1, "费": 1})
    assert count_chinese(["冷钱包"], ["冷钱包"]) == Counter({"冷钱包": 1})


def test_english_is_counted_in_the_teachers_tokens(teacher: Path) -> None:
    tokenizer = open_tokenizer(teacher)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    counts = count_english(["Wallets", "the wallet 钱"], tokenizer)
    assert counts == Counter({"wallet": 2, "##s": 1, "the": 1, "[UNK]": 1})


def test_a_piece_stands_for_the_word_and_the_ending() -> None:
    vocabulary = ["[PAD]", "[unused1]", "中", "x", "wallet", "ing", "##ing", "##中", "rare"]
    counts = {"ing": 30, "##ing": 90, "wallet": 1000}
    pieces = {piece.text: piece for piece in english_pieces(counts, vocabulary, 3)}
    # The ASCII character is in however rare it is; "rare" has no place; Chinese is none of these.
    assert set(pieces) == {"wallet", "ing", "x"}
    shares = dict(pieces["ing"].teacher)
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["##ing"] > shares["ing"] > 0.1
    assert pieces["wallet"].teacher == (("wallet", 1.0),)


def test_the_chinese_pieces_are_characters_given_words_and_then_the_most_frequent() -> None:
    counts = {"钱包": 5, "转账": 9, "手续费": 9, "驗": 3, "證": 2}
    texts = [piece.text for piece in chinese_pieces(counts, 6763 + 3, ["助记词", "gas费"])]
    assert texts[:2] == ["手续费", "驗"]
    assert {"助记词", "手续费", "驗", "啊"} <= set(texts)
    # Of two words as frequent the first in the order of characters; no rare character, no Latin.
    assert not {"转账", "钱包", "證", "gas费"} & set(texts)
    assert len(texts) == len(set(texts)) == 6766


def test_too_small_a_vocabulary_is_told() -> None:
    with pytest.raises(DataError, match=r"6,764 Chinese .* --chinese is 100\. Raise it"):
        chinese_pieces({}, 100, ["钱包"])


def test_scores_are_logarithms_of_shares() -> None:
    scores = dict(
        json.loads(make_tokenizer([Piece("a", 8.5), Piece("b", 0)]).to_str())["model"]["vocab"]
    )
    assert scores["a"] == pytest.approx(math.log(9 / 9.5))
    assert scores["a"] - scores["b"] == pytest.approx(math.log(18))


def test_a_word_is_one_piece_and_mixed_text_is_cut_at_the_border(pieces: Path) -> None:
    tokenizer = open_tokenizer(pieces)
    assert tokenizer.encode("Wallet手续费不够").tokens == [
        "[CLS]", "wallet", "手续费", "不", "够", "[SEP]",
    ]  # fmt: skip


def test_the_same_data_gives_the_same_files(
    pieces: Path, data: Path, teacher: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again"
    call(
        vocabulary.main, "--data", data, "--out", again, "--teacher", teacher,
        "--english", 80, "--chinese", 6790,
    )  # fmt: skip
    for name in ("tokenizer.json", "pieces.jsonl.gz"):
        assert (again / name).read_bytes() == (pieces / name).read_bytes()


def test_pieces_are_read_in_the_order_of_their_numbers(pieces: Path) -> None:
    read, tokenizer = read_pieces(pieces), open_tokenizer(pieces)
    assert len(read) + len(SPECIAL) == tokenizer.get_vocab_size()
    assert all(tokenizer.token_to_id(p.text) == n for n, p in enumerate(read, start=4))


def test_given_words_are_taken_from_a_user_dictionary(
    data: Path, teacher: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# 注\n\n助記詞 400\n", encoding="utf-8")
    call(
        vocabulary.main, "--data", data, "--out", tmp_path / "out", "--teacher", teacher,
        "--words", words, "--chinese", 6790,
    )  # fmt: skip
    assert open_tokenizer(tmp_path / "out").encode("助记词").tokens[1:-1] == ["助记词"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--words": "nothing.txt"}, "nothing.txt is no file"),
        ({"--out": "."}, "Name a new folder with --out"),
        ({"--chinese": 10}, "Raise it"),
    ],
)
def test_faults_are_told_in_one_line(
    change: dict[str, object], message: str, data: Path, teacher: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    options: dict[str, object] = {"--data": data, "--out": "new", "--teacher": teacher, **change}
    told = call(vocabulary.main, *(part for pair in options.items() for part in pair), status=2)
    assert message in told
    assert "Traceback" not in told


@pytest.fixture(scope="module")
def characters() -> Tokenizer:
    return make_tokenizer([Piece(c, 1) for c in (*common_characters(), "a", "b", "钱包")])


@settings(max_examples=50)
@given(text=st.text(st.sampled_from("啊齄钱包提现账到没abAB "), max_size=30))
def test_no_simplified_text_is_unknown(text: str, characters: Tokenizer) -> None:
    encoding = characters.encode(text, add_special_tokens=False)
    assert "[UNK]" not in encoding.tokens
    assert "".join(encoding.tokens) == "".join(text.lower().split())
