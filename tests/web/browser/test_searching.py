"""Typing, choosing and reading in the search box."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import complaints_of, opened, requests_of
from tests.web.browser.box import Box
from tests.web.browser.conftest import Site
from tests.web.centre import SECRET

# Longer than the box waits for the next key (ms).
_PAUSE = 200


@pytest.fixture
def box(page: Page, site: Site) -> Box:
    page.goto(f"{site.home}/zh/")
    return Box(page)


def suggestions_asked(page: Page) -> list[str]:
    return [address for address in requests_of(page) if "/v1/suggest" in address]


def test_a_suggestion_is_picked_by_keyboard_and_its_article_read(box: Box) -> None:
    box.input.press_sequentially("充值")
    expect(box.options.first).to_be_visible()
    expect(box.input).to_have_attribute("aria-expanded", "true")
    expect(box.said).to_contain_text("条建议")
    box.input.press("ArrowDown")
    box.input.press("ArrowDown")
    expect(box.selected).to_have_count(1)
    expect(box.options.nth(1)).to_have_attribute("aria-selected", "true")
    expect(box.input).to_have_attribute("aria-activedescendant", "o1")
    wanted = box.options.nth(1).inner_text()
    box.input.press("Enter")
    expect(box.answer.get_by_role("heading")).to_have_text(wanted)
    expect(box.answer).to_contain_text("您选择的文章")
    expect(box.options).to_have_count(0)
    assert box.focused() == "q"


def test_arrows_go_round_by_the_input_and_escape_closes(box: Box) -> None:
    box.input.fill("充值")
    expect(box.options.first).to_be_visible()
    count = box.options.count()
    box.input.press("ArrowUp")
    expect(box.options.nth(count - 1)).to_have_attribute("aria-selected", "true")
    box.input.press("ArrowDown")
    expect(box.selected).to_have_count(0)
    expect(box.input).not_to_have_attribute("aria-activedescendant", re.compile("."))
    box.input.press("Escape")
    expect(box.options).to_have_count(0)
    expect(box.input).to_have_attribute("aria-expanded", "false")
    expect(box.input).to_have_value("充值")
    box.input.press("ArrowDown")
    expect(box.options.first).to_be_visible()
    box.input.press("Escape")
    box.input.press("Escape")
    expect(box.input).to_have_value("")


def test_a_suggestion_is_picked_by_mouse(box: Box) -> None:
    box.input.fill("如何")
    box.options.first.click()
    expect(box.answer.get_by_role("heading")).to_have_text("如何充值？")
    expect(box.input).to_have_value("如何充值？")


def test_an_answer_says_how_sure_it_is_and_marks_what_was_asked(box: Box) -> None:
    box.ask("充值没有到账怎么办")
    expect(box.answer).to_contain_text("这很可能就是您要的答案")
    expect(box.answer).to_contain_text("先在区块浏览器查交易哈希。")
    assert "到账" in box.answer.locator("mark").all_inner_texts()
    assert not re.search(r"\d ?%|0\.\d", box.answer.inner_text())
    expect(box.said).to_have_text("这很可能就是您要的答案: 充值没有到账怎么办？")
    assert box.focused() == "q"


def test_choices_are_asked_and_one_is_opened(box: Box) -> None:
    box.ask("如何充值")
    expect(box.host).to_contain_text("您想问的是")
    box.button("充值没有到账怎么办？").click()
    expect(box.answer.get_by_role("heading")).to_have_text("充值没有到账怎么办？")


def test_the_other_language_is_answered_in_its_own(browser: Browser, site: Site) -> None:
    with opened(browser, lang="en-GB") as page:
        page.goto(f"{site.home}/en/")
        box = Box(page)
        expect(box.input).to_have_accessible_name("What do you need help with?")
        box.ask("what are network fees")
        expect(box.answer).to_contain_text("Very likely what you are looking for")
        expect(box.answer.locator("mark")).to_have_text(["fees"])
        box.ask("充值没有到账怎么办")
        expect(box.answer.get_by_role("heading")).to_have_text("充值没有到账怎么办？")


def test_a_section_of_a_long_article_is_shown_alone(browser: Browser, site: Site) -> None:
    with opened(browser, lang="en-GB") as page:
        page.goto(f"{site.home}/en/")
        box = Box(page)
        box.input.fill("how long does unbonding")
        box.options.first.click()
        expect(box.answer).to_contain_text("Unbonding takes 21 days.")
        expect(box.answer).not_to_contain_text("Lock coins")


def test_nothing_is_searched_while_an_input_method_composes(box: Box, page: Page) -> None:
    """By the browser's own input-method interface, as a Chinese keyboard uses it."""
    box.input.focus()
    page.clock.install()
    method = page.context.new_cdp_session(page)
    for typed in ("c", "ch", "chong", "chong zhi"):
        method.send(
            "Input.imeSetComposition",
            {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)},
        )
    page.clock.run_for(_PAUSE)
    assert suggestions_asked(page) == []
    assert not [x for x in requests_of(page) if "/v1/ask" in x]
    method.send("Input.insertText", {"text": "充值"})
    page.clock.run_for(_PAUSE)
    expect(box.options.first).to_be_visible()
    expect(box.input).to_have_value("充值")
    assert len(suggestions_asked(page)) == 1
    box.input.press("ArrowDown")
    # Enter that is the input method's: some browsers send it when the composition is over already.
    for told in ({"keyCode": 229}, {"isComposing": True}):
        box.input.dispatch_event("keydown", {"key": "Enter", "bubbles": True} | told)
    expect(box.selected).to_have_count(1)
    assert not [x for x in requests_of(page) if "/v1/ask" in x]
    box.input.press("Enter")
    expect(box.answer).to_be_visible()


