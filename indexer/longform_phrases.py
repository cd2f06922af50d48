"""What a phrase looks like: its length as a reader feels it, a heading's shape, a question.

Every pattern is used on the beginning of a text, or passes over it once.
"""

import re

from indexer.text import HAN

# What the end of a finished paragraph looks like.
TERMINAL = tuple("。.！!？?；;：:…”\"'’）)】》*")
ANSWER = re.compile(r"(?:A|Ａ|答|答案|回答|Answer)\s?\d{0,3}\s?[:：]\s*", re.IGNORECASE)
_STEP = re.compile(
    r"(?:第\s?[一二三四五六七八九十\d]{1,3}\s?步|步骤\s?[一二三四五六七八九十\d]|step\s?\d)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    "注意|注意事项|请注意|特别注意|提示|小提示|温馨提示|重要提示|警告|重要|说明|备注|例如|示例|举例|摘要|"
    "note|notes|please note|warning|important|caution|tip|tips|hint|example|for example|e\\.g\\.",
    re.IGNORECASE,
)
_WORDS = re.compile(rf"[{HAN}]|[^\W{HAN}]+")
_SENTENCE_END = re.compile(rf"[。！？；;…]|[!?](?![a-z0-9_=&])|\.(?=\s|$)|(?<=[a-z])\.(?=[{HAN}])")
_NO_HEADING_END = "。.！!；;，,、：:…"
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
QUESTION_END = re.compile(r"[?？](?![a-z0-9_=&])[?？!！]*[”\"’')）]?(?:\*\*|__)?")
_ASKING = re.compile(
    "如何|怎么|怎样|怎办|为什么|为何|什么|哪些|哪个|哪里|是否|能否|可否|多久|多少|几天|吗$|呢$"
    r"|^(?:how|what|why|when|where|who|which|can|could|do|does|did|is|are|should|will|may)\b",
    re.IGNORECASE,
)


def units(text: str) -> int:
    """Return the length of `text` as a reader feels it: 1 for a Han character, 2 for a word."""
    return sum(1 if len(word) == 1 else 2 for word in _WORDS.findall(text))


def clean(text: str) -> str:
    """Return `text` without emphasis, links, code marks and the marks at its ends: a heading."""
    text = _LINK.sub(r"\1", text).replace("**", "").replace("__", "").replace("`", "")
    return " ".join(text.split()).strip("*_ #＃").rstrip(" 。:：;；,，、").strip()


def is_heading_shaped(core: str, limit: int) -> bool:
    """Say whether `core` is a phrase of at most `limit` units without a sentence's punctuation."""
    return (
        1 < len(core) <= 4 * limit
        and core[-1] not in _NO_HEADING_END
        and not _SENTENCE_END.search(core)
        and 1 < units(core) <= limit
    )


def ends_sentence(text: str) -> bool:
    """Say whether `text` holds the end of a sentence."""
    return _SENTENCE_END.search(text) is not None


def split_question(core: str) -> tuple[str, str] | None:
    """Return the question that `core` opens with and what follows; None if it opens with none."""
    window = core[:200]
    end = QUESTION_END.search(window)
    if end is None or "://" in window[: end.start()]:
        return None
    question = window[: end.end()]
    if _SENTENCE_END.search(window[: end.start()]) or not 1 < units(question) <= 50:
        return None
    rest = core[end.end() :].strip()
    answer = ANSWER.match(rest)
    return clean(question), rest[answer.end() :] if answer else rest


def is_question(core: str, *, marked: bool = True) -> bool:
    """Say whether `core` is one question and nothing else; without a mark unless `marked`."""
    core = core.strip("* ")
    if len(core) > 200 or not 1 < units(core) <= 60:
        return False
    asked = core.rstrip("”\"’')）!！*")
    if asked[-1:] in ("?", "？"):
        return _SENTENCE_END.search(asked.rstrip("?？!！")) is None
    return not marked and _ASKING.search(core) is not None and is_heading_shaped(core, 40)


def is_note(core: str) -> bool:
    """Say whether `core` only labels what follows ("注意:"): it heads no section of its own."""
    return _NOTE.fullmatch(core.strip("*_ :：!！")) is not None


def is_step(core: str) -> bool:
    """Say whether `core` is a step of an instruction: it belongs to the section it stands in."""
    return _STEP.match(core) is not None
