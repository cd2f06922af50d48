import dataclasses
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.article import Article, Section
from indexer.passages import Passage, passages, split
from indexer.text import normalise

# The encoder reads 256 pieces; a piece is a character or more, a Han character about 0.6.
LONGEST = 110
# Words, marks and spaces of both languages, and whatever else there is.
MARKS = st.sampled_from("。！？；.!?;,，、：: \n\t”’\"')(…—-_/#&=😀1a中")
WORDS = st.sampled_from(["助记词", "提现", "wallet", "transaction", "https://a.bc/?id=7", "3.5"])
TEXTS = st.lists(MARKS | WORDS | st.text(max_size=3)).map("".join)
LONG_TEXTS = st.tuples(TEXTS, st.integers(1, 60)).map(lambda pair: pair[0] * pair[1])


def squeezed(text):
    return "".join(text.split())


# split


@given(TEXTS | LONG_TEXTS, st.sampled_from([0.5, 1, 8, 30, 110]))
@example("Hello!\nWorld", 110)
@example("a" * 5000, 110)
def test_split_loses_and_changes_nothing_but_the_space_between_chunks(text, limit):
    place = 0
    for chunk in split(text, limit):
        assert chunk == chunk.strip() != ""
        found = text.index(chunk, place)
        assert text[place:found].strip() == ""
        place = found + len(chunk)
    assert text[place:].strip() == ""


