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
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TypeVar

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.spelling import Spelling
from indexer.text import HAN, STOPWORDS, Tokenizer
from server.engine.lookalikes import misread

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
_OWN_WORD = 1_000_000

K = TypeVar("K")

# Toneless syllables of standard Mandarin, initials × finals (GB/T 16159; ü as v).
_SYLLABLE = re.compile(
    "(?:(?:[bpmf]|[dtnl]|[gkh]|[jqx]|zh|ch|sh|[rzcsyw])?"
    "(?:iang|iong|uang|ang|eng|ing|ong|iao|ian|uai|uan|van|ai|ei|ao|ou|an|en|in|un|vn|er|ia|ie|"
    "iu|ua|uo|ui|ue|ve|a|o|e|i|u|v))"
)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was read as what."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A text with its slips mended; `text` is the given one where there were none."""

    text: str
    corrections: tuple[Correction, ...] = ()


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
        own = _own_words(spelling, tokenizer, _KEYNESS)
        self._by_sound = _most_frequent((_sounds(word), word) for word in own)
        own = _own_words(spelling, tokenizer, _KEYNESS_OF_LOOKS)
        self._by_looks = _most_frequent((wrong, word) for word in own for wrong in misread(word))

    def correct(self, text: str) -> Corrected:
        """Return normalised `text` with its slips mended."""
        corrections: list[Correction] = []

        spelt = self._pinyin(text, corrections)
        strange = [word for word in _LATIN.findall(spelt) if not self._knows(word)]
        # Pinyin of words that no article uses is not meant to be English either.
        latin_is_pinyin = len(strange) > 1 and all(map(_syllables, strange))

        def mend(run: re.Match[str]) -> str:
            written = run.group()
            if _HAN.match(written):
                return "".join(self._han(written, corrections))
            right = written if latin_is_pinyin else self._word(written)
            if right != written:
                corrections.append(Correction(written, right))
            return right

        mended = _RUN.sub(mend, spelt)
        return Corrected(mended, tuple(corrections)) if corrections else Corrected(text)

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
        right = self._by_sound.get(_sounds(window))
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

    def _pinyin(self, text: str, corrections: list[Correction]) -> str:
        """Replace Latin words that spell known Chinese words: "tixian mei daozhang"."""

        def spelt(run: re.Match[str]) -> str:
            written = run.group()
            words = [w for w in written.split() if w]
            strange = [w for w in words if not self._knows(w)]
            syllables = [s for w in words for s in _syllables(w)] if strange else []
            if not syllables or len(strange) * 2 < len(words):
                return written
            found = list(self._spelt_words(syllables))
            if not found or sum(len(w) for w in found) * 2 < len(syllables):
                return written
            right = "".join(found)
            corrections.append(Correction(written, right))
            return right

        return re.sub(r"[a-z]+(?:\s+[a-z]+)*", spelt, text)

    def _spelt_words(self, syllables: list[str]) -> Iterator[str]:
        place = 0
        while place < len(syllables):
            for size in range(min(_LONGEST, len(syllables) - place), 1, -1):
                if word := self._by_sound.get(tuple(syllables[place : place + size])):
                    yield word
                    place += size
                    break
            else:
                place += 1


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


@lru_cache(maxsize=50_000)
def _sounds(text: str) -> tuple[str, ...]:
    """Return the toneless pinyin of each character."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - a large table: only when Chinese comes

    return tuple(lazy_pinyin(text))


def _syllables(word: str) -> list[str]:
    """Return the pinyin syllables of a Latin word, longest first; none if it is not pinyin."""
    found: list[str] = []
    place = 0
    while place < len(word):
        match = _SYLLABLE.match(word, place)
        if match is None:
            return []
        end = match.end()
        # "xian'e": n and g belong to the next syllable where it would begin with a vowel.
        if end < len(word) and word[end] in "aeiouv" and word[end - 1] in "ng" and end - place > 2:
            end -= 1
        found.append(word[place:end])
        place = end
    return found
