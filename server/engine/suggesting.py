"""Completions while someone types: titles and other wordings of the articles, without a model.

What is typed is looked for as it is written, as pinyin ("tixian", "tx", "ti xian"), as its words in
any order, and with a slip mended. Everything is prepared when an index is opened; a call reads
arrays.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from indexer import Article, Lang
from indexer.text import HAN, STOPWORDS, detect_language, normalise
from server.engine.beginnings import Places, TokenRow
from server.engine.pinyin import Spelt, spell, spellings
from server.engine.slips import meant

_TOKEN = re.compile(rf"[{HAN}]|(?:(?![{HAN}])[^\W_])+")
_HAN = re.compile(f"[{HAN}]")
# "怎么办", "为什么": what is asked about stands beside it.
_ASKING = re.compile(
    "|".join(sorted((w for w in STOPWORDS if len(w) > 1 and _HAN.match(w)), key=len, reverse=True))
)
# Nobody types more than this to have it completed.
_LONGEST = 100
# Of so many words that are typed one may miss, of so many two.
_ONE_MISSES, _TWO_MISS = 4, 8
# Texts looked at for each suggestion wanted: an article has several that fit.
_SPARE = 16

Span = tuple[int, int]

# How a text fits what is typed, the best first: as it is written, by its sound, by initials, each
# from its start or later on; then guesses, by words in any order, by most of them, with a slip.
_WRITTEN, _SOUND, _INITIALS, _WORDS, _SLIP = 0, 2, 4, 6, 8
_NONE = 99


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A title or another wording of an article; `section` is the number (from 0) of that it heads.

    `marks` are the places in `text` that fit what was typed: (start, end) pairs in order.
    """

    text: str
    article_id: str
    lang: Lang
    section: int | None
    marks: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class _Wording:
    """A text that may be suggested."""

    text: str
    article_id: str
    lang: Lang
    section: int | None
    alternate: bool


