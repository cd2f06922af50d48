"""Indexes as they would be if articles were others: built aside, gone afterwards.

Passages that the index has already are not embedded again, so a changed article costs a second.
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from indexer import Article, Encoder, Index, KnowledgeBase, ModelChoice, build
from indexer.encoder import Vectors
from indexer.identity import Role
from indexer.store import CURRENT
from server.engine import Assistant
from server.engine.understanding import lexicon_of


class RememberingEncoder:
    """An encoder that encodes no text twice: for questions that several indexes are asked."""

    def __init__(self, encoder: Encoder) -> None:
        self.model_id = encoder.model_id
        self.dimension = encoder.dimension
        self._encoder = encoder
        self._known: dict[tuple[str, Role], Vectors] = {}

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32."""
        new = [text for text in dict.fromkeys(texts) if (text, role) not in self._known]
        if new:
            vectors = self._encoder.encode(new, role)
            self._known.update(((text, role), v) for text, v in zip(new, vectors, strict=True))
        found = [self._known[text, role] for text in texts]
        return np.array(found, dtype=np.float32).reshape(len(texts), self.dimension)


@contextmanager
def variant(
    index: Index, articles: Iterable[Article], encoder: Encoder, target_precision: float
) -> Iterator[Assistant]:
    """Give an assistant over `index` with `articles` instead of its own.

    `encoder` is the one that `index` was built with. The index's own calibration is kept.

    Raises:
        OSError: there is no room for another index in the folder of temporary files.
    """
    lexicon = lexicon_of(index.knowledge.get("lexicon", {}))
    base = KnowledgeBase(tuple(articles), lexicon, index.knowledge.get("settings", {}))
    manifest = index.manifest
    choice = ModelChoice(manifest.model_source, manifest.query_prompt, manifest.passage_prompt)
    with tempfile.TemporaryDirectory(prefix="faq-eval-") as folder:
        root = Path(folder)
        # The vectors of the passages that stay are taken from a copy: a build tidies up.
        shutil.copytree(index.folder, root / manifest.index_id)
        (root / CURRENT).symlink_to(manifest.index_id)
        build(base, root, encoder, choice)
        yield Assistant.open(root, encoder=encoder, target_precision=target_precision)
