import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.helpcentres import (
    HelpCentre,
    answer_centre,
    beginning,
    document_centre,
    help_centre,
    own_help_centre,
    phrase_centre,
    read_clusters,
    read_fillers,
    read_pairs,
    read_rewordings,
    reworded_centre,
)
from indexer import LANGS, Article
from indexer.faults import SourceError
from indexer.text import normalise
from tests.evaluation.madeup import cluster, clusters, write_lines

CLUSTERS = clusters(12)
FILLERS = clusters(12, start=12)
PAIRS = [(f"Heading {n}", f"Paragraph number {n} tells of itself. More.") for n in range(30)]
STRANGERS = [f"a stranger asks {n}" for n in range(20)]
# Which cluster a text belongs to.
NUMBER = {
    text: f"c{n}" for n, c in enumerate(CLUSTERS) for key in ("en", "zh", "near") for text in c[key]
}

seeds = st.integers(0, 2**32)
sizes = st.integers(1, 30)


def wordings(article: Article) -> set[str]:
    return {article.title, *article.questions}


def check(centre: HelpCentre) -> None:
    """What holds for every kind of help centre."""
    keys = [article.key for article in centre.base.articles]
    assert len(keys) == len(set(keys))
    inside = {article.id for article in centre.base.articles}
    own: dict[str, set[str]] = {}
    for article in centre.base.articles:
        own.setdefault(article.id, set()).update(wordings(article))
    for question in centre.questions:
        if question.article_id is not None:
            assert question.article_id in inside
            assert question.text not in own[question.article_id]
        if question.not_article_id is not None:
            assert question.article_id is None
            assert question.not_article_id in inside


def left_out(centre: HelpCentre) -> set[str]:
    """The clusters that are asked about and of which nothing is known."""
    return {
        NUMBER[q.text]
        for q in centre.questions
        if q.article_id is None and q.not_article_id is None
    }


@given(sizes, st.integers(0, 12), seeds, st.booleans(), st.booleans())
def test_a_help_centre_is_true_to_its_clusters(
    size: int, outside: int, seed: int, both: bool, filled: bool
) -> None:
    fillers = FILLERS if filled else []

    def make() -> HelpCentre:
        return help_centre(
            "h", CLUSTERS, size, left_out=outside, seed=seed, both_languages=both, fillers=fillers
        )

    centre = make()
    check(centre)
    assert make() == centre
    ids = {article.id for article in centre.base.articles}
    assert ids.isdisjoint(left_out(centre))
    assert len(left_out(centre)) == min(outside, 4)
    assert len(ids) <= size
    for question in centre.questions:
        expected = question.article_id or question.not_article_id
        assert expected in (None, NUMBER[question.text])
    if both:
        languages = Counter(article.id for article in centre.base.articles)
        assert set(languages.values()) == {2}


@given(seeds)
def test_fillers_make_up_the_size_and_are_never_asked_about(seed: int) -> None:
    centre = help_centre("h", CLUSTERS, 20, left_out=4, seed=seed, fillers=FILLERS)

    ids = {article.id for article in centre.base.articles}
    assert len(ids) == 20
    assert sum(ident.startswith("f") for ident in ids) == 20 - 8
    asked = {q.article_id or q.not_article_id or "" for q in centre.questions}
    assert not any(ident.startswith("f") for ident in asked)
    told = {text for filler in FILLERS for key in ("en", "zh", "near") for text in filler[key]}
    assert told.isdisjoint(question.text for question in centre.questions)


def test_what_an_article_does_not_hold_is_asked_in_either_language() -> None:
    centre = help_centre("h", CLUSTERS, 12, left_out=0, seed=3)

    for ident in {article.id for article in centre.base.articles}:
        about = CLUSTERS[int(ident[1:])]
        mine = [article for article in centre.base.articles if article.id == ident]
        held = set().union(*map(wordings, mine))
        asked = {q.text for q in centre.questions if q.article_id == ident}
        assert held | asked == {*about["en"], *about["zh"]}
        assert {article.body for article in mine} <= {about["answer_en"], about["answer_zh"]}
        near = {q.text: q.lang for q in centre.questions if q.not_article_id == ident}
        assert near == dict(zip(about["near"], ("en", "zh"), strict=True))


@given(seeds)
def test_a_wording_that_both_languages_share_is_not_asked_of_an_article_that_holds_it(
    seed: int,
) -> None:
    one = {"en": ["loop out", "leave"], "zh": ["Loop out", "出去", "申請認證", "申请认证"]}
    centre = help_centre("h", [one], 1, left_out=0, seed=seed)

    held = {normalise(text) for article in centre.base.articles for text in wordings(article)}
    assert held.isdisjoint(normalise(question.text) for question in centre.questions)


