import hashlib
import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from indexer.training.checkpoint import write_checkpoint
from indexer.training.data import DataError
from indexer.training.model import Student
from indexer.training.publish import hashes, main, mixed, model_files, publish
from tests.indexer.training.conftest import call

WORDS = "embeddings.word_embeddings.weight"
POOLER = "pooler.dense.weight"


@pytest.fixture
def run(start: Path, tmp_path: Path) -> Path:
    """Return the folder of a run that added one to each weight."""
    body = Student.open(start).body.state_dict()
    folder = tmp_path / "run"
    folder.mkdir()
    write_checkpoint({"step": 5, "average": {n: w + 1 for n, w in body.items()}}, folder)
    return folder


def test_a_mixture_lies_between_the_two() -> None:
    start = {"a": torch.tensor([0.0, 4.0]), "left": torch.tensor([1.0]), "n": torch.tensor([7])}
    trained = {"a": torch.tensor([1.0, 0.0]), "n": torch.tensor([9])}
    found = mixed(start, trained, 0.25)
    assert found["a"].tolist() == [0.25, 3.0]
    assert found["a"].dtype == torch.float16
    assert found["left"].tolist() == [1.0]
    assert found["n"].tolist() == [7]
    assert mixed(start, trained, 0)["a"].tolist() == [0.0, 4.0]
    assert mixed(start, trained, 1)["a"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("trained", [{"b": torch.zeros(2)}, {"a": torch.zeros(3)}])
def test_another_model_is_refused(trained: dict[str, torch.Tensor]) -> None:
    with pytest.raises(DataError, match="fits nothing in --start: another model"):
        mixed({"a": torch.zeros(2)}, trained, 1)


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_folder_is_the_start_with_the_weights_of_the_run(
    run: Path, start: Path, tmp_path: Path, share: float
) -> None:
    publish(run, start, tmp_path / "out", share)
    before, after = (
        load_file(folder / "model.safetensors") for folder in (start, tmp_path / "out")
    )
    assert after.keys() == before.keys()
    assert {weight.dtype for weight in after.values()} == {torch.float16}
    torch.testing.assert_close(
        after[WORDS].float(), before[WORDS].float() + share, atol=2e-3, rtol=0
    )
    assert torch.equal(after[POOLER], before[POOLER])
    for name in ("tokenizer.json", "config.json", "modules.json", "1_Pooling/config.json"):
        assert (tmp_path / "out" / name).read_bytes() == (start / name).read_bytes()
    told = json.loads((tmp_path / "out" / "training.json").read_text())
    assert told == {"step": 5, "share": share}
    assert Student.open(tmp_path / "out")(["打开钱包"]).shape == (1, 32)


def test_a_third_model_is_mixed_in(run: Path, start: Path, tmp_path: Path) -> None:
    publish(run, start, tmp_path / "trained", 1)
    publish(run, start, tmp_path / "out", 0, beside=(tmp_path / "trained", 0.25))
    first, third, mixture = (
        load_file(folder / "model.safetensors")[WORDS].float()
        for folder in (start, tmp_path / "trained", tmp_path / "out")
    )
    torch.testing.assert_close(mixture, 0.75 * first + 0.25 * third, atol=2e-3, rtol=0)
    told = json.loads((tmp_path / "out" / "training.json").read_text())
    assert told == {"step": 5, "share": 0, "beside": 0.25}


def test_the_command_prints_the_hashes(run: Path, start: Path, tmp_path: Path) -> None:
    told = call(main, run, "--start", start, "--out", tmp_path / "out")
    weights = (tmp_path / "out" / "model.safetensors").read_bytes()
    assert f"{hashlib.sha256(weights).hexdigest()}  model.safetensors\n" in told
    assert len(told.splitlines()) == len(model_files(tmp_path / "out"))


def test_the_hashes_are_of_all_files_but_the_card_and_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/config.json", "a.json", "README.md", "b/README.md", ".git/x", ".x"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    found = hashes(tmp_path)
    assert list(found) == ["a.json", "b/README.md", "b/config.json"]
    assert found["a.json"] == hashlib.sha256(b"a.json").hexdigest()


def test_neither_card_nor_hidden_files_of_the_start_come_along(
    run: Path, start: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old"
    publish(run, start, old, 0)
    (old / "README.md").write_text("version 1")
    (old / ".hidden").touch()
    publish(run, old, tmp_path / "new", 1)
    assert not (tmp_path / "new" / "README.md").exists()
    assert not (tmp_path / "new" / ".hidden").exists()


def test_too_large_a_model_is_told(run: Path, start: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"holds .* bytes, 1,000 are allowed"):
        publish(run, start, tmp_path / "out", 1, largest=1000)


def test_faults_are_told_in_one_line(run: Path, start: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    out = ("--out", tmp_path / "out")
    told = call(main, tmp_path / "empty", "--start", start, *out, status=2)
    assert "checkpoint.pt cannot be read" in told
    told = call(main, run, "--start", tmp_path / "empty", *out, status=2)
    assert "model.safetensors cannot be read" in told
    assert "is there already" in call(main, run, "--start", start, "--out", start, status=2)
    assert "--share" in call(main, run, "--start", start, *out, "--share", 2, status=2)
    assert not (tmp_path / "out").exists()
