"""The layers of a BERT as a graph for ONNX Runtime, made from the weights in a model's folder.

The operators beside ONNX's own are those of ONNX Runtime (docs/ContribOperators.md in its
repository). `MatMulNBits` multiplies weights of eight bits with activations that it quantises block
by block; an operator with one scale for a whole matrix (`DynamicQuantizeMatMul`) is a quarter
faster, but strays ten times as far, and on processors without VNNI its sums overflow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Floats = NDArray[np.float32]

INPUT = "embedded"
_OUTPUT = "states"
_CONTRIB = "com.microsoft"
_OPSET, _IR = 18, 9
_BITS = 8
_ZERO = 1 << (_BITS - 1)
# Multiply in integers of eight bits.
_ACCURACY_LEVEL = 4


class UnfitError(Exception):
    """A model folder is none that can be run here; the message says why."""


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation (Ba, Kiros and Hinton, arXiv:1607.06450) over the last axis."""

    weight: Floats
    bias: Floats
    epsilon: float

    def __call__(self, x: Floats) -> Floats:
        """Return `x` normalised, of the same shape."""
        centred = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + self.epsilon)
        normed: Floats = (centred / deviation * self.weight + self.bias).astype(np.float32)
        return normed


class Weights:
    """Reads a BERT's weights in single precision."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]], config: Mapping[str, Any]) -> None:
        self._tensors = tensors
        self.layers = int(config["num_hidden_layers"])
        self.heads = int(config["num_attention_heads"])
        self.width = int(config["hidden_size"])
        self.epsilon = float(config["layer_norm_eps"])

    def raw(self, name: str) -> NDArray[Any]:
        """Return a tensor as the file holds it.

        Raises:
            UnfitError: there is none of that name.
        """
        try:
            return self._tensors[name]
        except KeyError as error:
            raise UnfitError(f"The model has no weights named {name}.") from error

    def __getitem__(self, name: str) -> Floats:
        return self.raw(name).astype(np.float32)

    def norm(self, name: str) -> Norm:
        """Return the layer normalisation of that name."""
        return Norm(self[f"{name}.weight"], self[f"{name}.bias"], self.epsilon)

    def dense(self, *names: str) -> tuple[Floats, Floats]:
        """Return the maps of `names` side by side: weight (out, in) and bias (out,)."""
        return (
            np.concatenate([self[f"{name}.weight"] for name in names]),
            np.concatenate([self[f"{name}.bias"] for name in names]),
        )


def bert_graph(weights: Weights, block: int | None) -> bytes:
    """Return the graph from embedded tokens, (1, length, width), to the last hidden states.

    Each layer is that of Vaswani et al., Attention Is All You Need (NeurIPS 2017), as BERT has it.
    `block` weights share a scale; with None they stay in single precision.
    """
    graph = _Graph(weights, block)
    hidden = INPUT
    for number in range(weights.layers):
        hidden = graph.layer(hidden, f"encoder.layer.{number}")
    return graph.serialised(hidden)


def quantised(weight: Floats, block: int) -> tuple[NDArray[np.uint8], Floats]:
    """Return `weight`, (out, in), in eight bits, (out, in / block, block), and its scales.

    There is a scale for each block: (out · in / block,). Symmetric, to the nearest, around 128:
    weight ≈ (eight bits - 128) · scale.
    """
    blocks = weight.reshape(len(weight), -1, block)
    scales = np.abs(blocks).max(axis=-1) / (_ZERO - 1)
    # A block of noughts is noughts at any scale.
    scales[scales == 0] = 1
    bits = np.rint(blocks / scales[..., None]) + _ZERO
    return bits.astype(np.uint8), scales.reshape(-1).astype(np.float32)


class _Graph:
    """Collects the nodes of a graph and their constants."""

    def __init__(self, weights: Weights, block: int | None) -> None:
        self._weights = weights
        self._block = block
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def layer(self, x: str, name: str) -> str:
        """Add a layer; return what it puts out."""
        weights = self._weights
        parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        product, bias = self._product(x, *parts)
        together = self._node("Add", [product, bias])
        heads = self._split(together, name)
        mixed = self._node("MultiHeadAttention", heads, num_heads=weights.heads)
        x = self._add_and_norm(mixed, x, f"{name}.attention.output")
        wide = self._node("BiasGelu", [*self._product(x, f"{name}.intermediate.dense")])
        return self._add_and_norm(wide, x, f"{name}.output")

    def serialised(self, output: str) -> bytes:
        """Return the graph that ends in `output`."""
        self._nodes.append(helper.make_node("Identity", [output], [_OUTPUT]))
        shape: list[str | int | None] = [1, "length", self._weights.width]
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(_OUTPUT, TensorProto.FLOAT, shape)],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_IR)
        serialised: bytes = model.SerializeToString()
        return serialised

    def _add_and_norm(self, x: str, skipped: str, name: str) -> str:
        """Add the dense map `name`.dense of `x`, what skipped it, and the norm of their sum."""
        product, bias = self._product(x, f"{name}.dense")
        norm = self._weights.norm(f"{name}.LayerNorm")
        factors = [self._constant(norm.weight), self._constant(norm.bias)]
        inputs = [product, skipped, *factors, bias]
        return self._node("SkipLayerNormalization", inputs, epsilon=norm.epsilon)

    def _product(self, x: str, *names: str) -> tuple[str, str]:
        """Add the product of `x` with the maps of `names`, side by side; return it and the bias."""
        weight, bias = self._weights.dense(*names)
        if self._block is None:
            product = self._node("MatMul", [x, self._constant(weight.T)])
        else:
            bits, scales = quantised(weight, self._block)
            product = self._node(
                "MatMulNBits",
                [x, self._constant(bits), self._constant(scales)],
                N=weight.shape[0],
                K=weight.shape[1],
                bits=_BITS,
                block_size=self._block,
                accuracy_level=_ACCURACY_LEVEL,
            )
        return product, self._constant(bias)

    def _split(self, x: str, name: str) -> list[str]:
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        self._nodes.append(helper.make_node("Split", [x], parts, axis=-1, num_outputs=len(parts)))
        return parts

    def _node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        output = f"{kind}.{len(self._nodes)}"
        domain = "" if kind in ("Add", "MatMul") else _CONTRIB
        self._nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def _constant(self, values: NDArray[Any]) -> str:
        name = f"constant.{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
