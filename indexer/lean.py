"""Opens a model with what runs it the fastest: ONNX Runtime where that can, else torch."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.bert import Bert
from indexer.encoder import Encoder, SentenceTransformerEncoder, Vectors
from indexer.graph import UnfitError
from indexer.identity import BUNDLED, Role, model_id, prompts_of, source_of


class BertEncoder:
    """A BERT sentence model of a folder, without torch: the bundled one is such.

    Prompts and id are those that `SentenceTransformerEncoder` gives the same folder, and its
    vectors are within a cosine distance of 0.003 of that one's, so an index that one of them built
    the other may search.
    Thread-safe.

    Raises:
        UnfitError: the folder holds another kind of model.
    """

    def __init__(
        self,
        name: str = BUNDLED,
        *,
        query_prompt: str | None = None,
        passage_prompt: str | None = None,
    ) -> None:
        source = source_of(name)
        self._bert = Bert(Path(source))
        own, default = _own_prompts(Path(source))
        query, passage = prompts_of(name, own, default)
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
        return self._bert.dimension

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        prompt = self._prompts[role]
        return self._bert.encode([prompt + text for text in texts])


def open_encoder(
    name: str = BUNDLED,
    *,
    query_prompt: str | None = None,
    passage_prompt: str | None = None,
) -> Encoder:
    """Return the encoder of the model `name`: "bundled", a folder, or a name on a hub.

    Raises:
        EncoderError: the model is not there or cannot be loaded.
    """
    try:
        return BertEncoder(name, query_prompt=query_prompt, passage_prompt=passage_prompt)
    except UnfitError:
        return SentenceTransformerEncoder(
            name, query_prompt=query_prompt, passage_prompt=passage_prompt
        )


def _own_prompts(folder: Path) -> tuple[dict[str, str], str | None]:
    """Return the prompts in a model's files by purpose, and the purpose that is the default."""
    try:
        text = (folder / "config_sentence_transformers.json").read_text(encoding="utf-8")
        config: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        return {}, None
    return config.get("prompts") or {}, config.get("default_prompt_name")