def test_typing_fast_asks_once_and_typing_again_asks_no_more(box: Box, page: Page) -> None:
    box.input.focus()
    page.clock.install()  # the box waits for the next key by a clock that stands still
    box.input.press_sequentially("充值没有")
    assert suggestions_asked(page) == []
    page.clock.run_for(_PAUSE)
    expect(box.options.first).to_be_visible()
    assert len(suggestions_asked(page)) == 1
    with page.expect_response("**/v1/suggest*"):
        box.input.press("Backspace")
        page.clock.run_for(_PAUSE)
    box.input.press_sequentially("有")
    expect(box.options.first).to_be_visible()  # at once: it is known
    page.clock.run_for(_PAUSE)
    assert len(suggestions_asked(page)) == 2


def test_what_is_asked_for_in_vain_is_called_off(box: Box, page: Page, site: Site) -> None:
    site.gate.shut()
    gone: list[str | None] = []
    page.on("requestfailed", lambda request: gone.append(request.failure))
    with page.expect_request("**/v1/suggest*"):
        box.input.fill("充")
    with page.expect_request("**/v1/suggest*"):
        box.input.fill("充值")
    site.gate.open()
    expect(box.options.first).to_be_visible()
    assert gone == ["net::ERR_ABORTED"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_secret_is_taken_out_of_the_field_and_warned_of(
    browser: Browser, site: Site, lang: str
) -> None:
    with opened(browser) as page:
        page.goto(f"{site.home}/{lang}/")
        box = Box(page)
        box.ask(SECRET)
        expect(box.alert).to_contain_text({"zh": "助记词", "en": "mnemonic"}[lang])
        expect(box.input).to_have_value("")
        assert "abandon" not in page.content() + page.url
        # What looks like one is not even sent to be completed.
        assert suggestions_asked(page) == []


def test_a_key_is_not_sent_while_it_is_typed(box: Box, page: Page) -> None:
    page.clock.install()
    for text in ("4c0883a69102937d6231471b5dbb6204", "zoo zoo zoo zoo zoo", "的 一 是 在"):
        box.input.fill(text)
        page.clock.run_for(_PAUSE)
    assert suggestions_asked(page) == []


def test_a_script_in_an_article_or_a_question_does_nothing(browser: Browser, site: Site) -> None:
    with opened(browser, lang="en-GB") as page:
        told: list[str] = []
        page.on("dialog", lambda dialog: (told.append(dialog.message), dialog.dismiss()))
        page.goto(f"{site.home}/en/")
        box = Box(page)
        box.ask('Show <b>bold</b> & "quoted" text')
        heading = box.answer.get_by_role("heading")
        expect(heading).to_have_text('Show <b>bold</b> & "quoted" text')
        expect(box.answer).to_contain_text("<script>alert(1)</script>")
        assert box.host.locator("script, img, b").count() == 0
        assert box.answer.locator(".prose a").count() == 0
        attack = '"><img src=x onerror=alert(9)><script>alert(9)</script>'
        box.ask(attack)
        expect(box.host.locator("section").first).to_be_visible()
        page.goto(f"{site.home}/en/articles/markup")
        expect(page.get_by_role("heading", level=1)).to_have_text(
            'Show <b>bold</b> & "quoted" text'
        )
        page.goto(f"{site.home}/en/?q={attack.replace('&', '%26').replace('#', '%23')}")
        expect(Box(page).input).to_have_value(attack)
        assert told == []
        assert not [text for text in complaints_of(page) if "Content Security" in text]
