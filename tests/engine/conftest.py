"""A small bilingual help centre and an assistant over its index."""

from pathlib import Path

import pytest

from indexer import Index, open_index
from server.engine import Assistant
from server.engine.understanding import Understanding
from tests.engine.centre import BASE, SCORER, build_index
from tests.fakes import FakeEncoder


@pytest.fixture(scope="session")
def index_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an index that no test changes."""
    root = tmp_path_factory.mktemp("engine") / "index"
    build_index(root, BASE)
    return root


@pytest.fixture(scope="session")
def index(index_root: Path) -> Index:
    return open_index(index_root)


@pytest.fixture(scope="session")
def understanding(index: Index) -> Understanding:
    return Understanding(index.knowledge, index.spelling)


@pytest.fixture(scope="session")
def assistant(index_root: Path) -> Assistant:
    return Assistant.open(index_root, encoder=FakeEncoder(), scorer=SCORER)
