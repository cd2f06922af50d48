"""What the tests of the indexer share."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

WriteFiles = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def write_kb(tmp_path: Path) -> WriteFiles:
    """Return a function that writes files by name below an empty folder and returns that folder.

    Bytes and line ends are kept as they are given.
    """

    def write(files: Mapping[str, str | bytes]) -> Path:
        folder = tmp_path / "kb"
        for name, content in files.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write
