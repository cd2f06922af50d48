import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from indexer.passages import passages
from indexer.spelling import Spelling
from indexer.text import Tokenizer, normalise
from server.engine.correction import Corrected, Correction, Corrector, english_words
from tests.engine.centre import ARTICLES, LEXICON

WORDS = ["助记词", "矿工费", "没到账", "地址簿"]
# What a knowledge base is about stands in it again and again.
TEXTS = [
    *["助记词丢了，助记词写在纸上"] * 3,
    *["提现没到账，提现到交易所要等确认"] * 3,
    *["转账的矿工费太贵，钱包不收矿工费"] * 3,
    *["登录密码忘记了，链上显示成功"] * 3,
    *["备用的号码写在地址簿里"] * 3,
    *["my withdrawal has not arrived in the wallet, tpwallet sends usdt to the exchange"] * 3,
]
TOKENIZER = Tokenizer(WORDS)
SPELLING = Spelling.of(map(normalise, TEXTS), TOKENIZER)
CORRECTOR = Corrector(SPELLING, TOKENIZER, ["冷钱包", "polygon matic", "tp钱包"])

questions = st.text("助记次丢了体现没到张矿工废转帐好吗的 tixianwlephzg'0x.") | st.lists(
    st.sampled_from(
        "助记次 体现 没到帐 tixian dao zhang withdrawl walet wallet 丢了 the 0x9a".split()
    ),
    max_size=8,
).map(" ".join)


def right(wrong: str) -> str:
    return CORRECTOR.correct(normalise(wrong)).text


@pytest.mark.parametrize(
    ("wrong", "mended"),
    [
        ("助记次", "助记词"),
        ("忘记助计词怎么办", "忘记助记词怎么办"),
        ("注記詞", "助记词"),
        ("体现没到账", "提现没到账"),
        ("提现没到帐", "提现没到账"),
        ("旷工费是什么", "矿工费是什么"),
        ("钱宝里的币", "钱包里的币"),
    ],
)
def test_words_that_only_sound_right_are_mended(wrong: str, mended: str) -> None:
    assert right(wrong) == mended


@pytest.mark.parametrize(
    ("wrong", "mended"),
    [
        ("堤现没到账", "提现没到账"),
        ("堤現沒到帳", "提现没到账"),
        ("线包打不开", "钱包打不开"),
        ("肋记词丢了", "助记词丢了"),
        ("登绿密码忘了", "登录密码忘了"),
        # One by its looks, the next by its sound.
        ("助记司和线宝", "助记词和线宝"),
    ],
)
def test_words_that_only_look_right_are_mended(wrong: str, mended: str) -> None:
    assert right(wrong) == mended


def test_pinyin_becomes_the_words_that_it_spells() -> None:
    corrected = CORRECTOR.correct("tixian mei daozhang")
    assert corrected.text == "提现没到账"
    assert corrected.corrections == (Correction("tixian mei daozhang", "提现没到账"),)


@pytest.mark.parametrize("spelt", ["zhujici", "zhu ji ci", "ZhuJiCi", "ｚｈｕｊｉｃｉ"])
def test_pinyin_is_read_however_it_is_spaced(spelt: str) -> None:
    assert right(spelt) == "助记词"


@pytest.mark.parametrize(
    ("wrong", "mended"),
    [
        ("withdrawl", "withdrawal"),
        ("my withdrawl has not arived", "my withdrawal has not arrived"),
        ("tpwalet", "tpwallet"),
        ("WALET", "wallet"),
        ("witdrawall late", "withdrawal late"),
        # The nearest word of the articles, and not just any word at that distance.
        ("excange", "exchange"),
    ],
)
def test_english_slips_are_mended_towards_the_articles(wrong: str, mended: str) -> None:
    assert right(wrong) == mended


def test_it_is_told_what_was_read_as_what() -> None:
    corrected = CORRECTOR.correct("助记次 in my walet")
    assert corrected.text == "助记词 in my wallet"
    assert corrected.corrections == (Correction("助记次", "助记词"), Correction("walet", "wallet"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "???",
        # Function words sound like many things.
        "这样好吗",
        "是吗",
        # A known word and a function word are no longer word, however they sound.
        "转账地址不对",
        # Ordinary words, however near.
        "我的手机",
        "this thing is quite weird",
        "don't",
        "wallet's",
        # Words of general Chinese, however like ours they look: 线路 and 提现, 浅显 and 链上.
        "线路板",
        "提线木偶",
        # The opposite is no slip.
        "卖和买",
        # Too short to know what was meant.
        "teh",
        "btc",
        # One letter of four replaced makes another word of it.
        "uber",
        "shib",
        # Addresses, hashes and versions hold letters, not words.
        "0x9fbwaleta2",
        "tx 3walet9",
        "v2walet",
        # Names in an English question make it no Chinese one.
        "moved to shenzhen, what about the pension",
        "cash out wallet charge weixin",
        "change my pin",
        "send money",
        "can he men",
        # Other scripts are left alone.
        "кошелек",
        "ウォレット",
    ],
)
def test_what_is_no_slip_stays(text: str) -> None:
    assert CORRECTOR.correct(normalise(text)) == Corrected(normalise(text))


