"""Asks an Assistant every topic and judges what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.judged import Judged
from evaluation.measures import Relevance
from evaluation.topics import Qrel, Topic, relevance
from indexer.article import LANGS, Lang
from indexer.build import Progress
from indexer.text import normalise
from server.engine import Answer, Assistant, Decision, EncoderState

# The deepest rank that a measure looks at.
DEPTH = 10
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """A topic, how articles were judged for it, and the answer it got.

    `direction` is "asker's language→language of the article": the asker's own where one of the
    right articles exists in it, else the other one, "none" where the index has none of them. It is
    None for a topic that nothing answers. `tags` are those of the right articles.
    """

    topic: Topic
    relevance: Relevance
    direction: str | None
    answer: Answer
    tags: tuple[str, ...] = ()

    @property
    def ranked(self) -> list[str]:
        """The ids of the articles found, best first."""
        return [hit.article_id for hit in self.answer.hits]

    @property
    def rank(self) -> int | None:
        """The rank (from 1) of the first right article, None where none was found."""
        right = (n for n, ident in enumerate(self.ranked, 1) if self.relevance.get(ident, 0) > 0)
        return next(right, None)

    @property
    def right(self) -> bool:
        """Whether the first article answers the topic."""
        return self.rank == 1

    @property
    def answered(self) -> bool:
        """Whether the first article was given as the answer."""
        return self.answer.decision == Decision.ANSWER

    @property
    def judged(self) -> Judged:
        """What measures see of it. The text is the one that was searched: it holds no secret."""
        return Judged(
            id=self.topic.id,
            text=self.answer.query.text,
            lang=self.topic.lang,
            kind=self.topic.kind,
            tags=self.tags,
            direction=self.direction,
            relevance=self.relevance,
            ranked=tuple(self.ranked),
            confidence=self.answer.confidence,
            decision=self.answer.decision,
            choices=self.answer.clarify,
            asked_lang=self.answer.query.lang,
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcomes of all topics, in their order, on one index.

    `lexical_only` tells that the encoder was not there. `titles` names the articles that occur, by
    language; `unknown` lists the judged articles that the index does not hold: (topic, article).
    `copied` are the ids of topics that stand word for word in an article: they prove nothing.
    `calibration` is "bundled" or "own"; `refused` why the index's own one was not used.
    """

    index_id: str
    model_id: str
    lexical_only: bool
    top_k: int
    outcomes: tuple[Outcome, ...]
    titles: dict[tuple[str, Lang], str]
    unknown: tuple[tuple[str, str], ...]
    copied: tuple[str, ...] = ()
    calibration: str = "bundled"
    refused: str | None = None

    @property
    def judged(self) -> list[Judged]:
        """What measures see of the outcomes."""
        return [outcome.judged for outcome in self.outcomes]


def evaluate(
    assistant: Assistant,
    topics: Sequence[Topic],
    qrels: Sequence[Qrel],
    top_k: int = DEPTH,
    progress: Progress = lambda stage, done, total: None,
) -> Evaluation:
    """Ask `assistant` all `topics`, as a user would: it detects language and product itself.

    Raises:
        ValueError: `top_k` is less than the measures need, two topics share an id, or a topic that
            counts as answerable has no judgement (or the other way round).
    """
    if top_k < DEPTH:
        raise ValueError(f"top_k must be at least {DEPTH}, which the measures look at, not {top_k}")
    judged = relevance(qrels)
    _check(topics, judged)
    outcomes: list[Outcome] = []
    for begin in range(0, len(topics), _BATCH):
        progress("ask", begin, len(topics))
        batch = topics[begin : begin + _BATCH]
        answers = assistant.ask_many([topic.text for topic in batch], top_k=top_k)
        for topic, answer in zip(batch, answers, strict=True):
            grades = judged.get(topic.id, {})
            where = _direction(assistant, topic, grades) if topic.answerable else None
            outcomes.append(Outcome(topic, grades, where, answer, _tags(assistant, grades)))
    progress("ask", len(topics), len(topics))
    manifest = assistant.index.manifest
    return Evaluation(
        index_id=manifest.index_id,
        model_id=manifest.model_id,
        lexical_only=assistant.encoder.state != EncoderState.READY,
        top_k=top_k,
        outcomes=tuple(outcomes),
        titles=_titles(assistant, outcomes),
        unknown=tuple(
            (outcome.topic.id, ident)
            for outcome in outcomes
            for ident in outcome.relevance
            if not _languages(assistant, ident)
        ),
        copied=_copied(assistant, topics),
        calibration="own" if assistant.calibrator.own else "bundled",
        refused=assistant.calibrator.refused,
    )


def _check(topics: Sequence[Topic], judged: Mapping[str, Relevance]) -> None:
    seen: set[str] = set()
    for topic in topics:
        if topic.id in seen:
            raise ValueError(f"Two topics have the id '{topic.id}'. Give one another id.")
        seen.add(topic.id)
        if topic.answerable != any(grade > 0 for grade in judged.get(topic.id, {}).values()):
            what = "no judgement says so" if topic.answerable else "a judgement names an answer"
            claim = "answerable" if topic.answerable else "unanswerable"
            raise ValueError(f"Topic '{topic.id}' counts as {claim}, but {what}. Mend one of them.")


def _languages(assistant: Assistant, article_id: str) -> list[Lang]:
    return [lang for lang in LANGS if (article_id, lang) in assistant.index.articles]


def _direction(assistant: Assistant, topic: Topic, grades: Relevance) -> str:
    right = [ident for ident, grade in grades.items() if grade > 0]
    langs = {lang for ident in right for lang in _languages(assistant, ident)}
    if topic.lang in langs:
        return f"{topic.lang}→{topic.lang}"
    return f"{topic.lang}→{langs.pop() if langs else 'none'}"


def _tags(assistant: Assistant, grades: Relevance) -> tuple[str, ...]:
    found = {
        tag
        for ident, grade in grades.items()
        if grade > 0
        for lang in _languages(assistant, ident)
        for tag in assistant.index.articles[ident, lang].tags
    }
    return tuple(sorted(found))


def _copied(assistant: Assistant, topics: Sequence[Topic]) -> tuple[str, ...]:
    """Return the ids of the topics whose text is a title or alternate question."""
    wordings = {
        normalise(wording)
        for article in assistant.index.articles.values()
        for wording in (article.title, *article.questions)
    }
    return tuple(topic.id for topic in topics if normalise(topic.text) in wordings)


def _titles(assistant: Assistant, outcomes: Sequence[Outcome]) -> dict[tuple[str, Lang], str]:
    idents = {ident for o in outcomes for ident in (*o.relevance, *o.ranked)}
    articles = assistant.index.articles
    return {
        (ident, lang): articles[ident, lang].title
        for ident in sorted(idents)
        for lang in _languages(assistant, ident)
    }
