import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.faults import SourceError
from indexer.lexicon import Lexicon, Synonyms, Term, read_lexicon
from indexer.text import normalise


@pytest.fixture
def folder(write_kb):
    return write_kb(
        {
            "words.txt": "\ufeff# wallet\r\n助记词 20000 n\r\n\r\n  # keys\r\n私钥\r\n",
            "synonyms.tsv": "gas\t矿工费\tminer fee\n\n#\n 2FA \t\t两步验证\t\n",
            "glossary.tsv": "矿工费\tmining fee\t付给网络的费用\tWhat the network charges\n",
        }
    )


def test_a_lexicon(folder):
    lexicon = read_lexicon(folder)

    assert lexicon == Lexicon(
        words=("助记词", "私钥"),
        synonyms=(("gas", "矿工费", "miner fee"), ("2FA", "两步验证")),
        glossary=(Term("矿工费", "mining fee", "付给网络的费用", "What the network charges"),),
    )
    words = {"助记词", "私钥", "gas", "矿工费", "miner fee", "2FA", "两步验证"}
    assert lexicon.all_words() == words


def test_what_is_not_there_is_empty(tmp_path):
    assert read_lexicon(tmp_path / "none") == Lexicon()
    assert Lexicon().all_words() == set()


def test_every_fault_of_every_file_at_its_line(write_kb):
    folder = write_kb(
        {
            "words.txt": "好\n".encode() + b"\xff\n",
            "synonyms.tsv": "# gas\ngas\ngas 矿工费\na\tb\n",
            "glossary.tsv": "\n一\tone\t数\tx\n二\ttwo\t数\n三\tthree\t数\t \n四\t4\t数\tx\ty",
        }
    )

    with pytest.raises(SourceError) as caught:
        read_lexicon(folder)

    two = "a row of synonyms needs two terms. Separate at least two terms by tabs."
    four = (
        "a glossary row needs four cells. "
        "Write: zh term, en term, zh meaning, en meaning, separated by tabs."
    )
    assert str(caught.value).replace(f"{folder}/", "").splitlines() == [
        "words.txt:2: the file is not UTF-8. Save it with the encoding UTF-8.",
        f"synonyms.tsv:2: {two}",
        f"synonyms.tsv:3: {two}",
        f"glossary.tsv:3: {four}",
        f"glossary.tsv:4: {four}",
        f"glossary.tsv:5: {four}",
    ]


# Synonyms


@pytest.fixture
def synonyms():
    rows = (
        ("Gas", "矿工费", "gas费"),
        ("矿工费", "手续费"),
        ("助記詞", "seed phrase", "phrase"),
        ("U", "USDT", "泰达币"),
        ("c++", "西加加"),
        ("2FA", "两步验证"),
        ("\u200b", "空"),
    )
    return Synonyms.of(Lexicon(synonyms=rows))


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("gas", ["矿工费", "gas费"]),
        ("gas费不够", ["gas", "矿工费"]),  # the longest term
        ("矿工费怎么算", ["gas", "gas费", "手续费"]),  # of both rows
        ("手续费", ["矿工费"]),
        ("我的助记词", ["seed phrase", "phrase"]),
        ("lost seed phrase", ["助记词", "phrase"]),
        ("the phrase", ["助记词", "seed phrase"]),
        ("phrases, las vegas, gasp, ugas", []),
        ("gas矿工费", ["矿工费", "gas费", "gas", "手续费"]),
        ("usdt提现", ["u", "泰达币"]),
        ("转u到币安", ["usdt", "泰达币"]),
        ("us, you, u2", []),
        ("c++", ["西加加"]),
        ("12fa", []),
        ("2fa?", ["两步验证"]),
        ("空", []),
        ("", []),
    ],
)
def test_the_synonyms_of_a_text(synonyms, text, others):
    assert synonyms.expand(text) == others


def test_without_rows_there_are_no_synonyms():
    assert Synonyms.of(Lexicon()).expand("gas 矿工费") == []
    assert Synonyms.of(Lexicon(synonyms=(("\u200b", " "),))).expand("gas") == []


TERM = st.text(st.sampled_from("ab 中文.+*(|é1"), max_size=4)


@given(st.lists(st.lists(TERM, min_size=2, max_size=4).map(tuple), max_size=5).map(tuple), TERM)
def test_whatever_stands_in_a_row_is_found_as_it_is_written(rows, text):
    synonyms = Synonyms.of(Lexicon(synonyms=rows))
    known = {normalise(term) for row in rows for term in row}

    assert set(synonyms.expand(normalise(text))) <= known
    for row in rows:
        for term in map(normalise, row):
            others = {other for other in map(normalise, row) if other and other != term}
            if term:
                assert others <= set(synonyms.expand(term))
