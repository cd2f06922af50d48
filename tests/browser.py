"""A real browser for tests of pages: the system's Chromium, driven by Playwright, checked by axe.

A test takes the fixture `page`, or opens more with `opened`. Whatever a page asks the network for
is in `requests_of(page)`, what it complains of in `complaints_of(page)`.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
_MISSING = (
    "no Chromium is installed: `apt-get install chromium`, or name one in FAQ_TEST_BROWSER "
    "(with CI set this is an error)"
)

# Read at import: tests take every FAQ_ variable out of the environment.
_NAMED = os.environ.get("FAQ_TEST_BROWSER")

# Kept by page: Playwright's objects take no attributes of ours.
_requests: dict[Page, list[str]] = {}
_complaints: dict[Page, list[str]] = {}


def executable() -> str | None:
    """Return the browser's path, None where there is none."""
    names = (_NAMED,) if _NAMED else _NAMES
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium; one for a module, so that no event loop outlives it."""
    path = executable()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    with sync_playwright() as playwright:
        # Root in a container may not use Chromium's sandbox, and /dev/shm may be small there.
        options = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        chromium = playwright.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return an empty page of a fresh profile, as on a desktop, in light colours and Chinese."""
    with opened(browser) as fresh:
        yield fresh


@contextlib.contextmanager
def opened(
    browser: Browser,
    *,
    colours: Literal["light", "dark"] = "light",
    lang: str = "zh-CN",
    width: int = 1280,
    height: int = 900,
    **options: Any,
) -> Iterator[Page]:
    """Open an empty page of a fresh profile; `options` go to Playwright's `new_context`."""
    size = {"width": width, "height": height}
    context = browser.new_context(
        color_scheme=colours, locale=lang, viewport=size, reduced_motion="reduce", **options
    )
    context.set_default_timeout(15_000)
    fresh = context.new_page()
    requests = _requests.setdefault(fresh, [])
    complaints = _complaints.setdefault(fresh, [])

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    fresh.on("request", lambda request: requests.append(request.url))
    fresh.on("console", heard)
    fresh.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield fresh
    finally:
        _requests.pop(fresh, None)
        _complaints.pop(fresh, None)
        context.close()


def requests_of(page: Page) -> list[str]:
    """Return the addresses that `page` has asked for, its own included, in order."""
    return list(_requests[page])


def complaints_of(page: Page) -> list[str]:
    """Return the errors and warnings of the page's console, uncaught exceptions included."""
    return list(_complaints[page])


def violations(page: Page) -> list[str]:
    """Return what axe-core finds amiss on `page`: the rule, and where; `[]` is as it should be."""
    found: dict[str, Any] = Axe().run(page).response
    return [
        f"{rule['id']}: {rule['help']} — {node['target']}: {node['html'][:160]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
