"""Text to vectors: the Encoder protocol and its sentence-transformers adapter."""

import hashlib
import json
import logging
import os
import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

logger = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
Role = Literal["query", "passage"]

BUNDLED = "bundled"
_BUNDLED_FOLDER = Path(__file__).parent / "model"

_INSTRUCT = "Instruct: Given a question, retrieve passages that answer it\nQuery: "

# Models that were trained with an instruction in front of the text, and whose files may not say so
# (model cards of intfloat/*e5* and BAAI/bge-*-v1.5): words of the name → query and passage prompt.
_KNOWN_PROMPTS: tuple[tuple[str, str, str], ...] = (
    ("e5-mistral", _INSTRUCT, ""),
    ("e5-large-instruct", _INSTRUCT, ""),
    ("e5", "query: ", "passage: "),
    ("bge-m3", "", ""),
    ("bge-small-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-base-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-large-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-small-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-base-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-large-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)


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
        source = str(_BUNDLED_FOLDER) if name == BUNDLED else name
        self._model = _load(name, source)
        self._batch_size = batch_size
        # torch runs one text per call on all cores; a second caller at once only fights for them.
        self._lock = threading.Lock()
        query, passage = _prompts(name, self._model.prompts, self._model.default_prompt_name)
        self._prompts: dict[Role, str] = {
            "query": query if query_prompt is None else query_prompt,
            "passage": passage if passage_prompt is None else passage_prompt,
        }
        self._model_id = _model_id(name, source, self._prompts)

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


def _prompts(name: str, own: dict[str, str], default: str | None = None) -> tuple[str, str]:
    """Return the query and the passage prompt that the model `name` wants.

    `own` are those of its files by purpose; `default` the purpose that serves where none is told.
    """
    query = own.get("query") or ""
    passage = own.get("document") or own.get("passage") or ""
    if query or passage:
        return query, passage
    if default and own.get(default):
        return own[default], own[default]
    words = f"-{re.sub('[^a-z0-9]+', '-', Path(name).name.lower())}-"
    return next(((q, p) for family, q, p in _KNOWN_PROMPTS if f"-{family}-" in words), ("", ""))


def _model_id(name: str, source: str, prompts: dict[Role, str]) -> str:
    digest = hashlib.sha256(json.dumps(prompts, sort_keys=True).encode())
    local = Path(source).is_dir()
    folder = Path(source) if local else _hub_snapshot(source)
    for inside, file in _model_files(folder) if folder else ():
        digest.update(inside.as_posix().encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    label = Path(name).resolve().name if local and name != BUNDLED else name
    return f"{label}@{digest.hexdigest()[:16]}"


def _hub_snapshot(name: str) -> Path | None:
    """Return the folder in the hub's cache that a model was loaded from, None if it is unknown."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - late, as its user is

    # sentence-transformers looks for names without an owner under its own.
    repository = name if "/" in name else f"sentence-transformers/{name}"
    cache = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    for file in ("config.json", "modules.json"):
        found = try_to_load_from_cache(repository, file, cache_dir=cache)
        if isinstance(found, str):
            return Path(found).parent
    return None


def _model_files(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the files that change a model's vectors: not its card, not hidden ones.

    Each comes with its path inside `folder` in front.
    """
    suffixes = {".safetensors", ".bin", ".json", ".txt", ".model"}
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if file.suffix in suffixes and not hidden and file.is_file():
            yield inside, file
