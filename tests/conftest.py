"""What every test may use; stand-ins for the slow parts are in tests/fakes.py."""

import os

import pytest
from hypothesis import settings

from tests.fakes import FakeEncoder

# How long an example takes says more about the machine than about the code.
settings.register_profile("faq", deadline=None)
settings.load_profile("faq")


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FAQ_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def encoder() -> FakeEncoder:
    """Return an encoder that needs no model."""
    return FakeEncoder()