@pytest.mark.parametrize("name", ["冷钱包", "matic", "polygon", "tp钱包"])
def test_names_stay_though_no_article_uses_them(name: str) -> None:
    assert right(name) == name


def test_a_name_would_be_mended_if_nobody_knew_it() -> None:
    # Or the test above proves nothing.
    assert Corrector(SPELLING, TOKENIZER).correct("matic").text != "matic"


@pytest.mark.parametrize("word", [*SPELLING.chinese, *SPELLING.latin])
def test_every_word_of_the_articles_stays(word: str) -> None:
    assert right(word) == word


def test_the_articles_themselves_have_no_slips() -> None:
    tokenizer = Tokenizer(LEXICON.all_words())
    texts = [passage.text for article in ARTICLES for passage in passages(article)]
    corrector = Corrector(Spelling.of(texts, tokenizer), tokenizer)
    for text in texts:
        assert corrector.correct(text) == Corrected(text)


@given(st.text() | questions)
def test_any_text_is_mended_once_and_for_all(text: str) -> None:
    text = normalise(text)
    once = CORRECTOR.correct(text)
    assert CORRECTOR.correct(once.text) == Corrected(once.text)
    assert (once.text == text) == (not once.corrections)


@given(st.text() | questions)
def test_corrections_tell_what_was_done(text: str) -> None:
    text = normalise(text)
    corrected = CORRECTOR.correct(text)
    for correction in corrected.corrections:
        assert correction.wrong != correction.right
        assert correction.right in corrected.text


@given(st.text() | questions)
def test_latin_becomes_chinese_only_as_it_sounds(text: str) -> None:
    for correction in CORRECTOR.correct(normalise(text)).corrections:
        if correction.wrong.isascii() and not correction.right.isascii():
            assert sounds_alike(correction.wrong, correction.right)


@pytest.mark.parametrize(
    ("spelt", "chinese"),
    [
        ("wo diule shouji zenme ban", "我丢了手机怎么办"),
        ("zjc diule", "助记词丢了"),
        ("usdt tixian mei daozhang", "usdt提现没到账"),
        ("tixian 3 tian le mei daozhang", "提现3天了没到账"),
    ],
)
def test_the_whole_question_is_read(spelt: str, chinese: str) -> None:
    corrected = CORRECTOR.correct(spelt)
    assert corrected.text == chinese
    assert corrected.unread is None


def test_what_may_be_no_pinyin_is_told_both_ways() -> None:
    corrected = CORRECTOR.correct("hong kong account")
    assert not corrected.text.isascii()
    assert corrected.unread == "hong kong account"


def test_the_english_questions_of_the_topics_stay() -> None:
    changed = {}
    for topics in ("dev", "test"):
        rows = (Path("evaluation/datasets/wallet") / f"{topics}.jsonl").read_text("utf-8")
        for row in map(json.loads, rows.splitlines()):
            text = normalise(row["text"])
            if row["kind"] != "pinyin" and text.isascii():
                right = CORRECTOR.correct(text).text
                changed |= {} if right.isascii() else {text: right}
    assert not changed


def test_a_knowledge_base_without_words_mends_no_chinese() -> None:
    corrector = Corrector(Spelling({}, {}), TOKENIZER)
    assert corrector.correct("助记次 体现") == Corrected("助记次 体现")


def test_a_rare_word_is_no_word_to_mend_towards() -> None:
    once = Spelling.of([normalise("助记词")], TOKENIZER)
    assert Corrector(once, TOKENIZER).correct("助记次") == Corrected("助记次")


def test_a_left_out_apostrophe_is_no_slip() -> None:
    assert {"dont", "cant", "wallet"} <= english_words().keys()
    assert right("i dont know, cant see") == "i dont know, cant see"


def sounds_alike(letters: str, chinese: str) -> bool:
    """Tell whether `chinese` can be spelt with `letters`, or is abbreviated by them, give or take
    what many speakers do not tell apart.
    """
    reached = {""}
    for each in chinese:
        sounds = lazy_heteronyms(each)
        reached = {
            before + sound for before in reached for sound in {*sounds, *(s[0] for s in sounds)}
        }
        reached = {one for one in reached if blurred(letters).startswith(one)}
    return blurred(letters) in reached


def lazy_heteronyms(character: str) -> set[str]:
    return {blurred(sound) for sound in pinyin(character, style=Style.NORMAL, heteronym=True)[0]}


def blurred(letters: str) -> str:
    letters = re.sub("[^a-z]", "", letters.replace("ü", "v"))
    for one, other in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n")):
        letters = letters.replace(one, other)
    return letters.translate(str.maketrans("nrfv", "llhu"))
