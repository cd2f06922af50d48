"""Stand-ins that are quick and the same in every process."""

import re
import zlib
from collections.abc import Sequence

import numpy as np

from indexer.encoder import Role, Vectors
from indexer.text import HAN, normalise

_WORD = re.compile(f"[{HAN}]|[a-z0-9]+")


class FakeEncoder:
    """Hashed bags of words: texts that share words (or Han characters) are alike.

    Keeps in `seen` every text it was asked to encode, in order.
    """

    def __init__(self, model_id: str = "fake@1", dimension: int = 64) -> None:
        self.model_id = model_id
        self.dimension = dimension
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32."""
        self.seen.extend(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(normalise(text)) or [""]:
                # Not hash(): that differs from process to process.
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / lengths, dtype=np.float32)
