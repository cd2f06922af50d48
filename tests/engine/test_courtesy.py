import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.text import normalise
from server.engine.courtesy import unwrap
from tests.engine.test_understanding import understand

OPENINGS = {
    "怎么提现": [
        "您好，请问一下",
        "你好，",
        "你好呀 ",
        "麻烦问下",
        "那个，就是说…",
        "不好意思打扰一下，",
        "在吗？想请教一下",
        "客服您好，我想咨询一下",
        "各位大佬，有没有人知道",
        "早上好！麻烦您帮忙看一下",
        "嗯，怎么说呢，",
        "hi 请问",
        "請問",
        "我有个问题想问一下，",
        "能不能告诉我一下",
        "各位老师好，能帮我解答一下吗，",
        "我是新手，",
        "方便请教个问题吗？",
        "耽误您一分钟，",
    ],
    "how do i withdraw": [
        "hi there, could you please tell me ",
        "Hello! ",
        "Good evening team, sorry to bother you but ",
        "Hey guys — quick question: ",
        "I hope you are doing well. I was wondering if you could tell me ",
        "um, so basically ",
        "ok so ",
        "like ",
        "Excuse me, does anyone know ",
        "Dear Sir or Madam, I would like to know ",
        "please ",
        "Can you help me? ",
        "i just wanted to ask, ",
        "thanks, but ",
        "Not sure where to ask this but ",
        "Would you mind telling me: ",
        "I'm new here, ",
        "I need some help. ",
        "random question but ",
    ],
}
CLOSINGS = {
    "怎么提现": [
        "，谢谢",
        "谢谢您了",
        "，麻烦您了，谢谢！",
        "，辛苦了~",
        "，万分感谢🙏",
        " 求解答",
        "，拜托了",
        " thx",
        "，请帮忙看一下",
        "，感谢解答",
        "，有劳了",
    ],
    "how do i withdraw": [
        " thanks",
        ", thanks a lot!",
        " thank you so much in advance :)",
        " please",
        " pls help me",
        ". Best regards",
        ", any help would be appreciated.",
        " thx have a nice day",
        " thank you for your help",
        ". Much obliged!",
        ". Thanking you.",
        ", looking forward to your reply",
    ],
}
# Courtesies alone, and what only looks like one.
WHOLE = [
    "你好",
    "你好，谢谢",
    "好的，谢谢",
    "hi",
    "Hello there!",
    "thanks a lot",
    "ok thanks",
    "客服在吗",
    "你好像没回复",
    "晚上好像不能提现",
    "额度是多少",
    "那个怎么用",
    "亲友能登录吗",
    "麻烦的是提现没到",
    "提现太麻烦了",
    "怎么感谢",
    "太感谢了",
    "你好吗",
    "用日语说谢谢",
    "抱歉骂你了",
    "帮我看看时间",
    "新手怎么充值",
    "新人有什么奖励",
    "i'm not sure if my wallet is safe",
    "tell me when btc hits 100k",
    "2 yuan a month, no thanks",
    "what's the japanese for thank you",
    "有个问题一直没解决",
    "ok, and for im wallet?",
    "那周末呢",
    "还有别的办法吗",
    "who are you",
    "history of my orders",
    "like button missing",
    "thank you page missing",
    "my question was closed",
    "well known token",
    "do you know my address",
    "so slow",
    "can you help me with tpwallet",
    "-2015 error",
    "急！提现没到账",
]


@pytest.mark.parametrize(
    ("opening", "asked"), [(o, asked) for asked, found in OPENINGS.items() for o in found]
)
def test_an_opening_is_no_part_of_what_is_asked(opening: str, asked: str) -> None:
    assert unwrap(normalise(opening + asked)).asked == asked


@pytest.mark.parametrize(
    ("closing", "asked"), [(c, asked) for asked, found in CLOSINGS.items() for c in found]
)
def test_a_closing_is_no_part_of_what_is_asked(closing: str, asked: str) -> None:
    assert unwrap(normalise(asked + closing)).asked.rstrip(".") == asked


@pytest.mark.parametrize("text", WHOLE)
def test_what_holds_no_question_or_no_courtesy_stays_whole(text: str) -> None:
    assert unwrap(normalise(text)).asked == normalise(text)


def test_a_courtesy_inside_a_question_stays() -> None:
    text = "i typed hello, could you please tell me thanks in the chat"
    assert unwrap(text).asked == text


def test_a_question_keeps_its_question_mark() -> None:
    assert unwrap("hi, where is my key? thanks!").asked == "where is my key?"


def test_a_minus_stays_with_its_figure() -> None:
    assert unwrap("hi -2015 error").asked == "-2015 error"


PARTS = [o for found in (*OPENINGS.values(), *CLOSINGS.values()) for o in found]


@given(
    st.lists(st.sampled_from([*PARTS, "提现", "fee", " ", "，", "?", "ok"]) | st.text(), max_size=8)
)
def test_nothing_is_lost_and_something_is_left(parts: list[str]) -> None:
    text = normalise("".join(parts))
    found = unwrap(text)
    assert found.before + found.asked + found.after == text
    assert bool(found.asked) == bool(text)
    assert unwrap(found.asked).asked in found.asked


def test_a_wrapped_question_is_understood_as_the_bare_one() -> None:
    bare = understand("提现没到账怎么办")
    wrapped = understand("您好，请问一下提现没到账怎么办，麻烦您了，谢谢！")
    assert wrapped == bare
    polite = understand("Hi there, could you please tell me how to withdraw? Thanks a lot!")
    assert polite == understand("how to withdraw?")


def test_courtesies_show_the_language_of_who_asks() -> None:
    assert understand("您好，请问 withdrawal fee 谢谢").lang == "zh"
    assert understand("Hi, could you please tell me about 助记词? Thanks!").lang == "en"


def test_a_human_is_asked_for_politely() -> None:
    assert understand("你好，人工客服，谢谢").wants_human
    assert understand("hi, agent please").wants_human
