"""From a question that no article answers to a person's reply, and what visitors think of it."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from server.desk import Status
from tests.browser import opened
from tests.web.browser.box import Box
from tests.web.browser.conftest import AGENT_KEY, Site
from tests.web.centre import SECRET


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_question_becomes_a_ticket_is_answered_and_the_reply_is_read(
    browser: Browser, site: Site, lang: str
) -> None:
    zh = lang == "zh"
    with opened(browser, lang="zh-CN" if zh else "en-GB") as page, opened(browser) as office:
        page.goto(f"{site.home}/{lang}/")
        box = Box(page)
        box.ask("我的火星币不见了" if zh else "purple zebras tomorrow")
        expect(box.host).to_contain_text("没有确切的答案" if zh else "No answer is certain")
        box.button("联系人工客服" if zh else "Talk to a person").click()
        expect(box.host.get_by_role("heading")).to_have_text(
            "联系人工客服" if zh else "Talk to a person"
        )
        box.host.get_by_label("遇到了什么问题？" if zh else "What went wrong?", exact=True).fill(
            "<i>点了发送</i>"
        )
        box.host.get_by_label("怎样联系您" if zh else "How can we reach you").fill("a@b.example")
        box.button("提交给人工客服" if zh else "Send to a person").click()
        heading = box.host.get_by_role("heading")
        expect(heading).to_contain_text(re.compile(r"T-\d{4}-\d{6}"))
        number = re.search(r"T-\d{4}-\d{6}", heading.inner_text())
        assert number is not None
        assert box.focused() == heading.inner_text()
        expect(box.host.get_by_role("status")).to_contain_text(
            ["", "等待客服处理" if zh else "waiting for a person"]
        )
        link = box.host.get_by_role("link").get_attribute("href")

        office.goto(f"{site.home}/{lang}/desk/")
        office.get_by_label("API").fill(AGENT_KEY)
        office.get_by_label("API").press("Enter")
        office.get_by_role("link", name=number[0]).click()
        expect(office.locator("main")).to_contain_text("<i>点了发送</i>")
        office.locator("#reply").fill("找到了 <b>it is here</b>")
        office.locator("#status").select_option("solved")
        office.get_by_role("button", name="保存" if zh else "Save").click()
        expect(office.get_by_role("status")).to_be_visible()
        assert site.desk.tickets.find(number[0]).ticket.status is Status.SOLVED

        box.button("刷新状态" if zh else "Refresh").click()
        expect(box.host).to_contain_text("找到了 <b>it is here</b>")
        expect(box.host).to_contain_text("已解决" if zh else "solved")

        assert link is not None
        page.goto(link)
        expect(page.locator("main")).to_contain_text("找到了 <b>it is here</b>")
        page.get_by_label("5").check()
        page.get_by_role("button", name="发送" if zh else "Send").first.click()
        expect(page.get_by_role("status")).to_be_visible()
        assert site.desk.tickets.find(number[0]).ticket.satisfaction == 5
        page.get_by_role("textbox").fill("还是不见" if zh else "it is gone again")
        page.get_by_role("button", name="发送" if zh else "Send").click()
        expect(page.locator("main")).to_contain_text("已重新打开" if zh else "Reopened")
        # The token stays where no server sees it.
        assert "#" in page.url
        page.reload()
        expect(page.locator("main")).to_contain_text(number[0])


def test_who_asks_for_a_person_gets_the_form_about_the_question_before(
    page: Page, site: Site
) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("我的火星币不见了")
    expect(box.host).to_contain_text("没有确切的答案")
    box.ask("转人工")
    expect(box.host.get_by_label("您的问题")).to_have_value("我的火星币不见了")
    # One product's people are always there, the other's by day: then which channels is not told.
    expect(box.host).to_contain_text(re.compile("现在有人工客服在岗|现在可以联系：应用内"))
    box.button("返回").click()
    expect(box.host.get_by_label("您的问题")).to_have_count(0)
    assert box.focused() == "q"


def test_the_form_asks_what_fits_the_answer_and_the_agent_sees_the_conversation(
    page: Page, site: Site
) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("充值没有到账怎么办")
    box.answer.get_by_role("button", name="联系人工客服").click()
    box.host.get_by_label("哪个网络？").select_option("比特币")
    expect(box.host.get_by_label("交易哈希")).to_be_visible()
    box.button("提交给人工客服").click()
    heading = box.host.get_by_role("heading")
    expect(heading).to_contain_text("已提交")
    number = re.search(r"T-\d{4}-\d{6}", heading.inner_text())
    assert number is not None
    case = site.desk.tickets.find(number[0])
    assert dict(case.ticket.intake) == {"chain": "比特币"}
    assert case.transcript is not None
    assert [turn.question for turn in case.transcript.turns] == ["充值没有到账怎么办"]


def test_a_secret_in_the_form_is_warned_of(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("转人工")
    box.host.get_by_label("您的问题").fill(SECRET)
    box.button("提交给人工客服").click()
    expect(box.alert).to_contain_text("助记词")
    assert "abandon" not in box.host.inner_text()


def test_a_form_that_is_not_taken_keeps_what_was_written(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("转人工")
    box.host.get_by_label("您的问题").fill("很长的故事")
    site.gate.status = 503
    box.button("提交给人工客服").click()
    expect(box.alert).to_contain_text("服务器出错了")
    expect(box.host.get_by_label("您的问题")).to_have_value("很长的故事")
    site.gate.status = None
    box.button("提交给人工客服").click()
    expect(box.host.get_by_role("heading")).to_contain_text("已提交")


def submitted_but_the_answer_lost(page: Page, site: Site) -> Box:
    """Hand a question off; the ticket is made, but its answer does not arrive."""

    def lose(route: Route) -> None:
        assert route.fetch().status == 201
        route.abort()

    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("转人工")
    box.host.get_by_label("您的问题").fill("答复丢了")
    page.route("**/v1/handoffs", lose)
    box.button("提交给人工客服").click()
    expect(box.alert).to_contain_text("连接不上服务器")
    page.unroute("**/v1/handoffs")
    return box


def test_sent_again_after_an_answer_that_was_lost_it_is_one_ticket(page: Page, site: Site) -> None:
    before = site.desk.tickets.queue().total

    box = submitted_but_the_answer_lost(page, site)
    box.button("提交给人工客服").click()
    expect(box.host.get_by_role("heading")).to_contain_text("已提交")
    assert site.desk.tickets.queue().total == before + 1
    # The token that came is the ticket's.
    box.button("刷新状态").click()
    expect(box.host.get_by_role("status")).to_contain_text(["", "等待客服处理"])


def test_what_was_changed_after_an_answer_that_was_lost_is_another_ticket(
    page: Page, site: Site
) -> None:
    before = site.desk.tickets.queue().total

    box = submitted_but_the_answer_lost(page, site)
    box.host.get_by_label("您的问题").fill("答复丢了，我再补充一句")
    box.button("提交给人工客服").click()
    expect(box.host.get_by_role("heading")).to_contain_text("已提交")
    assert site.desk.tickets.queue().total == before + 2


def test_feedback_is_kept_and_a_no_is_asked_why(page: Page, site: Site) -> None:
    page.goto(f"{site.home}/zh/")
    box = Box(page)
    box.ask("账户被冻结如何申诉")
    box.answer.get_by_role("button", name="没有").click()
    box.host.get_by_label("还缺少什么").fill("要多久")
    box.answer.get_by_role("button", name="发送").click()
    expect(box.answer).to_contain_text("谢谢您的反馈")
    expect(box.host.get_by_label("还缺少什么")).to_have_count(0)
    (vote,) = [x.helpful for x in site.desk.queries.entries() if x.query == "账户被冻结如何申诉"]
    assert vote == (0, 1)
