"""Questions in pinyin, read as the likeliest Chinese: "tixian mei daozhang zenme ban".

Each Latin word of a text stays what it is or becomes the Chinese that it spells, whichever makes
the likelier whole (a noisy channel, searched as by Viterbi): a word of English costs what it is
rare, pinyin costs what its words are rare after one another, and what is misspelt in it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from indexer.text import HAN
from server.engine.chinese import WordModel
from server.engine.syllables import LONGEST, readings

# All costs are natural logarithms, chosen on the wallet topics' development half.
# A Latin word that nobody knows: what its letters cost.
_UNKNOWN, _UNKNOWN_LETTER = 5.0, 2.0
# To go on in the other language.
_SWITCH = 1.5
# "zjc" for 助记词.
_ABBREVIATED = 4.0
# "xian" may be 西安, but that is written "xi'an".
_UNMARKED = 2.5
# With more slips one word becomes just another.
_MOST_SLIPS = 7.5
# So many of the likeliest ways to each place of a text are gone on with.
_BEAM = 16
# Longer texts are nothing that anybody types in pinyin.
_LONGEST_TEXT = 400

_PART = re.compile(
    rf"(?P<han>[{HAN}]+)|(?P<latin>(?<![a-z0-9])[a-z]+(?:'[a-z]+)*(?![a-z0-9]))|(?P<gap> )|.",
    re.DOTALL,
)
_PIECE = re.compile("[a-z]+")
_CONSONANTS = re.compile("[b-df-hj-np-tw-z]{3,6}")
_VOWELS = ("a", "e", "o")


def is_abbreviation(word: str) -> bool:
    """Tell whether a Latin word may be the initials of a Chinese one."""
    return bool(_CONSONANTS.fullmatch(word))


@dataclass(frozen=True, slots=True)
class Spelt:
    """A part of a text that is pinyin, and the Chinese that it spells."""

    start: int
    end: int
    chinese: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The parts of a text that are pinyin, and how much likelier that is than that none is (`lead`,
    log-odds, >= 0).
    """

    spelt: tuple[Spelt, ...]
    lead: float


@dataclass(frozen=True, slots=True)
class _Edge:
    """A way from one place of a text to `end`; `word` is empty for what is no Chinese."""

    end: int
    word: str
    cost: float
    kind: str


class _Way:
    """The likeliest way to a place after `word`: it cost so much, by `edge` from `start`."""

    __slots__ = ("back", "cost", "edge", "start")

    def __init__(self, cost: float, start: int, edge: _Edge | None, back: "_Way | None") -> None:
        self.cost, self.start, self.edge, self.back = cost, start, edge, back


