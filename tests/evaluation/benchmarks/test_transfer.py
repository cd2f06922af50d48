import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from evaluation.benchmarks import measuring, transfer
from evaluation.benchmarks.transfer import (
    Found,
    assistant_alone,
    bm25_alone,
    dense_alone,
    figures,
    measure,
)
from evaluation.topics import Topic
from indexer import Article, KnowledgeBase, ModelChoice, build
from server.engine import Assistant
from tests.evaluation.madeup import write_lines
from tests.fakes import FakeEncoder

BASE = KnowledgeBase(
    (
        Article("parcel", "en", "When does my parcel arrive?", (), "Within three days."),
        Article("invoice", "en", "Send the invoice again", (), "Ask the desk."),
        Article("invoice", "zh", "重新寄送发票", (), "请咨询柜台。"),
        Article("loan", "zh", "贷款多久还清", (), "一年。"),
    )
)


@pytest.fixture(scope="module")
def encoder() -> FakeEncoder:
    return FakeEncoder(dimension=512)


@pytest.fixture(scope="module")
def assistant(encoder: FakeEncoder, tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("index")
    build(BASE, folder, encoder, ModelChoice("given"))
    return Assistant.open(folder, encoder=encoder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parcel arrive", "parcel"),
        ("invoice", "invoice"),
        ("发票", "invoice"),
        ("贷款", "loan"),
        # In whatever language the words are.
        ("随便 parcel", "parcel"),
    ],
)
def test_each_system_finds_the_article_that_shares_the_words(
    assistant: Assistant, encoder: FakeEncoder, text: str, expected: str
) -> None:
    (lexical,) = bm25_alone(assistant, [text])
    (dense,) = dense_alone(assistant, encoder, [text])
    (together,) = assistant_alone(assistant, [text])
    assert lexical.article_id == dense.article_id == together.article_id == expected
    assert lexical.confidence > 0
    assert dense.confidence > 0


def test_words_alone_find_nothing_where_none_is_shared(assistant: Assistant) -> None:
    assert bm25_alone(assistant, ["zebra", "发票"])[0] == Found(None, 0.0)


def test_words_alone_take_the_best_passage_of_all(assistant: Assistant) -> None:
    index = assistant.index
    texts = ["invoice parcel arrive", "重新寄送 invoice", "三年 贷款 days", "ask the desk"]
    for text, found in zip(texts, bm25_alone(assistant, texts), strict=True):
        tokens = assistant.understand(text, None, None).tokens
        scores = {}
        for lang, bm25 in index.lexical.items():
            for row, score in zip(index.rows(lang), bm25.scores(tokens), strict=True):
                scores[row] = float(score)
        best = max(scores, key=lambda row: scores[row])
        assert found.confidence == scores[best]
        assert found.article_id == index.passages[best].article_id


def test_the_encoder_alone_takes_the_nearest_passage_of_all(
    assistant: Assistant, encoder: FakeEncoder
) -> None:
    index = assistant.index
    texts = ["Invoice, parcel: arrive?", "重新寄送 invoice", "three days", "柜台"]
    for text, found in zip(texts, dense_alone(assistant, encoder, texts), strict=True):
        (asked,) = encoder.encode([text], "query")
        cosines = [
            float(asked @ index.vectors.take(np.array([row]))[0])
            for row in range(len(index.passages))
        ]
        assert found.confidence == pytest.approx(max(cosines))
        nearest = {
            p.article_id
            for p, c in zip(index.passages, cosines, strict=True)
            if c == pytest.approx(max(cosines))
        }
        assert found.article_id in nearest


def test_the_assistant_is_as_sure_as_its_users_are_told(assistant: Assistant) -> None:
    texts = ["parcel arrive", "贷款", "   "]
    answers = assistant.ask_many(texts)
    found = assistant_alone(assistant, texts)
    assert [one.confidence for one in found] == [answer.confidence for answer in answers]
    assert found[2] == Found(None, 0.0)


ARTICLES = st.sampled_from(["a", "b", "c", None])
# On a grid, so that equal confidences are met.
CONFIDENCES = st.integers(0, 5).map(lambda n: n / 5)
Asked = tuple[str | None, float, set[str]]
asked = st.lists(
    st.tuples(ARTICLES, CONFIDENCES, st.sets(st.sampled_from("abc"), max_size=2)),
    min_size=1,
    max_size=25,
)


def told(rows: list[Asked], *, probable: bool = True) -> dict[str, float | None]:
    found = [Found(article, confidence) for article, confidence, _ in rows]
    topics = [Topic(f"t{n}", "?", "en", bool(right)) for n, (_, _, right) in enumerate(rows)]
    # What is judged and does not answer is as good as what is not judged.
    judged = {
        f"t{n}": {article: int(article in right) for article in "abc"}
        for n, (_, _, right) in enumerate(rows)
        if right
    }
    return figures(found, topics, judged, probable=probable)


