"""The figures of a small evaluation, by hand."""

import json
import math
import random

import pytest

from evaluation import Evaluation, evaluate, summarise
from evaluation.intervals import wilson
from tests.evaluation.conftest import QRELS, TOPICS
from tests.evaluation.standins import FakeAssistant


def test_overall_by_hand(evaluation: Evaluation) -> None:
    overall = summarise(evaluation)["overall"]
    assert (overall["topics"], overall["answerable"], overall["unanswerable"]) == (7, 5, 2)
    assert overall["decisions"] == {"answer": 3, "clarify": 2, "handoff": 2, "blocked": 0}
    # t1, t4, t7 first; t2 second; t3 nowhere. t7 has two right articles, ranked 1 and 3.
    assert overall["acc@1"] == pytest.approx(3 / 5)
    assert overall["recall@1"] == pytest.approx((1 + 1 + 0.5) / 5)
    assert overall["recall@3"] == pytest.approx(4 / 5)
    assert overall["recall@10"] == pytest.approx(4 / 5)
    assert overall["mrr@10"] == pytest.approx((1 + 0.5 + 0 + 1 + 1) / 5)
    two = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert overall["ndcg@10"] == pytest.approx((1 + 1 / math.log2(3) + 0 + 1 + two) / 5, abs=1e-6)
    # Answered: t1, t4 right, t5 wrong.
    assert overall["precision"] == pytest.approx(2 / 3, abs=1e-6)
    assert overall["coverage"] == pytest.approx(2 / 5)
    assert overall["false_answers"] == pytest.approx(1 / 2)
    assert overall["language"] == 1.0


def test_confidence_by_hand(evaluation: Evaluation) -> None:
    overall = summarise(evaluation)["overall"]
    # Answerable: 0.9, 0.6, 0, 0.8, 0.4; not: 0.85, 0.
    assert overall["auroc"] == pytest.approx((1 + 0 + 0 + 0 + 0 + 1 + 1 + 0.5 + 1 + 1) / 10)
    errors = [0.1, 0.6, 0, 0.2, 0.85, 0, 0.6]
    assert overall["brier"] == pytest.approx(sum(e * e for e in errors) / 7, abs=1e-6)
    # From 0.9 on, t1 alone; from 0.85 on, 1 of 2.
    assert overall["coverage@p95"] == pytest.approx(1 / 5)
    assert overall["threshold@p95"] == 0.9
    assert 0 <= overall["ece"] <= 1
    assert 0 <= overall["aurc"] <= 1


def test_intervals_and_sizes(evaluation: Evaluation) -> None:
    overall = summarise(evaluation)["overall"]
    shares = {"coverage": (2, 5), "precision": (2, 3), "false_answers": (1, 2), "acc@1": (3, 5)}
    for name, (count, total) in shares.items():
        expected = wilson(count, total)
        assert expected is not None
        assert overall["sizes"][name] == total
        assert overall["intervals"][name]["low"] == pytest.approx(expected.low, abs=1e-6)
        assert overall["intervals"][name]["high"] == pytest.approx(expected.high, abs=1e-6)
    for name, interval in overall["intervals"].items():
        assert interval["low"] <= overall[name] <= interval["high"], name


def test_slices(evaluation: Evaluation) -> None:
    summary = summarise(evaluation)
    assert {name: f["topics"] for name, f in summary["by_lang"].items()} == {"en": 4, "zh": 3}
    assert {name: f["topics"] for name, f in summary["by_kind"].items()} == {
        "en": 2,
        "far": 2,
        "zh": 2,
    }
    directions = summary["by_direction"]
    assert {name: f["answerable"] for name, f in directions.items()} == {
        "en→en": 2,
        "en→zh": 1,
        "zh→en": 1,
        "zh→zh": 1,
    }
    # What nothing answers counts in each direction of its language.
    assert {f["unanswerable"] for f in directions.values()} == {1}
    assert directions["en→zh"]["acc@1"] == 0.0
    assert directions["zh→zh"]["acc@1"] == 1.0


def test_undefined_figures_are_none(evaluation: Evaluation) -> None:
    far = summarise(evaluation)["by_kind"]["far"]
    for name in ("acc@1", "mrr@10", "auroc", "coverage", "coverage@p95", "threshold@p95"):
        assert far[name] is None
    assert far["intervals"]["coverage"] is None
    assert far["precision"] == 0.0


def test_no_topics_are_no_figures(assistant: FakeAssistant) -> None:
    overall = summarise(evaluate(assistant, [], []))["overall"]
    assert overall["topics"] == 0
    assert overall["ece"] is None
    assert overall["precision"] is None


def test_the_same_every_time_and_rounded(assistant: FakeAssistant) -> None:
    first, second = (
        json.dumps(summarise(evaluate(assistant, TOPICS, QRELS)), sort_keys=True) for _ in range(2)
    )
    assert first == second
    assert "666667" in first
    assert "666666" not in first


def test_the_order_of_topics_changes_no_value(assistant: FakeAssistant) -> None:
    shuffled = random.Random(4).sample(TOPICS, len(TOPICS))
    ours = summarise(evaluate(assistant, TOPICS, QRELS))["overall"]
    theirs = summarise(evaluate(assistant, shuffled, QRELS))["overall"]
    ours.pop("intervals"), theirs.pop("intervals")
    assert ours == theirs


def test_the_fingerprint_changes_with_a_judgement(assistant: FakeAssistant) -> None:
    before = summarise(evaluate(assistant, TOPICS, QRELS))["topics_sha256"]
    qrels = [*QRELS[:-1], QRELS[-1].__class__("t7", "login")]
    assert summarise(evaluate(assistant, TOPICS, qrels))["topics_sha256"] != before
