"""What every test may use; stand-ins for the slow parts are in tests/fakes.py."""

import os

import pytest
from hypothesis import settings

from indexer.encoder import SentenceTransformerEncoder
from tests.fakes import FakeEncoder

# The fixtures `browser` and `page`.
pytest_plugins = ["tests.browser"]

# How long an example takes says more about the machine than about the code.
settings.register_profile("faq", deadline=None)
settings.load_profile("faq")


def pytest_configure(config: pytest.Config) -> None:
    """Name the markers, so that `-m "not bundled_model"` leaves the slow part out."""
    config.addinivalue_line("markers", "bundled_model: loads the model in indexer/model (seconds)")


@pytest.fixture(scope="session")
def bundled_encoder() -> SentenceTransformerEncoder:
    """Return the encoder in indexer/model; a test that uses it is marked `bundled_model`."""
    return SentenceTransformerEncoder()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FAQ_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def encoder() -> FakeEncoder:
    """Return an encoder that needs no model."""
    return FakeEncoder()
