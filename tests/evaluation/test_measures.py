"""Our measures against ir_measures (trec_eval), and by hand."""

import math
import random

import ir_measures
import pytest
from ir_measures import AP, RR, Qrel, R, ScoredDoc, Success, nDCG

from evaluation import measures

CUTOFFS = (1, 3, 5, 10)
ARTICLES = [f"a{n:02d}" for n in range(30)]


def random_case(rng: random.Random, graded: bool) -> tuple[list[str], dict[str, int]]:
    """Return a ranking (perhaps empty) and judgements with something relevant."""
    ranked = rng.sample(ARTICLES, rng.randint(0, 20))
    judged = rng.sample(ARTICLES, rng.randint(1, 12))
    relevance = {ident: rng.randint(0, 3 if graded else 1) for ident in judged}
    relevance[judged[0]] = rng.randint(1, 3) if graded else 1
    return ranked, relevance


@pytest.mark.parametrize("graded", [False, True])
def test_agrees_with_ir_measures_on_thousands_of_random_topics(graded: bool) -> None:
    rng = random.Random(20261123 + graded)
    cases = {f"t{n:04d}": random_case(rng, graded) for n in range(3000)}
    qrels = [
        Qrel(t, doc, grade) for t, (_, judged) in cases.items() for doc, grade in judged.items()
    ]
    # trec_eval breaks ties its own way: distinct scores leave it none to break.
    run = [
        ScoredDoc(topic, doc, 1.0 / rank)
        for topic, (ranked, _) in cases.items()
        for rank, doc in enumerate(ranked, 1)
    ]
    theirs = {
        (value.query_id, str(value.measure)): value.value
        for value in ir_measures.iter_calc(
            [AP, *(m @ k for m in (nDCG, R, Success, RR) for k in CUTOFFS)], qrels, run
        )
    }
    ours = {"nDCG": measures.ndcg, "R": measures.recall, "Success": measures.success}
    ours["RR"] = measures.reciprocal_rank
    compared = 0
    for topic, (ranked, relevance) in cases.items():
        expected = theirs.get((topic, "AP"), 0.0)
        assert measures.average_precision(ranked, relevance) == pytest.approx(expected, abs=1e-9)
        for k in CUTOFFS:
            for name, measure in ours.items():
                expected = theirs.get((topic, f"{name}@{k}"), 0.0)
                assert measure(ranked, relevance, k) == pytest.approx(expected, abs=1e-9), name
                compared += 1
    assert compared == 3000 * 16


def test_mean_over_topics_agrees_with_ir_measures_where_the_run_misses_topics() -> None:
    rng = random.Random(7)
    cases = {f"t{n:03d}": random_case(rng, graded=True) for n in range(200)}
    run = {topic: ranked for topic, (ranked, _) in cases.items() if rng.random() < 0.7}
    qrels = {topic: relevance for topic, (_, relevance) in cases.items()}
    theirs = ir_measures.calc_aggregate(
        [nDCG @ 10],
        [Qrel(t, doc, grade) for t, judged in qrels.items() for doc, grade in judged.items()],
        [ScoredDoc(t, d, -float(rank)) for t, docs in run.items() for rank, d in enumerate(docs)],
    )
    ours = measures.per_topic(lambda r, q: measures.ndcg(r, q, 10), run, qrels)
    assert len(ours) == 200
    assert measures.mean(list(ours.values())) == pytest.approx(theirs[nDCG @ 10], abs=1e-9)


def test_by_hand() -> None:
    ranked, relevance = ["x", "a", "y", "b"], {"a": 1, "b": 2, "c": 1, "x": 0}
    assert measures.success(ranked, relevance, 1) == 0.0
    assert measures.success(ranked, relevance, 2) == 1.0
    assert measures.recall(ranked, relevance, 3) == pytest.approx(1 / 3)
    assert measures.reciprocal_rank(ranked, relevance, 10) == 0.5
    assert measures.reciprocal_rank(ranked, relevance, 1) == 0.0
    assert measures.average_precision(ranked, relevance) == pytest.approx((1 / 2 + 2 / 4) / 3)
    gain = 1 / math.log2(3) + 2 / math.log2(5)
    ideal = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert measures.ndcg(ranked, relevance, 10) == pytest.approx(gain / ideal)


def test_equal_scores_rank_by_id() -> None:
    scores = {"b": 0.5, "a": 0.5, "c": 0.9, "d": 0.1}
    assert measures.ranking(scores) == ["c", "a", "b", "d"]
    assert measures.ranking(dict(reversed(scores.items()))) == ["c", "a", "b", "d"]


@pytest.mark.parametrize("relevance", [{}, {"a": 0}])
def test_nothing_relevant_is_undefined_and_left_out(relevance: dict[str, int]) -> None:
    assert math.isnan(measures.success(["a"], relevance, 1))
    assert math.isnan(measures.recall(["a"], relevance, 1))
    assert math.isnan(measures.reciprocal_rank(["a"], relevance, 1))
    assert math.isnan(measures.ndcg(["a"], relevance, 1))
    assert math.isnan(measures.average_precision(["a"], relevance))
    assert measures.per_topic(measures.average_precision, {"t": ["a"]}, {"t": relevance}) == {}


def test_mean_of_nothing_is_none() -> None:
    assert measures.mean([]) is None
    assert measures.mean([0.0, 1.0]) == 0.5
