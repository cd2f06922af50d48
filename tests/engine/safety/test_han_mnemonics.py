import random
from collections.abc import Callable

import pytest

from server.engine.safety import screen
from tests.engine.safety.makers import STRENGTHS, assert_words_gone, mnemonic

LISTS = ("chinese_simplified", "chinese_traditional")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔"


def grouped(characters: list[str], size: int, between: str) -> str:
    """Return `characters` in groups of `size`."""
    groups = (characters[at : at + size] for at in range(0, len(characters), size))
    return between.join(map("".join, groups))


WRITTEN: dict[str, Callable[[list[str]], str]] = {
    "spaces": " ".join,
    "wide spaces": "\u3000".join,
    "commas": ",".join,
    "chinese commas": "，".join,
    "enumeration commas": "、".join,
    "lines": "\n".join,
    "run together": "".join,
    "threes": lambda words: grouped(words, 3, " "),
    "six to a line": lambda words: grouped(words, 6, "\n"),
    "numbered": lambda words: " ".join(f"{n}. {w}" for n, w in enumerate(words, 1)),
    "numbered, glued": lambda words: "".join(f"{n}{w}" for n, w in enumerate(words, 1)),
    "numbered lines": lambda words: "\n".join(f"{n}、{w}" for n, w in enumerate(words, 1)),
    "circled": lambda words: "".join(f"{CIRCLED[n]}{w}" for n, w in enumerate(words)),
    "zero width": "\u200b".join,
    "bars": " | ".join,
}


@pytest.mark.parametrize("language", LISTS)
@pytest.mark.parametrize("length", STRENGTHS)
@pytest.mark.parametrize("style", WRITTEN)
def test_a_phrase_is_removed_however_it_is_written(style: str, length: int, language: str) -> None:
    words = mnemonic(length, length, language)

    assert_words_gone(WRITTEN[style](words), words)


@pytest.mark.parametrize("language", LISTS)
@pytest.mark.parametrize("seed", range(40))
def test_a_phrase_is_removed_from_a_sentence(seed: int, language: str) -> None:
    words = mnemonic(seed, random.Random(seed).choice(list(STRENGTHS)), language)

    assert_words_gone(f"请帮我恢复钱包，助记词是：{' '.join(words)}。谢谢", words)
    assert_words_gone(f"请帮我恢复钱包，助记词是{''.join(words)}。谢谢", words)


@pytest.mark.parametrize("language", LISTS)
@pytest.mark.parametrize("seed", range(40))
def test_a_phrase_is_found_in_the_middle_of_a_sentence(seed: int, language: str) -> None:
    words = mnemonic(seed, 12, language)

    assert_words_gone(f"帮我看看{''.join(words)}能不能用", words)


@pytest.mark.parametrize("language", LISTS)
@pytest.mark.parametrize("seed", range(20))
def test_a_wrong_checksum_saves_no_listed_phrase(seed: int, language: str) -> None:
    words = mnemonic(seed, 12, language)
    words[3], words[4] = words[4], words[3]

    assert_words_gone(" ".join(words), words)
    assert_words_gone("助记词：" + "".join(words), words)


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("wrong", ["龘", "错误"])
def test_a_wrong_character_saves_no_phrase(place: int, wrong: str) -> None:
    words = mnemonic(5, 12, "chinese_simplified")
    words[place] = wrong
    rest = [word for word in words if word != wrong]

    assert_words_gone(" ".join(words), rest)


@pytest.mark.parametrize("count", [9, 10, 11])
def test_a_part_of_a_listed_phrase_is_removed(count: int) -> None:
    words = mnemonic(count, 24, "chinese_simplified")[:count]

    assert_words_gone("只记得 " + " ".join(words), words)


@pytest.mark.parametrize(
    "text",
    [
        "欢 迎 使 用 本 公 司 的 产 品 和 服 务",
        "我的钱包不见了怎么办，里面的币还能找回来吗，客服能不能帮我看看",
        "助记词是什么，助记词丢了还能不能找回我的钱包",
        "助记词是由十二个单词组成的，请抄写在纸上保存好，不要告诉任何人",
        "请问一下我换了新手机以后怎么把原来的钱包转过来",
        "請問一下我換了新手機以後怎麼把原來的錢包轉過來",
        "转账、提现、充值、兑换、质押、借贷、理财、空投、挖矿都在哪里",
    ],
)
def test_a_sentence_of_listed_characters_stays(text: str) -> None:
    assert screen(text).text == text


def test_the_question_around_a_phrase_stays() -> None:
    words = mnemonic(0, 12, "chinese_simplified")

    screened = screen(f"我的钱包打不开了，能不能帮我看看：\n{' '.join(words)}。多谢各位")

    assert screened.text == "我的钱包打不开了，能不能帮我看看：\n[助记词已删除]。多谢各位"
