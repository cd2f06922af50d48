"""What an evaluation leaves on disk."""

import json
from dataclasses import replace
from pathlib import Path

from evaluation import Evaluation, evaluate, files, summarise
from tests.evaluation.conftest import ARTICLES, QRELS, TOLD, TOPICS
from tests.evaluation.standins import FakeAssistant


def test_the_same_evaluation_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        evaluation = evaluate(FakeAssistant(ARTICLES, TOLD), TOPICS, QRELS)
        files.write(evaluation, summarise(evaluation), tmp_path / name / "deep", "en")
    for name in (files.METRICS, files.RUN, files.REPORT):
        first, second = ((tmp_path / each / "deep" / name).read_bytes() for each in "ab")
        assert first == second
        assert first


def test_metrics_are_the_summary_with_sorted_keys(tmp_path: Path, evaluation: Evaluation) -> None:
    summary = summarise(evaluation)
    files.write(evaluation, summary, tmp_path, "zh")
    text = (tmp_path / files.METRICS).read_text(encoding="utf-8")
    assert json.loads(text) == summary
    keys = [line.split('"')[1] for line in text.splitlines() if line.startswith(' "')]
    assert keys == sorted(keys)
    assert "zh→zh" in text


def test_the_run_has_a_line_for_each_topic(evaluation: Evaluation) -> None:
    lines = list(files.run_lines(evaluation))
    assert [line["id"] for line in lines] == [topic.id for topic in TOPICS]
    assert lines[1]["expected"] == {"login": 1}
    assert lines[1]["decision"] == "clarify"
    assert lines[1]["rank"] == 2
    assert [hit["id"] for hit in lines[1]["hits"]] == ["fees", "login"]
    assert lines[1]["hits"][0]["score"] == lines[1]["confidence"] == 0.6
    assert lines[2]["hits"] == []
    assert lines[2]["reason"] == "low_confidence"


def test_a_secret_in_a_topic_is_not_written(tmp_path: Path) -> None:
    told = {**TOLD, "cannot log in": replace(TOLD["cannot log in"], searched="[removed]")}
    evaluation = evaluate(FakeAssistant(ARTICLES, told), TOPICS, QRELS)
    files.write(evaluation, summarise(evaluation), tmp_path, "en")
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "[removed]" in written
    assert "cannot log in" not in written
