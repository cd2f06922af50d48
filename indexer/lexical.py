"""BM25 over the tokens of the passages of one language.

Statistics are kept per language: adding Chinese articles changes no score of an English one.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)

K1 = 1.2
B = 0.75


def idf(documents: int, containing: int) -> float:
    """Return the inverse document frequency, >= 0.

    The non-negative form of Robertson and Spärck Jones's weight that Lucene uses (Kamphuis et al.,
    ECIR 2020, doi:10.1007/978-3-030-45442-5_4, table 1).
    """
    return math.log(1 + (documents - containing + 0.5) / (containing + 0.5))


def term_weight(frequency: int, length: int, mean_length: float) -> float:
    """Return what a term adds to a document's score, to be multiplied by its idf: 0 to K1 + 1.

    Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
    equation 3.15.
    """
    norm = K1 * (1 - B + B * length / mean_length) if mean_length else K1
    return frequency * (K1 + 1) / (frequency + norm)


class BM25:
    """Scores for every document, computed when the index is built (Lù, "BM25S", 2024).

    A token's documents are `rows[starts[t]:starts[t + 1]]`, ascending, and what it adds to their
    scores stands at the same places of `impacts`.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        starts: NDArray[np.int64],
        rows: NDArray[np.int32],
        impacts: NDArray[np.float32],
        size: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._starts = starts
        self._rows = rows
        self._impacts = impacts
        self._size = size
        counts = np.diff(starts)
        self._idfs = [idf(size, int(count)) for count in counts]
        # The other way round: a document's different tokens stand at its places.
        order = np.argsort(rows, kind="stable")
        self._tokens = np.repeat(np.arange(len(counts), dtype=np.int32), counts)[order]
        self._places = np.searchsorted(rows[order], np.arange(size + 1))

    @classmethod
    def build(cls, documents: Sequence[Sequence[str]]) -> "BM25":
        """Return the index of tokenised `documents`; no token is empty or holds a line break."""
        postings: dict[str, list[tuple[int, int]]] = {}
        for row, tokens in enumerate(documents):
            for token, frequency in Counter(tokens).items():
                postings.setdefault(token, []).append((row, frequency))
        lengths = [len(tokens) for tokens in documents]
        mean_length = sum(lengths) / len(lengths) if lengths else 0.0
        vocabulary = {token: number for number, token in enumerate(sorted(postings))}
        starts, rows, impacts = [0], [], []
        for token in vocabulary:
            weight = idf(len(documents), len(postings[token]))
            for row, frequency in postings[token]:
                rows.append(row)
                impacts.append(weight * term_weight(frequency, lengths[row], mean_length))
            starts.append(len(rows))
        return cls(
            vocabulary,
            np.array(starts, dtype=np.int64),
            np.array(rows, dtype=np.int32),
            np.array(impacts, dtype=np.float32),
            len(documents),
        )

    def __len__(self) -> int:
        return self._size

    def __contains__(self, token: str) -> bool:
        return token in self._vocabulary

    def documents(self, token: str) -> NDArray[np.int32]:
        """Return the rows of the documents that hold `token`, ascending."""
        return self._slice(self._rows, token)

    def idf(self, token: str) -> float:
        """Return the idf of `token`; that of a word no document holds is the highest."""
        number = self._vocabulary.get(token)
        return idf(self._size, 0) if number is None else self._idfs[number]

    def scores(self, query: Mapping[str, float]) -> NDArray[np.float32]:
        """Return the score of every document, shape (len(self),), for weighted query tokens."""
        scores = np.zeros(self._size, dtype=np.float32)
        for token, weight in query.items():
            # A document stands once in a token's list: plain indexing adds each impact.
            scores[self.documents(token)] += weight * self._slice(self._impacts, token)
        return scores

    def best_possible(self, query: Mapping[str, float]) -> float:
        """Return the score no document can pass: every token there, over and over."""
        return sum(weight * self.idf(token) * (K1 + 1) for token, weight in query.items())

    def idf_sums(self) -> NDArray[np.float64]:
        """Return what the different words of each document are worth together, shape (len(self),).

        That is the sum of their idf: how much it would take to say all of it.
        """
        sums: NDArray[np.float64] = np.zeros(self._size)
        np.add.at(sums, self._rows, np.repeat(self._idfs, np.diff(self._starts)))
        return sums

    def worths(
        self, query: Mapping[str, float], starts: NDArray[np.int64], stops: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return what spans of documents hold of the query, shape (len(starts),).

        That is the sum of weight times idf of the query's different tokens that some document from
        `starts[n]` to `stops[n]` holds; no span is empty.
        """
        numbers = [self._vocabulary.get(token, -1) for token in query]
        known = [(number, weight) for number, weight in zip(numbers, query.values(), strict=True)]
        known = [(number, weight) for number, weight in known if number >= 0]
        if not known or not len(starts):
            return np.zeros(len(starts))
        place = np.zeros(len(self._starts), dtype=np.int64)
        place[[number for number, _ in known]] = np.arange(1, len(known) + 1)
        firsts, lasts = self._places[starts], self._places[stops]
        lengths = lasts - firsts
        offsets = np.cumsum(lengths) - lengths
        tokens = self._tokens[np.arange(lengths.sum()) + np.repeat(firsts - offsets, lengths)]
        found = place[tokens]
        holders = np.repeat(np.arange(len(starts)), lengths)
        held = np.zeros((len(starts), len(known) + 1))
        held[holders, found] = 1.0
        worth = np.array([0.0, *(weight * self._idfs[number] for number, weight in known)])
        sums: NDArray[np.float64] = held @ worth
        return sums

    def save(self, file: Path) -> None:
        """Write the index to `file` (.npz)."""
        words = "\n".join(self._vocabulary).encode()
        np.savez(
            file,
            vocabulary=np.frombuffer(words, dtype=np.uint8),
            starts=self._starts,
            rows=self._rows,
            impacts=self._impacts,
            size=np.int64(self._size),
        )

    @classmethod
    def load(cls, file: Path) -> "BM25":
        """Return the index in `file`.

        Raises:
            ValueError: the file is no such index.
        """
        try:
            with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                words = arrays["vocabulary"].tobytes().decode()
                return cls(
                    {w: n for n, w in enumerate(words.split("\n"))} if words else {},
                    arrays["starts"],
                    arrays["rows"],
                    arrays["impacts"],
                    int(arrays["size"]),
                )
        except Exception as error:  # whatever foreign bytes make zipfile and numpy raise
            raise ValueError("it is no lexical index") from error

    def _slice(self, values: NDArray[T], token: str) -> NDArray[T]:
        number = self._vocabulary.get(token)
        if number is None:
            return values[:0]
        return values[self._starts[number] : self._starts[number + 1]]
