"""Text as the search sees it: the same three functions serve articles and queries.

`normalise` → `detect_language` → `Tokenizer.tokens`. Nothing happens on import; jieba's dictionary
is read when the first Tokenizer is made, and no file is written anywhere.
"""

import html
import re
import threading
import unicodedata
import warnings
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from indexer.article import Lang

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_HAN_CHARACTER = re.compile(f"[{HAN}]")
# Letters beside a digit are part of an address or a hash: they show no language.
_LATIN_WORD = re.compile(r"(?<![a-z0-9])[a-z]+(?:['’][a-z]+)*(?![a-z0-9])", re.IGNORECASE)
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:['’.\-_][a-z0-9]+)*")
_SPACE = re.compile(r"\s+")
# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt), interlinear annotation marks.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
# A half of a surrogate pair (JSON can hold one) is no character: nothing could write it anywhere.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Markup. Each excludes its own opening mark, so that a run of them is read once, not once for each.
_CODE_FENCE = re.compile(r"(?m)^[ \t]*(?:```+[^`\n]*|~~~+[^~\n]*)$")
_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->", re.DOTALL)
_IMAGE_OR_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:|[^<>\s@]+@)[^<>\s]*)>")
_TAG = re.compile(r"<[a-zA-Z/!][^<>\n]*>")
_BLOCK_MARKS = re.compile(r"(?m)^(?:[ \t]*(?:#{1,6}|>|[-*+•]|\d{1,3}[.)、])(?:[ \t]+|$))+")
_RULE = re.compile(r"(?m)^[ \t|:]*(?:[-=*_][ \t|:]*){3,}$")
_EMPHASIS = re.compile(r"\*\*|__|`|~~|(?<!\w)[*_]|[*_](?!\w)")

# Function words carry the grammar of a question, not its subject.
_ENGLISH_FUNCTION_WORDS = frozenset(
    """
    a about an and any are aren't as at be been being but by can can't cannot could did didn't do
    does doesn't don't dont for from had has have he hello her hey hi his how i i'm i've if im in
    into is isn't it it's its ive just me my of on or our please pls plz she should so some than
    thank thanks that the their them then there these they this those to too us was wasn't we were
    what what's when where which who whom why will with won't would you your
    """.split()
)
_CHINESE_FUNCTION_WORDS = frozenset(
    """
    的 了 吗 呢 吧 啊 呀 么 嘛 哦 我 你 您 他 她 它 我们 你们 他们 是 在 有 和 与 及 或 也 都
    就 把 被 给 让 这 那 这个 那个 哪 哪个 哪里 什么 怎么 怎样 怎么办 如何 为什么 为何 为啥
    请问 请 可以 能 能不能 可不可以 一下 一个 想 要 会 还 又 很 啥 咋 咋办 求助 谢谢 你好 您好
    上 里 到 对 从 用 后 时 时候 如果
    """.split()
)
# Those that show that a sentence is Chinese; in both scripts, for a text may not be normalised.
# What only looks like one in another word is told apart (目的, 了解, 是非).
_CHINESE_GRAMMAR = re.compile(
    "(?<!目)的(?!士)|了(?!解)|[吗嗎呢吧嘛咋啥我你您妳]|什么|什麼|怎么|怎麼|怎样|怎樣|为什么|為什麼|为何|為何|为啥|為啥"
    "|如何|哪[里裡个個些儿兒]?|能不能|可不可以|可以|能否|是不是|是否|是(?!非)|有没有|有沒有|[这這那][个個里裡些]?|请问|請問"
)
STOPWORDS = _ENGLISH_FUNCTION_WORDS | _CHINESE_FUNCTION_WORDS


@cache
def _to_simplified() -> Any:
    import opencc  # noqa: PLC0415 - loads its dictionaries: only when the first text arrives

    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """Return `text` in NFKC, simplified characters, lower case, single spaces, nothing invisible.

    Idempotent. Traditional characters are converted before any segmentation, because jieba's
    dictionary is a simplified one.
    """
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    text = _CONTROL.sub(" ", text).lower()
    if _HAN_CHARACTER.search(text):
        # Twice, for what OpenCC keeps as part of a phrase (乾綱 → 乾纲) it converts afterwards.
        convert = _to_simplified().convert
        text = convert(convert(text))
    # Lower-casing can leave what NFKC would change again (İ → i̇).
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def detect_language(text: str, default: Lang = "en") -> Lang:
    """Return the language that the asker of `text` speaks; `default` when it holds no words.

    Mixed text is normal ("gas费不够"): one Han character weighs as much as one Latin word, and
    function words count double, for they show that the sentence itself is in their language. Where
    only Chinese ones stand it is Chinese, however many names of things are English; where both do,
    what little Chinese there is may be quoted ("what does 我的钱包 mean").
    """
    han = len(_HAN_CHARACTER.findall(text))
    words = [word.lower() for word in _LATIN_WORD.findall(text)]
    if not han and not words:
        return default
    grammar = sum(word in _ENGLISH_FUNCTION_WORDS for word in words)
    chinese = sum(1 for _ in _CHINESE_GRAMMAR.finditer(text))
    lead = han - len(words) - grammar
    if chinese:
        return "zh" if lead >= 0 or not grammar or lead + chinese > 1 else "en"
    return "zh" if han and lead >= 0 else "en"


