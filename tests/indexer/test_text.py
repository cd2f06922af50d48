import json
import os
import random
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.text import STOPWORDS, Tokenizer, detect_language, normalise, plain

HAN = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
# Every code point, halves of surrogate pairs too: JSON can hold them.
ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer(["助记词", "观察钱包", "miner fee", "", "貔貅盘"])


# normalise


@given(ANY_TEXT | st.text(HAN))
@example("乾綱")  # OpenCC knows the phrase, but not what it makes of it
@example("薴")  # two steps to its simplified form
@example("İ")
@example("H̱")
@example("a\u00b4")
@example("\ud800提现")
def test_normalise_is_idempotent(text):
    once = normalise(text)

    assert normalise(once) == once


@given(ANY_TEXT)
def test_normalised_text_is_lower_case_visible_and_single_spaced(text):
    result = normalise(text)

    assert result == result.lower() == unicodedata.normalize("NFKC", result)
    assert result == " ".join(result.split())
    assert not {unicodedata.category(character) for character in result} & {"Cc", "Cs"}
    result.encode()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("助記詞遺失了怎麼辦", "助记词遗失了怎么办"),
        ("轉帳沒到帳，手續費卻扣了", "转帐没到帐,手续费却扣了"),
        ("匯出私鑰", "汇出私钥"),
        ("乾淨的裝置", "干净的装置"),
        ("于是", "于是"),
    ],
)
def test_traditional_becomes_simplified(written, meant):
    assert normalise(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ＴＲＣ２０　ＵＳＤＴ", "trc20 usdt"),
        ("？！：（）", "?!:()"),
        ("ｶﾞｽ", "ガス"),
        ("①②", "12"),
        ("  Two \t\r\n  words ", "two words"),
        ("𝐇𝐞𝐥𝐩", "help"),
        ("", ""),
    ],
)
def test_width_case_and_space(written, meant):
    assert normalise(written) == meant


INVISIBLE = [0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200D, 0x202E, 0x2060, 0x2066, 0x2069, 0x3164]
INVISIBLE += [0xFE0F, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0041, 0xE0100]


@pytest.mark.parametrize("code", INVISIBLE, ids=hex)
def test_invisible_characters_vanish(code):
    assert normalise(f"助记{chr(code)}词") == "助记词"


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1f", "\x7f", "\x85", "\x9b", "\udc00"])
def test_a_control_character_parts_words(control):
    assert normalise(f"gas{control}fee") == "gas fee"


# detect_language


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("gas费不够", "zh"),
        ("TPWallet 提现", "zh"),
        ("TRC20 USDT 提现", "zh"),
        ("USDT转错链到BSC了", "zh"),
        ("轉帳失敗", "zh"),
        ("錢包 App 閃退", "zh"),
        ("币", "zh"),
        # Its particles show in which language a sentence is.
        ("IM Wallet的support是7x24吗", "zh"),
        ("tx pending好久了怎么办 gas", "zh"),
        ("TP Wallet support DApp browser吗", "zh"),
        ("Metamask seed phrase import怎么弄", "zh"),
        ("withdraw fee limit KYC是什么", "zh"),
        ("我 swap USDT failed", "zh"),
        ("TP Wallet support Solana 嗎", "zh"),
        ("what does 我的钱包 mean", "en"),
        ("how do i find 我的 in the app", "en"),
        ("the button says 可以 is that fine", "en"),
        ("token contract address 目的 bridge", "en"),
        ("What does 矿工费 mean", "en"),
        ("what is 助记词", "en"),
        ("Is 私钥 the same as a private key?", "en"),
        ("WITHDRAW PENDING", "en"),
        ("Why’s my transfer slow", "en"),
    ],
)
def test_the_language_of_mixed_text(text, lang):
    assert detect_language(text) == lang
    assert detect_language(text, "zh" if lang == "en" else "en") == lang


@pytest.mark.parametrize(
    "text", ["", " ", "12345", "???", "😀", "0.5 + 1", "0x5F3a9c", "1BoatSLRH"]
)
def test_text_without_words_is_in_the_default_language(text):
    assert detect_language(text, "zh") == "zh"
    assert detect_language(text, "en") == "en"


@given(ANY_TEXT)
def test_any_text_has_a_language(text):
    assert detect_language(text) in ("zh", "en")


# plain


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("## Fees\n\nThey are **low**, `always`.", "Fees\nThey are low, always."),
        ("- one\n* two\n+ three\n• four", "one\ntwo\nthree\nfour"),
        ("1. first\n2) second\n3、 third", "first\nsecond\nthird"),
        ("> quoted\n> - item", "quoted\nitem"),
        ("See [our page](https://example.com/a_(b)) now", "See our page now"),
        ("![a logo](logo.png)", "a logo"),
        ("[![a logo](logo.png)](https://example.com)", "a logo"),
        ("Ask <help@example.com>, <https://a.bc>.", "Ask help@example.com, https://a.bc."),
        ("<b>bold</b><br/>next <!-- a\nremark -->", "bold next"),
        ("a &amp; b &lt;c&gt; 5 &nbsp; 6", "a & b <c> 5 6"),
        ("5 < 6, 7 > 3", "5 < 6, 7 > 3"),
        ("snake_case, 2*3, _slanted_ and *so*", "snake_case, 2*3, slanted and so"),
        ("Title\n=====\n\ntext\n\n---\n\nmore", "Title\ntext\nmore"),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |", "| a | b |\n| 1 | 2 |"),
        ("**一、标题**\n\n正文", "一、标题\n正文"),
        ("  \n\n ", ""),
    ],
)
def test_plain_leaves_the_words(markdown, words):
    assert plain(markdown) == words