@given(LONG_TEXTS)
@example("中" * 5000)
@example("😀" * 5000)
@example("! " * 5000)
@example("a1" * 5000)
@example("word " * 5000)
def test_chunks_are_bounded(text):
    """The bounds hold whatever the text is made of: it costs 0.04 pieces a letter at least."""
    for chunk in split(text):
        han = len(re.findall(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]", chunk))
        letters = len(re.findall(r"[^\W_]", chunk)) - han
        words = len(re.findall(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+", chunk))
        signs = len(re.findall(r"[^\w\s]|_", chunk))
        assert 0.62 * han + 0.9 * words + 0.04 * letters + signs <= LONGEST + 1e-6


@given(st.lists(st.sampled_from(["一二三。", "四五？", "Six seven. ", "Eight? "]), min_size=1))
def test_chunks_are_whole_sentences(sentences):
    for chunk in split("".join(sentences), 12):
        assert chunk[-1] in "。？.?"


def test_chunks_are_filled():
    chunks = list(split("Transfers need confirmations. " * 100))

    # A sentence is three words, 25 letters and a mark: 4.7 pieces.
    assert [chunk.count(".") for chunk in chunks] == [23, 23, 23, 23, 8]


@pytest.mark.parametrize(
    ("text", "limit", "chunks"),
    [
        ("", 110, []),
        (" \n\n ", 110, []),
        ("一句。", 110, ["一句。"]),
        ("It costs 3.5 USDT. Ask v1.2!", 8, ["It costs 3.5 USDT.", "Ask v1.2!"]),
        ("他说：“好。”然后走了。", 6, ["他说：“好。”", "然后走了。"]),
        ("一二三四，五六七八九十", 6, ["一二三四，", "五六七八九十"]),
        ("See https://a.bc/?id=7 now", 99, ["See https://a.bc/?id=7 now"]),
        ("怎么办?请等.谢谢", 4, ["怎么办?", "请等.谢谢"]),
        ("one\ntwo\n\nthree", 1.1, ["one", "two", "three"]),
    ],
)
def test_where_a_text_is_split(text, limit, chunks):
    assert list(split(text, limit)) == chunks


@pytest.mark.parametrize("unit", ["a", "中", "a ", "！", "，中", "\n", "?x", "a."])
def test_a_megabyte_is_split_in_one_pass(unit):
    """It would take hours if the rest were measured again for every chunk."""
    text = unit * (300_000 // len(unit))

    assert sum(len(squeezed(chunk)) for chunk in split(text)) == len(squeezed(text))


# passages

ARTICLE = Article(
    id="fees",
    lang="zh",
    title="什么是 矿工费？",
    questions=("GAS费是什麼", "手续费"),
    body="付给网络的**费用**。\n\n- 与钱包无关",
)


def test_an_article_that_is_served_whole():
    assert [(p.id, p.kind, p.heading, p.text, p.section) for p in passages(ARTICLE)] == [
        ("fees:zh:t", "title", "什么是 矿工费？", "什么是 矿工费?", None),
        ("fees:zh:q1", "question", "GAS费是什麼", "gas费是什么", None),
        ("fees:zh:q2", "question", "手续费", "手续费", None),
        ("fees:zh:s1", "section", "什么是 矿工费？", "付给网络的费用。 与钱包无关", None),
    ]
    assert {(p.article_id, p.lang) for p in passages(ARTICLE)} == {("fees", "zh")}


def test_an_article_that_is_served_by_section():
    sections = (
        Section("什么是 矿工费？", "前言。"),
        Section("Why?", "一句。" * 200),
        Section("", "没有标题。"),
        Section("空的", ""),
    )

    found = list(passages(dataclasses.replace(ARTICLE, questions=(), sections=sections)))

    assert [(p.id, p.kind, p.heading, p.section) for p in found if p.section != 1] == [
        ("fees:zh:t", "title", "什么是 矿工费？", None),
        ("fees:zh:s1.1", "section", "什么是 矿工费？", 0),  # the title is asked already
        ("fees:zh:s3.1", "section", "", 2),
        ("fees:zh:s4", "question", "空的", 3),
    ]
    second = [p for p in found if p.section == 1]
    assert len(second) > 2
    assert [p.id for p in second[:3]] == ["fees:zh:s2", "fees:zh:s2.1", "fees:zh:s2.2"]
    assert {p.heading for p in second} == {"Why?"}
    assert "".join(p.text for p in second[1:]) == "一句。" * 200


def test_an_empty_answer_has_no_passage():
    article = dataclasses.replace(ARTICLE, questions=(), body=" \n\u200b\n")

    assert [p.kind for p in passages(article)] == ["title"]


def test_a_question_and_its_answer_are_never_glued_together():
    for passage in passages(ARTICLE):
        assert ("付给" in passage.text) == (passage.kind == "section")
        assert ("矿工费" in passage.text) == (passage.kind == "title")


SHORT = st.sampled_from(["a", "A", "ａ", "什么", "什麼", "a b", "a  b"]) | st.text(max_size=9)
SECTIONS = st.builds(Section, SHORT, TEXTS | SHORT)
ARTICLES = st.builds(
    Article,
    id=st.from_regex(r"[a-z0-9][a-z0-9.\-_]{0,4}", fullmatch=True),
    lang=st.sampled_from(["zh", "en"]),
    title=SHORT,
    questions=st.lists(SHORT, max_size=3).map(tuple),
    body=TEXTS | LONG_TEXTS,
    sections=st.just(()) | st.lists(SECTIONS, max_size=4).map(tuple),
)


def of(articles: list[Article]) -> list[Passage]:
    return [passage for article in articles for passage in passages(article)]


@given(st.lists(ARTICLES, max_size=6, unique_by=lambda article: article.key))
def test_ids_are_unique_in_a_knowledge_base(articles):
    ids = [passage.id for passage in of(articles)]

    assert len(set(ids)) == len(ids)


@given(st.lists(ARTICLES, max_size=6, unique_by=lambda article: article.key))
def test_hashes_are_equal_exactly_where_texts_are(articles):
    pairs = {(passage.text, passage.content_hash) for passage in of(articles)}

    assert len({text for text, _ in pairs}) == len(pairs) == len({content for _, content in pairs})


@given(ARTICLES)
def test_texts_are_normalised_and_chunks_never_empty(article):
    for passage in passages(article):
        assert passage.text == normalise(passage.text)
        assert passage.text or passage.kind != "section"
        assert (passage.section is None) == (not article.sections) or passage.kind != "section"


@given(ARTICLES)
def test_passages_are_the_same_every_time(article):
    assert list(passages(article)) == list(passages(article))


def test_a_hash_stays_the_same_from_version_to_version():
    """Or every index would be embedded anew."""
    assert next(passages(ARTICLE)).content_hash == "077cac9cf3a3c32ef774541d3acf1ead"
