"""Measures of a ranking: small pure functions, one each.

`ranked` holds article ids, best first, each at most once. `relevance` maps the ids that were judged
to their grade: above 0 is relevant, an id that was not judged counts as 0. With nothing relevant a
measure is undefined and returns NaN; with an empty ranking it is 0. Definitions agree with those of
ir_measures (MacAvaney et al., ECIR 2022, https://ir-measur.es), which the tests compare them to.
"""

import math
from collections.abc import Callable, Mapping, Sequence

Relevance = Mapping[str, int]
Measure = Callable[[Sequence[str], Relevance], float]


def ranking(scores: Mapping[str, float]) -> list[str]:
    """Return the ids by falling score, equal scores by id: the same on every machine."""
    return sorted(scores, key=lambda ident: (-scores[ident], ident))


def success(ranked: Sequence[str], relevance: Relevance, k: int) -> float:
    """Success@k: 1 if one of the first k is relevant, else 0. For k = 1, accuracy.

    https://ir-measur.es/en/latest/measures.html#success
    """
    if not _relevant(relevance):
        return math.nan
    return float(any(relevance.get(ident, 0) > 0 for ident in ranked[:k]))


def recall(ranked: Sequence[str], relevance: Relevance, k: int) -> float:
    """Recall@k: the share (0..1) of the relevant articles that are among the first k.

    Manning, Raghavan and Schütze, Introduction to Information Retrieval (2008), section 8.3.
    """
    relevant = _relevant(relevance)
    if not relevant:
        return math.nan
    return sum(relevance.get(ident, 0) > 0 for ident in ranked[:k]) / relevant


def reciprocal_rank(ranked: Sequence[str], relevance: Relevance, k: int) -> float:
    """RR@k: 1 / the rank of the first relevant article, 0 where it is below rank k.

    Voorhees and Tice, The TREC-8 Question Answering Track Evaluation (1999).
    """
    if not _relevant(relevance):
        return math.nan
    for rank, ident in enumerate(ranked[:k], 1):
        if relevance.get(ident, 0) > 0:
            return 1 / rank
    return 0.0


def ndcg(ranked: Sequence[str], relevance: Relevance, k: int) -> float:
    """nDCG@k = DCG@k / DCG@k of the ideal ranking; DCG@k = Σ grade / log2(rank + 1).

    Järvelin and Kekäläinen, Cumulated Gain-Based Evaluation of IR Techniques, ACM TOIS 20 (2002),
    with the discount of trec_eval. Grades may be any whole numbers; negative ones count as 0.
    """
    if not _relevant(relevance):
        return math.nan
    gains = [max(0, relevance.get(ident, 0)) for ident in ranked]
    ideal = sorted((max(0, grade) for grade in relevance.values()), reverse=True)
    return _dcg(gains[:k]) / _dcg(ideal[:k])


def average_precision(ranked: Sequence[str], relevance: Relevance) -> float:
    """AP: the mean over the relevant articles of the precision at each one's rank (0 if absent).

    Buckley and Voorhees, Evaluating Evaluation Measure Stability (SIGIR 2000).
    """
    relevant = _relevant(relevance)
    if not relevant:
        return math.nan
    total, found = 0.0, 0
    for rank, ident in enumerate(ranked, 1):
        if relevance.get(ident, 0) > 0:
            found += 1
            total += found / rank
    return total / relevant


def per_topic(
    measure: Measure, run: Mapping[str, Sequence[str]], qrels: Mapping[str, Relevance]
) -> dict[str, float]:
    """Return `measure` for every topic of `qrels` that something answers.

    `run` maps topic ids to rankings; a topic that it misses scores 0, so silence never disappears.
    """
    return {
        topic: measure(run.get(topic, ()), relevance)
        for topic, relevance in qrels.items()
        if _relevant(relevance)
    }


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean, None of nothing."""
    return math.fsum(values) / len(values) if values else None


def _relevant(relevance: Relevance) -> int:
    return sum(grade > 0 for grade in relevance.values())


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))
