from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import vectors as module
from indexer.encoder import Vectors
from indexer.vectors import FaissVectors, Rows

DIMENSION = 32


def normalised(values: Any) -> Vectors:
    values = np.asarray(values, dtype=np.float32)
    return np.asarray(values / np.linalg.norm(values, axis=-1, keepdims=True), dtype=np.float32)


def some_vectors(count: int, seed: int = 7) -> Vectors:
    """Return `count` vectors in clusters, as the passages of a help centre lie."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(1, count // 10), DIMENSION))
    spread = 0.7 * random.normal(size=(count, DIMENSION))
    return normalised(centres[random.integers(len(centres), size=count)] + spread)


def exact(matrix: Vectors, query: Vectors, k: int, rows: range) -> Rows:
    scores = matrix[rows.start : rows.stop] @ query
    return np.asarray(np.argsort(-scores, kind="stable")[:k] + rows.start, dtype=np.int64)


def recall(index: FaissVectors, matrix: Vectors, queries: Vectors, rows: range) -> float:
    """Return the mean share (0..1) of the exact 10 nearest rows that `index` finds."""
    found = 0
    for query in queries:
        nearest = index.search(query, 10, rows)[1]
        found += len(set(nearest.tolist()) & set(exact(matrix, query, 10, rows).tolist()))
    return found / (10 * len(queries))


@pytest.fixture
def _graph_from_500(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HNSW_FROM", 500)


@given(data=st.data(), count=st.integers(1, 60), k=st.integers(0, 70), seed=st.integers(0, 9))
def test_flat_search_is_exact_within_any_range(
    data: st.DataObject, count: int, k: int, seed: int
) -> None:
    matrix = some_vectors(count, seed)
    start = data.draw(st.integers(0, count))
    rows = range(start, data.draw(st.integers(start, count + 5)))
    query = normalised(np.random.default_rng(seed + 1).normal(size=DIMENSION))
    index = FaissVectors.build(matrix)
    assert index.kind == "flat"
    scores, found = index.search(query, k, rows)
    inside = range(rows.start, min(rows.stop, count))
    assert len(found) == len(scores) == min(k, len(inside))
    assert len(set(found.tolist())) == len(found)
    assert all(row in inside for row in found.tolist())
    assert scores.dtype == np.float32
    assert found.dtype == np.int64
    assert (np.diff(scores) <= 0).all()
    np.testing.assert_allclose(scores, matrix[found] @ query, atol=1e-6)
    best = matrix[exact(matrix, query, k, inside)] @ query
    np.testing.assert_allclose(scores, best, atol=1e-6)


@pytest.mark.usefixtures("_graph_from_500")
def test_graph_search_finds_nearly_what_an_exact_one_does() -> None:
    matrix, queries = np.split(some_vectors(3100), [3000])
    index = FaissVectors.build(matrix)
    assert index.kind == "hnsw"
    for rows in (range(3000), range(1500), range(1500, 3000), range(400, 1000)):
        assert recall(index, matrix, queries, rows) >= 0.95


@pytest.mark.usefixtures("_graph_from_500")
def test_few_rows_far_from_the_query_are_found_in_a_graph_too() -> None:
    """The other language's passages may all lie nearer than those that are asked for."""
    far = np.zeros(DIMENSION, dtype=np.float32)
    far[0] = 20
    matrix = normalised(np.vstack([some_vectors(3000), some_vectors(300, seed=8) + far]))
    rows = range(3000, 3300)
    queries = some_vectors(50, seed=9)
    index = FaissVectors.build(matrix)
    assert index.kind == "hnsw"
    assert recall(index, matrix, queries, rows) == 1.0
    for query in queries[:5]:
        scores, found = index.search(query, 400, rows)
        assert sorted(found.tolist()) == list(rows)
        np.testing.assert_allclose(scores, matrix[found] @ query, atol=1e-6)


