"""Differences between two runs, and what chance would make of them."""

import pytest

from evaluation.registry import DEFAULT, measure
from evaluation.significance import difference
from tests.evaluation.judging import judged, random_run

SIGN_TEST_OF_TEN = 2 / 2**10


def runs(flipped: int, size: int = 40) -> tuple[list, list]:
    """Return two runs; the second has `flipped` topics right that the first had wrong."""
    before = [judged(f"t{n}", ["a"], ["b"]) for n in range(size)]
    after = [judged(f"t{n}", ["a"], ["a" if n < flipped else "b"]) for n in range(size)]
    return before, after


def test_equal_runs_differ_in_nothing() -> None:
    run = random_run(1, 60)
    for name in DEFAULT:
        found = difference(measure(name), run, run)
        assert found.change == 0.0
        assert found.loss == 0.0
        assert found.p == 1.0


def test_ten_topics_won_and_none_lost_are_as_unlikely_as_the_sign_test_says() -> None:
    found = difference(measure("Success@1"), *runs(10))
    assert found.change == pytest.approx(0.25)
    assert found.p == pytest.approx(SIGN_TEST_OF_TEN, abs=0.002)
    assert found.interval is not None
    # 10 of 40: the bootstrap comes near the normal interval.
    assert found.interval.low == pytest.approx(0.25 - 1.96 * (0.25 * 0.75 / 40) ** 0.5, abs=0.04)


def test_a_single_topic_proves_nothing() -> None:
    found = difference(measure("Success@1"), *runs(1))
    assert found.p == 1.0


def test_what_is_worse_counts_as_loss_whichever_way_is_better() -> None:
    before, after = runs(10)
    assert difference(measure("Success@1"), after, before).loss == pytest.approx(0.25)
    assert difference(measure("Success@1"), before, after).loss == 0.0
    # These are answered at 0.5: Brier is 0.25 either way.
    sure = [judged(one.id, ["a"], ["b"], 0.9) for one in before]
    assert difference(measure("Brier"), before, sure).loss == pytest.approx(0.81 - 0.25)
    assert difference(measure("Brier"), sure, before).loss == 0.0


def test_p_is_rarely_small_where_only_chance_differs() -> None:
    small = {"Success@1": 0, "AUROC": 0}
    for seed in range(40):
        before, after = random_run(2 * seed, 40), random_run(2 * seed + 1, 40)
        for name in small:
            p = difference(measure(name), before, after, seed).p
            assert p is not None
            small[name] += p < 0.05
    # 40 tests at 5 %: more than 6 happen once in 70 times, more than 8 once in 1,000.
    assert all(count <= 8 for count in small.values()), small


def test_the_same_seed_gives_the_same_difference() -> None:
    before, after = random_run(1, 50), random_run(2, 50)
    for name in ("Success@1", "ECE", "Coverage@P90"):
        chosen = measure(name)
        assert difference(chosen, before, after) == difference(chosen, before, after)


def test_other_topics_are_refused_and_no_topics_are_undefined() -> None:
    with pytest.raises(ValueError, match="same topics"):
        difference(measure("ECE"), random_run(1, 5), random_run(1, 6))
    assert difference(measure("ECE"), [], []).p is None
