import json
import shutil
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest

from indexer.encoder import (
    BUNDLED,
    EncoderError,
    Role,
    SentenceTransformerEncoder,
    Vectors,
)
from indexer.identity import prompts_of
from tests.indexer.models import DIMENSION, write_json, write_model

MakeModel = Callable[[str], Path]
TEXTS = ["where is my deposit", "提现没到账", "fee", "a much longer question about the fee"]


def write_prompts(folder: Path, prompts: dict[str, str], default: str | None = None) -> None:
    """Make the model in `folder` one with prompts of its own."""
    write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": prompts, "default_prompt_name": default, "similarity_fn_name": "cosine"},
    )
    module = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}
    pooling = {**module, "idx": 1, "name": "1", "path": "1_Pooling"}
    pooling["type"] = "sentence_transformers.models.Pooling"
    (folder / "modules.json").write_text(json.dumps([module, pooling]))
    (folder / "1_Pooling").mkdir()
    write_json(
        folder / "1_Pooling" / "config.json",
        {"word_embedding_dimension": DIMENSION, "pooling_mode_mean_tokens": True},
    )


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a tiny model, to be read only."""
    folder = tmp_path_factory.mktemp("models") / "tiny"
    write_model(folder)
    return folder


@pytest.fixture(scope="module")
def encoder(tiny: Path) -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(str(tiny))


@pytest.fixture
def make_model(tiny: Path, tmp_path: Path) -> MakeModel:
    """Return a function that copies the tiny model into a folder of a name."""

    def make(name: str) -> Path:
        return Path(shutil.copytree(tiny, tmp_path / name))

    return make


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Cut the network off and return the list of what was tried to be reached."""
    tried: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        tried.append(arguments)
        raise OSError("the network is cut off")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    # Read from the environment when the library was imported: here it may ask the hub.
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    return tried


@pytest.fixture
def cache(network: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the empty cache of a hub that is offline, as HF_HUB_OFFLINE makes it."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "hub"


def same(one: Vectors, other: Vectors) -> bool:
    return bool(np.allclose(one, other, atol=1e-5))


# Encoding


def test_vectors_are_normalised_rows_of_float32(encoder: SentenceTransformerEncoder) -> None:
    vectors = encoder.encode(TEXTS, "query")
    assert vectors.shape == (len(TEXTS), encoder.dimension) == (4, DIMENSION)
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert not same(vectors[0], vectors[1])


def test_no_texts_make_no_rows(encoder: SentenceTransformerEncoder) -> None:
    vectors = encoder.encode([], "query")
    assert vectors.shape == (0, DIMENSION)
    assert vectors.dtype == np.float32


@pytest.mark.parametrize("text", ["", " ", "\n", "🙂", "x" * 5000])
def test_any_text_has_a_vector(encoder: SentenceTransformerEncoder, text: str) -> None:
    vectors = encoder.encode([text], "passage")
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


def test_a_text_has_the_same_vector_in_any_company(tiny: Path) -> None:
    encoder = SentenceTransformerEncoder(str(tiny), batch_size=3)
    together = encoder.encode(TEXTS, "query")
    for row, text in enumerate(TEXTS):
        assert same(encoder.encode([text], "query")[0], together[row])
    assert same(encoder.encode(TEXTS[::-1], "query"), together[::-1])


def test_many_threads_encode_at_once(encoder: SentenceTransformerEncoder) -> None:
    expected = encoder.encode(TEXTS, "query")
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: encoder.encode(TEXTS, "query"), range(16)):
            assert same(vectors, expected)


# Loading


