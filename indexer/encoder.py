"""Text to vectors: the Encoder protocol and its sentence-transformers adapter."""

import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.identity import BUNDLED, Role, model_id, prompts_of, source_of

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]


class EncoderError(Exception):
    """An encoder cannot be loaded; the message says which, why and what to do."""


class Encoder(Protocol):
    """Anything that turns texts into vectors of one length."""

    @property
    def model_id(self) -> str:
        """Equal exactly where the vectors are: vectors of different ids are never compared."""
        ...

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        ...

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model from a folder or, where a hub can be reached, by its name.

    `query_prompt` and `passage_prompt` go in front of the texts; left out, the model's own prompts
    are used, else those its family is known to want. Thread-safe.

    Raises:
        EncoderError: the model is not there or cannot be loaded.
    """

    def __init__(
        self,
        name: str = BUNDLED,
        *,
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
        batch_size: int = 64,
    ) -> None:
        source = source_of(name)
        self._model = _load(name, source)
        self._batch_size = batch_size
        # torch runs one text per call on all cores; a second caller at once only fights for them.
        self._lock = threading.Lock()
        query, passage = prompts_of(name, self._model.prompts, self._model.default_prompt_name)
        self._prompts: dict[Role, str] = {
            "query": query if query_prompt is None else query_prompt,
            "passage": passage if passage_prompt is None else passage_prompt,
        }
        self._model_id = model_id(name, source, self._prompts)

    @property
    def model_id(self) -> str:
        """The model's name and a digest of its files and prompts."""
        return self._model_id

    @property
    def dimension(self) -> int:
        """The length of a vector."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors = self._model.encode(
                list(texts),
                # With None the model would put its default in front: no prompt is an empty one.
                prompt=self._prompts[role],
                batch_size=self._batch_size,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)


def _load(name: str, source: str) -> Any:
    """Return the SentenceTransformer; a folder is read without a look at the network."""
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - seconds of import

        _quiet_transformers()
        return SentenceTransformer(
            source, device="cpu", local_files_only=Path(source).is_dir() or _hub_is_offline()
        )
    except Exception as error:  # whatever a broken file makes torch or transformers raise
        raise EncoderError(
            f"The model '{name}' cannot be loaded ({type(error).__name__}: {error}). "
            f"Set FAQ_MODEL to '{BUNDLED}', to a folder that SentenceTransformer can read, or to a "
            "name on a hub that this machine reaches."
        ) from error


def _quiet_transformers() -> None:
    """Keep the loader's own progress bar off the users' terminals and out of the logs."""
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415

    transformers_logging.disable_progress_bar()


def _hub_is_offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in {"1", "true", "yes", "on"}