def test_plain_keeps_the_words_of_code_even_where_the_fence_is_left_open():
    assert plain("```toml\nport = 8000\n```\nafter") == "port = 8000\nafter"
    assert plain("before\n```\ncode\nand everything after") == "before\ncode\nand everything after"
    assert plain("```one line``` after") == "one line after"


@given(st.lists(st.text(HAN, min_size=1) | st.from_regex(r"[a-z]{1,9}", fullmatch=True)))
def test_plain_loses_no_word_of_a_plain_text(words):
    assert plain("\n".join(words)).split() == words


@given(st.text(st.sampled_from("[]()<>!-*_`#~|:=&; \n\tab1.、@/")))
def test_plain_of_any_mess_is_lines_without_blank_ones(text):
    assert all(line == line.strip() != "" for line in plain(text).splitlines())


@pytest.mark.parametrize("mark", ["[", "[a](", "<a", "<!--", "<a@", "[a](x(y)", "> ", "_a", "|-"])
def test_plain_reads_a_long_run_of_opening_marks(mark):
    """Quadratic patterns would take hours here, not a fraction of a second."""
    assert isinstance(plain(mark * 200_000), str)


# Tokenizer


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("助记词丢了", {"助记词", "丢"}),
        ("助記詞", {"助记词"}),
        ("我的观察钱包", {"观察钱包", "钱包"}),
        ("貔貅盘", {"貔貅盘"}),
        ("Withdrawals", {"withdraw"}),
        ("ERC-20", {"erc20", "erc", "20"}),
        ("TRC20转账", {"trc20", "转账"}),
        ("wallet's", {"wallet"}),
        ("wallet’s", {"wallet"}),
        ("手续费 fees", {"手续费", "fee"}),
    ],
)
def test_tokens_hold(tokenizer, text, tokens):
    assert tokens <= set(tokenizer.tokens(text))


def test_a_word_of_one_language_says_the_same_in_every_writing(tokenizer):
    assert tokenizer.tokens("ＵＳＤＴ 轉帳") == tokenizer.tokens("usdt 转帐")
    assert tokenizer.tokens("Pending transfers") == tokenizer.tokens("pending TRANSFER")


def test_order_and_repeats_stay(tokenizer):
    assert tokenizer.tokens("fee wallet fee") == ["fee", "wallet", "fee"]


@pytest.mark.parametrize("text", ["", "?!。", "怎么办", "what is it", "isn't", "isn’t", "的 了 吗"])
def test_function_words_and_marks_are_no_tokens(tokenizer, text):
    assert tokenizer.tokens(text) == []


def test_own_words_are_kept_whole_and_leave_other_tokenizers_alone():
    word = "蓝鲸跳跃协议"  # in no dictionary
    assert word in Tokenizer([word]).tokens(f"什么是{word}?")
    assert word not in Tokenizer().tokens(f"什么是{word}?")


def test_own_words_may_be_written_in_traditional_characters():
    assert "蓝鲸跳跃协议" in Tokenizer(["藍鯨跳躍協議"]).tokens("藍鯨跳躍協議")


@given(ANY_TEXT | st.text(HAN))
def test_every_text_has_clean_tokens(tokenizer, text):
    for token in tokenizer.tokens(text):
        assert token
        assert token == normalise(token)
        assert " " not in token
        assert token not in STOPWORDS or token.isascii()


@given(st.text(HAN, min_size=1))
def test_words_are_the_run_cut_into_pieces(tokenizer, run):
    assert "".join(tokenizer.words(run)) == run


def test_expected_is_a_share_of_general_text(tokenizer):
    assert 0 < tokenizer.expected("钱包") < tokenizer.expected("我们") < 1
    assert tokenizer.expected("蓝鲸跳跃协议") == 0


def test_threads_see_the_same_tokens(tokenizer):
    shuffle = random.Random(7)
    words = "withdrawals transfers confirmations 助记词丢失 提现没到账 wallets' fees 轉帳".split()
    texts = [" ".join(shuffle.choices(words, k=12)) for _ in range(300)]
    alone = [tokenizer.tokens(text) for text in texts]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tokenizer.tokens, texts * 4)) == alone * 4


FIRST_USE = """
import json, logging, sys, tempfile
before = set(sys.modules)
import indexer.text
heavy = sorted({"jieba", "opencc", "Stemmer"} & (set(sys.modules) - before))
records = []
class Keep(logging.Handler):
    def emit(self, record): records.append(record.getMessage())
logging.basicConfig(level=logging.DEBUG, handlers=[Keep()])
tokens = indexer.text.Tokenizer(["助记词"]).tokens("助記詞 wallets")
print(json.dumps([heavy, tokens, records], ensure_ascii=False))
"""


def test_import_and_first_use_are_silent_and_write_nothing(tmp_path):
    """In a new process, all modules compiled anew, every warning on."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "PYTHONPYCACHEPREFIX": str(tmp_path / "bytecode"),
        "PYTHONWARNINGS": "default",
        "PYTHONUTF8": "1",
        "TMPDIR": str(temporary),
        "TEMP": str(temporary),
        "TMP": str(temporary),
    }

    ran = subprocess.run(
        [sys.executable, "-c", FIRST_USE],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )

    assert ran.stderr == ""
    heavy, tokens, records = json.loads(ran.stdout)
    assert heavy == []
    assert "助记词" in tokens
    assert "wallet" in tokens
    assert records == []
    assert list(temporary.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} <= {"temporary", "bytecode"}
