"""The help centre on a port of this machine."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from server.desk import Desk
from server.engine import Assistant
from server.web.keys import new_key
from tests.web.browser.sites import Gate, bound, embedding, origin, served
from tests.web.centre import app_over, open_desk

AGENT_KEY, _ROW = new_key("ann", "agent")


@dataclass(frozen=True)
class Site:
    """The help centre (`home`), a shop that may embed its box, and one that may not."""

    home: str
    gate: Gate
    desk: Desk
    shop: str
    stranger: str


@pytest.fixture(scope="module")
def site(assistant: Assistant) -> Iterator[Site]:
    desk = open_desk()
    listeners = [bound() for _ in range(3)]
    home, shop, stranger = map(origin, listeners)
    app = app_over(assistant, desk, cors_origins=[shop], api_keys=[_ROW])
    gate = Gate(app)
    page = embedding(
        home,
        f'<faq-search server="{home}" lang="zh"></faq-search>'
        f'<faq-search server="{home}" lang="en" theme="dark"></faq-search>',
    )
    with served(gate, listeners[0]), served(page, listeners[1]), served(page, listeners[2]):
        yield Site(home, gate, desk, shop, stranger)


@pytest.fixture(autouse=True)
def _gate_open(site: Site) -> Iterator[None]:
    yield
    site.gate.open()
    site.gate.status = None