def test_half_of_the_articles_are_in_both_languages() -> None:
    many = [cluster(f"thing{n}", f"东西{n}") for n in range(600)]
    centre = help_centre("h", many, 600, left_out=0, seed=1)

    languages: dict[str, set[str]] = {}
    for article in centre.base.articles:
        languages.setdefault(article.id, set()).add(article.lang)
    shares = Counter("+".join(sorted(langs)) for langs in languages.values())
    assert shares["en+zh"] / 600 == pytest.approx(0.5, abs=0.07)
    assert shares["zh"] / 600 == pytest.approx(0.25, abs=0.07)
    assert shares["en"] / 600 == pytest.approx(0.25, abs=0.07)


def test_other_seeds_give_other_centres() -> None:
    made = {help_centre("h", CLUSTERS, 6, left_out=3, seed=s).questions for s in range(10)}
    assert len(made) == 10


@given(sizes, seeds)
def test_a_phrase_centre_leaves_one_or_two_wordings_to_ask(size: int, seed: int) -> None:
    centre = phrase_centre("p", CLUSTERS, size, seed=seed)

    check(centre)
    assert phrase_centre("p", CLUSTERS, size, seed=seed) == centre
    ids = [article.id for article in centre.base.articles]
    assert len(ids) == len(set(ids)) <= size
    assert left_out(centre).isdisjoint(ids)
    asked = Counter(q.article_id for q in centre.questions if q.article_id)
    for article in centre.base.articles:
        about = CLUSTERS[int(article.id[1:])][article.lang]
        assert asked[article.id] in (1, 2)
        assert len(wordings(article)) + asked[article.id] == len(about)


def test_a_third_of_a_phrase_centre_is_left_out() -> None:
    centre = phrase_centre("p", CLUSTERS, 100, seed=1)
    assert len(centre.base.articles) == 8
    assert len(left_out(centre)) == 4


@given(seeds)
def test_an_answer_centre_holds_answers_and_no_question(seed: int) -> None:
    unanswered = {k: v for k, v in cluster("ghost", "鬼").items() if k != "answer_zh"}
    centre = answer_centre("a", [*CLUSTERS, unanswered], seed=seed)

    check(centre)
    assert answer_centre("a", [*CLUSTERS, unanswered], seed=seed) == centre
    ids = {article.id for article in centre.base.articles}
    assert len(ids) == 8
    assert len(left_out(centre)) == 4
    assert ids.isdisjoint(left_out(centre))
    for article in centre.base.articles:
        assert article.questions == ()
        assert article.body == CLUSTERS[int(article.id[1:])][f"answer_{article.lang}"]
        assert article.body.startswith(article.title)
        indexed = article.title + article.body
        assert not any(question.text in indexed for question in centre.questions)
    assert Counter(Counter((NUMBER[q.text], q.lang) for q in centre.questions).values()) == {3: 24}


@given(st.integers(3, 40), seeds, st.sampled_from(LANGS))
def test_a_document_centre_is_asked_headings_that_it_does_not_hold(
    size: int, seed: int, lang: Any
) -> None:
    def make() -> HelpCentre:
        return document_centre("d", PAIRS, size, lang, strangers=STRANGERS, seed=seed)

    centre = make()
    check(centre)
    assert make() == centre
    assert {article.lang for article in centre.base.articles} == {lang}
    bodies = {article.id: article.body for article in centre.base.articles}
    paragraph = dict(PAIRS)
    headings = [question for question in centre.questions if question.text in paragraph]
    for question in headings:
        if question.article_id:
            assert bodies[question.article_id] == paragraph[question.text]
        else:
            assert paragraph[question.text] not in bodies.values()
    indexed = "\n".join(a.title + a.body for a in centre.base.articles)
    assert not any(question.text in indexed for question in centre.questions)
    strangers = [q for q in centre.questions if q.text in STRANGERS]
    assert len(strangers) == min(len(STRANGERS), size // 3)
    assert all(question.article_id is None for question in strangers)
    assert len(headings) + len(strangers) == len(centre.questions)


def test_a_document_centre_asks_each_paragraph_by_one_heading() -> None:
    pairs = [("one", "The same text."), ("two", "The same text."), ("three", "Another text.")]
    centre = document_centre("d", pairs, 3, "en", strangers=[], seed=1)

    assert len(centre.questions) == 2
    assert len({article.body for article in centre.base.articles}) == len(centre.base.articles)


def test_a_reworded_centre_is_asked_the_other_wordings() -> None:
    pairs = [(f"Text number {n}", f"The text with the number {n}") for n in range(9)]
    centre = reworded_centre("r", [*pairs, pairs[0]], 4, "en", seed=1)

    check(centre)
    assert reworded_centre("r", [*pairs, pairs[0]], 4, "en", seed=1) == centre
    titles = {article.id: article.title for article in centre.base.articles}
    assert len(titles) == 4
    other = {b: a for a, b in pairs}
    for question in centre.questions:
        if question.article_id:
            assert titles[question.article_id] == other[question.text]
        else:
            assert other[question.text] not in titles.values()
    assert sum(question.article_id is None for question in centre.questions) == 2


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("First. Second.", "First"),
        ("先看这里。再看那里。", "先看这里"),
        ("\n  \nAfter blank lines\nmore", "After blank lines"),
        (". \n then", "then"),
        ("A fee of 3.5 % is due. It goes to the miners.", "A fee of 3.5 % is due"),
        ("No end", "No end"),
        ("...", "..."),
        ("x" * 200, "x" * 80),
    ],
)
def test_a_text_begins_with_its_first_sentence(text: str, title: str) -> None:
    assert beginning(text) == title


