import math
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article, Lang
from indexer.build import build
from indexer.knowledge import KnowledgeBase
from indexer.lexical import BM25
from indexer.store import open_index
from tests.fakes import FakeEncoder
from tests.indexer.bases import CHOICE, article

# Few words make many repeats; longer and Chinese ones show that any token is just a token.
_TOKENS = st.sampled_from(["a", "b", "c", "wallet", "提现", "充值", "é", "erc-20"])
_DOCUMENTS = st.lists(st.lists(_TOKENS, max_size=12), max_size=12)
_QUERIES = st.dictionaries(
    _TOKENS | st.just("unheard-of"), st.floats(0.0, 3.0, allow_subnormal=False), max_size=6
)


def naive_score(documents: Sequence[Sequence[str]], row: int, query: dict[str, float]) -> float:
    """Robertson and Zaragoza (2009), equation 3.15, with Lucene's idf, term by term."""
    mean = sum(map(len, documents)) / len(documents)
    score = 0.0
    for token, weight in query.items():
        tf = list(documents[row]).count(token)
        if tf == 0:
            continue
        df = len([document for document in documents if token in document])
        idf = math.log((len(documents) + 1) / (df + 0.5))
        saturated = tf / (1.2 * (0.25 + 0.75 * len(documents[row]) / mean) + tf)
        score += weight * idf * saturated * 2.2
    return score


@given(_DOCUMENTS, _QUERIES)
def test_scores_are_those_of_the_formula(
    documents: list[list[str]], query: dict[str, float]
) -> None:
    expected = [naive_score(documents, row, query) for row in range(len(documents))]
    scores = BM25.build(documents).scores(query)
    assert scores.shape == (len(documents),)
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-6)


@given(_DOCUMENTS, _QUERIES)
def test_no_document_passes_the_best_possible_score(
    documents: list[list[str]], query: dict[str, float]
) -> None:
    index = BM25.build(documents)
    assert (index.scores(query) <= index.best_possible(query) * (1 + 1e-5)).all()


@given(_DOCUMENTS)
def test_documents_and_idf_of_every_token(documents: list[list[str]]) -> None:
    index = BM25.build(documents)
    assert len(index) == len(documents)
    present = {token for document in documents for token in document}
    for token in present:
        holders = [row for row, document in enumerate(documents) if token in document]
        assert index.documents(token).tolist() == holders
        assert token in index
        assert 0 <= index.idf(token) < index.idf("unheard-of")
    assert "unheard-of" not in index
    assert index.documents("unheard-of").tolist() == []


def test_a_rare_word_weighs_more_and_a_long_document_less() -> None:
    scores = BM25.build([["card", "fee"], ["card", "pin"], ["card", *"abcdefgh"]])
    both = scores.scores({"card": 1.0, "fee": 1.0})
    assert both[0] > both[1] > both[2] > 0


@given(_DOCUMENTS, _DOCUMENTS, _QUERIES)
def test_twice_the_weight_is_twice_the_score(
    documents: list[list[str]], more: list[list[str]], query: dict[str, float]
) -> None:
    index = BM25.build(documents + more)
    double = {token: 2 * weight for token, weight in query.items()}
    np.testing.assert_allclose(index.scores(double), 2 * index.scores(query), rtol=1e-5)


@pytest.mark.parametrize(("lang", "other", "word"), [("en", "zh", "setting"), ("zh", "en", "设置")])
def test_articles_in_one_language_change_no_score_of_the_other(
    tmp_path: Path, lang: Lang, other: Lang, word: str
) -> None:
    few: list[Article] = [article(number, lang) for number in range(4)]
    # The other language's articles even use the same word.
    more = [
        Article(f"other-{number}", other, f"{word} {number}", body=f"{word} {word}")
        for number in range(20)
    ]
    build(KnowledgeBase(tuple(few)), tmp_path / "few", FakeEncoder(), CHOICE)
    build(KnowledgeBase((*few, *more)), tmp_path / "more", FakeEncoder(), CHOICE)
    before = open_index(tmp_path / "few").lexical[lang]
    after = open_index(tmp_path / "more").lexical[lang]
    assert before.scores({word: 1.0, "3": 1.0}).any()
    np.testing.assert_array_equal(
        before.scores({word: 1.0, "3": 1.0}), after.scores({word: 1.0, "3": 1.0})
    )


