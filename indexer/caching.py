"""An encoder that remembers: help pages are asked the same questions all day."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from indexer.encoder import Encoder, Vectors
from indexer.identity import Role


class CachingEncoder:
    """Gives the vectors of `encoder`, and keeps those of the last `size` texts. Thread-safe.

    A text is remembered by its role and its very characters, so callers normalise it first; the
    model is that of `encoder`, whose id it bears. A vector takes 4 bytes a dimension.

    Raises:
        ValueError: `size` is less than 1.
    """

    def __init__(self, encoder: Encoder, size: int) -> None:
        if size < 1:
            raise ValueError(f"A cache holds at least one text, not {size}.")
        self._encoder = encoder
        self._size = size
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[Role, str], Vectors] = OrderedDict()

    @property
    def model_id(self) -> str:
        """The id of the model behind it."""
        return self._encoder.model_id

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return self._encoder.dimension

    def __len__(self) -> int:
        return len(self._kept)

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32."""
        with self._lock:
            found = {text: self._recalled(role, text) for text in dict.fromkeys(texts)}
        # Two threads may encode one text at a time: rarer and cheaper than to wait for each other.
        missing = [text for text, vector in found.items() if vector is None]
        if missing:
            vectors = self._encoder.encode(missing, role)
            # A row of a large batch would keep the whole batch in memory.
            found |= {t: v.copy() for t, v in zip(missing, vectors, strict=True)}
            with self._lock:
                self._remember(role, {text: found[text] for text in missing})
        rows = [vector for text in texts if (vector := found[text]) is not None]
        return np.stack(rows) if rows else np.zeros((0, self.dimension), dtype=np.float32)

    def _recalled(self, role: Role, text: str) -> Vectors | None:
        vector = self._kept.get((role, text))
        if vector is not None:
            self._kept.move_to_end((role, text))
        return vector

    def _remember(self, role: Role, vectors: dict[str, Vectors | None]) -> None:
        for text, vector in vectors.items():
            if vector is not None:
                self._kept[role, text] = vector
                self._kept.move_to_end((role, text))
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
