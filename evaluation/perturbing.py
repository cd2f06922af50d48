"""Questions as hurried, polite or bilingual people would have typed them.

Every way is a function of the text and a source of chance that hangs on the id alone: the
same questions become the same others on every machine. A way that does not fit a text returns it as
it is.
"""

import hashlib
import random
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from indexer.article import Lang
from indexer.lexicon import Lexicon
from indexer.text import HAN, Tokenizer, normalise

# The names of all ways.
WAYS = (
    "typos",
    "homophones",
    "pinyin",
    "traditional",
    "filler",
    "polite",
    "punctuation",
    "mixing",
)
Way = Callable[[str, Lang, random.Random], str]

_HAN_RUN = re.compile(f"[{HAN}]+")
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_WORD = re.compile(r"[A-Za-z]{4,}")
_MARKS = re.compile(r"[^\w\s]+")
# Neighbours on a QWERTY keyboard.
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# A slip for so many letters of Latin text, and for so many Han characters.
_LETTERS, _CHARACTERS = 30, 10
# A character that stands this often among a million words of Chinese is one that people type.
_COMMON = 1e-5
_FILLERS: dict[Lang, tuple[str, ...]] = {
    "zh": ("那个", "就是说", "嗯", "我想问下就是", "怎么说呢", "额"),
    "en": ("um", "so basically", "like", "you know", "ok so", "i mean"),
}
_POLITE: dict[Lang, tuple[tuple[str, str], ...]] = {
    "zh": (
        ("您好，请问", "，麻烦您了，谢谢！"),
        ("你好，打扰一下，", "，辛苦了"),
        ("不好意思想请教一下，", "，非常感谢"),
    ),
    "en": (
        ("Hello there, I hope you are well. ", " Thank you so much in advance!"),
        ("Hi, sorry to bother you, ", " thanks!"),
        ("Good morning, could you kindly help me? ", " Best regards"),
    ),
}


def ways(lexicon: Lexicon, tokenizer: Tokenizer) -> dict[str, Way]:
    """Return every way by its name; `lexicon` tells which words exist in both languages."""
    translations = _translations(lexicon)
    return {
        "typos": typos,
        "homophones": lambda text, _, rng: homophones(text, rng, tokenizer),
        "pinyin": lambda text, _, rng: as_pinyin(text, rng, tokenizer),
        "traditional": lambda text, _, __: traditional(text),
        "filler": lambda text, lang, rng: filler(text, lang, rng, tokenizer),
        "polite": polite,
        "punctuation": punctuation,
        "mixing": lambda text, _, __: mixed(text, translations),
    }


def chance(way: str, ident: str) -> random.Random:
    """Return the source of chance of one question and way."""
    digest = hashlib.sha256(f"{way}/{ident}".encode()).digest()
    return random.Random(int.from_bytes(digest[:8]))  # noqa: S311 - chance that repeats


