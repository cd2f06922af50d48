"""Mends slips towards the words of the knowledge base: characters that sound or look alike, pinyin,
English typos.

A word is touched only when it is none that the knowledge base, or English, knows: a wrong mending
costs more than a missed one, for it turns a strange question into one that seems to fit.
"""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from math import inf, log
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.spelling import Spelling
from indexer.text import HAN, STOPWORDS, Tokenizer
from server.engine.chinese import WordModel
from server.engine.lookalikes import misread
from server.engine.pinyin import sounds
from server.engine.romanised import Romanised, Spelt, is_abbreviation
from server.engine.syllables import spellable

# A Latin run beside a digit is part of an address, a hash or a version, not a word.
_RUN = re.compile(f"[{HAN}]+|(?<![a-z0-9])[a-z]+(?:'[a-z]+)*(?![a-z0-9])")
_HAN = re.compile(f"[{HAN}]")
_LATIN = re.compile("[a-z]+")
# Words longer than this are made of others.
_LONGEST = 5
# Shorter Latin words have too many neighbours at one letter's distance.
_SHORTEST_LATIN = 4
_TWO_SLIPS_FROM = 8
# What makes a Chinese word one that the articles are about: it stands in them so many times, and so
# many times more often than in general text. Less, and "先试" is read as "显示", "好记" as "好几".
_OFTEN = 3
# A character that makes such a share of the articles' words by itself ("不") is no slip.
_ALONE = 0.001
_KEYNESS = 40.0
# A misread character makes no word at all: less is needed to know which word was meant.
_KEYNESS_OF_LOOKS = 3.0
# What counts as common in general English, and how many of that one use in the articles is worth.
_COMMON = 500
# What a name costs that no article uses (-log of its probability).
_NAME = 13.0
# How much likelier pinyin has to be than none (log-odds), to be tried at all, and to be sure. Of
# 12,600 English questions one passes the second, and that is pinyin.
_LIKELY, _SURE = 2.0, 6.0
# And how much of the Latin letters has to be pinyin where nothing else is Chinese: a name in an
# English question ("moved to shenzhen") makes it no Chinese one.
_MINOR, _MAJOR = 0.5, 0.75
_OWN_WORD = 1_000_000

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Correction:
    """What was read as what."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text with its slips mended; `text` is the given one where there were none.

    `unread` is what it says where what was read as pinyin is none, None where it surely is.
    """

    text: str
    corrections: tuple[Correction, ...] = ()
    unread: str | None = None


@cache
def _english_size() -> int:
    return sum(english_words().values())


@cache
def english_words() -> dict[str, int]:
    """Return how often each of 160,000 English words stands in general text."""
    packed = files("spellchecker").joinpath("resources/en.json.gz").read_bytes()
    words: dict[str, int] = json.loads(gzip.decompress(packed))
    # "dont", "wheres": a left-out apostrophe is no slip that needs mending.
    return words | {word.replace("'", ""): count for word, count in words.items() if "'" in word}


