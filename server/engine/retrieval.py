"""Finds candidate articles in two ways, dense and lexical, and measures each in full.

Everything is arrays over candidates: a question touches a hundred articles, and Python loops over
them would cost more than the encoder.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.article import LANGS, Article, Lang, twin_language
from indexer.encoder import Vectors
from indexer.store import Index
from server.engine.grouping import Floats, Groups, Integers, distinct
from server.engine.understanding import Understood

# So many passages of each language are looked at closer, from each of the two searches.
_CANDIDATES = 40
# The query's cosine to so many passages tells what "unrelated" means for it.
_BACKGROUND = 400
# Among so many questions the nearest ones of other articles are looked for, once an index.
_CROWD = 4000
# The temperature at which near passages share a question out among their articles, and how many.
_TEMPERATURE = 0.05
_VOTERS = 20


@dataclass(frozen=True, slots=True)
class Cosines:
    """The query's cosines to the candidates' passages (-1..1), each of shape (candidates,).

    `question` is the best of title, alternate questions and headings, `second` the next of them
    (the best again where there is one only), `section` the best piece of the answer. `mean` and
    `deviation` describe the query's cosines to unrelated passages of the candidate's language: they
    set the scale, whatever the encoder and the domain. `rivals` and `rivals_deviation` do so for
    the cosines of the index's questions to the nearest question of another article: what is no
    nearer than that may well be another question. `share` (0..1) is the article's share of the
    nearest passages, each weighted by the exponential of its cosine.
    """

    question: Floats
    second: Floats
    section: Floats
    mean: Floats
    deviation: Floats
    rivals: Floats
    rivals_deviation: Floats
    share: Floats

    @property
    def best(self) -> Floats:
        """The best of all passages."""
        return np.maximum(self.question, self.section)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Articles and what speaks for them, each array of shape (candidates,).

    `articles` are places in `Retriever.articles`, `groups` numbers that product variants and twins
    of an article share. `question_rows` are the passages (title, alternate question or heading)
    nearest to the query, `best_rows` the nearest of all. `lexical` is the BM25 score of the best
    passage as a share (0..1) of what a perfect match would score, `coverage` the idf-weighted share
    (0..1) of the query's words that the article holds. `own` tells whether the article is in the
    asker's language. `told` is the idf-weighted part (0..1) of the matched question's words that
    the query holds; `known` the share of the query's words that stand in some passage of the
    language. `cosines` is None without an encoder.
    """

    articles: Integers
    groups: Integers
    question_rows: Integers
    best_rows: Integers
    lexical: Floats
    coverage: Floats
    told: Floats
    known: Floats
    own: NDArray[np.bool_]
    cosines: Cosines | None

    def __len__(self) -> int:
        return len(self.articles)


