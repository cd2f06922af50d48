import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from indexer.bert import Bert
from indexer.training import alignment
from indexer.training.data import DataError
from indexer.training.start import embeddings, main
from indexer.training.vocabulary import SPECIAL, Piece, open_tokenizer
from tests.indexer.training.conftest import call
from tests.indexer.training.corpus import DIMENSION

TOKENS = [*SPECIAL, "ing", "##ing", "wallet", "fee"]
NUMBERS = {token: number for number, token in enumerate(TOKENS)}
TEACHER = np.random.default_rng(0).normal(size=(len(TOKENS), 6)).astype(np.float32)
ING = Piece("ing", 4, (("##ing", 0.75), ("ing", 0.25)))
WALLET, FEE = Piece("wallet", 3, (("wallet", 1.0),)), Piece("fee", 2, (("fee", 1.0),))


def rows_of(pieces, aligned, seed=1):
    rows, came = embeddings(pieces, TEACHER, NUMBERS, aligned, seed)
    return dict(zip((*SPECIAL, *(piece.text for piece in pieces)), rows, strict=True)), came


def test_each_piece_starts_where_its_meaning_is() -> None:
    chinese = [Piece(text, 1) for text in ("钱包", "费", "钱", "费钱", "鼠")]
    aligned = {"钱包": [("wallet", 0.6), ("fee", 0.2), ("gone", 0.2)], "费": [("fee", 0.9)]}
    rows, came = rows_of([ING, WALLET, FEE, *chinese], aligned)
    fee, wallet = TEACHER[NUMBERS["fee"]], TEACHER[NUMBERS["wallet"]]
    for name in SPECIAL:
        np.testing.assert_array_equal(rows[name], TEACHER[NUMBERS[name]])
    np.testing.assert_allclose(rows["ing"], 0.75 * TEACHER[5] + 0.25 * TEACHER[4], rtol=1e-6)
    np.testing.assert_allclose(rows["钱包"], 0.75 * wallet + 0.25 * fee, rtol=1e-5)
    np.testing.assert_allclose(rows["费"], fee, rtol=1e-6)
    np.testing.assert_allclose(rows["钱"], rows["钱包"], rtol=1e-6)
    np.testing.assert_allclose(rows["费钱"], fee, rtol=1e-6)
    away = (rows["鼠"] - TEACHER.mean(axis=0)) / TEACHER.std(axis=0)
    assert 0 < np.abs(away).max() < 0.5
    assert came == {"teacher": 3, "aligned": 2, "words": 1, "characters": 1, "unknown": 1}


def test_unknown_pieces_differ_and_come_again_with_the_seed() -> None:
    pieces = [Piece("鼠", 1), Piece("牛", 1)]
    first, again, other = (rows_of(pieces, {}, seed)[0] for seed in (1, 1, 2))
    assert not np.allclose(first["鼠"], first["牛"])
    np.testing.assert_array_equal(first["鼠"], again["鼠"])
    assert not np.allclose(first["鼠"], other["鼠"])


def test_pieces_of_another_teacher_are_refused() -> None:
    with pytest.raises(DataError, match=r"no token 'cat'.*this teacher's vocabulary"):
        rows_of([Piece("cat", 1, (("cat", 1.0),))], {})


def test_the_body_is_the_teachers_and_the_file_is_half_precision(
    start: Path, teacher: Path
) -> None:
    ours, theirs = load_file(start / "model.safetensors"), load_file(teacher / "model.safetensors")
    words = "embeddings.word_embeddings.weight"
    assert ours.keys() == theirs.keys()
    assert {weight.dtype for weight in ours.values()} == {np.dtype(np.float16)}
    for name in ours.keys() - {words}:
        np.testing.assert_array_equal(ours[name], theirs[name].astype(np.float16))
    wallet = ours[words][open_tokenizer(start).token_to_id("wallet")]
    here = theirs[words][open_tokenizer(teacher).token_to_id("wallet")]
    np.testing.assert_array_equal(wallet, here.astype(np.float16))


def test_a_chinese_word_lies_where_its_english_ones_do(start: Path, pieces: Path) -> None:
    weights = load_file(start / "model.safetensors")["embeddings.word_embeddings.weight"]
    tokenizer = open_tokenizer(start)
    english = dict(alignment.read(pieces))["手续费"]
    shares = np.array([share for _, share in english])
    rows = weights[[tokenizer.token_to_id(piece) for piece, _ in english]].astype(float)
    here = weights[tokenizer.token_to_id("手续费")].astype(float)
    np.testing.assert_allclose(here, shares @ rows / shares.sum(), atol=2e-3)


def test_plain_sentence_transformers_opens_it_and_so_does_the_server(start: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(start), device="cpu", local_files_only=True)
    assert model.max_seq_length == 64
    assert [type(module).__name__ for module in model] == ["Transformer", "Pooling", "Normalize"]
    assert not any(model.prompts.values())
    texts = ["打开钱包", "open the wallet", "怎么更改 password"]
    vectors = model.encode(texts)
    assert vectors.shape == (3, DIMENSION)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(Bert(start, exact=True).encode(texts), vectors, atol=1e-4)


def test_a_teacher_that_is_no_bert_is_refused(pieces: Path, tmp_path: Path) -> None:
    (tmp_path / "teacher").mkdir()
    arguments = ("--pieces", pieces, "--out", tmp_path / "out", "--teacher", tmp_path / "teacher")
    assert "config.json cannot be read" in call(main, *arguments, status=2)
    (tmp_path / "teacher" / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    assert "model_type is 'gpt2', not 'bert'" in call(main, *arguments, status=2)
    assert not (tmp_path / "out").exists()
