"""Numbers in two languages: what they state, and where they contradict each other."""

import pytest

from evaluation.quantities import Quantity, contradictions, quantities


def stated(text: str) -> set[str]:
    return {str(quantity) for quantity in quantities(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("通常需要24小时，最多三天。", {"24 hour", "3 day"}),
        ("It takes 24 hours, three days at most.", {"24 hour", "3 day"}),
        ("两三天到账", {"2 day", "3 day"}),
        ("within 2 to 3 business days", {"2 day", "3 day"}),
        ("手续费0.5%至1％", {"0.5%", "1%"}),
        ("十二个单词或二十四个词", {"12 word", "24 word"}),
        ("满1,000个起，约6.5万", {"1000", "65000"}),
        ("about 65,000 energy", {"65000"}),
        ("工作日09:00至21:30", {"9 o'clock", "21.5 o'clock"}),
        ("open 24/7", {"24 hour"}),
        ("7×24小时在线", {"24 hour"}),
        ("一百二十天", {"120 day"}),
        ("1. 打开钱包\n2. 点提现", set()),
        ("用`0x12`和https://a.b/7?x=9，ERC20、SHA-256", set()),
        ("一个地址，一样的词", set()),
    ],
)
def test_what_is_stated(text: str, expected: set[str]) -> None:
    assert stated(text) == expected


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("24小时内到账", "It arrives within 48 hours"),
        ("手续费是1%", "The fee is 2 %"),
        ("最多三天", "five days at most"),
        ("需要12个确认", "20 confirmations are needed"),
    ],
)
def test_a_different_number_is_a_contradiction(zh: str, en: str) -> None:
    first, second = contradictions(zh, en)
    assert first
    assert second


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("24小时内到账", "It arrives within a day, 24 hours at most"),
        ("1天内", "within 24 hours"),
        ("一周内", "in 7 days"),
        ("6.5万能量", "65,000 energy"),
        # Left out on one side is no contradiction.
        ("24小时内到账，通常30分钟", "It arrives within 24 hours"),
        ("没有数字", "in 5 days"),
        ("两三天", "two or three days"),
    ],
)
def test_the_same_said_otherwise_is_none(zh: str, en: str) -> None:
    assert contradictions(zh, en) == ([], [])


def test_the_projects_own_twins_agree() -> None:
    from pathlib import Path

    from indexer import read_knowledge_base

    articles = {a.key: a for a in read_knowledge_base(Path("kb")).articles}
    amiss = [
        ident
        for ident, lang in articles
        if lang == "zh"
        and (ident, "en") in articles
        and any(contradictions(articles[ident, "zh"].body, articles[ident, "en"].body))
    ]
    assert amiss == []


def test_quantities_sort_and_read_well() -> None:
    assert sorted([Quantity(3, "day"), Quantity(1, "percent")])[0].value == 1
    assert str(Quantity(0.5, "percent")) == "0.5%"
