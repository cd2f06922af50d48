import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from indexer.bert import Bert
from indexer.encoder import EncoderError, SentenceTransformerEncoder
from indexer.graph import Floats, UnfitError, quantised
from indexer.identity import source_of
from indexer.lean import BertEncoder, open_encoder
from tests.indexer.models import write_json, write_model

# Single precision keeps seven digits; six layers of sums leave six of them.
CLOSE = 2e-6
# What eight bits may move a vector by, as cosine distance.
NEAR = 3e-3
TEXTS = ["where is my deposit", "提现没到账", "fee", "", " ", "a much longer question about it"]


def apart(ones: Floats, others: Floats) -> float:
    """Return the largest cosine distance between rows."""
    return float((1 - (ones * others).sum(axis=1)).max())


def make_sentence_model(folder: Path, **pooling: Any) -> Path:
    """Write a tiny BERT with mean pooling and normalisation."""
    write_model(folder)
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(kinds.items())
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    for path in ("1_Pooling", "2_Normalize"):
        (folder / path).mkdir()
    values = {"word_embedding_dimension": 16, "pooling_mode_mean_tokens": True, **pooling}
    write_json(folder / "1_Pooling" / "config.json", values)
    write_json(folder / "2_Normalize" / "config.json", {})
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sentence_model(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def lean(tiny: Path) -> BertEncoder:
    return BertEncoder(str(tiny))


@pytest.fixture(scope="module")
def exact(tiny: Path) -> Bert:
    return Bert(tiny, exact=True)


@pytest.fixture(scope="module")
def whole(tiny: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(tiny))


def test_vectors_and_id_are_those_of_sentence_transformers(
    lean: BertEncoder, whole: SentenceTransformerEncoder
) -> None:
    vectors = lean.encode(TEXTS, "query")
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), lean.dimension) == (6, whole.dimension)
    assert apart(vectors, whole.encode(TEXTS, "query")) < NEAR
    assert lean.model_id == whole.model_id


@given(st.lists(st.text(max_size=80), max_size=6))
@settings(max_examples=40)
def test_in_single_precision_vectors_are_equal_to_six_digits(
    exact: Bert, whole: SentenceTransformerEncoder, texts: list[str]
) -> None:
    theirs = whole.encode(texts, "passage")
    np.testing.assert_allclose(exact.encode(texts), theirs.reshape(-1, 16), atol=CLOSE)


@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
@settings(max_examples=40)
def test_in_eight_bits_vectors_are_close(lean: BertEncoder, exact: Bert, texts: list[str]) -> None:
    assert apart(lean.encode(texts, "passage"), exact.encode(texts)) < NEAR


@given(
    weight=arrays(np.float32, (3, 64), elements=st.floats(-8, 8, width=32)),
    block=st.sampled_from([16, 32, 64]),
)
def test_eight_bits_keep_a_weight_to_half_a_step(weight: Floats, block: int) -> None:
    bits, scales = quantised(weight, block)
    assert bits.dtype == np.uint8
    assert bits.shape == (3, 64 // block, block)
    steps = scales.reshape(3, -1, 1)
    again = (bits.astype(np.float32) - 128) * steps
    assert (np.abs(again - weight.reshape(bits.shape)) <= steps * 0.5001).all()


def test_what_is_longer_than_the_model_reads_is_cut(
    exact: Bert, whole: SentenceTransformerEncoder
) -> None:
    long = ["fee " * 500]
    np.testing.assert_allclose(exact.encode(long), whole.encode(long, "query"), atol=CLOSE)


def test_a_text_has_the_same_vector_in_any_company(lean: BertEncoder) -> None:
    together = lean.encode([*TEXTS * 40, "fee now"], "query")
    alone = np.vstack([lean.encode([text], "query") for text in [*TEXTS * 40, "fee now"]])
    np.testing.assert_array_equal(together, alone)


def test_widths_that_no_block_divides_make_it_unfit(tmp_path: Path) -> None:
    folder = make_sentence_model(tmp_path / "tiny")
    config = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", {**config, "intermediate_size": 24})
    with pytest.raises(UnfitError, match="16 does not divide"):
        Bert(folder)


def test_prompts_stand_in_front_of_the_texts(tiny: Path, lean: BertEncoder) -> None:
    prompted = BertEncoder(str(tiny), query_prompt="fee ")
    np.testing.assert_array_equal(prompted.encode(["a"], "query"), lean.encode(["fee a"], "query"))
    np.testing.assert_array_equal(prompted.encode(["a"], "passage"), lean.encode(["a"], "passage"))
    assert prompted.model_id != lean.model_id


def test_a_model_s_own_prompts_are_used(tmp_path: Path, lean: BertEncoder) -> None:
    folder = make_sentence_model(tmp_path / "tiny")
    own = {"prompts": {"query": "fee ", "document": ""}, "default_prompt_name": None}
    write_json(folder / "config_sentence_transformers.json", own)
    np.testing.assert_array_equal(
        BertEncoder(str(folder)).encode(["a"], "query"), lean.encode(["fee a"], "query")
    )
    assert BertEncoder(str(folder)).model_id == SentenceTransformerEncoder(str(folder)).model_id


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("config.json", {"model_type": "roberta"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False}),
        ("1_Pooling/config.json", {"include_prompt": False}),
        ("sentence_bert_config.json", {"do_lower_case": True}),
    ],
)
def test_another_kind_of_model_is_left_to_sentence_transformers(
    tmp_path: Path, file: str, values: dict[str, Any]
) -> None:
    folder = make_sentence_model(tmp_path / "tiny")
    path = folder / file
    old = json.loads(path.read_text()) if path.exists() else {}
    write_json(path, {**old, **values})
    with pytest.raises(UnfitError):
        Bert(folder)


