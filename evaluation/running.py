"""Asks an Assistant every topic and judges what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluation.measures import Relevance
from evaluation.topics import Qrel, Topic, relevance
from indexer.article import LANGS, Lang
from indexer.build import Progress
from server.engine import Answer, Assistant, Decision, EncoderState

# The deepest rank that a measure looks at.
DEPTH = 10
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """A topic, how articles were judged for it, and the answer it got.

    `direction` is "asker's language→language of the article": the asker's own where one of the
    right articles exists in it, else the other one, "none" where the index has none of them. It is
    None for a topic that nothing answers.
    """

    topic: Topic
    relevance: Relevance
    direction: str | None
    answer: Answer

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


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcomes of all topics, in their order, on one index.

    `lexical_only` tells that the encoder was not there. `titles` names the articles that occur, by
    language; `unknown` lists the judged articles that the index does not hold: (topic, article).
    """

    index_id: str
    model_id: str
    lexical_only: bool
    top_k: int
    outcomes: tuple[Outcome, ...]
    titles: dict[tuple[str, Lang], str]
    unknown: tuple[tuple[str, str], ...]


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
            outcomes.append(Outcome(topic, grades, where, answer))
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


def _titles(assistant: Assistant, outcomes: Sequence[Outcome]) -> dict[tuple[str, Lang], str]:
    idents = {ident for o in outcomes for ident in (*o.relevance, *o.ranked)}
    articles = assistant.index.articles
    return {
        (ident, lang): articles[ident, lang].title
        for ident in sorted(idents)
        for lang in _languages(assistant, ident)
    }