@given(asked)
def test_figures_are_those_of_plain_loops(rows: list[Asked]) -> None:
    able = [row for row in rows if row[2]]
    rest = [row for row in rows if not row[2]]
    values = told(rows)

    if not able:
        assert values["acc@1"] is None
        assert values["coverage@p90"] is None
    else:
        assert values["acc@1"] == round(sum(a in right for a, _, right in able) / len(able), 4)
        coverage = 0.0
        for threshold in {confidence for _, confidence, _ in rows}:
            answered = [row for row in rows if row[1] >= threshold]
            if sum(a in right for a, _, right in answered) >= 0.9 * len(answered):
                share = sum(bool(right) for _, _, right in answered) / len(able)
                coverage = max(coverage, share)
        assert values["coverage@p90"] == round(coverage, 4)
    if not able or not rest:
        assert values["auroc"] is None
    else:
        won = sum((p > n) + (p == n) / 2 for _, p, _ in able for _, n, _ in rest)
        assert values["auroc"] == pytest.approx(won / len(able) / len(rest), abs=1e-4)


@pytest.mark.parametrize(("wrong", "coverage"), [(1, 1.0), (2, 0.0)])
def test_the_precision_to_hold_is_nine_of_ten(wrong: int, coverage: float) -> None:
    rows: list[Asked] = [("a", 0.5, {"a"})] * (10 - wrong) + [("b", 0.5, {"a"})] * wrong
    assert told(rows)["coverage@p90"] == coverage


def test_the_calibration_error_is_told_of_probabilities_alone() -> None:
    # Ten bins of one question each.
    rows: list[Asked] = [("a" if n % 2 else None, n / 10, {"a"}) for n in range(10)]
    gap = sum(abs(n % 2 - n / 10) for n in range(10)) / 10

    assert told(rows)["ece"] == pytest.approx(gap)
    assert told(rows, probable=False)["ece"] is None


TOPICS = [
    Topic("1", "parcel arrive", "en", answerable=True),
    Topic("2", "贷款多久", "zh", answerable=True),
    Topic("3", "bake bread", "en", answerable=False),
]
JUDGED = {"1": {"parcel": 1}, "2": {"loan": 1}}


def test_three_systems_are_measured_on_one_index(encoder: FakeEncoder) -> None:
    values = measure(BASE, TOPICS, JUDGED, encoder)

    assert (values["topics"], values["answerable"]) == (3, 2)
    for name in ("assistant", "bm25", "dense"):
        assert values[name]["acc@1"] == 1.0
        assert values[name]["auroc"] == 1.0
        assert values[name]["coverage@p90"] == 1.0
        assert (values[name]["ece"] is not None) == (name == "assistant")


def rows_of(name: str) -> list[dict[str, Any]]:
    if name == "corpus":
        return [
            {"_id": "1", "text": "where is my parcel", "lang": "en", "group": "parcel"},
            {"_id": "2", "text": "track a parcel", "lang": "en", "group": "parcel"},
            {"_id": "3", "text": "pay the invoice", "lang": "en", "group": "invoice"},
            {"_id": "4", "text": "invoice due", "lang": "en", "group": "invoice"},
        ]
    return [
        {"_id": "q1", "text": "parcel?", "lang": "en"},
        {"_id": "q2", "text": "invoice late", "lang": "en"},
        {"_id": "q3", "text": "bake bread", "lang": "en", "oos": "far"},
    ]


def test_the_command_measures_each_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        for name in ("corpus", "queries"):
            write_lines(folder / f"{name}.jsonl", rows_of(name))
        judged = "query-id\tcorpus-id\tscore\nq1\tparcel\t1\nq2\tinvoice\t1\n"
        (folder / "qrels.tsv").write_text(judged, encoding="utf-8")
    monkeypatch.setattr(measuring, "RESULTS", tmp_path)
    monkeypatch.setattr(transfer, "open_encoder", lambda name: FakeEncoder(dimension=512))
    result = CliRunner().invoke(transfer.main, [*map(str, folders), "--out", "made"])

    assert result.exit_code == 0, result.output
    values = json.loads((tmp_path / "made.json").read_text(encoding="utf-8"))
    assert values["model_id"] == "fake@1"
    assert list(values["sets"]) == ["one", "two"]
    assert values["sets"]["one"] == values["sets"]["two"]
    assert values["sets"]["one"]["answerable"] == 2
    assert values["sets"]["one"]["bm25"]["acc@1"] == 1.0
    assert "two: " in result.output