class Romanised:
    """Reads pinyin with the words of one knowledge base. Thread-safe."""

    def __init__(
        self,
        model: WordModel,
        words: Callable[[str], list[str]],
        rarity: Callable[[str], float],
    ) -> None:
        """`words` cuts a Han run, `rarity` is -log of a Latin word's probability (inf: unknown)."""
        self._model = model
        self._words = words
        self._rarity = rarity

    def read(self, text: str) -> Reading:
        """Return what is pinyin in a normalised `text`."""
        if len(text) > _LONGEST_TEXT:
            return Reading((), 0.0)
        edges = self._edges(text)
        best = self._best(edges)
        found = tuple(_spelt(best))
        if not found:
            return Reading((), 0.0)
        plain = self._best([[e for e in here if e.kind != "pinyin"] for here in edges])
        return Reading(found, plain.cost - best.cost)

    def _edges(self, text: str) -> list[list[_Edge]]:
        """Return the ways on from each place of `text`."""
        edges: list[list[_Edge]] = [[] for _ in text]
        for part in _PART.finditer(text):
            start, end = part.span()
            kind = part.lastgroup or "other"
            if kind == "han":
                for word in self._words(part.group()):
                    edges[start].append(_Edge(start + len(word), word, 0.0, "han"))
                    start += len(word)
                continue
            cost = self._latin(part.group()) if kind == "latin" else 0.0
            edges[start].append(_Edge(end, "", cost, kind))
            if kind == "latin" and is_abbreviation(part.group()):
                for word in self._model.abbreviated(part.group()):
                    edges[start].append(_Edge(end, word, _ABBREVIATED, "pinyin"))
        letters = _Letters(text)
        for place in letters.ends:
            edges[place] += self._spelling(letters, place)
        return edges

    def _latin(self, word: str) -> float:
        return min(self._rarity(word), _UNKNOWN + _UNKNOWN_LETTER * len(word))

    def _spelling(self, letters: "_Letters", place: int) -> Iterator[_Edge]:
        """Yield the Chinese words that are spelt from `place` on."""
        best: dict[tuple[int, str], float] = {}
        stack: list[tuple[int, tuple[str, ...], float]] = [(place, (), 0.0)]
        while stack:
            reached, sound, cost = stack.pop()
            for each in self._model.sounding(sound):
                key = (reached, each.word)
                best[key] = min(best.get(key, inf), cost + each.cost)
            here = letters.onward.get(reached, reached) if sound else place
            for end, syllable, slips in letters.syllables(here):
                longer = (*sound, syllable)
                if cost + slips <= _MOST_SLIPS and self._model.begins(longer):
                    stack.append((end, longer, cost + slips))
        for (end, word), cost in best.items():
            yield _Edge(end, word, cost, "pinyin")

    def _best(self, edges: list[list[_Edge]]) -> _Way:
        """Return the likeliest way through a text."""
        # By place: the ways to it by their last word, and whether that is Latin.
        ways: list[dict[tuple[str, bool | None], _Way]] = [{} for _ in range(len(edges) + 1)]
        ways[0]["", None] = _Way(0.0, 0, None, None)
        cost_of = self._model.cost
        for place, here in enumerate(edges):
            alive = ways[place]
            if len(alive) > _BEAM:
                alive = dict(sorted(alive.items(), key=lambda way: way[1].cost)[:_BEAM])
            for (before, latin), way in alive.items():
                for edge in here:
                    cost = way.cost + edge.cost
                    if edge.word:
                        after: tuple[str, bool | None] = (edge.word, False)
                        cost += cost_of(before, edge.word)
                    elif edge.kind == "gap":
                        after = (before, latin)
                    else:
                        after = ("", True if edge.kind == "latin" else latin)
                        cost += cost_of(before, "") if before else 0.0
                    if latin is not None and after[1] is not latin:
                        cost += _SWITCH
                    known = ways[edge.end].get(after)
                    if known is None or cost < known.cost:
                        ways[edge.end][after] = _Way(cost, place, edge, way)
        finals = (
            _Way(way.cost + (cost_of(word, "") if word else 0.0), way.start, way.edge, way.back)
            for (word, _), way in ways[-1].items()
        )
        return min(finals, key=lambda way: way.cost)


class _Letters:
    """The Latin letters of a text, and the syllables that they may be."""

    def __init__(self, text: str) -> None:
        self._text = text
        # For the place of each letter, where its word or its part before an apostrophe ends.
        self.ends: dict[int, int] = {}
        # From the end of a word to the next one, where just a space or an apostrophe is between.
        self.onward: dict[int, int] = {}
        self._starts: set[int] = set()
        before = -2
        for word in _PART.finditer(text):
            if word.lastgroup != "latin":
                continue
            for piece in _PIECE.finditer(text, *word.span()):
                start, end = piece.span()
                self.ends.update(dict.fromkeys(range(start, end), end))
                self._starts.add(start)
                if start == before + 1 and text[before] in " '":
                    self.onward[before] = start
                before = end

    def syllables(self, place: int) -> Iterator[tuple[int, str, float]]:
        """Yield the end, the syllable and the cost of each that may begin at `place`."""
        last = min(self.ends.get(place, place), place + LONGEST)
        unmarked = _UNMARKED if self._text[place : place + 1] in _VOWELS else 0.0
        unmarked = 0.0 if place in self._starts else unmarked
        for end in range(place + 1, last + 1):
            for syllable, slips in readings(self._text[place:end]):
                yield end, syllable, slips + unmarked


def _spelt(way: _Way) -> Iterator[Spelt]:
    """Yield the parts that are pinyin on `way`, words beside each other as one."""
    steps: list[tuple[int, _Edge]] = []
    step: _Way | None = way
    while step is not None and step.edge is not None:
        steps.append((step.start, step.edge))
        step = step.back
    start = end = 0
    words: list[str] = []
    for place, edge in reversed(steps):
        if edge.kind == "pinyin":
            start = start if words else place
            end = edge.end
            words.append(edge.word)
        elif words and edge.kind != "gap":
            yield Spelt(start, end, "".join(words))
            words = []
    if words:
        yield Spelt(start, end, "".join(words))
