import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import vectors as module
from indexer.coarse import CoarseVectors, products
from indexer.vectors import FaissVectors
from tests.indexer.test_vectors import exact, normalised, some_vectors

MATRIX = some_vectors(3000)
COARSE = CoarseVectors(MATRIX)


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 100), noise=st.floats(0.0, 1.0))
def test_the_nearest_are_those_of_an_exact_search(seed: int, k: int, noise: float) -> None:
    random = np.random.default_rng(seed)
    beside = MATRIX[seed % len(MATRIX)] + noise * random.normal(size=MATRIX.shape[1])
    query = normalised(beside)
    nearest = COARSE.search(query, k)
    if nearest is None:
        return
    scores, found = nearest
    assert (scores.dtype, found.dtype) == (np.float32, np.int64)
    assert (np.diff(scores) <= 0).all()
    np.testing.assert_allclose(scores, MATRIX[found] @ query, atol=1e-6)
    best = MATRIX[exact(MATRIX, query, k, range(len(MATRIX)))] @ query
    np.testing.assert_allclose(scores, best, atol=1e-6)


def test_it_seldom_has_to_give_up() -> None:
    # As sentences' vectors: what they tell has fewer dimensions than they have.
    random = np.random.default_rng(7)
    told = random.normal(size=(4100, 24)) @ random.normal(size=(24, 256))
    matrix, queries = np.split(normalised(told + 0.5 * random.normal(size=told.shape)), [4000])
    coarse = CoarseVectors(matrix)
    assert sum(coarse.search(query, 10) is None for query in queries) < 20


def test_it_gives_up_where_all_are_as_near() -> None:
    alike = normalised(np.eye(32)[0] + 1e-4 * np.random.default_rng(7).normal(size=(3000, 32)))
    assert CoarseVectors(alike).search(alike[0], 10) is None


def test_it_gives_up_where_there_are_too_few_rows_to_choose_from() -> None:
    assert CoarseVectors(MATRIX[:100]).search(MATRIX[0], 90) is None


def test_a_prepared_search_finds_what_an_unprepared_one_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_COARSE_FROM", 500)
    one, other = FaissVectors.build(MATRIX), FaissVectors.build(MATRIX)
    rows = range(1000, 2800)
    other.prepare(rows)
    other.prepare(range(100))
    assert list(other._coarse) == [(1000, 2800)]
    for query in some_vectors(3050)[3000:]:
        wanted, found = one.search(query, 20, rows), other.search(query, 20, rows)
        np.testing.assert_allclose(found[0], wanted[0], atol=1e-6)
        assert set(found[1].tolist()) == set(wanted[1].tolist())


@settings(max_examples=30)
@given(rows=st.lists(st.integers(0, 2999), max_size=30), count=st.integers(1, 3))
def test_products_are_those_of_the_rows(rows: list[int], count: int) -> None:
    queries = some_vectors(count, seed=3)
    index = FaissVectors.build(MATRIX)
    found = index.products(np.array(rows, dtype=np.int64), queries)
    assert found.shape == (len(rows), count)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, MATRIX[rows] @ queries.T, atol=1e-6)


@pytest.mark.parametrize("row", [-1, 3000])
def test_there_are_no_products_of_rows_that_are_not_there(row: int) -> None:
    # Whatever lies beside them in memory would be read.
    with pytest.raises(IndexError, match="from 0 to 2999"):
        products(MATRIX, np.array([0, row]), MATRIX[0])
