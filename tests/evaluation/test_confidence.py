"""Confidence measures against scikit-learn, and by hand."""

import random
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from evaluation.confidence import (
    OperatingPoint,
    RiskPoint,
    aurc,
    auroc,
    brier,
    coverage_at_precision,
    ece,
    expected_calibration_error,
    reliability,
    risk_coverage,
)

# Coarse enough that ties are frequent.
_CONFIDENCE = st.integers(0, 12).map(lambda n: n / 12)
_JUDGED = st.lists(st.tuples(_CONFIDENCE, st.booleans()), min_size=1, max_size=40)


def test_auroc_and_brier_agree_with_scikit_learn_on_random_data() -> None:
    rng = random.Random(20261123)
    for _ in range(1000):
        size = rng.randint(2, 60)
        scores = [round(rng.random(), rng.choice((1, 2, 6))) for _ in range(size)]
        labels = [rng.random() < 0.5 for _ in range(size)]
        labels[0], labels[1] = True, False
        positives = [s for s, label in zip(scores, labels, strict=True) if label]
        negatives = [s for s, label in zip(scores, labels, strict=True) if not label]
        assert auroc(positives, negatives) == pytest.approx(roc_auc_score(labels, scores))
        assert brier(scores, labels) == pytest.approx(brier_score_loss(labels, scores))


@given(
    st.lists(_CONFIDENCE, min_size=1, max_size=12), st.lists(_CONFIDENCE, min_size=1, max_size=12)
)
def test_auroc_is_the_share_of_pairs_in_order_ties_half(
    positives: list[float], negatives: list[float]
) -> None:
    pairs = [(p > n) + (p == n) / 2 for p, n in product(positives, negatives)]
    assert auroc(positives, negatives) == pytest.approx(sum(pairs) / len(pairs))


def test_bins_of_equal_width_by_hand() -> None:
    confidences = [0.05, 0.10, 0.15, 0.95, 1.0]
    bins = reliability(confidences, [False, False, True, True, True], kind="width")
    assert [(b.low, b.high, b.count, b.right) for b in bins] == [
        (0.05, 0.05, 1, 0),
        (0.10, 0.15, 2, 1),
        (0.95, 1.0, 2, 2),
    ]
    # 1/5·0.05 + 2/5·|0.5 - 0.125| + 2/5·|1 - 0.975|
    assert expected_calibration_error(bins) == pytest.approx(0.01 + 0.15 + 0.01)


def test_bins_of_equal_mass_by_hand() -> None:
    confidences = [0.9, 0.1, 0.2, 0.8]
    bins = reliability(confidences, [True, False, True, True], bins=2, kind="mass")
    assert [(b.low, b.high, b.count, b.right) for b in bins] == [(0.1, 0.2, 2, 1), (0.8, 0.9, 2, 2)]
    assert expected_calibration_error(bins) == pytest.approx(0.5 * 0.35 + 0.5 * 0.15)


def test_equal_confidences_stay_in_one_bin() -> None:
    bins = reliability([0.5] * 7 + [0.6] * 3, [True] * 10, bins=5)
    assert [(b.count, b.confidence) for b in bins] == [(7, 0.5), (3, pytest.approx(0.6))]


@given(_JUDGED, st.sampled_from(["mass", "width"]), st.randoms(use_true_random=False))
def test_bins_hold_everything_whatever_the_order(
    judged: list[tuple[float, bool]], kind: str, rng: random.Random
) -> None:
    bins = reliability(*_columns(judged), kind=kind)
    assert sum(b.count for b in bins) == len(judged)
    assert sum(b.right for b in bins) == sum(right for _, right in judged)
    assert all(b.low <= b.confidence + 1e-12 and b.confidence <= b.high + 1e-12 for b in bins)
    assert all(a.high < b.low for a, b in pairwise(bins))
    error = expected_calibration_error(bins)
    assert error is not None
    assert 0 <= error <= 1
    if kind == "mass":
        assert ece(*_columns(judged)) == pytest.approx(error)
    shuffled = rng.sample(judged, len(judged))
    assert reliability(*_columns(shuffled), kind=kind) == bins


