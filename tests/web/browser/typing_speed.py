"""Measures how long after a key suggestions are on the screen, with a real server and browser.

    python -m tests.web.browser.typing_speed http://127.0.0.1:8000

Types titles of the help centre as people do, a key every 150 ms, and prints as JSON the time from
the last key to the frame that shows the suggestions for it: the wait for the next key (70 ms)
included, for a reader who stops after every key. No test: it says as much about the machine.
"""

import json
import statistics
import sys

from playwright.sync_api import Page, sync_playwright

from tests.browser import executable

_KEY_MS = 150
_TITLES = 12
_KEYS = 8

# Notes the time of every key, and of the frame after the list of suggestions changed.
_WATCH = """
() => {
  const root = document.querySelector('faq-search').shadowRoot;
  let typed = null;
  window.shown = [];
  root.querySelector('input').addEventListener('input', () => { typed = performance.now(); }, true);
  new MutationObserver(() => requestAnimationFrame(() => {
    if (typed === null || root.querySelector('ul').hidden) return;
    window.shown.push(performance.now() - typed);
    typed = null;
  })).observe(root.querySelector('ul'), { childList: true });
}
"""


def measured(page: Page, address: str) -> list[float]:
    """Return the milliseconds from each key to its suggestions; none where none came."""
    page.goto(f"{address}/articles/")
    titles = page.locator(".titles a").all_inner_texts()
    page.goto(f"{address}/")
    page.evaluate(_WATCH)
    field = page.get_by_role("combobox")
    for title in titles[:: max(1, len(titles) // _TITLES)]:
        field.fill("")
        field.press_sequentially(title[:_KEYS], delay=_KEY_MS)
        page.wait_for_timeout(500)
    return list(page.evaluate("window.shown"))


def main(server: str) -> None:
    """Print the figures for both languages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=["--no-sandbox"])
        figures = {}
        for lang in ("zh", "en"):
            times = measured(browser.new_page(), f"{server}/{lang}")
            cuts = statistics.quantiles(times, n=20)
            figures[lang] = {
                "keys": len(times),
                "p50_ms": round(statistics.median(times)),
                "p95_ms": round(cuts[18]),
            }
        browser.close()
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
