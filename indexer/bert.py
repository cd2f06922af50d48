"""A BERT sentence encoder in ONNX Runtime: what serving needs of one, and nothing else.

torch and transformers take seconds to import and half a gigabyte to stand ready, and pay most of a
short question's time for their own bookkeeping. The bundled model runs here several times as fast
(`evaluation/benchmarks/encoding.py`); other kinds of model are left to sentence-transformers.
"""

import json
import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from indexer.graph import INPUT, Floats, Norm, UnfitError, Weights, bert_graph
from indexer.runtime import runtime

_KINDS = ("Transformer", "Pooling", "Normalize")
_BLOCK = 128
# The smallest block that ONNX Runtime has.
_LEAST_BLOCK = 16


class Bert:
    """The model in a folder that sentence-transformers wrote: BERT, mean pooling, L2 norm.

    Its products take weights of eight bits, a scale for each block of 128, and quantise what they
    are multiplied with alike, in each text on its own. `exact` keeps single precision: twice the
    time, for vectors equal to six digits to those of sentence-transformers.

    Thread-safe. Raises:
        UnfitError: the folder holds another kind of model.
    """

    def __init__(self, folder: Path, *, exact: bool = False) -> None:
        config = _checked(folder)
        self.dimension = int(config["hidden_size"])
        self._tokenizer = _read(folder, "tokenizer.json", Tokenizer.from_file)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_longest(folder, config))
        weights = Weights(_read(folder, "model.safetensors", load_file), config)
        # In the precision of the file: of all words a question looks up ten.
        self._words = weights.raw("embeddings.word_embeddings.weight")
        self._positions: Floats = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm: Norm = weights.norm("embeddings.LayerNorm")
        block = None if exact else _block(config)
        if block is not None and block < _LEAST_BLOCK:
            raise UnfitError(f"{folder}: widths that {_LEAST_BLOCK} does not divide.")
        onnxruntime = runtime()
        options = onnxruntime.SessionOptions()
        # A text is too little work to be shared; many texts are shared out below.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            bert_graph(weights, block), options, providers=["CPUExecutionProvider"]
        )

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32.

        Each text runs alone: its vector is the same in any company, and there is no padding, which
        costs more than a batch saves.
        """
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        if len(texts) == 1:
            vectors[0] = self._encode(tokens[0])
            return vectors
        with ThreadPoolExecutor(_cores()) as threads:
            for row, vector in enumerate(threads.map(self._encode, tokens)):
                vectors[row] = vector
        return vectors

    def _encode(self, tokens: Sequence[int]) -> Floats:
        """Return the vector, shape (dimension,), of one text."""
        words = self._words[np.asarray(tokens)].astype(np.float32)
        hidden = self._norm(words + self._positions[: len(tokens)])
        (states,) = self._session.run(None, {INPUT: hidden[None]})
        vector: Floats = states[0].mean(axis=0)
        vector /= np.linalg.norm(vector)
        return vector


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _checked(folder: Path) -> dict[str, Any]:
    """Return the configuration of the model in `folder`, where this module can run it."""
    try:
        config: dict[str, Any] = _json(folder / "config.json")
        pooling = _json(folder / "1_Pooling" / "config.json")
        modules = _json(folder / "modules.json")
    except (OSError, ValueError) as error:
        raise UnfitError(f"{folder} is no model folder of that kind ({error}).") from error
    kinds = tuple(module["type"].rsplit(".", 1)[-1] for module in modules)
    mean = pooling.get("pooling_mode") == "mean" or pooling.get("pooling_mode_mean_tokens")
    whole = pooling.get("include_prompt", True)
    wanted = {
        "model_type": "bert",
        "hidden_act": "gelu",
        "position_embedding_type": "absolute",
    }
    differs = [k for k, v in wanted.items() if config.get(k, v) != v]
    lowered = _sentence_config(folder).get("do_lower_case")
    if kinds != _KINDS or not (mean and whole) or differs or lowered:
        raise UnfitError(f"{folder} is no BERT with mean pooling and L2 norm.")
    return config


def _longest(folder: Path, config: dict[str, Any]) -> int:
    """Return how many tokens of a text are read."""
    longest = int(config["max_position_embeddings"])
    limits = (
        _sentence_config(folder).get("max_seq_length"),
        _optional(folder / "tokenizer_config.json").get("model_max_length"),
    )
    return min([longest, *(int(limit) for limit in limits if limit)])


def _sentence_config(folder: Path) -> dict[str, Any]:
    return _optional(folder / "sentence_bert_config.json")


def _optional(file: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = _json(file)
    except (OSError, ValueError):
        return {}
    return values


def _block(config: dict[str, Any]) -> int:
    """Return how many weights share a scale: the largest power of two that divides every width."""
    widths = math.gcd(int(config["hidden_size"]), int(config["intermediate_size"]))
    return min(_BLOCK, widths & -widths)


def _read(folder: Path, name: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(str(folder / name))
    except Exception as error:  # whatever a missing or broken file makes its reader raise
        raise UnfitError(f"{folder / name} cannot be read ({error}).") from error


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
