"""Holds the two languages of a help centre to each other: does each find its twin, and agree?"""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evaluation.intervals import Interval, wilson
from evaluation.quantities import Quantity, contradictions
from evaluation.variants import RememberingEncoder, variant
from indexer import Article, KnowledgeBase
from indexer.article import LANGS, Lang, twin_language
from indexer.check import check
from server.engine import Answer, Assistant
from server.engine.understanding import lexicon_of

_DEPTH = 10
_BATCH = 64
_CHECKS = ("missing-twin", "stale-twin", "unequal-twin")


@dataclass(frozen=True, slots=True)
class Crossing:
    """A title or alternate question of `article_id`, asked where only the other language is.

    `rank` is that of the twin among what was found, None where it is not among the first ten;
    `got` is the article that came first, and `wording` what of it matched. `score` is the
    probability and `cosine` the likeness (-1..1) of the twin, 0 where it was not found.
    """

    article_id: str
    lang: Lang
    text: str
    is_title: bool
    rank: int | None
    got: str | None
    wording: str
    score: float
    cosine: float


@dataclass(frozen=True, slots=True)
class Direction:
    """All crossings from one language to the other.

    `score` and `cosine` are the means of the twins that came first, None where none did.
    """

    asked: Lang
    crossings: tuple[Crossing, ...]

    @property
    def found(self) -> int:
        """How many wordings found their twin first."""
        return sum(one.rank == 1 for one in self.crossings)

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of the share that did."""
        return wilson(self.found, len(self.crossings))

    @property
    def lost(self) -> list[Crossing]:
        """The wordings that found another article first, titles before alternate questions."""
        return [one for one in self.crossings if one.rank != 1]

    @property
    def score(self) -> float | None:
        """The mean probability of the twins that came first."""
        return _mean(one.score for one in self.crossings if one.rank == 1)

    @property
    def cosine(self) -> float | None:
        """The mean likeness of the twins that came first."""
        return _mean(one.cosine for one in self.crossings if one.rank == 1)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Twins that state different numbers: what each says and the other does not."""

    article_id: str
    said: dict[Lang, tuple[Quantity, ...]]


@dataclass(frozen=True, slots=True)
class Twins:
    """What was found amiss between the languages.

    `titles_only` tells that no alternate question was asked.
    `findings` are (rule, article id or place, message) of missing, stale and unequal twins.
    """

    pairs: int
    findings: tuple[tuple[str, str, str], ...]
    contradictions: tuple[Contradiction, ...]
    directions: tuple[Direction, ...]
    titles_only: bool = False

    @property
    def offset(self) -> float | None:
        """How much surer twins are found for Chinese questions than for English ones (-1..1)."""
        by_lang = {direction.asked: direction.score for direction in self.directions}
        zh, en = by_lang.get("zh"), by_lang.get("en")
        return None if zh is None or en is None else zh - en

    @property
    def amiss(self) -> bool:
        """Whether a twin is missing, stale, unequal, or states another number."""
        return bool(self.findings or self.contradictions)


def examine(
    assistant: Assistant,
    target_precision: float,
    *,
    titles_only: bool = False,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Twins:
    """Return what is amiss between the twins of the assistant's index.

    Raises:
        ValueError: the encoder is missing.
    """
    if assistant.encoder.encoder is None:
        raise ValueError("Twins are compared with the encoder.")
    encoder = RememberingEncoder(assistant.encoder.encoder)
    articles = assistant.index.articles
    pairs = sorted(ident for ident, lang in articles if lang == "zh" and (ident, "en") in articles)
    directions = []
    for lang in LANGS:
        other = [one for one in articles.values() if one.lang == twin_language(lang)]
        asked = [_wordings(articles[ident, lang], titles_only=titles_only) for ident in pairs]
        wordings = [row for rows in asked for row in rows]
        if not wordings:
            continue
        with variant(assistant.index, other, encoder, target_precision) as alone:
            directions.append(Direction(lang, _cross(alone, lang, wordings, progress)))
    return Twins(
        pairs=len(pairs),
        findings=tuple(_findings(assistant)),
        contradictions=tuple(filter(None, (_contradiction(articles, ident) for ident in pairs))),
        directions=tuple(directions),
        titles_only=titles_only,
    )


def _wordings(article: Article, *, titles_only: bool) -> list[tuple[str, str, bool]]:
    """Return (article id, text, whether it is the title)."""
    more = () if titles_only else article.questions
    return [(article.id, article.title, True), *((article.id, q, False) for q in more)]


def _cross(
    alone: Assistant,
    lang: Lang,
    wordings: Sequence[tuple[str, str, bool]],
    progress: Callable[[str, int, int], None],
) -> tuple[Crossing, ...]:
    found: list[Crossing] = []
    stage = f"{lang}→{twin_language(lang)}"
    for begin in range(0, len(wordings), _BATCH):
        progress(stage, begin, len(wordings))
        batch = wordings[begin : begin + _BATCH]
        answers = alone.ask_many([text for _, text, _ in batch], top_k=_DEPTH)
        found += [
            _crossing(*wording, lang, answer)
            for wording, answer in zip(batch, answers, strict=True)
        ]
    progress(stage, len(wordings), len(wordings))
    return tuple(sorted(found, key=lambda one: (not one.is_title, one.rank or _DEPTH + 1)))


def _crossing(ident: str, text: str, is_title: bool, lang: Lang, answer: Answer) -> Crossing:
    ranks = [n for n, hit in enumerate(answer.hits, 1) if hit.article_id == ident]
    twin = answer.hits[ranks[0] - 1] if ranks else None
    first = answer.hits[0] if answer.hits else None
    return Crossing(
        article_id=ident,
        lang=lang,
        text=answer.query.text,
        is_title=is_title,
        rank=ranks[0] if ranks else None,
        got=first.article_id if first else None,
        wording=first.evidence.matched_question if first else "",
        score=twin.score if twin else 0.0,
        cosine=(twin.evidence.dense or 0.0) if twin else 0.0,
    )


def _findings(assistant: Assistant) -> Iterable[tuple[str, str, str]]:
    """Yield what `faq-index check` says of twins, about the articles of the index."""
    knowledge = assistant.index.knowledge
    base = KnowledgeBase(
        tuple(assistant.index.articles.values()),
        lexicon_of(knowledge.get("lexicon", {})),
        knowledge.get("settings", {}),
    )
    for finding in check(base):
        if finding.rule in _CHECKS:
            yield finding.rule, finding.source, finding.message


def _contradiction(articles: dict[tuple[str, Lang], Article], ident: str) -> Contradiction | None:
    zh, en = (f"{articles[ident, lang].title}\n\n{articles[ident, lang].body}" for lang in LANGS)
    first, second = contradictions(zh, en)
    if not first and not second:
        return None
    return Contradiction(ident, {"zh": tuple(first), "en": tuple(second)})


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.fmean(found) if found else None