@pytest.mark.parametrize("offline", ["1", "0", None])
def test_a_folder_is_loaded_without_a_network(
    make_model: MakeModel,
    network: list[object],
    monkeypatch: pytest.MonkeyPatch,
    offline: str | None,
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    if offline:
        monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    loaded = SentenceTransformerEncoder(str(make_model("plain")))
    own = make_model("own")
    write_prompts(own, {"query": "q: ", "document": ""})
    assert same(
        SentenceTransformerEncoder(str(own)).encode(TEXTS, "passage"),
        loaded.encode(TEXTS, "passage"),
    )
    assert loaded.dimension == DIMENSION
    assert network == []


def test_a_static_embedding_model(tmp_path: Path) -> None:
    """No transformer at all: sentence-transformers' StaticEmbedding module."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {"[UNK]": 0, "fee": 1, "deposit": 2}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.eye(3, 4, dtype=np.float32) + 0.1
    module = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[module], device="cpu").save(str(tmp_path / "static"))
    encoder = SentenceTransformerEncoder(str(tmp_path / "static"))
    vectors = encoder.encode(["fee", "deposit", "fee fee"], "query")
    assert encoder.dimension == 4
    assert encoder.model_id.startswith("static@")
    assert same(vectors[0], vectors[2])
    assert not same(vectors[0], vectors[1])


def test_a_name_is_loaded_from_the_hub_s_cache(
    tiny: Path, cache: Path, network: list[object]
) -> None:
    """The id tells two revisions apart, although their name is the same."""
    repository = cache / "models--owner--tiny"
    reference = repository / "refs" / "main"
    reference.parent.mkdir(parents=True)
    shutil.copytree(tiny, repository / "snapshots" / ("1" * 40))
    write_model(repository / "snapshots" / ("2" * 40), seed=2)
    encoders = []
    for revision in "121":
        reference.write_text(revision * 40)
        encoders.append(SentenceTransformerEncoder("owner/tiny"))
    first, second, again = encoders
    assert first.model_id.startswith("owner/tiny@")
    assert first.model_id == again.model_id != second.model_id
    assert not same(first.encode(TEXTS, "query"), second.encode(TEXTS, "query"))
    assert network == []


@pytest.mark.parametrize(
    "spoil",
    [
        shutil.rmtree,
        lambda folder: [file.unlink() for file in folder.iterdir()],
        lambda folder: (folder / "config.json").write_text("{"),
        lambda folder: (folder / "model.safetensors").write_bytes(b"half"),
        lambda folder: (folder / "model.safetensors").unlink(),
        lambda folder: (folder / "tokenizer.json").write_text("[]"),
    ],
    ids=["no folder", "empty folder", "config", "half the weights", "no weights", "tokenizer"],
)
def test_a_model_that_cannot_be_loaded(
    make_model: MakeModel, network: list[object], spoil: Callable[[Path], object]
) -> None:
    folder = make_model("spoilt")
    spoil(folder)
    with pytest.raises(EncoderError) as caught:
        SentenceTransformerEncoder(str(folder))
    message = str(caught.value)
    assert f"The model '{folder}' cannot be loaded" in message
    assert f"Set FAQ_MODEL to '{BUNDLED}'" in message
    assert caught.value.__cause__ is not None
    assert network == []


@pytest.mark.parametrize("offline", ["1", "true", "YES"])
def test_an_unknown_name_is_not_looked_for_where_the_hub_is_offline(
    cache: Path, network: list[object], monkeypatch: pytest.MonkeyPatch, offline: str
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    with pytest.raises(EncoderError, match="'owner/unknown' cannot be loaded"):
        SentenceTransformerEncoder("owner/unknown")
    assert network == []
    assert not cache.exists()


@pytest.mark.parametrize(
    ("name", "offline", "expected"),
    [
        ("owner/name", "0", False),
        ("owner/name", "on", True),
        (str(Path(__file__).parent), "0", True),
    ],
)
def test_only_a_name_is_looked_for_on_the_hub(
    monkeypatch: pytest.MonkeyPatch, name: str, offline: str, expected: bool
) -> None:
    import sentence_transformers

    asked: list[bool] = []

    def load(source: str, *, device: str, local_files_only: bool) -> None:
        asked.append(local_files_only)
        raise ValueError(source)

    monkeypatch.setattr(sentence_transformers, "SentenceTransformer", load)
    monkeypatch.setenv("HF_HUB_OFFLINE", offline)
    with pytest.raises(EncoderError, match="ValueError"):
        SentenceTransformerEncoder(name)
    assert asked == [expected]


# Prompts

_E5 = ("query: ", "passage: ")
_BGE_EN = ("Represent this sentence for searching relevant passages: ", "")
_BGE_ZH = ("为这个句子生成表示以用于检索相关文章：", "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("intfloat/multilingual-e5-small", _E5),
        ("intfloat/e5-base-v2", _E5),
        ("/models/E5_large/", _E5),
        ("models/my.e5", _E5),
        ("BAAI/bge-small-en-v1.5", _BGE_EN),
        ("BAAI/bge-large-en", _BGE_EN),
        ("BAAI/bge-base-zh-v1.5", _BGE_ZH),
        ("BAAI/bge-m3", ("", "")),
        ("sentence-transformers/all-MiniLM-L6-v2", ("", "")),
        ("bundled", ("", "")),
        # Neither a folder above the model's nor a part of a word makes a family.
        ("/data/e5/minilm", ("", "")),
        ("models/note5", ("", "")),
        ("models/e50-small", ("", "")),
    ],
)
def test_prompts_of_known_families(name: str, expected: tuple[str, str]) -> None:
    assert prompts_of(name, {}) == expected
    assert prompts_of(name, {"query": "", "document": ""}) == expected


@pytest.mark.parametrize(
    "name", ["intfloat/e5-mistral-7b-instruct", "intfloat/multilingual-e5-large-instruct"]
)
def test_instructed_families_want_a_task(name: str) -> None:
    query, passage = prompts_of(name, {})
    assert query.startswith("Instruct: ")
    assert query.endswith("\nQuery: ")
    assert passage == ""


@pytest.mark.parametrize(
    ("own", "default", "expected"),
    [
        ({"query": "q ", "document": "d "}, None, ("q ", "d ")),
        ({"query": "q ", "passage": "p "}, None, ("q ", "p ")),
        ({"query": "q "}, None, ("q ", "")),
        ({"document": "d "}, None, ("", "d ")),
        ({"retrieval": "r ", "query": ""}, "retrieval", ("r ", "r ")),
        ({"retrieval": "r ", "query": "q "}, "retrieval", ("q ", "")),
        ({"retrieval": "r "}, None, _E5),
    ],
)
def test_a_model_s_own_prompts_go_before_its_family_s(
    own: dict[str, str], default: str | None, expected: tuple[str, str]
) -> None:
    assert prompts_of("e5-small", own, default) == expected


def test_prompts_stand_in_front_of_the_texts(
    make_model: MakeModel, encoder: SentenceTransformerEncoder
) -> None:
    e5 = SentenceTransformerEncoder(str(make_model("tiny-e5")))
    roles: list[tuple[Role, str]] = [("query", "query: "), ("passage", "passage: ")]
    for role, prompt in roles:
        expected = encoder.encode([prompt + text for text in TEXTS], "query")
        assert same(e5.encode(TEXTS, role), expected)
        assert not same(expected, encoder.encode(TEXTS, "query"))


def test_given_prompts_go_before_all_others(
    make_model: MakeModel, encoder: SentenceTransformerEncoder
) -> None:
    folder = make_model("tiny-e5")
    write_prompts(folder, {"query": "own ", "document": "own ", "all": "all "}, default="all")
    given = SentenceTransformerEncoder(str(folder), query_prompt="so ", passage_prompt="")
    assert same(given.encode(["fee"], "query"), encoder.encode(["so fee"], "query"))
    assert same(given.encode(["fee"], "passage"), encoder.encode(["fee"], "query"))


def test_a_model_s_default_prompt_serves_where_it_names_no_other(
    make_model: MakeModel, encoder: SentenceTransformerEncoder
) -> None:
    folder = make_model("tiny")
    write_prompts(folder, {"all": "all "}, default="all")
    loaded = SentenceTransformerEncoder(str(folder))
    expected = encoder.encode(["all fee"], "query")
    assert same(loaded.encode(["fee"], "query"), expected)
    assert same(loaded.encode(["fee"], "passage"), expected)


# The model's id


def test_the_id_is_the_folder_s_name_and_a_digest(encoder: SentenceTransformerEncoder) -> None:
    name, _, digest = encoder.model_id.partition("@")
    assert name == "tiny"
    assert len(digest) == 16
    assert int(digest, 16) >= 0


def test_the_id_does_not_depend_on_where_the_folder_is(
    make_model: MakeModel,
    encoder: SentenceTransformerEncoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = make_model("tiny")
    monkeypatch.chdir(folder)
    for source in (f"{folder}/", "../tiny", "."):
        assert SentenceTransformerEncoder(source).model_id == encoder.model_id


def test_the_id_does_not_change_with_the_card_and_hidden_files(
    make_model: MakeModel, encoder: SentenceTransformerEncoder
) -> None:
    folder = make_model("tiny")
    (folder / "README.md").write_text("A model, described at length.")
    (folder / ".gitattributes").write_text("*")
    (folder / ".hidden.json").write_text("{}")
    (folder / ".cache" / "download").mkdir(parents=True)
    (folder / ".cache" / "download" / "state.json").write_text("{}")
    assert SentenceTransformerEncoder(str(folder)).model_id == encoder.model_id


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json"])
def test_the_id_changes_with_the_files(
    make_model: MakeModel, encoder: SentenceTransformerEncoder, name: str
) -> None:
    folder = make_model("tiny")
    values = json.loads((folder / name).read_text(encoding="utf-8"))
    write_json(folder / name, {**values, "model_max_length": 32})
    changed = SentenceTransformerEncoder(str(folder)).model_id
    assert changed.startswith("tiny@")
    assert changed != encoder.model_id


def test_the_id_changes_with_the_weights(
    tmp_path: Path, encoder: SentenceTransformerEncoder
) -> None:
    write_model(tmp_path / "tiny", seed=1)
    assert SentenceTransformerEncoder(str(tmp_path / "tiny")).model_id != encoder.model_id


def test_the_id_changes_with_each_prompt(tiny: Path, encoder: SentenceTransformerEncoder) -> None:
    other_query = SentenceTransformerEncoder(str(tiny), query_prompt="x")
    other_passage = SentenceTransformerEncoder(str(tiny), passage_prompt="x")
    assert len({encoder.model_id, other_query.model_id, other_passage.model_id}) == 3
    same_prompts = SentenceTransformerEncoder(str(tiny), query_prompt="", passage_prompt="")
    assert same_prompts.model_id == encoder.model_id


# The model that comes with the program


@pytest.mark.bundled_model
def test_the_bundled_model(bundled_encoder: SentenceTransformerEncoder) -> None:
    twins = [
        ("提现没有到账怎么办", "My withdrawal has not arrived"),
        ("忘记密码怎么办", "I forgot my password"),
        ("手续费是多少", "How much is the fee?"),
        ("如何联系客服", "How do I contact customer support?"),
    ]
    zh = bundled_encoder.encode([pair[0] for pair in twins], "query")
    en = bundled_encoder.encode([pair[1] for pair in twins], "passage")
    assert bundled_encoder.model_id.startswith("bundled@")
    assert zh.shape == en.shape == (len(twins), bundled_encoder.dimension) == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(np.vstack([zh, en]), axis=1), 1, atol=1e-5)
    cosines = zh @ en.T
    strangers = cosines[~np.eye(len(twins), dtype=bool)]
    assert cosines.diagonal().min() > strangers.max()
