"""The app over a small real index."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from server.engine import Assistant
from tests.web.centre import app_over, build_index, open_assistant, opened


@pytest.fixture(scope="session", autouse=True)
def _desks_closed() -> Iterator[None]:
    yield
    for desk, folder in opened:
        desk.stop()
        folder.cleanup()
    opened.clear()


@pytest.fixture(scope="session")
def index_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an index that no test changes."""
    root = tmp_path_factory.mktemp("index")
    build_index(root)
    return root


@pytest.fixture(scope="session")
def assistant(index_root: Path) -> Assistant:
    return open_assistant(index_root)


@pytest.fixture(scope="session")
def app(assistant: Assistant) -> OpenAPI:
    return app_over(assistant)


@pytest.fixture
def client(app: OpenAPI) -> FlaskClient:
    return app.test_client()