class Retriever:
    """Searches one open index. Thread-safe: nothing is written after construction."""

    def __init__(self, index: Index) -> None:
        self._index = index
        keys = list(dict.fromkeys((p.article_id, p.lang) for p in index.passages))
        self.articles: tuple[Article, ...] = tuple(index.articles[key] for key in keys)
        numbers = {key: number for number, key in enumerate(keys)}
        self._article_of = np.array(
            [numbers[p.article_id, p.lang] for p in index.passages], dtype=np.int64
        )
        # Passages come sorted by article: an article's rows are starts[n]..starts[n + 1].
        self._starts = np.searchsorted(self._article_of, np.arange(len(keys) + 1))
        self._is_section = np.array([p.kind == "section" for p in index.passages], dtype=bool)
        groups = {a.variant_of or a.id: 0 for a in self.articles}
        groups = {name: number for number, name in enumerate(groups)}
        self._groups = np.array([groups[a.variant_of or a.id] for a in self.articles], np.int64)
        self._products = np.array([a.product or "" for a in self.articles], dtype=np.str_)
        self._twins = np.array(
            [numbers.get((a.id, twin_language(a.lang)), -1) for a in self.articles], dtype=np.int64
        )
        for lang in LANGS:
            index.vectors.prepare(index.rows(lang))
        self._background = {lang: self._sample(lang, _BACKGROUND) for lang in LANGS}
        self._rivals = {lang: self._apart(lang) for lang in LANGS}
        self._worth = {lang: index.lexical[lang].idf_sums() for lang in LANGS}

    def candidates(self, query: Understood, vectors: Vectors | None) -> Candidates:
        """Return the candidates of every language.

        `vectors` are those of the query's pieces, the whole first, shape (pieces, dimension).

        An article is measured in the asker's language where it exists in it, even if only its twin
        was found: probabilities across languages are coarser, and their errors would win too often.
        """
        words = {lang: self._index.lexical[lang].scores(query.expanded) for lang in LANGS}
        own: list[Integers] = []
        foreign: list[Integers] = []
        for lang in LANGS:
            found = self._found(query, vectors, lang, words[lang])
            if lang == query.lang:
                own.append(found)
                continue
            twins = self._twins[found]
            twins = twins[twins >= 0]
            own.append(twins[self._fits(query.product, twins)])
            foreign.append(found[self._twins[found] < 0])
        other = twin_language(query.lang)
        found_in = {query.lang: _union(own), other: _union(foreign)}
        return self._measured(query, vectors, words, found_in)

    def _found(
        self, query: Understood, vectors: Vectors | None, lang: Lang, scores: NDArray[np.float32]
    ) -> Integers:
        """Return the articles of `lang` with the best passages, by words and by vector."""
        rows = self._index.rows(lang)
        fits = None
        if query.product is not None:
            fits = self._fits(query.product, self._article_of[rows.start : rows.stop])
        if fits is not None:
            scores = np.where(fits, scores, 0)
        articles = self._article_of[_highest(scores) + rows.start]
        if vectors is not None and len(rows):
            nearest = [self._nearest(vector, rows, fits) for vector in vectors]
            articles = np.concatenate([articles, *(self._article_of[n] for n in nearest)])
        return distinct(articles)

    def _measured(
        self,
        query: Understood,
        vectors: Vectors | None,
        words: Mapping[Lang, NDArray[np.float32]],
        found: Mapping[Lang, Integers],
    ) -> Candidates:
        """Measure in full the articles `found` in each language, all at once where it can be.

        `words` are the BM25 scores of the passages of each language.
        """
        articles = np.concatenate(list(found.values()))
        spans = _Spans(self._starts[articles], self._starts[articles + 1])
        parts = list(_parts(found, spans))
        own = np.concatenate(
            [words[p.lang][spans.rows[p.rows] - self._index.rows(p.lang).start] for p in parts]
        ).astype(np.float64)
        nearness = own
        if vectors is not None:
            nearness = _nearness(self._index.vectors.products(spans.rows, vectors))
        is_section = self._is_section[spans.rows]
        asked = np.where(is_section, -np.inf, nearness)
        question_places = spans.argmax(asked)
        question_rows = spans.rows[question_places]
        groups = self._groups[articles]
        cosines = None
        if vectors is not None:
            second = asked.copy()
            second[question_places] = -np.inf
            question = asked[question_places]
            sizes = [p.size for p in parts]
            scales = [(*self._scale(vectors, p.lang), *self._rivals[p.lang]) for p in parts]
            mean, deviation, rivals, rivals_deviation = np.repeat(scales, sizes, axis=0).T
            cosines = Cosines(
                question=question,
                second=_or(spans.max(second), question),
                section=_or(spans.max(np.where(is_section, nearness, -np.inf)), question),
                mean=mean,
                deviation=deviation,
                rivals=rivals,
                rivals_deviation=rivals_deviation,
                share=np.concatenate([_shares(nearness, groups, spans, p) for p in parts]),
            )
        held = [
            self._held(query, p.lang, articles[p.articles], question_rows[p.articles])
            for p in parts
        ]
        possible, known, coverage, told = (
            np.concatenate(values) for values in zip(*held, strict=True)
        )
        return Candidates(
            articles=articles,
            groups=groups,
            question_rows=question_rows,
            best_rows=spans.rows[spans.argmax(nearness)],
            lexical=np.minimum(1.0, spans.max(own) / possible),
            coverage=coverage,
            told=told,
            known=known,
            own=np.repeat([p.lang == query.lang for p in parts], [p.size for p in parts]),
            cosines=cosines,
        )

    def _held(
        self, query: Understood, lang: Lang, articles: Integers, question_rows: Integers
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the highest score, known words, coverage and told words of articles of `lang`."""
        bm25 = self._index.lexical[lang]
        known = sum(token in bm25 for token in query.tokens) / max(1, len(query.tokens))
        return (
            np.full(len(articles), bm25.best_possible(query.tokens) or 1.0),
            np.full(len(articles), known),
            self._coverage(query, lang, articles),
            self._told(query, lang, question_rows - self._index.rows(lang).start),
        )

    def _scale(self, vectors: Vectors, lang: Lang) -> tuple[float, float]:
        """Return the mean and the standard deviation of the cosines to unrelated passages."""
        if not len(self._background[lang]):
            return 0.0, 1.0
        background = _nearness(self._background[lang] @ vectors.T)
        return float(background.mean()), float(background.std()) + 1e-6

    def _fits(self, product: str | None, articles: Integers) -> NDArray[np.bool_]:
        """Tell of each article whether it may be shown to someone who asks about `product`."""
        if product is None:
            return np.ones(len(articles), dtype=bool)
        products = self._products[articles]
        fits: NDArray[np.bool_] = (products == "") | (products == product)
        return fits

    def _nearest(self, vector: Vectors, rows: range, fits: NDArray[np.bool_] | None) -> Integers:
        """Return the nearest of the `rows` that fit (None: all), however many others are nearer."""
        wanted = _CANDIDATES
        while True:
            _, nearest = self._index.vectors.search(vector, wanted, rows)
            if fits is None:
                return nearest
            fitting = nearest[fits[nearest - rows.start]]
            if len(fitting) >= min(_CANDIDATES, fits.sum()) or wanted >= len(rows):
                return fitting[:_CANDIDATES]
            wanted *= 4

    def _coverage(self, query: Understood, lang: Lang, articles: Integers) -> Floats:
        """Return the idf-weighted share (0..1) of the query's words that each article holds."""
        bm25 = self._index.lexical[lang]
        first = self._index.rows(lang).start
        total = sum(query.expanded[token] * bm25.idf(token) for token in query.tokens)
        starts, stops = self._starts[articles] - first, self._starts[articles + 1] - first
        covered = bm25.worths(query.expanded, starts, stops)
        return np.minimum(covered / total, 1.0) if total else covered

    def _told(self, query: Understood, lang: Lang, rows: Integers) -> Floats:
        """Return the idf-weighted part (0..1) of the words of each of the `rows` in the query."""
        shared = self._index.lexical[lang].worths(
            dict.fromkeys(query.expanded, 1.0), rows, rows + 1
        )
        worth = self._worth[lang][rows]
        return np.minimum(np.divide(shared, worth, out=shared, where=worth > 0), 1.0)

    def _apart(self, lang: Lang) -> tuple[float, float]:
        """Return mean and deviation of the cosines of questions to another article's nearest."""
        rows = self._questions(lang, _CROWD)
        asked = rows[np.linspace(0, len(rows) - 1, min(len(rows), _BACKGROUND)).astype(np.int64)]
        groups = self._groups[self._article_of]
        if len(np.unique(groups[rows])) < 2:
            return 0.0, 1.0
        similar = self._index.vectors.take(asked) @ self._index.vectors.take(rows).T
        similar[groups[asked][:, None] == groups[rows][None, :]] = -1.0
        nearest = similar.max(axis=1)
        return float(nearest.mean()), float(nearest.std()) + 0.02

    def _sample(self, lang: Lang, count: int) -> Vectors:
        """Return the vectors of `count` passages at most, spread over the language's questions."""
        return np.ascontiguousarray(self._index.vectors.take(self._questions(lang, count)))

    def _questions(self, lang: Lang, count: int) -> Integers:
        """Return `count` rows at most, spread evenly over the language's questions."""
        span = self._index.rows(lang)
        rows: Integers = np.arange(span.start, span.stop)
        rows = rows[~self._is_section[rows]]
        if len(rows) > count:
            rows = rows[np.linspace(0, len(rows) - 1, count).astype(np.int64)]
        return rows


class _Spans:
    """The rows of several articles one after the other, and what is the most in each of them."""

    def __init__(self, starts: Integers, stops: Integers) -> None:
        lengths = stops - starts
        self._offsets = np.cumsum(lengths) - lengths
        # The place of the article of each row.
        self.owners: Integers = np.repeat(np.arange(len(lengths)), lengths)
        self.rows: Integers = np.arange(len(self.owners)) + (starts - self._offsets)[self.owners]

    def max(self, values: Floats) -> Floats:
        """Return the greatest of each article's values."""
        return np.maximum.reduceat(values, self._offsets) if len(self._offsets) else values[:0]

    def argmax(self, values: Floats) -> Integers:
        """Return the place of the first greatest value of each article, in `rows`."""
        places = np.flatnonzero(values == self.max(values)[self.owners])
        owners = self.owners[places]
        first = np.ones(len(places), dtype=bool)
        np.not_equal(owners[1:], owners[:-1], out=first[1:])
        return places[first]


def _nearness(cosines: Vectors) -> Floats:
    """Return how near each passage (-1..1) is to a question and its pieces, shape (passages,).

    `cosines`, shape (passages, pieces), hold those to the whole question first. Of a long one it is
    the mean of the cosine to the whole, which knows the subject, and of that to the nearest piece,
    which asks: either alone finds fewer of the wallet topics' stories.
    """
    whole: Floats = cosines[:, 0].astype(np.float64)
    if cosines.shape[1] == 1:
        return whole
    nearest: Floats = cosines[:, 1:].max(axis=1).astype(np.float64)
    return (whole + nearest) / 2


@dataclass(frozen=True, slots=True)
class _Part:
    """The articles and rows of one language among those of all."""

    lang: Lang
    size: int
    articles: slice
    rows: slice


def _parts(found: Mapping[Lang, Integers], spans: "_Spans") -> Iterator[_Part]:
    start = 0
    for lang, articles in found.items():
        stop = start + len(articles)
        rows = np.searchsorted(spans.owners, (start, stop)).tolist()
        yield _Part(lang, len(articles), slice(start, stop), slice(*rows))
        start = stop


def _shares(nearness: Floats, groups: Integers, spans: _Spans, part: _Part) -> Floats:
    """Return each article's share of the nearest passages of its language; a group's articles share
    alike.
    """
    nearness = nearness[part.rows]
    if not len(nearness):
        return np.zeros(0)
    nearest = np.argpartition(-nearness, min(_VOTERS, len(nearness) - 1))[:_VOTERS]
    votes = np.exp((nearness[nearest] - nearness[nearest].max()) / _TEMPERATURE)
    group = Groups(groups[part.articles])
    owners = spans.owners[part.rows][nearest] - part.articles.start
    totals = np.bincount(group.of_place[owners], votes, minlength=group.count)
    shares: Floats = totals[group.of_place] / votes.sum()
    return shares


def _union(parts: Sequence[Integers]) -> Integers:
    return distinct(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)


def _or(values: Floats, others: Floats) -> Floats:
    """Return `values`, and where there was nothing to take the greatest of, `others`."""
    return np.where(np.isneginf(values), others, values)


def _highest(scores: NDArray[np.float32]) -> Integers:
    """Return the rows of the highest positive scores."""
    rows = np.flatnonzero(scores > 0)
    if len(rows) > _CANDIDATES:
        rows = rows[np.argpartition(-scores[rows], _CANDIDATES)[:_CANDIDATES]]
    return rows
