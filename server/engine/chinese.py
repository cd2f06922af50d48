"""Chinese words by their sound, and how likely each follows another: a model of the questions.

The words are those of the knowledge base, counted there, and the frequent ones of general Chinese.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import log
from typing import Any

from indexer.spelling import Spelling
from indexer.text import general_words

# Words of general Chinese that stand so many times in jieba's 60 million take part: 50,000.
_FREQUENT = 50
_LONGEST_WORD = 6
# Half of the words of a question are those of the articles, half are anybody's.
_OWN_SHARE = 0.5
# How far pairs are trusted: where a word stood often, and few different ones followed it (Witten
# and Bell, "The Zero-Frequency Problem", IEEE Trans. Information Theory 37(4), 1991, method C).
_DOUBT, _DOUBT_A_KIND = 40.0, 3.0
# How likely a run of Chinese ends.
_ENDS = 0.2
# A character has two sounds at most that are written often; the second is the rarer one.
_SOUNDS = 2
_SECOND_SOUND = 4.0
_NEVER = 1e-9


@dataclass(frozen=True, slots=True)
class Sounding:
    """A word that sounds in a certain way; `cost` tells how unusual that sound of it is (>= 0)."""

    word: str
    cost: float


class _Sounds:
    """Words by their sound, and all beginnings of these sounds."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words: dict[tuple[str, ...], list[Sounding]] = defaultdict(list)
        self.beginnings: set[tuple[str, ...]] = set()
        self.initials: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for sound, cost in sounds(word):
                self.words[sound].append(Sounding(word, cost))
                self.beginnings.update(sound[:size] for size in range(1, len(sound) + 1))
                if not cost and len(word) > 1:
                    self.initials["".join(s[0] for s in sound)].append(word)


class WordModel:
    """The words of one knowledge base and of general Chinese. Thread-safe."""

    def __init__(self, spelling: Spelling) -> None:
        self._pairs = spelling.pairs
        self._first: dict[str, int] = defaultdict(int)
        self._own: dict[str, int] = defaultdict(int)
        self._kinds: dict[str, int] = defaultdict(int)
        for pair, count in spelling.pairs.items():
            one, _, other = pair.partition(" ")
            self._first[one] += count
            self._kinds[one] += 1
            if other:
                self._own[other] += count
        for word, count in spelling.chinese.items():
            self._own.setdefault(word, count)
        self._size = sum(self._own.values()) or 1
        self._sounds = _Sounds(w for w in self._own if len(w) <= _LONGEST_WORD)
        self._general = _general()
        self._total = sum(self._general.values())

    def begins(self, sound: tuple[str, ...]) -> bool:
        """Tell whether some word begins with the syllables `sound`."""
        return sound in self._sounds.beginnings or sound in _general_sounds().beginnings

    def sounding(self, sound: tuple[str, ...]) -> Iterator[Sounding]:
        """Yield the words that sound like the syllables `sound`."""
        own = self._sounds.words.get(sound, [])
        yield from own
        seen = {each.word for each in own}
        for each in _general_sounds().words.get(sound, ()):
            if each.word not in seen:
                yield each

    def abbreviated(self, initials: str) -> Iterator[str]:
        """Yield the words of the knowledge base whose syllables have these `initials`."""
        yield from self._sounds.initials.get(initials, ())

    def likely(self, word: str) -> float:
        """Return the probability (0..1) of `word`, whatever stands before it."""
        own = self._own.get(word, 0) / self._size
        general = self._general.get(word, 0) / self._total
        return _OWN_SHARE * own + (1 - _OWN_SHARE) * general or _NEVER

    def cost(self, before: str, word: str) -> float:
        """Return -log of the probability of `word` after `before`; "" is the edge of a run."""
        seen = self._pairs.get(f"{before} {word}", 0)
        single = self.likely(word) if word else _ENDS
        doubt = _DOUBT + _DOUBT_A_KIND * self._kinds.get(before, 0)
        return -log((seen + doubt * single) / (self._first.get(before, 0) + doubt))


@cache
def _general() -> dict[str, int]:
    return general_words(_FREQUENT)


@cache
def _general_sounds() -> _Sounds:
    return _Sounds(word for word in _general() if len(word) <= _LONGEST_WORD)


def sounds(word: str) -> list[tuple[tuple[str, ...], float]]:
    """Return the toneless syllables that `word` is read with, and what each reading costs."""
    phrases, characters = _tables()
    if known := phrases.get(word):
        return [(tuple(_toneless(each[0]) for each in known), 0.0)]
    options: list[list[tuple[str, float]]] = []
    for character in word:
        read = list(dict.fromkeys(map(_toneless, characters.get(ord(character), "").split(","))))
        if not read[0]:
            return []
        costs = [(s, _SECOND_SOUND * n) for n, s in enumerate(read[:_SOUNDS])]
        options.append(costs if len(word) < 5 else costs[:1])
    return [(tuple(s for s, _ in one), sum(c for _, c in one)) for one in product(*options)]


@cache
def _tables() -> tuple[dict[str, Any], dict[int, str]]:
    """Return pypinyin's readings of phrases and of characters."""
    from pypinyin.phrases_dict import phrases_dict  # noqa: PLC0415 - large: only for Chinese
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415

    return phrases_dict, pinyin_dict


_TONES = str.maketrans("āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńňǹḿêếề", "aaaaooooeeeeiiiiuuuuvvvvvnnnmeee")


@cache
def _toneless(syllable: str) -> str:
    return syllable.translate(_TONES)
