"""What the tests of the training share: made once, only read."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import torch
from click.testing import CliRunner

from tests.indexer.training import corpus


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Keep torch from waiting for cores that others use: a tiny model gains nothing by a second."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a tiny teacher."""
    folder = tmp_path_factory.mktemp("teacher") / "teacher"
    corpus.write_teacher(folder)
    return folder


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder."""
    folder = tmp_path_factory.mktemp("data")
    corpus.write_data(folder)
    return folder


def call(command: click.Command, *arguments: object, status: int = 0) -> str:
    """Run a command as a user does and return what it printed."""
    result = CliRunner().invoke(command, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output
    return result.output


@pytest.fixture(scope="session")
def pieces(data: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a vocabulary and its alignment, made by the commands."""
    from indexer.training import alignment, vocabulary

    folder = tmp_path_factory.mktemp("pieces") / "pieces"
    call(
        vocabulary.main, "--data", data, "--out", folder, "--teacher", teacher,
        "--english", 80, "--chinese", 6790,
    )  # fmt: skip
    call(alignment.main, "--data", data, "--pieces", folder, "--rounds", 20)
    return folder


@pytest.fixture(scope="session")
def start(pieces: Path, teacher: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the student to start from."""
    from indexer.training.start import main

    folder = tmp_path_factory.mktemp("start") / "start"
    call(main, "--pieces", pieces, "--out", folder, "--teacher", teacher)
    return folder