@given(documents=_DOCUMENTS, query=_QUERIES)
def test_a_saved_index_scores_alike(
    tmp_path_factory: pytest.TempPathFactory,
    documents: list[list[str]],
    query: dict[str, float],
) -> None:
    file = tmp_path_factory.mktemp("lexical") / "index.npz"
    index = BM25.build(documents)
    index.save(file)
    loaded = BM25.load(file)
    assert len(loaded) == len(index)
    np.testing.assert_array_equal(loaded.scores(query), index.scores(query))
    assert {t: loaded.idf(t) for t in query} == {t: index.idf(t) for t in query}


def test_the_same_documents_make_the_same_bytes(tmp_path: Path) -> None:
    documents = [["b", "a"], ["提现", "b", "b"]]
    BM25.build(documents).save(tmp_path / "1.npz")
    BM25.build(documents).save(tmp_path / "2.npz")
    assert (tmp_path / "1.npz").read_bytes() == (tmp_path / "2.npz").read_bytes()


def test_a_missing_file_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no lexical index"):
        BM25.load(tmp_path / "nothing.npz")


def test_a_foreign_file_is_no_index(tmp_path: Path) -> None:
    file = tmp_path / "foreign.npz"
    for content in (b"", b"PK\x03\x04", b"hello", b"\x93NUMPY"):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="no lexical index"):
            BM25.load(file)
    np.savez(file, other=np.zeros(3))
    with pytest.raises(ValueError, match="no lexical index"):
        BM25.load(file)
    with file.open("wb") as stream:
        np.save(stream, np.zeros(3))
    with pytest.raises(ValueError, match="no lexical index"):
        BM25.load(file)


def test_a_cut_file_is_no_index(tmp_path: Path) -> None:
    file = tmp_path / "index.npz"
    BM25.build([["a", "b"], ["b"]]).save(file)
    whole = file.read_bytes()
    for size in range(0, len(whole), 37):
        file.write_bytes(whole[:size])
        with pytest.raises(ValueError, match="no lexical index"):
            BM25.load(file)


@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_damaged_byte_raises_nothing_but_the_promised_error(
    tmp_path_factory: pytest.TempPathFactory, place: float, flip: int
) -> None:
    """Some bytes of a zip file carry no meaning; the store's checksums find those as well."""
    file = tmp_path_factory.mktemp("lexical") / "index.npz"
    BM25.build([["a", "b"], ["b", "提现"]]).save(file)
    content = bytearray(file.read_bytes())
    content[int(place * len(content))] ^= flip
    file.write_bytes(content)
    with suppress(ValueError):
        assert len(BM25.load(file)) >= 0


def test_idf_sums_count_each_different_word_once() -> None:
    bm25 = BM25.build([["fee", "fee", "lost"], ["fee"], []])
    expected = [bm25.idf("fee") + bm25.idf("lost"), bm25.idf("fee"), 0.0]
    assert bm25.idf_sums() == pytest.approx(expected)


@given(
    documents=st.lists(st.lists(st.sampled_from("abcdef"), max_size=6), min_size=1, max_size=8),
    query=st.dictionaries(st.sampled_from("abcxyz"), st.floats(0.1, 1.0), max_size=5),
    data=st.data(),
)
def test_worths_are_those_of_the_tokens_that_a_span_holds(
    documents: list[list[str]], query: dict[str, float], data: st.DataObject
) -> None:
    index = BM25.build(documents)
    starts = data.draw(st.lists(st.integers(0, len(documents) - 1), max_size=4))
    stops = [data.draw(st.integers(start + 1, len(documents))) for start in starts]
    worths = index.worths(query, np.array(starts, dtype=np.int64), np.array(stops, dtype=np.int64))
    wanted = [
        sum(
            weight * index.idf(t)
            for t, weight in query.items()
            if any(t in d for d in documents[i:j])
        )
        for i, j in zip(starts, stops, strict=True)
    ]
    assert worths == pytest.approx(wanted)