def test_a_calibrated_confidence_has_a_small_error_and_a_boastful_one_a_large() -> None:
    rng = random.Random(1)
    confidences = [rng.random() for _ in range(20_000)]
    right = [rng.random() < c for c in confidences]
    honest = expected_calibration_error(reliability(confidences, right))
    boastful = expected_calibration_error(reliability([c**0.25 for c in confidences], right))
    assert honest is not None
    assert honest < 0.015
    assert boastful is not None
    assert boastful == pytest.approx(0.3, abs=0.02)  # ∫ c^¼ - c


def test_risk_coverage_by_hand() -> None:
    points = risk_coverage([0.9, 0.8, 0.8, 0.1], [True, False, True, False])
    assert points == [
        RiskPoint(0.9, 0.25, 0.0),
        RiskPoint(0.8, 0.75, pytest.approx(1 / 3)),
        RiskPoint(0.1, 1.0, 0.5),
    ]


def test_aurc_by_hand() -> None:
    assert aurc([0.9, 0.8, 0.7], [True, False, True]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    # All alike: every order is as likely, so half of any number of answers is wrong.
    assert aurc([0.5, 0.5], [True, False]) == pytest.approx(0.5)


@given(_JUDGED)
def test_aurc_is_the_mean_risk_over_orders_of_ties(judged: list[tuple[float, bool]]) -> None:
    expected, risks = 0.0, []
    for place in range(1, len(judged) + 1):
        threshold = sorted((c for c, _ in judged), reverse=True)[place - 1]
        above = [right for c, right in judged if c > threshold]
        tied = [right for c, right in judged if c == threshold]
        wrong = above.count(False) + tied.count(False) * (place - len(above)) / len(tied)
        risks.append(wrong / place)
    expected = sum(risks) / len(risks)
    assert aurc(*_columns(judged)) == pytest.approx(expected)


def test_coverage_at_precision_counts_answered_unanswerable_topics_as_wrong() -> None:
    confidences = [0.9, 0.8, 0.7, 0.6]
    right = [True, True, False, True]
    answerable = [True, True, False, True]
    # From 0.8 on 2 of 2 are right, from 0.6 on 3 of 4.
    assert coverage_at_precision(confidences, right, answerable, 0.9) == OperatingPoint(
        pytest.approx(2 / 3), 0.8, 1.0
    )
    assert coverage_at_precision(confidences, right, answerable, 0.75) == OperatingPoint(
        1.0, 0.6, 0.75
    )


def test_coverage_at_a_precision_that_nothing_holds_is_zero() -> None:
    point = coverage_at_precision([0.9, 0.5], [False, True], [True, True], 0.95)
    assert point == OperatingPoint(0.0, None, None)


def test_tied_confidences_are_answered_all_or_none() -> None:
    point = coverage_at_precision([0.9, 0.9], [True, False], [True, True], 0.95)
    assert point == OperatingPoint(0.0, None, None)


@given(
    st.lists(st.tuples(_CONFIDENCE, st.booleans(), st.booleans()), min_size=1, max_size=30),
    st.sampled_from([0.5, 0.9, 0.95]),
)
def test_coverage_at_precision_is_the_best_of_all_thresholds(
    rows: list[tuple[float, bool, bool]], precision: float
) -> None:
    rows = [(confidence, right and able, able) for confidence, right, able in rows]
    total = sum(able for *_, able in rows)
    best = 0.0
    for threshold in {confidence for confidence, *_ in rows}:
        given_ = [row for row in rows if row[0] >= threshold]
        if sum(right for _, right, _ in given_) / len(given_) >= precision and total:
            best = max(best, sum(able for *_, able in given_) / total)
    found = coverage_at_precision(*map(list, zip(*rows, strict=True)), precision)
    if total == 0:
        assert found is None
    else:
        assert found is not None
        assert found.coverage == pytest.approx(best)


def test_of_nothing_everything_is_undefined() -> None:
    assert auroc([], [0.5]) is None
    assert auroc([0.5], []) is None
    assert brier([], []) is None
    assert reliability([], []) == []
    assert expected_calibration_error([]) is None
    assert risk_coverage([], []) == []
    assert aurc([], []) is None
    assert coverage_at_precision([0.9], [False], [False], 0.9) is None


def _columns(judged: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [confidence for confidence, _ in judged], [right for _, right in judged]