def test_a_model_without_normalisation_is_opened_by_sentence_transformers(tmp_path: Path) -> None:
    folder = make_sentence_model(tmp_path / "tiny")
    modules = json.loads((folder / "modules.json").read_text())
    (folder / "modules.json").write_text(json.dumps(modules[:2]))
    assert isinstance(open_encoder(str(folder)), SentenceTransformerEncoder)


@pytest.mark.parametrize("name", ["tokenizer.json", "model.safetensors", "modules.json"])
def test_a_broken_model_is_told_of_as_ever(tmp_path: Path, name: str) -> None:
    folder = make_sentence_model(tmp_path / "tiny")
    (folder / name).write_bytes(b"{broken")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        open_encoder(str(folder))


def test_weights_that_are_missing_make_it_unfit(tiny: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "copy"))
    config = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", {**config, "num_hidden_layers": 3})
    with pytest.raises(UnfitError, match=r"encoder\.layer\.2"):
        Bert(folder)


@pytest.mark.bundled_model
def test_the_bundled_model_has_the_vectors_of_sentence_transformers(
    bundled_encoder: SentenceTransformerEncoder,
) -> None:
    texts = [
        "提现没到账怎么办",
        "my withdrawal never arrived",
        "gas费不够",
        "",
        "长" * 600,
        "Café №5",
    ]
    lean = open_encoder()
    assert isinstance(lean, BertEncoder)
    theirs = bundled_encoder.encode(texts, "query")
    assert apart(lean.encode(texts, "query"), theirs) < NEAR
    exact = Bert(Path(source_of("bundled")), exact=True)
    np.testing.assert_allclose(exact.encode(texts), theirs, atol=CLOSE)
    assert lean.model_id == bundled_encoder.model_id


def test_the_runtime_sends_nothing_home(tiny: Path, tmp_path: Path) -> None:
    code = (
        "import os, sys; from indexer.lean import BertEncoder; "
        "assert 'onnxruntime' not in sys.modules; "
        "BertEncoder(sys.argv[1]).encode(['fee'], 'query'); "
        "print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path), "HOME": str(tmp_path)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tiny)],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert done.stdout.strip() == "1"
    assert list(tmp_path.iterdir()) == []
    # What reports home at all is in none of the releases that the project asks for.
    major, minor = map(int, version("onnxruntime").split(".")[:2])
    assert (major, minor) < (1, 28)


@pytest.mark.bundled_model
def test_serving_the_bundled_model_imports_no_torch() -> None:
    code = (
        "import sys; from server.engine import Assistant; from indexer import open_encoder; "
        "open_encoder().encode(['fee'], 'query'); "
        "print(sorted({'torch', 'transformers', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