class Suggester:
    """Suggests what the visitor may be about to ask. Built from an index, thread-safe."""

    def __init__(self, articles: Iterable[Article]) -> None:
        # In the order in which texts are suggested that fit equally well.
        self._wordings = sorted(
            (wording for article in articles for wording in _wordings(article)),
            key=lambda w: (w.alternate, len(w.text), w.article_id, w.lang, w.text),
        )
        self._titles = sum(not w.alternate for w in self._wordings)
        written = [[token for token, _ in _tokens(w.text)] for w in self._wordings]
        self._written = TokenRow(written)
        self._spelt = Spelt(TokenRow(spell(tokens) for tokens in written))
        lengths = np.array([len(tokens) + 1 for tokens in written], dtype=np.int64)
        self._first = np.concatenate(([0], np.cumsum(lengths)))[: len(written)]
        self._text_at = np.repeat(np.arange(len(written)), lengths)
        self._chinese = np.array([w.lang == "zh" for w in self._wordings], dtype=np.bool_)

    def suggest(self, typed: str, lang: Lang | None = None, limit: int = 8) -> list[Suggestion]:
        """Return up to `limit` (>= 1) suggestions for what is `typed`, one for an article.

        Those in `lang` come first (None: the language of `typed`), then those in the other.
        """
        typed = typed.strip()
        tokens = [token for token, _ in _tokens(typed)]
        if not tokens or len(typed) > _LONGEST or not self._wordings:
            return []
        found = _Found(len(self._wordings))
        self._as_written(tokens, found)
        self._as_pinyin(tokens, found)
        content = [token for token, _ in _tokens(_ASKING.sub(" ", typed)) if token not in STOPWORDS]
        self._as_words(content or tokens, found)
        if not found.any:
            self._with_slips(content or tokens, found)
        chosen = self._ranked(found, lang or detect_language(typed), limit)
        return [self._suggestion(number, found, tokens) for number in chosen]

    def _as_written(self, tokens: Sequence[str], found: "_Found") -> None:
        """Find `tokens` one behind the other, the last one perhaps unfinished."""
        row = self._written
        *whole, last = tokens
        places = row.places(row.exactly(whole[0]) if whole else row.beginning(last))
        for step, token in enumerate(tokens[1:], 1):
            ranks = row.beginning(token) if step == len(whole) else row.exactly(token)
            places = places[row.holds(places + step, ranks)]
        self._keep(places, len(tokens), _WRITTEN, found)

    def _as_pinyin(self, tokens: Sequence[str], found: "_Found") -> None:
        for spelling in spellings(tokens):
            for match in self._spelt.find(spelling, initials=True):
                fit = _INITIALS if match.abbreviated else _SOUND
                self._keep(match.places, match.count, fit, found)

    def _as_words(self, tokens: Sequence[str], found: "_Found") -> None:
        """Find the words of `tokens` in any order; of many, one or two may be missing."""
        content = list(dict.fromkeys(tokens))
        counts = np.zeros(len(self._wordings), dtype=np.int32)
        for token in content:
            counts[self._texts_with([self._written.beginning(token)])] += 1
        size = len(content)
        least = size - (size >= _ONE_MISSES) - (size >= _TWO_MISS)
        found.add(np.flatnonzero(counts == size), _WORDS)
        found.add(np.flatnonzero((counts >= least) & (counts < size)), _WORDS + 1)
        found.words.update(content)

    def _with_slips(self, tokens: Sequence[str], found: "_Found") -> None:
        """Mend Latin words towards those of the texts; read pinyin with two letters swapped."""
        row = self._written
        alive = np.ones(len(self._wordings), dtype=np.bool_)
        for token in tokens:
            ranks = [row.beginning(token)]
            if not ranks[0] and not _HAN.match(token):
                ranks = [range(rank, rank + 1) for rank in meant(token, row.vocabulary)]
            found.words.update(row.vocabulary[each.start] for each in ranks if each)
            holds = np.zeros_like(alive)
            holds[self._texts_with(ranks)] = True
            alive &= holds
        found.add(np.flatnonzero(alive), _SLIP)
        if not found.any:
            for spelling in spellings(tokens, slips=True):
                for match in self._spelt.find(spelling, initials=False):
                    self._keep(match.places, match.count, _SLIP, found)

    def _texts_with(self, ranks: Iterable[range]) -> Places:
        parts = [self._text_at[self._written.places(each)] for each in ranks if each]
        return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)

    def _keep(self, places: Places, count: int | Places, fit: int, found: "_Found") -> None:
        """Note the texts that fit from `places` on, for `count` tokens."""
        texts = self._text_at[places]
        at_start = self._first[texts] == places
        counts = np.broadcast_to(np.asarray(count), places.shape)
        for mask, later in ((~at_start, 1), (at_start, 0)):
            found.add(texts[mask], fit + later, places[mask], counts[mask])

    def _ranked(self, found: "_Found", lang: Lang, limit: int) -> list[int]:
        """Return the numbers of the best wordings, best first, one for each article."""
        fits = found.fits
        texts = np.flatnonzero(fits < _NONE)
        guessed = fits[texts] >= _WORDS
        foreign = self._chinese[texts] != (lang == "zh")
        family, later = np.divmod(fits[texts], 2)
        alternate = texts >= self._titles
        # One number for: guessed, foreign, family, alternate, later, and the order of the wordings.
        keys = guessed * 2 + foreign
        for part, size in ((family, 8), (alternate, 2), (later, 2), (texts, len(fits))):
            keys = keys * size + part
        wanted = limit * _SPARE
        if len(keys) > wanted:
            best = np.argpartition(keys, wanted)[:wanted]
            texts, keys = texts[best], keys[best]
        chosen: dict[str, int] = {}
        for number in texts[np.argsort(keys)]:
            chosen.setdefault(self._wordings[number].article_id, int(number))
        return list(chosen.values())[:limit]

    def _suggestion(self, number: int, found: "_Found", typed: Sequence[str]) -> Suggestion:
        wording = self._wordings[number]
        tokens = _tokens(wording.text)
        fit, count = found.fits[number], found.counts[number]
        if count:
            start = int(found.places[number] - self._first[number])
            spans = [span for _, span in tokens[start : start + count]]
            if fit < _SOUND:
                first, _ = spans[-1]
                spans[-1] = (first, min(first + len(typed[-1]), spans[-1][1]))
        else:
            spans = [span for token, span in tokens if token.startswith(tuple(found.words))]
        return Suggestion(
            wording.text,
            wording.article_id,
            wording.lang,
            wording.section,
            _joined(wording.text, spans),
        )


class _Found:
    """How well each wording fits, and where: `counts` tokens from `places` on, 0 where they are
    scattered; then `words` are what they were found by.
    """

    def __init__(self, size: int) -> None:
        self.fits: NDArray[np.int64] = np.full(size, _NONE)
        self.places: Places = np.zeros(size, dtype=np.int64)
        self.counts: Places = np.zeros(size, dtype=np.int64)
        self.any = False
        self.words: set[str] = set()

    def add(
        self,
        texts: Places,
        fit: int,
        places: Places | None = None,
        counts: Places | None = None,
    ) -> None:
        """Note that `texts` fit, unless they are known to fit better."""
        better = self.fits[texts] > fit
        texts = texts[better]
        self.fits[texts] = fit
        self.places[texts] = 0 if places is None else places[better]
        self.counts[texts] = 0 if counts is None else counts[better]
        self.any = self.any or bool(texts.size)


def _wordings(article: Article) -> Iterator[_Wording]:
    ident, lang = article.id, article.lang
    yield _Wording(article.title, ident, lang, None, alternate=False)
    for question in article.questions:
        yield _Wording(question, ident, lang, None, alternate=True)
    for number, section in enumerate(article.sections):
        yield _Wording(section.heading, ident, lang, number, alternate=True)


def _tokens(text: str) -> list[tuple[str, Span]]:
    """Return the Han characters and the words of `text`, normalised, with their places."""
    found = ((_normalised(match.group()), match.span()) for match in _TOKEN.finditer(text))
    return [(token, span) for token, span in found if token]


@lru_cache(maxsize=50_000)
def _normalised(token: str) -> str:
    return normalise(token)


def _joined(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join what stands side by side, or with blanks between."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)
