"""The project's own topics: enough of them, true to the knowledge base, halves apart."""

from collections import defaultdict
from pathlib import Path

import pytest

from evaluation import Topic, read_topics, relevance
from evaluation.helpcentres import read_clusters
from indexer import Article
from indexer.sources import read_articles
from indexer.text import normalise

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "evaluation" / "datasets" / "wallet"
CLUSTERS = ROOT / "evaluation" / "datasets" / "clusters"
KINDS = {
    "answerable": {"zh", "en", "mixed", "traditional", "typo", "pinyin", "story", "keywords"},
    "unanswerable": {"near", "other", "far"},
}

Half = tuple[list[Topic], dict[str, dict[str, int]]]


@pytest.fixture(scope="module")
def halves() -> dict[str, Half]:
    read = {name: read_topics(FOLDER / f"{name}.jsonl") for name in ("dev", "test")}
    return {name: (topics, relevance(qrels)) for name, (topics, qrels) in read.items()}


@pytest.fixture(scope="module")
def topics(halves: dict[str, Half]) -> list[Topic]:
    return [topic for half, _ in halves.values() for topic in half]


@pytest.fixture(scope="module")
def articles() -> list[Article]:
    return read_articles(ROOT / "kb")


def bare(text: str) -> str:
    return normalise(text).rstrip("?!.。 ")


def test_there_are_enough(topics: list[Topic]) -> None:
    assert len(topics) >= 700
    assert sum(not topic.answerable for topic in topics) >= 250


def test_ids_and_texts_are_unique(topics: list[Topic]) -> None:
    assert len({topic.id for topic in topics}) == len(topics)
    assert len({bare(topic.text) for topic in topics}) == len(topics)


def test_expected_articles_exist_in_both_languages(
    halves: dict[str, Half], articles: list[Article]
) -> None:
    keys = {article.key for article in articles}
    expected = {
        ident for _, qrels in halves.values() for judged in qrels.values() for ident in judged
    }
    assert {(i, lang) for i in expected for lang in ("zh", "en")} <= keys


def test_nearly_every_article_is_asked_for(
    halves: dict[str, Half], articles: list[Article]
) -> None:
    expected = {
        ident for _, qrels in halves.values() for judged in qrels.values() for ident in judged
    }
    ids = {article.id for article in articles}
    assert len(ids & expected) >= 0.95 * len(ids)


def test_the_halves_share_no_article_and_no_variants_of_one_question(
    halves: dict[str, Half], articles: list[Article]
) -> None:
    group = {article.id: article.variant_of or article.id for article in articles}
    groups = {
        name: {group[ident] for judged in qrels.values() for ident in judged}
        for name, (_, qrels) in halves.items()
    }
    assert groups["dev"]
    assert groups["test"]
    assert groups["dev"].isdisjoint(groups["test"])


def test_each_half_is_large_enough_and_has_every_kind(halves: dict[str, Half]) -> None:
    for half, _ in halves.values():
        assert len(half) >= 300
        assert sum(not topic.answerable for topic in half) >= 100
        assert {t.kind for t in half if t.answerable} == KINDS["answerable"]
        assert {t.kind for t in half if not t.answerable} == KINDS["unanswerable"]
        assert {topic.lang for topic in half} == {"zh", "en"}


def test_no_topic_is_an_articles_own_wording(topics: list[Topic], articles: list[Article]) -> None:
    own = defaultdict(list)
    for article in articles:
        for wording in (article.title, *article.questions):
            own[bare(wording)].append(article.id)
    assert [(topic.id, own[bare(topic.text)]) for topic in topics if bare(topic.text) in own] == []


def test_the_datasheet_counts_what_is_there(halves: dict[str, Half]) -> None:
    sheet = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = {}
    for line in sheet.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[1].isdigit():
            rows[cells[0].strip("`* ")] = [int(cell) for cell in cells[1:]]
    for kind in (*KINDS["answerable"], *KINDS["unanswerable"]):
        counts = [sum(t.kind == kind for t in half) for half, _ in halves.values()]
        assert rows[kind] == [*counts, sum(counts)], kind
    totals = [len(half) for half, _ in halves.values()]
    assert rows["all"] == [*totals, sum(totals)]


def test_the_clusters_datasheet_counts_what_is_there() -> None:
    sheet = (CLUSTERS / "README.md").read_text(encoding="utf-8")
    total = 0
    for file in CLUSTERS.glob("*.jsonl"):
        rows = read_clusters(file)
        answered = sum(bool(row.get("answer_en") and row.get("answer_zh")) for row in rows)
        assert f"| `{file.name}` | {len(rows):,} | {answered:,} |" in sheet
        total += len(rows)
    assert f"{total:,} bilingual question clusters" in sheet


@pytest.mark.parametrize("file", sorted(CLUSTERS.glob("*.jsonl")), ids=lambda file: file.name)
def test_no_cluster_says_the_same_twice(file: Path) -> None:
    # Nor may one of its own wordings count as wrong.
    for row in read_clusters(file):
        for lang in ("en", "zh"):
            assert len(row[lang]) == len(set(row[lang])), row["topic"]
        wordings = {bare(text) for lang in ("en", "zh") for text in row[lang]}
        assert wordings.isdisjoint(map(bare, row.get("near", ()))), row["topic"]


def test_what_is_like_a_cluster_names_it() -> None:
    asked = {row["topic"] for row in read_clusters(CLUSTERS / "scorer.jsonl")}
    like = [row["like"] for row in read_clusters(CLUSTERS / "train.jsonl") if "like" in row]
    assert like
    assert all(topics and asked.issuperset(topics) for topics in like)
