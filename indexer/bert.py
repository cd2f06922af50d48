"""A small BERT sentence encoder in numpy: what serving needs of one, and nothing else.

torch and transformers take seconds to import and half a gigabyte to stand ready; the bundled model
needs six matrix products a layer. The vectors are those of sentence-transformers to six digits,
which the tests hold; other kinds of model are left to it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

Floats = NDArray[np.float32]

# So many tokens at a time keep the caches warm and the products large.
_TOKENS = 2048
_ROOT_HALF = np.float32(np.sqrt(0.5))
_ERF_P = np.float32(0.3275911)
_ERF_SERIES = tuple(
    np.float32(a) for a in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
)
_KINDS = ("Transformer", "Pooling", "Normalize")


class UnfitError(Exception):
    """A model folder is none that this module can run; the message says why."""


@dataclass(frozen=True, slots=True)
class _Dense:
    """x @ weight + bias."""

    weight: Floats
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        y: Floats = x @ self.weight
        y += self.bias
        return y


@dataclass(frozen=True, slots=True)
class _Norm:
    """Layer normalisation (Ba, Kiros and Hinton, arXiv:1607.06450), in place."""

    weight: Floats
    bias: Floats
    epsilon: np.float32

    def __call__(self, x: Floats) -> Floats:
        x -= x.mean(axis=-1, keepdims=True)
        x /= np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + self.epsilon)
        x *= self.weight
        x += self.bias
        return x


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of Vaswani et al., Attention Is All You Need (NeurIPS 2017), as BERT has it."""

    heads: int
    attention_in: _Dense
    attention_out: _Dense
    attention_norm: _Norm
    wide: _Dense
    narrow: _Dense
    norm: _Norm

    def __call__(self, x: Floats, rows: int) -> Floats:
        """Return the next hidden states of `rows` texts of one length, shape (rows·length, d)."""
        length, width = len(x) // rows, x.shape[1]
        shape = (rows, length, 3, self.heads, width // self.heads)
        query, key, value = self.attention_in(x).reshape(shape).transpose(2, 0, 3, 1, 4)
        weights = query @ key.transpose(0, 1, 3, 2)
        weights -= weights.max(axis=-1, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=-1, keepdims=True)
        mixed = (weights @ value).transpose(0, 2, 1, 3).reshape(rows * length, width)
        y = self.attention_out(mixed)
        y += x
        x = self.attention_norm(y)
        y = self.narrow(_gelu(self.wide(x)))
        y += x
        return self.norm(y)


class Bert:
    """The model in a folder that sentence-transformers wrote: BERT, mean pooling, L2 norm.

    Raises:
        UnfitError: the folder holds another kind of model.
    """

    def __init__(self, folder: Path) -> None:
        config = _checked(folder)
        self.dimension = int(config["hidden_size"])
        self._tokenizer = _read(folder, "tokenizer.json", Tokenizer.from_file)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_longest(folder, config))
        weights = _Weights(_read(folder, "model.safetensors", load_file), config)
        # In the precision of the file: of all words a question looks up ten.
        self._words = weights.raw("embeddings.word_embeddings.weight")
        self._positions: Floats = (
            weights["embeddings.position_embeddings.weight"]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = weights.norm("embeddings.LayerNorm")
        self._layers = [weights.layer(n) for n in range(config["num_hidden_layers"])]

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return L2-normalised vectors, shape (len(texts), dimension), float32."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for places in _batches(tokens):
            vectors[places] = self._encode(np.array([tokens[place] for place in places]))
        return vectors

    def _encode(self, tokens: NDArray[np.int64]) -> Floats:
        """Return the vectors of texts of one length, (rows, length) tokens: no mask is needed."""
        rows, length = tokens.shape
        x = self._words[tokens].astype(np.float32) + self._positions[:length]
        x = self._norm(x.reshape(rows * length, self.dimension))
        for layer in self._layers:
            x = layer(x, rows)
        vectors: Floats = x.reshape(rows, length, self.dimension).mean(axis=1)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


class _Weights:
    """Reads a BERT's weights in single precision, laid out as they are used."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]], config: dict[str, Any]) -> None:
        self._tensors = tensors
        self._heads = int(config["num_attention_heads"])
        self._width = int(config["hidden_size"])
        self._epsilon = np.float32(config["layer_norm_eps"])

    def raw(self, name: str) -> NDArray[Any]:
        try:
            return self._tensors[name]
        except KeyError as error:
            raise UnfitError(f"The model has no weights named {name}.") from error

    def __getitem__(self, name: str) -> Floats:
        return self.raw(name).astype(np.float32)

    def norm(self, name: str) -> _Norm:
        return _Norm(self[f"{name}.weight"], self[f"{name}.bias"], self._epsilon)

    def dense(self, *names: str) -> _Dense:
        """Return the maps of `names` as one, side by side."""
        weight = np.concatenate([self[f"{name}.weight"] for name in names])
        bias = np.concatenate([self[f"{name}.bias"] for name in names])
        return _Dense(np.ascontiguousarray(weight.T), bias)

    def layer(self, number: int) -> _Layer:
        name = f"encoder.layer.{number}"
        attention = self.dense(*(f"{name}.attention.self.{n}" for n in ("query", "key", "value")))
        # Attention divides by the root of a head's width: here it is in the queries already.
        scale = np.float32(np.sqrt(self._width / self._heads))
        attention.weight[:, : self._width] /= scale
        attention.bias[: self._width] /= scale
        return _Layer(
            heads=self._heads,
            attention_in=attention,
            attention_out=self.dense(f"{name}.attention.output.dense"),
            attention_norm=self.norm(f"{name}.attention.output.LayerNorm"),
            wide=self.dense(f"{name}.intermediate.dense"),
            narrow=self.dense(f"{name}.output.dense"),
            norm=self.norm(f"{name}.output.LayerNorm"),
        )


def _gelu(x: Floats) -> Floats:
    """Return x·Φ(x) (Hendrycks and Gimpel, arXiv:1606.08415), in place.

    Φ(x) = (1 + erf(x/√2)) / 2, with erf by Abramowitz and Stegun, Handbook of Mathematical
    Functions (1964), 7.1.26, whose error of 1.5e-7 is that of single precision: scipy's exact one
    costs a third of a second of import.
    """
    scaled = np.abs(x)
    scaled *= _ROOT_HALF
    t = scaled * _ERF_P
    t += 1
    np.reciprocal(t, out=t)
    series = t * _ERF_SERIES[0]
    for coefficient in _ERF_SERIES[1:]:
        series += coefficient
        series *= t
    np.square(scaled, out=scaled)
    np.negative(scaled, out=scaled)
    np.exp(scaled, out=scaled)
    # 1 - erf(|x|/√2): what the tail of the distribution holds, on both sides.
    series *= scaled
    tail = np.where(x < 0, series, 2 - series)
    tail *= np.float32(0.5)
    x *= tail
    return x


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the places of texts of one length, `_TOKENS` tokens of them at most."""
    places: dict[int, list[int]] = {}
    for place, row in enumerate(tokens):
        places.setdefault(len(row), []).append(place)
    for length, same in places.items():
        size = max(1, _TOKENS // length)
        for begin in range(0, len(same), size):
            yield same[begin : begin + size]


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


def _read(folder: Path, name: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(str(folder / name))
    except Exception as error:  # whatever a missing or broken file makes its reader raise
        raise UnfitError(f"{folder / name} cannot be read ({error}).") from error


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