def plain(markdown: str) -> str:
    """Return the words of a Markdown text without its markup, a line for each block.

    Code keeps its words, a link its text but not its address.
    """
    text = _COMMENT.sub(" ", _CODE_FENCE.sub("", markdown))
    for _ in range(2):  # an image may be the text of a link
        text = _IMAGE_OR_LINK.sub(r"\1", text)
    text = _TAG.sub(" ", _AUTOLINK.sub(r"\1", text))
    text = _BLOCK_MARKS.sub("", _RULE.sub("", text))
    text = _EMPHASIS.sub("", text)
    lines = (_SPACE.sub(" ", line).strip() for line in html.unescape(text).splitlines())
    return "\n".join(line for line in lines if line)


@cache
def _jieba() -> Any:
    """Return the module jieba; importing it takes a while and sets up a logger."""
    with warnings.catch_warnings():
        # Python tells of escapes in its source that are none, wherever it compiles it anew.
        warnings.simplefilter("ignore")
        import jieba  # noqa: PLC0415
    return jieba


@cache
def _base_dictionary() -> tuple[dict[str, int], int]:
    """Return jieba's word frequencies and their sum, read past its cache in a shared folder."""
    segmenter = _jieba().Tokenizer()
    return segmenter.gen_pfdict(segmenter.get_dict_file())  # type: ignore[no-any-return]


def general_words(often: int) -> dict[str, int]:
    """Return the Chinese words that stand `often` times in general text, and how many times.

    All single characters are among them.
    """
    frequencies, _ = _base_dictionary()
    words = {w: n for w, n in frequencies.items() if n >= often or (n and len(w) == 1)}
    return {word: count for word, count in words.items() if _HAN_CHARACTER.match(word)}


class _Stems(threading.local):
    """A stemmer for each thread: Snowball's are not thread-safe (PyStemmer's documentation)."""

    def __init__(self) -> None:
        import Stemmer  # noqa: PLC0415 - a C extension that only tokenising needs

        self.stem = lru_cache(maxsize=50_000)(Stemmer.Stemmer("english").stemWord)


class Tokenizer:
    """Cuts normalised text into search tokens. Thread-safe.

    Chinese: jieba in search mode (long words and their parts) with the knowledge base's own `words`
    on top of the general dictionary, without its model for unknown words, which would cut the same
    name differently in an article and in a question. English: Snowball stems. Function words are
    left out.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        frequencies, total = _base_dictionary()
        self._segmenter = _jieba().Tokenizer()
        self._segmenter.FREQ = dict(frequencies)
        self._segmenter.total = total
        self._segmenter.initialized = True
        for word in words:
            self._segmenter.add_word(normalise(word))
        self._stems = _Stems()

    def tokens(self, text: str) -> list[str]:
        """Return the tokens of `text` (normalised first) in their order, repeats included."""
        tokens: list[str] = []
        for run in _RUN.findall(normalise(text)):
            if _HAN_CHARACTER.match(run):
                words = self._segmenter.cut_for_search(run, HMM=False)
                tokens.extend(word for word in words if word not in _CHINESE_FUNCTION_WORDS)
            else:
                tokens.extend(self._latin(run.replace("’", "'")))
        return tokens

    def words(self, run: str) -> list[str]:
        """Return the words of a run of Han characters, each character in one word."""
        return list(self._segmenter.cut(run, HMM=False))

    def expected(self, word: str) -> float:
        """Return how often `word` stands among the words of general Chinese text (0..1)."""
        return float(self._segmenter.FREQ.get(word, 0) / self._segmenter.total)

    def _latin(self, run: str) -> list[str]:
        """Return the stems of a run such as "erc-20" or "wallet's": the whole and its parts."""
        if run in _ENGLISH_FUNCTION_WORDS:
            return []
        parts = [part for part in re.split(r"['.\-_]", run) if part]
        if len(parts) == 1:
            return [self._stems.stem(parts[0])]
        joined = "".join(parts)
        parts = [p for p in parts if p not in _ENGLISH_FUNCTION_WORDS and len(p) > 1]
        return [self._stems.stem(part) for part in (joined, *parts)]
