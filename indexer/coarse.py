"""The nearest rows by vectors of an eighth of the size, and a second look at the best of them.

A scan of all rows is bound by how fast memory is read: four bits a number are read, and looked up
in registers, eight times as fast as 32 (André, Kermarrec and Le Scouarnec, "Quicker ADC", IEEE
TPAMI 2021, doi:10.1109/TPAMI.2019.2952606).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.encoder import Vectors

Rows = NDArray[np.int64]

# So many times the rows that are asked for are looked at again; the second where the first is not
# enough, as for one question in 70.
_AGAIN = (5, 25)
# How far a row that was not looked at may be from what four bits tell, in deviations of those that
# were: one in 1,000,000,000 is further.
_DEVIATIONS = 6.0
# The 16 values of each dimension follow from so many rows, in so many rounds of k-means.
_SAMPLE, _ROUNDS = 2048, 6


def products(matrix: Vectors, rows: Rows, vector: Vectors) -> Vectors:
    """Return the inner products of `rows` of `matrix` with `vector`, shape (len(rows),).

    The rows are read where they are: to copy them first takes half as long again.

    Raises:
        IndexError: there is no such row.
    """
    import faiss as untyped  # noqa: PLC0415 - a large library: loaded where an index is

    faiss: Any = untyped  # its stubs miss what SWIG adds
    if len(rows) and not 0 <= rows.min() <= rows.max() < len(matrix):
        raise IndexError(f"The rows are to be from 0 to {len(matrix) - 1}.")
    found: Vectors = np.empty(len(rows), dtype=np.float32)
    # These are read as they lie in memory.
    matrix = np.ascontiguousarray(matrix, dtype=np.float32)
    rows = np.ascontiguousarray(rows, dtype=np.int64)
    vector = np.ascontiguousarray(vector, dtype=np.float32)
    pointers = (faiss.swig_ptr(array) for array in (found, vector, matrix, rows))
    faiss.fvec_inner_products_by_idx(*pointers, matrix.shape[1], 1, len(rows))
    return found


class CoarseVectors:
    """Finds the nearest of the rows of `matrix`, shape (n, dimension); n > 16. Thread-safe.

    A row holds one of 16 values for each dimension, as it is far from evenly that numbers spread.
    """

    def __init__(self, matrix: Vectors) -> None:
        import faiss as untyped  # noqa: PLC0415 - a large library: loaded where an index is

        faiss: Any = untyped  # its stubs miss what SWIG adds
        self._matrix = matrix
        dimension = matrix.shape[1]
        self._index = faiss.IndexPQFastScan(dimension, dimension, 4, faiss.METRIC_INNER_PRODUCT)
        # It would warn that this sample is small; 256 rows for a value are plenty.
        self._index.pq.cp.min_points_per_centroid = 1
        self._index.pq.cp.niter = _ROUNDS
        self._index.train(np.ascontiguousarray(matrix[:: -(-len(matrix) // _SAMPLE)]))
        self._index.add(matrix)

    def search(self, query: Vectors, k: int) -> tuple[Vectors, Rows] | None:
        """Return the scores and numbers of the k nearest rows, best first; k > 0.

        None where it cannot tell them for sure, or there are less than 5 * `k` rows.
        """
        for again in _AGAIN:
            if again * k > len(self._matrix):
                break
            near, found = self._index.search(query.reshape(1, -1), again * k)
            scores = products(self._matrix, found[0], query)
            best = np.argsort(-scores, kind="stable")[:k]
            missed = scores - near[0]
            doubt = max(0.0, float(missed.mean())) + _DEVIATIONS * float(missed.std())
            if scores[best[-1]] >= near[0][-1] + doubt:
                return scores[best], found[0][best].astype(np.int64)
        return None
