"""Every page in a real browser: nothing is asked of the network, nothing is amiss for axe-core."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from evaluation import evaluate, files, render, summarise
from evaluation.calibrating import fit
from evaluation.calibration_report import render_calibration
from evaluation.comparison import compare, tolerance
from evaluation.comparison_report import render_comparison
from evaluation.gapping import gaps
from evaluation.gaps_report import render_gaps
from evaluation.hardening import harden
from evaluation.logged import facts, misses, read_log
from evaluation.robustness_report import render_robustness
from evaluation.twinning import examine
from evaluation.twins_report import render_twins
from indexer.settings import Settings
from server.engine import Assistant
from tests.browser import complaints_of, opened, requests_of, violations
from tests.evaluation import labelled
from tests.evaluation.conftest import ARTICLES, QRELS, TOLD, TOPICS
from tests.evaluation.logs import write_log
from tests.evaluation.standins import FakeAssistant
from tests.evaluation.test_comparison import CHANGED, saved
from tests.evaluation.test_gaps import LOG
from tests.fakes import FakeEncoder

NAMES = ("report", "comparison", "calibration", "robustness", "twins", "gaps")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write each page with something of everything on it."""
    folder = tmp_path_factory.mktemp("pages")
    small = evaluate(FakeAssistant(ARTICLES, TOLD), TOPICS, QRELS)
    both = saved(folder / "a", TOLD), saved(folder / "b", CHANGED)
    allowed = [tolerance("Precision@answered=0.05")]
    comparison = compare(*map(files.read, both), tolerances=allowed)
    scorer = labelled.scorer(-7.0)
    labelled.build_index(folder / "index")
    assistant = Assistant.open(folder / "index", encoder=FakeEncoder(), scorer=scorer)
    topics, qrels = labelled.questions(240)
    evaluation = evaluate(assistant, topics, qrels)
    fitted = fit(evaluation, assistant.index, scorer, 0.9)
    entries = read_log(Settings({"database": write_log(folder, LOG)}))
    missed = misses(entries)
    found = gaps(assistant, missed, alike=0.7)
    html = {
        "report": render(small, summarise(small), "zh"),
        "comparison": render_comparison(comparison, "zh", allowed),
        "calibration": render_calibration(fitted, evaluation, "zh", written=True),
        "robustness": render_robustness(
            assistant, 20, harden(assistant, topics[:20], qrels[:15], ["typos", "polite"]), "zh"
        ),
        "twins": render_twins(assistant, examine(assistant, 0.9), "zh"),
        "gaps": render_gaps(assistant, found, facts(entries, missed), "zh"),
    }
    assert tuple(html) == NAMES
    for name, text in html.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in html}


def unfolded(page: Page, file: Path) -> Page:
    page.goto(file.as_uri())
    for _ in range(3):  # details within details
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    return page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_needs_no_network_and_has_no_violation(
    page: Page, pages: dict[str, Path], name: str
) -> None:
    unfolded(page, pages[name])
    assert requests_of(page) == [pages[name].as_uri()]
    assert violations(page) == []
    assert complaints_of(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_page_in_the_dark_in_english_on_a_telephone(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    with opened(browser, colours="dark", lang="en", width=390, height=844) as page:
        unfolded(page, pages[name])
        page.locator("label[for=show-en]").click()
        assert violations(page) == []
        # Wide tables scroll in their own box: the page itself does not.
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert colour == "rgb(20, 23, 26)"


def test_the_reader_chooses_the_language(page: Page, pages: dict[str, Path]) -> None:
    unfolded(page, pages["report"])
    heading = page.locator("h1")
    assert heading.inner_text() == "检索评测报告"
    page.locator("label[for=show-en]").click()
    assert heading.inner_text() == "Evaluation report"
    # By keyboard as well.
    page.locator("#show-en").press("ArrowLeft")
    assert heading.inner_text() == "检索评测报告"


def test_a_step_unfolds_by_keyboard_to_why(page: Page, pages: dict[str, Path]) -> None:
    page.goto(pages["report"].as_uri())
    step = page.locator(".steps > li > details").first
    assert not step.locator(".how").is_visible()
    step.locator("> summary").press("Enter")
    assert step.locator(".how").is_visible()
    failure = step.locator(".failures details").first
    failure.locator("summary").press("Enter")
    assert failure.locator("dl").is_visible()


def test_a_planted_fault_would_be_found(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "bad.html"
    file.write_text("<html><img src='https://example.invalid/x.png'></html>", encoding="utf-8")
    page.goto(file.as_uri())
    assert any("image-alt" in found for found in violations(page))
    assert "https://example.invalid/x.png" in requests_of(page)
