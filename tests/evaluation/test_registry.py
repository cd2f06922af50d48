"""Every named measure, against ir_measures and scikit-learn on random runs."""

import random

import ir_measures
import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from evaluation.estimating import columns, topic_values, value_of
from evaluation.registry import DEFAULT, MeasureError, measure
from evaluation.sweeps import sweep
from tests.evaluation.judging import ANSWER, CLARIFY, judged, random_run

RANKING = ("Success@1", "Success@3", "R@10", "RR@10", "nDCG@10", "nDCG@3", "RR@5")


def plain(name: str, run: list) -> float:
    chosen = measure(name)
    values = topic_values(chosen, run) if chosen.topic else None
    return value_of(chosen, columns(run), values)


def test_ranking_measures_agree_with_ir_measures() -> None:
    for seed in range(40):
        run = random_run(seed, 50, accuracy=random.Random(seed).random())
        qrels = [ir_measures.Qrel(o.id, a, g) for o in run for a, g in o.relevance.items()]
        docs = [
            ir_measures.ScoredDoc(o.id, a, -float(rank))
            for o in run
            for rank, a in enumerate(o.ranked)
        ]
        parsed = [ir_measures.parse_measure(name) for name in RANKING]
        theirs = ir_measures.calc_aggregate(parsed, qrels, docs)
        for name, theirs_measure in zip(RANKING, parsed, strict=True):
            assert plain(name, run) == pytest.approx(theirs[theirs_measure], abs=1e-9), name


def test_confidence_measures_agree_with_scikit_learn() -> None:
    for seed in range(300):
        run = random_run(seed, random.Random(seed).randint(10, 80))
        confidences = [one.confidence for one in run]
        right = [one.right for one in run]
        able = [one.answerable for one in run]
        assert plain("AUROC", run) == pytest.approx(roc_auc_score(able, confidences))
        assert plain("Brier", run) == pytest.approx(brier_score_loss(right, confidences))


def test_weights_count_a_topic_as_often_as_it_is_drawn() -> None:
    run = random_run(1, 40)
    rng = np.random.default_rng(2)
    names = ("AUROC", "AURC", "Coverage@P90", "Coverage@P60")
    for _ in range(50):
        chosen = rng.integers(0, 40, 40)
        weights = np.bincount(chosen, minlength=40)[None, :]
        one = columns(run)
        drawn = [run[place] for place in chosen]
        for name in names:
            function = measure(name).sweep
            assert function is not None
            weighted = float(function(sweep(one.confidences, one.right, one.able, weights))[0])
            assert weighted == pytest.approx(plain(name, drawn), nan_ok=True), name


def test_decisions_by_hand() -> None:
    run = [
        judged("1", ["a"], ["a"], 0.9, ANSWER),
        judged("2", ["a"], ["b"], 0.8, ANSWER),
        judged("3", ["a"], ["b", "a"], 0.5, CLARIFY),
        judged("4", [], ["b"], 0.7, ANSWER),
    ]
    assert plain("Precision@answered", run) == pytest.approx(1 / 3)
    assert plain("Coverage", run) == pytest.approx(2 / 3)
    assert plain("Helped", run) == pytest.approx(2 / 3)
    assert plain("FalseAnswers", run) == 1.0
    assert plain("Coverage@P95", run) == pytest.approx(1 / 3)


def test_every_default_is_known_and_keeps_its_name() -> None:
    assert [measure(name).name for name in DEFAULT] == list(DEFAULT)


@pytest.mark.parametrize("name", ["acc@1", "nDCG", "nDCG@0", "nDCG@11", "Coverage@P49", "ece", ""])
def test_an_unknown_measure_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(MeasureError, match=r"Known ones: Success@k.*AUROC"):
        measure(name)
