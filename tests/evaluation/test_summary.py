"""The figures of a small evaluation, by hand."""

import json
import math
import random
from typing import Any

import pytest

from evaluation import Evaluation, evaluate, summarise
from evaluation.intervals import wilson
from evaluation.registry import DEFAULT
from tests.evaluation.conftest import QRELS, TOPICS
from tests.evaluation.standins import FakeAssistant


def values(figures: dict[str, Any]) -> dict[str, float | None]:
    return {name: row["value"] for name, row in figures["measures"].items()}


def test_overall_by_hand(evaluation: Evaluation) -> None:
    overall = summarise(evaluation, (*DEFAULT, "R@1", "R@3"))["overall"]
    assert (overall["topics"], overall["answerable"], overall["unanswerable"]) == (7, 5, 2)
    assert overall["decisions"] == {"answer": 3, "clarify": 2, "handoff": 2, "blocked": 0}
    found = values(overall)
    # t1, t4, t7 first; t2 second; t3 nowhere. t7 has two right articles, ranked 1 and 3.
    assert found["Success@1"] == pytest.approx(3 / 5)
    assert found["Success@3"] == pytest.approx(4 / 5)
    assert found["R@1"] == pytest.approx((1 + 1 + 0.5) / 5)
    assert found["R@3"] == pytest.approx(4 / 5)
    assert found["R@10"] == pytest.approx(4 / 5)
    assert found["RR@10"] == pytest.approx((1 + 0.5 + 0 + 1 + 1) / 5)
    two = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert found["nDCG@10"] == pytest.approx((1 + 1 / math.log2(3) + 0 + 1 + two) / 5, abs=1e-6)
    # Answered: t1, t4 right, t5 wrong. t2 and t7 were asked back with the right article.
    assert found["Precision@answered"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["Coverage"] == pytest.approx(2 / 5)
    assert found["Helped"] == pytest.approx(4 / 5)
    assert found["FalseAnswers"] == pytest.approx(1 / 2)
    assert found["Language"] == 1.0


def test_confidence_by_hand(evaluation: Evaluation) -> None:
    found = values(summarise(evaluation)["overall"])
    # Answerable: 0.9, 0.6, 0, 0.8, 0.4; not: 0.85, 0.
    assert found["AUROC"] == pytest.approx((1 + 0 + 0 + 0 + 0 + 1 + 1 + 0.5 + 1 + 1) / 10)
    errors = [0.1, 0.6, 0, 0.2, 0.85, 0, 0.6]
    assert found["Brier"] == pytest.approx(sum(e * e for e in errors) / 7, abs=1e-6)
    # From 0.9 on, t1 alone; from 0.85 on, 1 of 2.
    assert found["Coverage@P95"] == pytest.approx(1 / 5)
    assert 0 <= (found["ECE"] or 0) <= 1
    assert 0 <= (found["AURC"] or 0) <= 1


def test_intervals_and_sizes(evaluation: Evaluation) -> None:
    measures = summarise(evaluation)["overall"]["measures"]
    shares = {
        "Coverage": (2, 5),
        "Precision@answered": (2, 3),
        "FalseAnswers": (1, 2),
        "Success@1": (3, 5),
    }
    for name, (count, total) in shares.items():
        expected = wilson(count, total)
        assert expected is not None
        assert measures[name]["topics"] == total
        assert measures[name]["low"] == pytest.approx(expected.low, abs=1e-6)
        assert measures[name]["high"] == pytest.approx(expected.high, abs=1e-6)
    for name, row in measures.items():
        if name == "ECE":
            assert "low" not in row
            assert row["by_chance"] > 0
        else:
            assert row["low"] <= row["value"] <= row["high"], name


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
    assert values(directions["en→zh"])["Success@1"] == 0.0
    assert values(directions["zh→zh"])["Success@1"] == 1.0


def test_undefined_figures_are_none(evaluation: Evaluation) -> None:
    far = summarise(evaluation)["by_kind"]["far"]
    found = values(far)
    for name in ("Success@1", "RR@10", "AUROC", "Coverage", "Coverage@P95", "Helped"):
        assert found[name] is None
    assert far["measures"]["Coverage"] == {"value": None, "topics": 0}
    assert found["Precision@answered"] == 0.0


def test_no_topics_are_no_figures(assistant: FakeAssistant) -> None:
    overall = summarise(evaluate(assistant, [], []))["overall"]
    assert overall["topics"] == 0
    assert set(values(overall).values()) == {None}


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
    assert values(ours) == values(theirs)


def test_who_takes_questions_from_whom(evaluation: Evaluation) -> None:
    assert summarise(evaluation)["confusions"] == [
        {"expected": None, "got": "hours", "stolen": 1, "contested": 0, "answered": 1},
        {"expected": "login", "got": "fees", "stolen": 1, "contested": 0, "answered": 0},
        {"expected": "fees", "got": "login", "stolen": 0, "contested": 1, "answered": 0},
    ]


def test_the_fingerprint_changes_with_a_judgement(assistant: FakeAssistant) -> None:
    before = summarise(evaluate(assistant, TOPICS, QRELS))["topics_sha256"]
    qrels = [*QRELS[:-1], QRELS[-1].__class__("t7", "login")]
    assert summarise(evaluate(assistant, TOPICS, qrels))["topics_sha256"] != before