@given(st.text(min_size=1).filter(str.strip))
def test_a_beginning_is_short_and_never_blank(text: str) -> None:
    found = beginning(text)
    assert found == found.strip() != ""
    assert len(found) <= 80
    assert found in text


def pair(a: str, b: str, lang: str = "en", kind: str = "qa") -> dict[str, str]:
    return {"a": a, "b": b, "lang": lang, "kind": kind}


def test_pairs_are_those_of_one_language_that_an_answer_follows(tmp_path: Path) -> None:
    text = "A paragraph that is long enough to be an answer."
    files = {
        "b.jsonl.gz": [
            pair("kept second", text),
            pair("a paraphrase", text, kind="qq"),
            pair("其他语言", "这是一个足够长的段落，可以当作一个答案来使用。", lang="zh"),
            pair("h" * 80, text),
            pair("too short", "x" * 39),
            pair("just long enough", "x" * 40),
        ],
        "a.jsonl.gz": [pair("kept first", "y" * 5000)],
    }
    for name, rows in files.items():
        with gzip.open(tmp_path / name, "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "notes.txt").write_text("no pairs", encoding="utf-8")

    assert read_pairs(tmp_path, "en") == [
        ("kept first", "y" * 1200),
        ("kept second", text),
        ("just long enough", "x" * 40),
    ]
    assert [heading for heading, _ in read_pairs(tmp_path, "zh")] == ["其他语言"]


def test_rewordings_are_short_and_differ(tmp_path: Path) -> None:
    rows = [
        {"a": a, "b": b, "lang": lang, "kind": kind}
        for a, b, lang, kind in (
            ("Erase a macOS device", "Erase all of a macOS device", "en", "qq"),
            ("Erase a macOS device", "erase a macOS device", "en", "qq"),
            ("Too short", "Too short, this one", "en", "qq"),
            ("x" * 80, "Long enough to be read", "en", "qq"),
            ("为组织配置校对设置", "为您的组织配置校样", "zh", "qq"),
            ("A heading of some length", "A paragraph of some length", "en", "qa"),
        )
    ]
    with gzip.open(tmp_path / "pairs.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)

    found = [("Erase a macOS device", "Erase all of a macOS device")]
    assert read_rewordings(tmp_path, "en") == found
    assert read_rewordings(tmp_path, "zh") == [("为组织配置校对设置", "为您的组织配置校样")]


def test_clusters_are_read_back(tmp_path: Path) -> None:
    assert read_clusters(write_lines(tmp_path / "c.jsonl", CLUSTERS)) == CLUSTERS


def test_what_is_asked_about_is_no_filler(tmp_path: Path) -> None:
    rows = [CLUSTERS[0], {**CLUSTERS[1], "like": ["another topic"]}, CLUSTERS[2]]

    assert read_fillers(write_lines(tmp_path / "c.jsonl", rows)) == [CLUSTERS[0], CLUSTERS[2]]


@pytest.fixture
def kb(tmp_path: Path) -> Path:
    folder = tmp_path / "kb"
    folder.mkdir()
    articles = [
        {"id": ident, "lang": "en", "title": f"What is {ident}?", "body": "It is a thing."}
        for ident in ("fees", "limits")
    ]
    write_lines(folder / "articles.jsonl", articles)
    return folder


def test_one_s_own_help_centre_is_asked_its_topics(tmp_path: Path, kb: Path) -> None:
    topics = tmp_path / "topics.csv"
    topics.write_text(
        "id,text,lang,article_id\n1,who takes a fee,en,fees|limits\n2,手续费是多少,,fees\n3,bread,en,\n",
        encoding="utf-8",
    )
    centre = own_help_centre(kb, topics)

    assert {article.id for article in centre.base.articles} == {"fees", "limits"}
    assert [(q.text, q.lang, q.article_id) for q in centre.questions] == [
        ("who takes a fee", "en", "fees|limits"),
        ("手续费是多少", "zh", "fees"),
        ("bread", "en", None),
    ]


def test_broken_topics_are_told_of(tmp_path: Path, kb: Path) -> None:
    topics = write_lines(tmp_path / "topics.jsonl", [{"id": "1", "article_id": "fees"}])
    with pytest.raises(SourceError, match="'text' is missing"):
        own_help_centre(kb, topics)