def typos(text: str, lang: Lang, rng: random.Random) -> str:
    """Return `text` with letters swapped, lost, doubled or taken from the next key.

    Chinese has no letters: characters are swapped, lost or doubled.
    """
    places = [m.span() for m in _WORD.finditer(text)]
    if places:
        count = max(1, sum(end - start for start, end in places) // _LETTERS)
        for start, end in sorted(rng.sample(places, min(count, len(places))), reverse=True):
            text = text[:start] + _slip(text[start:end], rng, keys=True) + text[end:]
        return text
    runs = [m.span() for m in _HAN_RUN.finditer(text) if m.end() - m.start() >= 4]
    if not runs:
        return text
    start, end = rng.choice(runs)
    return text[:start] + _slip(text[start:end], rng, keys=False) + text[end:]


def homophones(text: str, rng: random.Random, tokenizer: Tokenizer) -> str:
    """Return Chinese `text` with some characters as an input method gives them when one slips."""
    places = [m.start() for m in _HAN_CHARACTER.finditer(text)]
    rng.shuffle(places)
    left = max(1, len(places) // _CHARACTERS)
    letters = list(text)
    for place in places:
        others = [c for c in _sounding_like(letters[place], tokenizer) if c != letters[place]]
        if others and left:
            letters[place] = rng.choice(others[:3])
            left -= 1
    return "".join(letters)


def as_pinyin(text: str, rng: random.Random, tokenizer: Tokenizer) -> str:
    """Return Chinese `text` with one of its longer words typed in letters."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a large table: only when Chinese comes

    words = [
        (run.start(), word)
        for run in _HAN_RUN.finditer(text)
        for word in tokenizer.words(run.group())
        if len(word) >= 2
    ]
    if not words:
        return text
    begin, word = rng.choice(words)
    start = text.index(word, begin)
    return _put(text, start, start + len(word), "".join(lazy_pinyin(word)))


def traditional(text: str) -> str:
    """Return `text` in the characters and words of Taiwan; without Chinese it stays as it is."""
    return str(_opencc().convert(text)) if _HAN_CHARACTER.search(text) else text


def filler(text: str, lang: Lang, rng: random.Random, tokenizer: Tokenizer) -> str:
    """Return `text` with words that say nothing before it and between two of its words."""
    first, second = rng.sample(_FILLERS[lang], 2)
    joint = "，" if lang == "zh" else " "
    run = max(_HAN_RUN.finditer(text), key=lambda found: len(found.group()), default=None)
    if lang == "zh" and run is not None:
        words = tokenizer.words(run.group())
        place = run.start() + sum(map(len, words[: len(words) // 2]))
        return f"{first}{joint}{text[:place]}{second}{text[place:]}"
    parts = text.split(" ")
    middle = len(parts) // 2
    return joint.join([first, " ".join([*parts[:middle], second, *parts[middle:]])])


def polite(text: str, lang: Lang, rng: random.Random) -> str:
    """Return `text` with a greeting and thanks."""
    before, after = rng.choice(_POLITE[lang])
    return f"{before}{text}{after}"


def punctuation(text: str, lang: Lang, rng: random.Random) -> str:
    """Return `text` without its marks, or with too many of them."""
    bare = " ".join(_MARKS.sub(" ", text).split())
    if bare and bare != text and rng.random() < 0.5:
        return bare
    return f"{text.rstrip('?？!！.。')}{rng.choice(('???', '！！！', '。。。', '?!?!', '~~~'))}"


def mixed(text: str, translations: Mapping[str, str]) -> str:
    """Return `text` with up to two of its terms in the other language."""
    chosen: list[tuple[int, int, str]] = []
    for term, other in translations.items():
        pattern = re.escape(term)
        if not _HAN_CHARACTER.match(term):
            pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
        found = re.search(pattern, text, flags=re.IGNORECASE)
        if found and all(found.end() <= start or found.start() >= end for start, end, _ in chosen):
            chosen.append((*found.span(), other))
        if len(chosen) == 2:
            break
    for start, end, other in sorted(chosen, reverse=True):
        text = _put(text, start, end, other)
    return text


def _put(text: str, start: int, end: int, word: str) -> str:
    """Return `text` with `word` from `start` to `end`, not run together with Latin words."""
    before = " " if re.search("[A-Za-z0-9]$", text[:start]) and word[0].isascii() else ""
    after = " " if re.match("[A-Za-z0-9]", text[end:]) and word[-1].isascii() else ""
    return f"{text[:start]}{before}{word}{after}{text[end:]}"


def _translations(lexicon: Lexicon) -> dict[str, str]:
    """Return terms with their word in the other language, the longest first."""
    pairs: dict[str, str] = {}
    for term in lexicon.glossary:
        pairs.setdefault(term.zh, term.en)
        pairs.setdefault(term.en, term.zh)
    rows: Sequence[Sequence[str]] = lexicon.synonyms
    for row in rows:
        han = [term for term in row if _HAN_CHARACTER.search(term)]
        latin = [term for term in row if not _HAN_CHARACTER.search(term)]
        if han and latin:
            pairs.update({term: latin[0] for term in han if term not in pairs})
            pairs.update({term: han[0] for term in latin if term not in pairs})
    # A term of two characters may stand in a longer one: that one is tried first.
    return dict(sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def _slip(word: str, rng: random.Random, *, keys: bool) -> str:
    """Return `word` with one slip behind its first character."""
    place = rng.randrange(1, len(word) - 1)
    kind = rng.choice(("swap", "lose", "double", "key") if keys else ("swap", "lose", "double"))
    if kind == "swap":
        return f"{word[:place]}{word[place + 1]}{word[place]}{word[place + 2 :]}"
    if kind == "lose":
        return word[:place] + word[place + 1 :]
    if kind == "double":
        return word[: place + 1] + word[place:]
    return word[:place] + _beside(word[place], rng) + word[place + 1 :]


def _beside(letter: str, rng: random.Random) -> str:
    row = next((row for row in _ROWS if letter.lower() in row), "")
    place = row.find(letter.lower())
    near = [row[n] for n in (place - 1, place + 1) if row and 0 <= n < len(row)]
    return rng.choice(near) if near else letter


def _sounding_like(character: str, tokenizer: Tokenizer) -> list[str]:
    """Return common characters of the same sound (tones aside), the most common first."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a large table: only when Chinese comes

    return _by_sound(tokenizer).get(lazy_pinyin(normalise(character))[0], [])


@cache
def _by_sound(tokenizer: Tokenizer) -> dict[str, list[str]]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a large table: only when Chinese comes

    known = [chr(code) for code in range(0x4E00, 0x9FA6) if tokenizer.expected(chr(code)) > _COMMON]
    found: dict[str, list[str]] = {}
    for character in sorted(known, key=lambda c: (-tokenizer.expected(c), c)):
        found.setdefault(lazy_pinyin(character)[0], []).append(character)
    return found


@cache
def _opencc() -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - its tables are read when it is made

    return OpenCC("s2twp")