class Corrector:
    """Mends questions towards the words of one knowledge base. Thread-safe."""

    def __init__(self, spelling: Spelling, tokenizer: Tokenizer, known: Iterable[str] = ()) -> None:
        """`known` holds normalised words and names that are right though no article uses them."""
        known = frozenset(known)
        self._chinese = spelling.chinese.keys() | known
        often = sum(spelling.chinese.values()) * _ALONE
        self._kept = {w for w in self._chinese if len(w) > 1 or spelling.chinese.get(w, 0) > often}
        self._latin = spelling.latin
        self._known_latin = spelling.latin.keys() | set(_LATIN.findall(" ".join(known)))
        self._tokenizer = tokenizer
        self._latin_size = sum(spelling.latin.values()) or 1
        self._romanised = Romanised(WordModel(spelling), tokenizer.words, self._rarity)
        own = _own_words(spelling, tokenizer, _KEYNESS)
        self._by_sound = _most_frequent((sounds(word), word) for word in own)
        own = _own_words(spelling, tokenizer, _KEYNESS_OF_LOOKS)
        self._by_looks = _most_frequent((wrong, word) for word in own for wrong in misread(word))

    def correct(self, text: str) -> Corrected:
        """Return normalised `text` with its slips mended."""
        corrections: list[Correction] = []
        spelt, unsure = self._pinyin(text, corrections)
        mended = self._mended(spelt, corrections)
        if not corrections:
            return Corrected(text)
        unread = self._mended(text, []) if unsure else None
        return Corrected(mended, tuple(corrections), unread)

    def _mended(self, text: str, corrections: list[Correction]) -> str:
        """Return `text` with the slips in its Chinese and its English words mended."""
        strange = [word for word in _LATIN.findall(text) if not self._knows(word)]
        # Pinyin of words that no article uses is not meant to be English either.
        latin_is_pinyin = len(strange) > 1 and all(map(spellable, strange))

        def mend(run: re.Match[str]) -> str:
            written = run.group()
            if _HAN.match(written):
                return "".join(self._han(written, corrections))
            right = written if latin_is_pinyin else self._word(written)
            if right != written:
                corrections.append(Correction(written, right))
            return right

        return _RUN.sub(mend, text)

    def _word(self, word: str) -> str:
        """Return the word that the unknown Latin `word` was meant to be, else `word`."""
        stem = word.removesuffix("'s")
        if len(word) < _SHORTEST_LATIN or self._knows(word) or self._knows(stem):
            return word
        like = self._spelt.get(word[0], [])
        if len(word) == _SHORTEST_LATIN:
            # One letter of four replaced makes any word of any other ("uber", "user").
            like = [w for w in like if len(w) > len(word) or sorted(w) == sorted(word)]
        distance = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        near = process.extract(word, like, scorer=OSA.distance, score_cutoff=distance, limit=None)
        if not near:
            return word
        return min(near, key=lambda found: (found[1], -self._frequency(found[0]), found[0]))[0]

    def _knows(self, word: str) -> bool:
        return word in self._known_latin or word in english_words()

    def _frequency(self, word: str) -> int:
        """A word of the articles is likelier than any other that is spelt as much alike."""
        return english_words().get(word, 0) + self._latin.get(word, 0) * _OWN_WORD

    @cached_property
    def _spelt(self) -> dict[str, list[str]]:
        """The Latin words that a slip may have been meant to be, by their first letter."""
        common = {word for word, count in english_words().items() if count >= _COMMON}
        own = {word for word, count in self._latin.items() if count > 1}
        spelt: dict[str, list[str]] = defaultdict(list)
        for word in sorted(common | own):
            if len(word) >= _SHORTEST_LATIN:
                spelt[word[0]].append(word)
        return spelt

    def _han(self, run: str, corrections: list[Correction]) -> Iterator[str]:
        """Yield the words of a Han run, those that only sound like another one replaced by it."""
        words = self._tokenizer.words(run)
        place = 0
        while place < len(words):
            for end in range(min(len(words), place + _LONGEST), place, -1):
                window = "".join(words[place:end])
                right = self._meant(window, words[place:end])
                if right is not None:
                    corrections.append(Correction(window, right))
                    yield right
                    place = end
                    break
            else:
                yield words[place]
                place += 1

    def _meant(self, window: str, words: list[str]) -> str | None:
        """Return the word that `window`, cut into `words`, was meant to be, None for itself."""
        if not 2 <= len(window) <= _LONGEST or window in self._chinese:
            return None
        if len(words) > 1 and all(len(word) > 1 for word in words):
            return None
        right = self._by_sound.get(sounds(window))
        if right is None and len(words) > 1:
            # What general Chinese has as a word is seldom misread: "线路" is meant.
            right = self._by_looks.get(window)
        if right is None or not self._keeps(words, right):
            return None
        return right

    def _keeps(self, words: list[str], right: str) -> bool:
        """Tell whether `right` leaves what is known as it is: "好吗" is no "号码"."""
        place = 0
        for word in words:
            read_as = right[place : place + len(word)]
            if word != read_as and (word in self._kept or _changes_grammar(word, read_as)):
                return False
            place += len(word)
        return True

    def _pinyin(self, text: str, corrections: list[Correction]) -> tuple[str, bool]:
        """Replace what spells Chinese words; tell whether it may be none: "tixian mei daozhang"."""
        # What English and the articles know needs no other reading.
        if not any(self._may_be_pinyin(word) for word in _LATIN.findall(text)):
            return text, False
        read = self._romanised.read(text)
        share = _share(text, read.spelt)
        unlikely = read.lead < _LIKELY or share < _MINOR
        if unlikely or not any(self._carries(text, part) for part in read.spelt):
            return text, False
        right = ""
        place = 0
        for part in read.spelt:
            right += text[place : part.start].rstrip(" ") + part.chinese
            place = part.end + text.startswith(" ", part.end)
            corrections.append(Correction(text[part.start : part.end], part.chinese))
        return right + text[place:], read.lead < _SURE or share < _MAJOR

    def _carries(self, text: str, part: Spelt) -> bool:
        """Tell whether `part` is a word that shows that a text has pinyin in it."""
        words = _LATIN.findall(text, part.start, part.end)
        return len(part.chinese) > 1 and not all(map(self._is_common, words))

    def _may_be_pinyin(self, word: str) -> bool:
        return not self._is_common(word) and (spellable(word) or is_abbreviation(word))

    def _is_common(self, word: str) -> bool:
        return word in self._known_latin or english_words().get(word, 0) >= _COMMON

    def _rarity(self, word: str) -> float:
        """Return -log of the probability of a Latin word, infinite where nobody knows it."""
        likely = english_words().get(word, 0) / _english_size()
        likely = (likely + self._latin.get(word, 0) / self._latin_size) / 2
        if not likely:
            return _NAME if self._knows(word) else inf
        return -log(likely)


def _share(text: str, spelt: Iterable[Spelt]) -> float:
    """Return the share (0..1) of the Latin letters that is pinyin; 1 beside Chinese."""
    if _HAN.search(text):
        return 1.0
    letters = sum(map(len, _LATIN.findall(text)))
    read = sum(len(word) for part in spelt for word in _LATIN.findall(text, part.start, part.end))
    return read / letters


def _own_words(spelling: Spelling, tokenizer: Tokenizer, keyness: float) -> list[str]:
    """Return the words that the knowledge base is about, the most frequent first.

    They stand in it `keyness` times as often as in general Chinese text; a slip towards any other
    word would be a guess.
    """
    size = sum(spelling.chinese.values())
    own = [
        word
        for word, count in spelling.chinese.items()
        if len(word) > 1 and count >= _OFTEN and count > keyness * size * tokenizer.expected(word)
    ]
    return sorted(own, key=lambda word: (-spelling.chinese[word], word))


def _changes_grammar(word: str, read_as: str) -> bool:
    changed = (a for a, b in zip(word, read_as, strict=True) if a != b)
    return word in STOPWORDS or any(character in STOPWORDS for character in changed)


def _most_frequent(pairs: Iterable[tuple[K, str]]) -> dict[K, str]:
    """Return the first word for each key; words come with the most frequent first."""
    first: dict[K, str] = {}
    for key, word in pairs:
        first.setdefault(key, word)
    return first
