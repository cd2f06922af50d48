import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor

from indexer.training.batches import Batches, Sizes
from indexer.training.checkpoint import CHECKPOINT, read_checkpoint, write_checkpoint
from indexer.training.data import DataError, read_clusters, read_pairs, read_parallel
from indexer.training.joint import LOG, Run, main
from indexer.training.model import Student
from indexer.training.plan import Plan, schedule
from indexer.training.teacher import Teacher, open_teacher
from tests.indexer.training.conftest import call

# An epoch ends at step 3 and again at 6: a break at 4 falls between two looks for neighbours.
PLAN = Plan(steps=7, warmup=2, every=2, rate=3e-3, embedding_rate=9e-3)
SIZES = Sizes(parallel=6, english=2, clusters=4, wordings=2, answers=2)


class PowerCutError(Exception):
    """The machine went dark."""


def run_of(data: Path, start: Path, teach: Teacher, out: Path, plan: Plan = PLAN) -> Run:
    out.mkdir(exist_ok=True)
    batches = Batches(
        read_parallel(data, 1), read_pairs(data, 1),
        read_clusters(data / "clusters" / "train.jsonl"), SIZES, 1,
    )  # fmt: skip
    return Run(plan, Student.open(start), teach, batches, out)


@pytest.fixture(scope="module")
def teach(teacher: Path) -> Teacher:
    return open_teacher(teacher)


@pytest.fixture(scope="module")
def whole(
    data: Path, start: Path, teach: Teacher, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the folder of a run without a break."""
    out = tmp_path_factory.mktemp("runs") / "whole"
    run_of(data, start, teach, out).train(read_clusters(data / "held.jsonl"))
    return out


def test_a_killed_run_goes_on_to_the_same_end(
    whole: Path, data: Path, start: Path, teach: Teacher, tmp_path: Path
) -> None:
    calls = 0

    def until_killed(texts: Sequence[str]) -> Tensor:
        nonlocal calls
        calls += 1
        if calls == 6:
            raise PowerCutError
        return teach(texts)

    torch.manual_seed(12345)
    with pytest.raises(PowerCutError):
        run_of(data, start, until_killed, tmp_path / "run").train(())
    assert read_checkpoint(tmp_path / "run")["step"] == 4
    torch.manual_seed(54321)
    run_of(data, start, teach, tmp_path / "run").train(())
    one, other = read_checkpoint(whole), read_checkpoint(tmp_path / "run")
    assert one["step"] == other["step"] == 7
    for part in ("body", "average"):
        for name, weight in one[part].items():
            torch.testing.assert_close(other[part][name], weight, rtol=0, atol=0, msg=name)


def test_it_trains(whole: Path, start: Path) -> None:
    saved, before = read_checkpoint(whole), Student.open(start).body.state_dict()
    words = "embeddings.word_embeddings.weight"
    assert not torch.equal(saved["body"][words], before[words])
    # The mean lies between where it began and where it is.
    assert not torch.equal(saved["average"][words], saved["body"][words])


def test_it_measures_at_each_checkpoint(whole: Path) -> None:
    rows = [json.loads(line) for line in (whole / LOG).read_text().splitlines()]
    held = [row for row in rows if "held" in row]
    assert [row["step"] for row in held] == [2, 4, 6, 7]
    assert held[0]["held"].keys() == {"en-en", "en-zh", "zh-en", "zh-zh", "near"}


def test_the_losses_fall(data: Path, start: Path, teach: Teacher, tmp_path: Path) -> None:
    plan = Plan(steps=60, warmup=2, every=100, rate=3e-3, embedding_rate=9e-3)
    run_of(data, start, teach, tmp_path / "run", plan).train(())
    rows = [json.loads(line) for line in (tmp_path / "run" / LOG).read_text().splitlines()]
    first, last = rows[0], rows[-1]
    assert (first["step"], last["step"]) == (20, 60)
    for loss in ("zh", "contrast"):
        assert last[loss] < first[loss]


def test_a_checkpoint_of_an_older_version_is_read(
    whole: Path, data: Path, start: Path, teach: Teacher, tmp_path: Path
) -> None:
    saved = read_checkpoint(whole)
    old = {name: saved[name] for name in ("body", "average", "optimiser")} | {"step": 6}
    write_checkpoint(old, tmp_path)
    run_of(data, start, teach, tmp_path).train(())
    assert read_checkpoint(tmp_path)["step"] == 7


def test_a_run_goes_on_at_the_rate_it_is_given(
    whole: Path, data: Path, start: Path, teach: Teacher, tmp_path: Path
) -> None:
    write_checkpoint(read_checkpoint(whole), tmp_path)
    still = Plan(steps=8, warmup=2, rate=0.0, embedding_rate=0.0)
    run_of(data, start, teach, tmp_path, still).train(())
    one, other = read_checkpoint(whole)["body"], read_checkpoint(tmp_path)["body"]
    assert all(torch.equal(weight, other[name]) for name, weight in one.items())


def test_a_checkpoint_of_another_model_is_refused(
    data: Path, start: Path, teach: Teacher, tmp_path: Path
) -> None:
    write_checkpoint({"step": 1, "body": {}, "average": {}, "optimiser": {}}, tmp_path)
    with pytest.raises(DataError, match="of another model than --start"):
        run_of(data, start, teach, tmp_path)


def test_a_broken_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / CHECKPOINT).write_bytes(b"half a file")
    with pytest.raises(DataError, match=r"checkpoint\.pt cannot be read"):
        read_checkpoint(tmp_path)


def test_the_rate_rises_and_falls() -> None:
    plan = Plan(steps=110, warmup=10)
    rates = [schedule(step, plan) for step in range(111)]
    assert rates[0] == pytest.approx(0.1)
    assert rates[9] == rates[10] == pytest.approx(1)
    assert rates[60] == pytest.approx(0.05 + 0.95 / 2)
    assert rates[110] == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"--clusters": "gone.jsonl"}, "gone.jsonl cannot be read"),
        ({"--held": "gone.jsonl"}, "gone.jsonl cannot be read"),
        ({"--clusters": None}, "Name paraphrase clusters with --clusters"),
        ({"--data": "."}, "holds no *.jsonl.gz"),
        ({"--start": "."}, "holds no model that transformers reads"),
    ],
)
def test_faults_are_told_in_one_line(
    change: dict[str, str | None], message: str, data: Path, start: Path, teacher: Path,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    options = {
        "--data": data, "--clusters": data / "clusters" / "train.jsonl", "--start": start,
        "--teacher": teacher, "--out": "run", **change,
    }  # fmt: skip
    given = [part for name, value in options.items() if value for part in (name, value)]
    told = call(main, *given, status=2)
    assert message in told
    assert "Traceback" not in told
    assert not Path("run").exists()
