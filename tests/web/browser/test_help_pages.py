"""The help pages in a browser: without scripts, on a small screen, for everyone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from server.desk import NewTicket
from tests.browser import complaints_of, opened, violations
from tests.web.browser.box import Box
from tests.web.browser.conftest import AGENT_KEY, Site
from tests.web.centre import KB_SETTINGS, SECRET

PAGES = [
    "/zh/",
    "/en/?warning=secret",
    "/zh/?q=充值没有到账怎么办",
    "/zh/?q=如何充值",
    "/en/?q=purple+zebras+tomorrow",
    "/zh/articles/deposit-late",
    "/zh/articles/deposit-late?voted=no",
    "/en/articles/guide",
    "/zh/articles/fees",
    "/zh/articles/",
    "/en/topics/deposit",
    "/en/products/tpwallet",
    "/zh/glossary",
    "/zh/contact?q=充值&article=deposit-late",
    "/en/tickets/",
    "/zh/desk/login",
    "/en/nothing",
    "/docs",
]


@pytest.fixture(scope="module", params=["light", "dark"])
def wide(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    with opened(browser, colours=request.param) as page:
        yield page


@pytest.mark.parametrize("address", PAGES)
def test_no_page_shuts_anyone_out(wide: Page, site: Site, address: str) -> None:
    wide.goto(site.home + address)
    assert violations(wide) == []
    assert not [text for text in complaints_of(wide) if "404" not in text]


def test_nothing_that_the_box_shows_does(wide: Page, site: Site) -> None:
    wide.goto(f"{site.home}/zh/")
    box = Box(wide)
    box.input.fill("充值")
    box.input.press("ArrowDown")
    expect(box.options.first).to_be_visible()
    assert violations(wide) == []
    for question in ("充值没有到账怎么办", "如何充值", "我的火星币不见了", SECRET, "转人工"):
        box.ask_and_wait(question)
        assert violations(wide) == [], question
    box.host.get_by_label("您的问题").fill("帮帮我")
    box.button("提交给人工客服").click()
    expect(box.host.get_by_role("heading")).to_contain_text("已提交")
    assert violations(wide) == []
    site.gate.status = 500
    box.ask("账户被冻结如何申诉")
    expect(box.alert).to_be_visible()
    assert violations(wide) == []


def test_no_page_of_a_ticket_does(wide: Page, site: Site) -> None:
    ticket = NewTicket(query="投诉：币被盗了", lang="zh", product="tpwallet", tags=("complaint",))
    made = site.desk.tickets.create(KB_SETTINGS, ticket)
    wide.goto(f"{site.home}/zh/tickets/{made.ticket.number}#{made.token}")
    expect(wide.locator("main")).to_contain_text("投诉：币被盗了")
    assert violations(wide) == []
    wide.goto(f"{site.home}/zh/desk/login")
    wide.get_by_label("API").fill(AGENT_KEY)
    wide.get_by_label("API").press("Enter")
    expect(wide.get_by_role("link", name=made.ticket.number)).to_be_visible()
    assert violations(wide) == []
    wide.get_by_role("link", name=made.ticket.number).click()
    expect(wide.locator("#reply")).to_be_visible()
    assert violations(wide) == []


def test_no_page_is_wider_than_the_smallest_phone(browser: Browser, site: Site) -> None:
    width = 320
    with opened(browser, width=width, height=640) as page:
        for address in PAGES:
            page.goto(site.home + address)
            room = page.evaluate("document.documentElement.scrollWidth")
            assert room <= width, address
        page.goto(f"{site.home}/zh/")
        box = Box(page)
        for question in ("充值没有到账怎么办", "如何充值", "转人工"):
            box.ask_and_wait(question)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, question
        expect(box.button("搜索")).to_be_visible()
        # In one call: what is measured one after the other may have left the page meanwhile.
        heights: list[float] = page.locator(
            "button:visible, .button:visible, .switch"
        ).evaluate_all("found => found.map(each => each.getBoundingClientRect().height)")
        assert heights
        assert min(heights) >= 24  # WCAG 2.2, 2.5.8


def test_all_of_it_works_without_scripts(browser: Browser, site: Site) -> None:
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{site.home}/zh/")
        page.get_by_label("您遇到了什么问题？").fill("充值没有到账怎么办")
        page.get_by_label("您遇到了什么问题？").press("Enter")
        expect(page.locator("main")).to_contain_text("先在区块浏览器查交易哈希。")
        page.get_by_role("link", name="充值没有到账怎么办？").first.click()
        page.get_by_role("button", name="有帮助").click()
        expect(page.get_by_role("status")).to_have_text("谢谢您的反馈。")
        page.get_by_role("link", name="Read in English").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("My deposit has not arrived")
        page.get_by_role("link", name="Contact support").first.click()
        page.get_by_label("Your question").fill("It is still missing")
        page.get_by_role("button", name="Send to a person").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("is with us")
        page.get_by_role("button", name="Show the ticket").click()
        expect(page.locator("main")).to_contain_text("It is still missing")


def test_terms_are_explained_on_hover_on_focus_and_on_tap(browser: Browser, site: Site) -> None:
    address = f"{site.home}/zh/articles/deposit-late"
    with opened(browser) as page:
        page.goto(address)
        term, meaning = page.locator("dfn").first, page.locator(".meaning").first
        expect(meaning).to_be_hidden()
        term.hover()
        expect(meaning).to_be_visible()
        meaning.hover()  # it stays while it is read
        expect(meaning).to_be_visible()
        page.keyboard.press("Escape")
        expect(meaning).to_be_hidden()
        page.mouse.move(0, 0)
        page.locator("dfn").nth(1).focus()
        expect(page.locator(".meaning").nth(1)).to_be_visible()
        expect(page.locator("dfn").nth(1)).to_have_accessible_description("一串字符。")
        bounds = page.locator(".meaning").nth(1).bounding_box()
        assert bounds is not None
        assert bounds["x"] + bounds["width"] <= 1280
    with opened(browser, width=390, height=844, has_touch=True, is_mobile=True) as page:
        page.goto(address)
        page.locator("dfn").first.tap()
        expect(page.locator(".meaning").first).to_be_in_viewport(ratio=1)


def test_a_question_in_the_box_takes_the_place_of_the_page(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/?q=如何充值")
    expect(page.get_by_role("heading", name="您是想问")).to_be_visible()
    box = Box(page)
    expect(box.input).to_have_value("如何充值")
    box.ask("账户被冻结如何申诉")
    expect(box.answer).to_be_visible()
    expect(page.get_by_role("heading", name="您是想问")).to_be_hidden()


def test_paper_gets_the_article_alone(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/articles/deposit-late")
    page.emulate_media(media="print")
    for gone in (".top", ".bottom", "faq-search", ".after", "aside"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.locator("article .prose")).to_be_visible()
