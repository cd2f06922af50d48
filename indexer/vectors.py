"""Nearest passages by inner product: the VectorSearch protocol and FAISS."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.coarse import CoarseVectors, products
from indexer.encoder import Vectors

# Below, an exact scan costs less than the encoding of the query; above, a graph is searched.
HNSW_FROM = 50_000
# Among so many rows a coarse look goes first, where it was prepared.
_COARSE_FROM = 4_000
_HNSW_NEIGHBOURS = 32
_HNSW_CONSTRUCTION = 120
_HNSW_SEARCH = 128

Rows = NDArray[np.int64]


class VectorSearch(Protocol):
    """Vectors by row number, searched within ranges of rows."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def search(self, query: Vectors, k: int, rows: range) -> tuple[Vectors, Rows]:
        """Return the scores and row numbers of the k nearest rows within `rows`.

        `query` has shape (dimension,); both results have shape (<= k,), best first.
        """
        ...

    def take(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`, shape (len(rows), dimension)."""
        ...

    def products(self, rows: Rows, queries: Vectors) -> Vectors:
        """Return the inner products of `rows` and `queries`, shape (len(rows), len(queries))."""
        ...


class FaissVectors:
    """FAISS inner-product search over L2-normalised vectors, shape (n, dimension), float32.

    Exact below HNSW_FROM rows, a hierarchical navigable small world graph from there on (Malkov and
    Yashunin, IEEE TPAMI 2020, doi:10.1109/TPAMI.2018.2889473). Thread-safe.
    """

    def __init__(self, index: Any) -> None:
        import faiss as untyped  # noqa: PLC0415 - a large library: loaded where an index is

        faiss: Any = untyped  # its stubs miss what SWIG adds
        self._index = index
        self._flat = faiss.downcast_index(index.storage) if hasattr(index, "hnsw") else index
        size = index.ntotal * index.d
        # A view on FAISS's own memory: no second copy of the vectors.
        self._matrix: Vectors = faiss.rev_swig_ptr(self._flat.get_xb(), size).reshape(-1, index.d)
        self._coarse: dict[tuple[int, int], CoarseVectors] = {}

    @classmethod
    def build(cls, vectors: Vectors) -> "FaissVectors":
        """Return an index of `vectors`, whose row numbers are the results'."""
        import faiss  # noqa: PLC0415

        dimension = vectors.shape[1]
        index: Any
        if len(vectors) < HNSW_FROM:
            index = faiss.IndexFlatIP(dimension)
        else:
            metric = faiss.METRIC_INNER_PRODUCT
            index = faiss.IndexHNSWFlat(dimension, _HNSW_NEIGHBOURS, metric)
            index.hnsw.efConstruction = _HNSW_CONSTRUCTION
        index.add(vectors)
        return cls(index)

    @classmethod
    def load(cls, file: Path) -> "FaissVectors":
        """Return the index in `file`.

        Raises:
            ValueError: the file is no FAISS index of inner products.
        """
        import faiss  # noqa: PLC0415

        try:
            index = faiss.read_index(str(file))
        except RuntimeError as error:
            raise ValueError("it is no FAISS index") from error
        kinds = (faiss.IndexFlat, faiss.IndexHNSWFlat)
        if not isinstance(index, kinds) or index.metric_type != faiss.METRIC_INNER_PRODUCT:
            raise ValueError("it is not an index of inner products")
        return cls(index)

    def save(self, file: Path) -> None:
        """Write the index to `file`."""
        import faiss  # noqa: PLC0415

        faiss.write_index(self._index, str(file))

    @property
    def kind(self) -> str:
        """How it searches: 'flat' or 'hnsw'."""
        return "hnsw" if hasattr(self._index, "hnsw") else "flat"

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def prepare(self, rows: range) -> None:
        """Make searches within exactly `rows` cheaper, before the first of them; takes a moment."""
        if _COARSE_FROM <= len(rows) < HNSW_FROM:
            coarse = CoarseVectors(self._matrix[rows.start : rows.stop])
            self._coarse[rows.start, rows.stop] = coarse

    def search(self, query: Vectors, k: int, rows: range) -> tuple[Vectors, Rows]:
        """Return the scores and row numbers of the k nearest rows within `rows`, best first."""
        rows = range(rows.start, min(rows.stop, len(self)))
        k = min(k, len(rows))
        if k <= 0:
            return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)
        coarse = self._coarse.get((rows.start, rows.stop))
        if coarse is not None and (nearest := coarse.search(query, k)) is not None:
            return nearest[0], nearest[1] + rows.start
        # A walk through the graph passes by a small part of it: few rows are compared one by one.
        index = self._flat if len(rows) < HNSW_FROM else self._index
        parameters = self._parameters(index, k, rows)
        scores, found = index.search(query.reshape(1, -1), k, params=parameters)
        there = found[0] >= 0
        return scores[0][there], found[0][there].astype(np.int64)

    def take(self, rows: Rows) -> Vectors:
        """Return the vectors of `rows`, shape (len(rows), dimension)."""
        return self._matrix[rows]

    def products(self, rows: Rows, queries: Vectors) -> Vectors:
        """Return the inner products of `rows` and `queries`, shape (len(rows), len(queries))."""
        if len(queries) == 1:
            return products(self._matrix, rows, queries[0])[:, None]
        return self._matrix[rows] @ queries.T

    @staticmethod
    def _parameters(index: Any, k: int, rows: range) -> Any:
        import faiss as untyped  # noqa: PLC0415

        faiss: Any = untyped  # its stubs miss what SWIG adds
        within = faiss.IDSelectorRange(rows.start, rows.stop)
        if not hasattr(index, "hnsw"):
            return faiss.SearchParameters(sel=within)
        return faiss.SearchParametersHNSW(efSearch=max(_HNSW_SEARCH, 2 * k), sel=within)
