"""The maps of the calibration, against scikit-learn and against known truths."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from evaluation.curves import FOLDS, choose, fold, isotonic, platt
from server.engine.calibration import logistic


def drawn(count: int, seed: int, slope: float, shift: float) -> tuple[np.ndarray, np.ndarray]:
    """Return log-odds, and outcomes whose true log-odds are slope · x + shift."""
    rng = np.random.default_rng(seed)
    before = rng.normal(0, 2, count)
    true = 1 / (1 + np.exp(-(slope * before + shift)))
    return before, rng.random(count) < true


def names(count: int) -> list[str]:
    return [f"q{n}" for n in range(count)]


def test_platt_finds_the_true_line() -> None:
    curve = platt(*drawn(20_000, 1, slope=0.6, shift=-1.0))
    assert curve.slope == pytest.approx(0.6, abs=0.03)
    assert curve.log_odds(0.0) == pytest.approx(-1.0, abs=0.06)


def test_platt_agrees_with_scikit_learn() -> None:
    before, right = drawn(5_000, 2, slope=1.5, shift=0.5)
    theirs = LogisticRegression(C=1e6).fit(before[:, None], right)
    ours = platt(before, right)
    assert ours.slope == pytest.approx(float(theirs.coef_[0, 0]), rel=0.02)
    assert ours.log_odds(0.0) == pytest.approx(float(theirs.intercept_[0]), abs=0.02)


def test_platt_never_falls_even_where_the_scorer_is_upside_down() -> None:
    before, right = drawn(500, 3, slope=-1.0, shift=0.0)
    assert platt(before, right).slope > 0


def test_isotonic_agrees_with_scikit_learn_on_many_questions() -> None:
    before, right = drawn(20_000, 4, slope=0.5, shift=1.0)
    theirs = IsotonicRegression(out_of_bounds="clip").fit(before, right)
    ours = isotonic(before, right)
    for x in np.linspace(-3, 3, 13):
        # Theirs is a staircase, ours joins the middles of its steps.
        assert logistic(ours.log_odds(float(x))) == pytest.approx(
            float(theirs.predict([x])[0]), abs=0.05
        )


@given(st.lists(st.tuples(st.integers(-8, 8), st.booleans()), min_size=1, max_size=80))
def test_isotonic_always_rises(pairs: list[tuple[int, bool]]) -> None:
    before = np.array([x / 2 for x, _ in pairs])
    curve = isotonic(before, np.array([right for _, right in pairs]))
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(curve.knots))
    assert curve.slope > 0


def test_what_is_true_already_is_left_as_it_is() -> None:
    before, right = drawn(400, 5, slope=1.0, shift=0.0)
    assert choose(before, right, names(400)).method == "none"


def test_a_line_is_chosen_for_a_line_and_steps_for_steps() -> None:
    before, right = drawn(600, 6, slope=0.5, shift=1.5)
    assert choose(before, right, names(600)).method == "platt"
    rng = np.random.default_rng(7)
    before = rng.normal(0, 2, 3000)
    # Sure below and above, a coin between: no line does that.
    true = np.select([before < -1, before < 1], [0.02, 0.5], 0.98)
    assert choose(before, rng.random(3000) < true, names(3000)).method == "isotonic"


def test_held_out_questions_are_not_seen() -> None:
    before, right = drawn(300, 8, slope=0.5, shift=1.0)
    idents = names(300)
    chosen = choose(before, right, idents)
    # Other outcomes in a fold change nothing for that fold itself.
    folds = np.array([fold(ident) for ident in idents])
    flipped = np.where(folds == 2, ~right, right)
    again = choose(before, flipped, idents)
    if again.method == chosen.method:
        assert np.array_equal(again.held_out[folds == 2], chosen.held_out[folds == 2])
    assert not np.array_equal(again.held_out[folds == 3], chosen.held_out[folds == 3])


def test_the_order_of_questions_changes_nothing() -> None:
    before, right = drawn(200, 9, slope=0.5, shift=1.0)
    idents = names(200)
    shuffled = random.Random(1).sample(range(200), 200)
    first = choose(before, right, idents)
    second = choose(before[shuffled], right[shuffled], [idents[n] for n in shuffled])
    assert first.method == second.method
    assert first.curve.slope == pytest.approx(second.curve.slope, abs=1e-4)
    assert second.held_out == pytest.approx(first.held_out[shuffled], abs=1e-3)


def test_folds_are_of_about_equal_size() -> None:
    counts = np.bincount([fold(f"q{n}") for n in range(5000)], minlength=FOLDS)
    assert counts.min() > 900
