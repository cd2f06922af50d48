from math import inf, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from indexer.spelling import Spelling
from indexer.text import Tokenizer
from server.engine.chinese import WordModel
from server.engine.romanised import Reading, Romanised, Spelt

TOKENIZER = Tokenizer(["助记词", "没到账"])
TEXTS = [
    *["助记词丢了怎么办", "提现没到账怎么办", "钱包地址在哪里", "客服几点上班", "怎么转账"] * 3,
    *["手续费为什么这么贵", "登录密码忘了", "转账失败怎么回事"] * 3,
]
ENGLISH = {"the": 0.05, "can": 0.01, "he": 0.01, "men": 0.002, "change": 0.002, "my": 0.01}
ENGLISH |= {"send": 0.002, "money": 0.002, "pin": 0.0001, "wallet": 0.001, "gas": 0.001}
READER = Romanised(
    WordModel(Spelling.of(TEXTS, TOKENIZER)),
    TOKENIZER.words,
    lambda word: -log(ENGLISH[word]) if word in ENGLISH else inf,
)


def read(text: str) -> str:
    out, place = "", 0
    for part in READER.read(text).spelt:
        out += text[place : part.start] + part.chinese
        place = part.end
    return out + text[place:]


@pytest.mark.parametrize(
    ("pinyin", "chinese"),
    [
        ("tixian mei daozhang zenme ban", "提现没到账怎么办"),
        ("ti xian mei dao zhang zen me ban", "提现没到账怎么办"),
        ("tixianmeidaozhangzenmeban", "提现没到账怎么办"),
        ("tixian meidao zhang zenmeban", "提现没到账怎么办"),
        ("qianbao dizhi zai nali", "钱包地址在哪里"),
        # What no article says is said in the words of general Chinese.
        ("wo de pengyou diule shouji", "我的朋友丢了手机"),
        # z for zh, n for ng, l for n.
        ("tixian mei daozang zenme ban", "提现没到账怎么办"),
        ("denglu mima wan le", "登录密码忘了"),
        ("qianbao dizhi zai lali", "钱包地址在哪里"),
        # Initials.
        ("zjc diule", "助记词丢了"),
        # An apostrophe parts syllables.
        ("ti'xian shi'bai", "提现失败"),
        # Beside Chinese, English and figures.
        ("提现 mei daozhang", "提现 没到账"),
        ("wallet zhuanzhang shibai", "wallet 转账失败"),
        ("100 usdt zhuanzhang shibai", "100 usdt 转账失败"),
    ],
)
def test_pinyin_is_read(pinyin: str, chinese: str) -> None:
    assert read(pinyin) == chinese


@pytest.mark.parametrize(
    "text", ["", "can he men", "change my pin", "send the money", "0xdeadbeef", "v2tixian", "提现"]
)
def test_what_is_no_pinyin_is_none(text: str) -> None:
    assert READER.read(text) == Reading((), 0.0)


def test_it_is_told_which_part_is_pinyin() -> None:
    reading = READER.read("my zhujici, 100 tixian")
    assert reading.spelt == (Spelt(3, 10, "助记词"), Spelt(16, 22, "提现"))
    assert reading.lead > 0


def test_more_of_it_makes_surer() -> None:
    little, much = READER.read("shibai"), READER.read("zhuanzhang shibai zenme huishi")
    assert much.lead > little.lead > 0


def test_long_texts_are_no_pinyin() -> None:
    assert READER.read("tixian " * 100) == Reading((), 0.0)


texts = st.text("abeghinouxzwq' 提现了1.", max_size=30) | st.text(max_size=20)


@given(texts)
def test_parts_are_words_of_the_text_in_their_order(text: str) -> None:
    reading = READER.read(text)
    assert reading.lead >= 0
    place = 0
    for part in reading.spelt:
        assert place <= part.start < part.end <= len(text)
        assert part.chinese
        assert not part.chinese.isascii()
        # Nothing but letters is replaced, and no word is cut.
        assert set(text[part.start : part.end]) <= set("abcdefghijklmnopqrstuvwxyz '")
        assert not text[part.end : part.end + 1].isalnum() or not text[part.end].isascii()
        place = part.end


@settings(max_examples=50)
@given(
    words=st.lists(
        st.sampled_from(["提现", "助记词", "钱包", "地址", "客服"]), min_size=1, max_size=5
    ),
    gap=st.sampled_from([" ", ""]),
)
def test_words_of_the_articles_come_back(words: list[str], gap: str) -> None:
    pinyin = gap.join("".join(lazy_pinyin(word)) for word in words)
    assert lazy_pinyin(read(pinyin)) == lazy_pinyin("".join(words))
