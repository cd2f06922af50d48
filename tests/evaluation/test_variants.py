"""Planted faults: what the commands of an editor must find, over a real index."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from evaluation import evaluate
from evaluation.cli import main
from evaluation.hardening import harden
from evaluation.steps import next_steps
from evaluation.suggesting import SuggestionError, article_for, attempt
from evaluation.topics import Qrel, Topic
from evaluation.twinning import examine
from evaluation.variants import RememberingEncoder, variant
from indexer import Article, open_index
from server.engine import Assistant, Decision
from server.engine import assistant as engine
from tests.evaluation.labelled import build_index, scorer
from tests.fakes import FakeEncoder

SURE = scorer(-4.0, 8.0)
ARTICLES = (
    Article("arrive", "zh", "提现多久到账？", body="24小时内到账。", source="kb/zh/arrive.md:1"),
    Article("arrive", "en", "How long does a withdrawal take?", body="It takes 24 hours."),
    Article("cancel", "zh", "提现能取消吗？", body="不能取消。"),
    Article("cancel", "en", "Can I cancel a withdrawal?", body="No."),
    Article("seed", "zh", "助记词丢了怎么办？", body="没有办法。"),
    Article("seed", "en", "I lost my mnemonic", body="Nobody can help."),
    Article("fees", "en", "Why are network fees so high?", body="Miners get them."),
    Article("fees", "zh", "矿工费为什么这么贵？", body="给矿工的。"),
)
TOPICS = [
    Topic("t1", "提现多久", "zh", answerable=True),
    Topic("t2", "cancel withdrawal", "en", answerable=True),
    Topic("t3", "lost mnemonic", "en", answerable=True),
    Topic("t4", "bake bread", "en", answerable=False),
]
QRELS = [Qrel("t1", "arrive"), Qrel("t2", "cancel"), Qrel("t3", "seed")]


@pytest.fixture(autouse=True)
def _small_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engine, "load_encoder", lambda manifest: FakeEncoder())
    monkeypatch.setattr(engine, "bundled_scorer", lambda: SURE)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    build_index(tmp_path / "index", ARTICLES)
    return tmp_path / "index"


def opened(root: Path) -> Assistant:
    return Assistant.open(root, encoder=FakeEncoder())


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments, "--index", str(root)])


def topics_file(root: Path) -> str:
    right = {qrel.topic_id: qrel.article_id for qrel in QRELS}
    lines = [f"{t.id},{t.text},{t.lang},{right.get(t.id, '')}" for t in TOPICS]
    file = root.parent / "topics.csv"
    file.write_text("\n".join(["id,text,lang,article_id", *lines]), encoding="utf-8-sig")
    return str(file)


def test_no_text_is_encoded_twice() -> None:
    fake = FakeEncoder()
    encoder = RememberingEncoder(fake)
    first = encoder.encode(["a b", "c", "a b"], "query")
    again = encoder.encode(["c", "d"], "query")
    assert fake.seen == ["a b", "c", "d"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], again[0])
    assert encoder.encode([], "query").shape == (0, fake.dimension)
    # What is a passage need not look like a question.
    encoder.encode(["c"], "passage")
    assert fake.seen[-1] == "c"


def test_a_variant_answers_otherwise_and_leaves_the_index_alone(root: Path) -> None:
    index = open_index(root)
    fewer = [article for article in ARTICLES if article.id != "seed"]
    fake = FakeEncoder()
    with variant(index, fewer, fake, 0.95) as other:
        folder = other.index.folder
        assert other.ask("lost mnemonic").hits[0].article_id != "seed"
        # Every passage was there before.
        assert "I lost my mnemonic" not in fake.seen
    assert not folder.exists()
    assert opened(root).ask("lost mnemonic").hits[0].article_id == "seed"
    assert open_index(root).manifest.index_id == index.manifest.index_id


def test_a_removed_articles_questions_become_unanswered_and_not_misanswered(root: Path) -> None:
    before = {o.topic.id: o for o in evaluate(opened(root), TOPICS, QRELS).outcomes}
    assert before["t3"].answered
    assert before["t3"].right
    fewer = [article for article in ARTICLES if article.id != "seed"]
    with variant(open_index(root), fewer, FakeEncoder(), 0.95) as other:
        evaluation = evaluate(other, TOPICS, QRELS)
    after = {o.topic.id: o for o in evaluation.outcomes}
    assert after["t3"].answer.decision != Decision.ANSWER
    assert evaluation.unknown == (("t3", "seed"),)
    steps = next_steps(evaluation.judged, {"seed"})
    assert ("missing", ("seed",)) in [(step.kind, step.articles) for step in steps]


def test_two_articles_that_fight_for_one_question_are_found(root: Path) -> None:
    thief = Article("a-thief", "en", "I lost my mnemonic words", questions=("lost mnemonic",))
    with variant(open_index(root), [*ARTICLES, thief], FakeEncoder(), 0.95) as other:
        judged = evaluate(other, TOPICS, QRELS).judged
    steps = next_steps(judged)
    assert ("separate", ("a-thief", "seed")) in [(step.kind, step.articles) for step in steps]


def test_a_twin_that_says_another_number_is_found(root: Path) -> None:
    assert examine(opened(root), 0.95).contradictions == ()
    liar = replace(ARTICLES[1], body="It takes 48 hours.")
    build_index(root, (ARTICLES[0], liar, *ARTICLES[2:]))
    twins = examine(opened(root), 0.95)
    found = [
        (one.article_id, *map(str, (*one.said["zh"], *one.said["en"])))
        for one in twins.contradictions
    ]
    assert found == [("arrive", "24 hour", "48 hour")]
    assert twins.amiss


def test_missing_and_stale_twins_are_found(root: Path) -> None:
    old = replace(ARTICLES[2], updated="2025-01-01")
    new = replace(ARTICLES[3], updated="2026-01-01")
    build_index(root, (*ARTICLES[:2], old, new, *ARTICLES[4:7]))
    rules = {rule for rule, _, _ in examine(opened(root), 0.95).findings}
    assert rules == {"missing-twin", "stale-twin"}


def test_titles_are_asked_in_the_other_language_only(root: Path) -> None:
    twins = examine(opened(root), 0.95)
    assert twins.pairs == 4
    assert {direction.asked for direction in twins.directions} == {"zh", "en"}
    for direction in twins.directions:
        assert len(direction.crossings) == 4
        assert {one.lang for one in direction.crossings} == {direction.asked}
        # A fake encoder knows no translation.
        assert direction.found < 4
    titles = examine(opened(root), 0.95, titles_only=True)
    assert [len(d.crossings) for d in titles.directions] == [4, 4]


def test_twins_on_the_command_line(root: Path) -> None:
    result = run(root, "twins", "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert data["pairs"] == 4
    assert data["contradictions"] == []
    page = Path("var/twins.html").read_text(encoding="utf-8")
    assert "Both languages state the same numbers." in page
    told = run(root, "twins", "--titles-only")
    assert "4 articles in both languages" in told.stdout
    assert "Wordings that do not find their twin" in told.stdout
    assert "alternate question is asked" in page
    assert "alternate question is asked" not in Path("var/twins.html").read_text(encoding="utf-8")
    liar = replace(ARTICLES[1], body="It takes 48 hours.")
    build_index(root, (ARTICLES[0], liar, *ARTICLES[2:]))
    amiss = run(root, "twins")
    assert amiss.exit_code == 1
    assert "arrive: zh says 24 hour; en says 48 hour" in amiss.stdout


def test_an_alternate_question_is_tried_and_not_saved(root: Path) -> None:
    assistant = opened(root)
    question = "where is my payout"
    article = article_for(assistant, "arrive", "en")
    topics = [*TOPICS, Topic("t5", "payout where", "en", answerable=True)]
    trial = attempt(assistant, article, question, topics, [*QRELS, Qrel("t5", "arrive")], 0.95)
    assert trial.before.hits[0].article_id != "arrive" or not trial.before.confidence > 0.5
    assert trial.after.hits[0].article_id == "arrive"
    assert trial.after.decision == Decision.ANSWER
    assert [c.after.id for change in trial.changes for c in change.won] == ["t5"]
    assert trial.gain > 0
    assert "arrive" not in {ident for ident, _, _ in trial.rivals}
    assert question not in open_index(root).articles["arrive", "en"].questions


def test_an_alternate_question_that_steals_is_told_of(root: Path) -> None:
    result = run(root, "suggest", "fees", "lost mnemonic words", "--topics", topics_file(root))
    assert result.exit_code == 1, result.output
    assert "- t3  lost mnemonic" in result.stdout
    assert "It does harm" in result.stdout


def test_suggest_on_the_command_line(root: Path) -> None:
    result = run(root, "suggest", "arrive", "钱呢钱呢", "--topics", topics_file(root))
    assert result.exit_code == 0, result.output
    assert "Of 4 topics 0 won, 0 lost" in result.stdout
    assert "add it to `questions` in kb/zh/arrive.md and build" in result.stdout
    data = json.loads(run(root, "suggest", "arrive", "钱呢钱呢", "--json").stdout)
    assert data["after"]["article_id"] == "arrive"
    assert data["topics"] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("arive", "a question"), "The index has no article 'arive'"),
        (("seed", "I lost my mnemonic"), "stands in seed already"),
        (("seed", " ? "), "The question is empty"),
    ],
)
def test_suggestions_that_cannot_be_tried(
    root: Path, arguments: tuple[str, str], message: str
) -> None:
    result = run(root, "suggest", *arguments)
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_article_without_the_questions_language_is_told(root: Path) -> None:
    build_index(root, ARTICLES[:-1])
    with pytest.raises(SuggestionError, match="no article 'fees' in the language 'zh'"):
        article_for(opened(root), "fees", "zh")


def test_each_way_is_compared_with_the_same_topics(root: Path) -> None:
    found = harden(opened(root), TOPICS, QRELS)
    by_way = {one.way: one for one in found}
    assert [one.price for one in found] == sorted((o.price for o in found), reverse=True)
    assert [one.id for one in by_way["traditional"].after] == ["t1"]
    assert {one.id for one in by_way["polite"].after} == {"t1", "t2", "t3", "t4"}
    for one in found:
        assert [a.id for a in one.after] == [b.id for b in one.before]
    again = harden(opened(root), TOPICS, QRELS, ["polite", "typos"])
    assert {one.way for one in again} == {"polite", "typos"}


def test_robustness_on_the_command_line(root: Path) -> None:
    file = topics_file(root)
    result = run(root, "robustness", "--topics", file, "--way", "polite", "--way", "traditional")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1].startswith(("polite", "traditional"))
    assert "换种打法" in Path("var/robustness.html").read_text(encoding="utf-8")
    data = json.loads(run(root, "robustness", "--topics", file, "--sample", "2", "--json").stdout)
    assert max(row["topics"] for row in data) == 2


def test_a_way_that_costs_too_much_exits_with_1(root: Path) -> None:
    file = root.parent / "one.csv"
    file.write_text("id,text,lang,article_id\n1,提现多久到账,zh,arrive\n", encoding="utf-8")
    arguments = ("robustness", "--topics", str(file), "--way", "pinyin")
    held = run(root, *arguments, "--tolerance", "Success@1=1")
    assert held.exit_code == 0, held.output
    lost = run(root, *arguments, "--tolerance", "Helped=0")
    broken = "BROKEN pinyin Helped" in lost.stdout
    assert lost.exit_code == int(broken)
