"""The search box on other people's pages, and where the server or the network fails it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import server.web
from tests.browser import complaints_of
from tests.web.browser.box import Box
from tests.web.browser.conftest import Site

_STATIC = Path(server.web.__file__).parent / "static"


def test_it_works_on_another_site_under_a_strict_policy(page: Page, site: Site) -> None:
    page.goto(site.shop)
    box = Box(page)
    box.input.press_sequentially("充值")
    expect(box.options.first).to_be_visible()
    box.input.press("ArrowDown")
    box.input.press("Enter")
    expect(box.answer).to_be_visible()
    box.ask("转人工")
    box.host.get_by_label("您的问题").fill("跨站求助")
    box.button("提交给人工客服").click()
    expect(box.host.get_by_role("heading")).to_contain_text("已提交")
    box.button("刷新状态").click()
    assert complaints_of(page) == []
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_two_on_a_page_keep_to_themselves(page: Page, site: Site) -> None:
    page.goto(site.shop)
    first, second = Box(page), Box(page, 1)
    first.ask("账户被冻结如何申诉")
    expect(first.answer).to_be_visible()
    second.input.press_sequentially("what are net")
    expect(second.options.first).to_be_visible()
    expect(first.options).to_have_count(0)
    expect(second.answer).to_have_count(0)
    expect(second.input).to_have_accessible_name("What do you need help with?")
    grounds = [
        box.input.evaluate("input => getComputedStyle(input).backgroundColor")
        for box in (first, second)
    ]
    assert grounds == ["rgb(255, 255, 255)", "rgb(30, 34, 37)"]  # one light, one theme="dark"


def test_a_site_that_is_not_allowed_gets_nothing(page: Page, site: Site) -> None:
    page.goto(site.stranger)
    expect(page.locator("faq-search").first).to_be_attached()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("customElements.get('faq-search') === undefined")
    assert any("CORS" in text for text in complaints_of(page))


def test_its_looks_follow_the_pages_properties(page: Page, site: Site) -> None:
    style = "faq-search { --faq-accent: rgb(90, 20, 120); --faq-radius: 0px }"
    page.goto(f"{site.shop}/styled?style={style}")
    button = Box(page).button("搜索")
    expect(button).to_have_css("background-color", "rgb(90, 20, 120)")
    expect(button).to_have_css("border-radius", "0px")


def test_a_server_that_is_slow_is_waited_for_with_a_word(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.input.focus()
    page.clock.install()
    site.gate.shut()
    box.ask("账户被冻结如何申诉")
    page.clock.run_for(400)
    expect(box.said).to_have_text("正在查找…")
    page.clock.run_for(4000)
    expect(box.said).to_have_text("比平时慢，请再等一下…")
    page.clock.run_for(12000)
    expect(box.alert).to_contain_text("服务器没有及时回应")
    site.gate.open()
    box.button("重试").click()
    expect(box.answer).to_be_visible()


@pytest.mark.parametrize(("status", "said"), [(500, "服务器出错了"), (503, "服务器出错了")])
def test_a_server_that_fails_is_told_and_tried_again(
    page: Page, site: Site, status: int, said: str
) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    site.gate.status = status
    box.ask("账户被冻结如何申诉")
    expect(box.alert).to_contain_text(said)
    site.gate.status = None
    box.button("重试").click()
    expect(box.answer).to_be_visible()


def test_a_server_that_is_stopped_in_mid_search_is_told(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.input.press_sequentially("充值")
    expect(box.options.first).to_be_visible()
    page.context.set_offline(True)
    box.input.press_sequentially("没有")
    expect(box.options).to_have_count(0)
    box.input.press("Enter")
    expect(box.alert).to_contain_text("连接不上服务器")
    expect(box.input).to_have_value("充值没有")
    page.context.set_offline(False)
    box.button("重试").click()
    expect(box.alert).to_have_count(0)
    expect(box.host).to_contain_text("充值没有到账怎么办？")


def test_a_part_of_the_box_that_did_not_come_is_fetched_again(page: Page, site: Site) -> None:
    page.route("**/faq-search/answers.js*", lambda route: route.abort())
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("账户被冻结如何申诉")
    expect(box.alert).to_contain_text("连接不上服务器")
    page.unroute("**/faq-search/answers.js*")
    box.button("重试").click()
    expect(box.answer).to_be_visible()


def test_a_click_on_an_answer_leaves_the_focus_where_it_is(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("账户被冻结如何申诉")
    expect(box.answer).to_be_visible()
    box.input.blur()
    box.answer.locator(".prose p").first.click()
    assert box.focused() == ""
    box.host.evaluate("host => host.focus()")
    assert box.focused() == "q"


def test_what_a_page_loads_is_small() -> None:
    """What comes with the box; what shows answers comes when somebody begins to type."""
    first = ("client.js", "dom.js", "style.js", "texts.js")
    files = [_STATIC / "faq-search.js", *(_STATIC / "faq-search" / name for name in first)]
    assert sum(file.stat().st_size for file in files) <= 20 * 1024