@pytest.mark.parametrize("threshold", [0, 10_000])
def test_a_saved_index_searches_alike(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, threshold: int
) -> None:
    monkeypatch.setattr(module, "HNSW_FROM", threshold)
    matrix = some_vectors(300)
    built = FaissVectors.build(matrix)
    built.save(tmp_path / "vectors")
    loaded = FaissVectors.load(tmp_path / "vectors")
    assert (loaded.kind, loaded.dimension, len(loaded)) == (built.kind, DIMENSION, 300)
    np.testing.assert_array_equal(loaded.take(np.arange(300)), matrix)
    for query in some_vectors(5, seed=3):
        for mine, theirs in zip(
            built.search(query, 7, range(50, 250)),
            loaded.search(query, 7, range(50, 250)),
            strict=True,
        ):
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("threshold", [0, 10_000])
def test_take_returns_the_rows_that_were_put_in(
    monkeypatch: pytest.MonkeyPatch, threshold: int
) -> None:
    monkeypatch.setattr(module, "HNSW_FROM", threshold)
    matrix = some_vectors(40)
    index = FaissVectors.build(matrix)
    rows = np.array([39, 0, 0, 17])
    np.testing.assert_array_equal(index.take(rows), matrix[rows])
    assert index.take(np.arange(0)).shape == (0, DIMENSION)
    taken = index.take(rows)
    taken[:] = 0  # a copy: the index does not change with it
    np.testing.assert_array_equal(index.take(rows), matrix[rows])


def test_taken_vectors_outlive_the_caller_s_matrix() -> None:
    matrix = some_vectors(40)
    index = FaissVectors.build(matrix)
    kept = matrix.copy()
    matrix[:] = 0
    np.testing.assert_array_equal(index.take(np.arange(40)), kept)


def test_an_empty_index_finds_nothing(tmp_path: Path) -> None:
    FaissVectors.build(np.zeros((0, DIMENSION), dtype=np.float32)).save(tmp_path / "vectors")
    index = FaissVectors.load(tmp_path / "vectors")
    scores, found = index.search(some_vectors(1)[0], 5, range(0))
    assert (len(index), scores.shape, found.shape) == (0, (0,), (0,))
    assert index.take(np.arange(0)).shape == (0, DIMENSION)


def test_the_graph_begins_at_the_row_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HNSW_FROM", 20)
    assert FaissVectors.build(some_vectors(19)).kind == "flat"
    assert FaissVectors.build(some_vectors(20)).kind == "hnsw"


def test_a_missing_or_foreign_file_is_no_index(tmp_path: Path) -> None:
    file = tmp_path / "vectors"
    with pytest.raises(ValueError, match="no FAISS index"):
        FaissVectors.load(file)
    for content in (b"", b"IxFI", b"hello" * 100):
        file.write_bytes(content)
        with pytest.raises(ValueError, match="no FAISS index"):
            FaissVectors.load(file)


def test_a_cut_file_is_no_index(tmp_path: Path) -> None:
    file = tmp_path / "vectors"
    FaissVectors.build(some_vectors(20)).save(file)
    whole = file.read_bytes()
    for size in range(0, len(whole), 97):
        file.write_bytes(whole[:size])
        with pytest.raises(ValueError, match="no FAISS index"):
            FaissVectors.load(file)


@pytest.mark.parametrize("foreign", ["IndexFlatL2", "IndexLSH", "IndexPQ"])
def test_an_index_of_another_kind_is_refused(tmp_path: Path, foreign: str) -> None:
    kinds: Any = faiss
    made = {
        "IndexFlatL2": lambda: kinds.IndexFlatL2(DIMENSION),
        "IndexLSH": lambda: kinds.IndexLSH(DIMENSION, 8),
        "IndexPQ": lambda: kinds.IndexPQ(DIMENSION, 2, 4, kinds.METRIC_INNER_PRODUCT),
    }
    faiss.write_index(made[foreign](), str(tmp_path / "vectors"))
    with pytest.raises(ValueError, match="inner products"):
        FaissVectors.load(tmp_path / "vectors")
