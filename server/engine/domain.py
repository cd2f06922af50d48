"""The engine's words: a query goes in, an answer with its decision and confidence comes out."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from indexer.article import Lang

Situation = Literal["same", "cross", "lexical"]


class Decision(StrEnum):
    """What is done with a question."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    HANDOFF = "handoff"
    BLOCKED = "blocked"


class HandoffReason(StrEnum):
    """Why a question goes to a human."""

    LOW_CONFIDENCE = "low_confidence"
    ASKED_FOR_HUMAN = "asked_for_human"
    EMPTY_QUESTION = "empty_question"
    NO_ARTICLES = "no_articles"
    SECOND_MISS = "second_miss"
    URGENT = "urgent"
    TAKEN_OVER = "taken_over"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation: what was decided on it, and on which article."""

    text: str
    decision: Decision
    article_id: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was asked: `text` holds no secret, `lang` is the language to answer in.

    `conversation` holds the earlier turns of the same conversation, oldest first; `follows` is the
    one that the question was understood with, None where it stands alone. `words` are the tokens
    that were searched for, synonyms included.
    """

    text: str
    lang: Lang
    product: str | None = None
    conversation: tuple[Turn, ...] = ()
    follows: Turn | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an article was found.

    `situation` tells what could be compared: article and question in the "same" language, in two
    ("cross"), or, without an encoder, words alone ("lexical"). `dense` is the best cosine of one of
    the article's passages (-1..1; None without an encoder), `lexical` its BM25 share of what a
    perfect match would score (0..1), `matched_question` the title, alternate question or heading
    nearest to the query, `features` the scorer's inputs and `parts` what each adds to the log-odds.
    """

    situation: Situation
    dense: float | None
    lexical: float
    matched_question: str
    features: dict[str, float] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that may answer the query; `score` is the probability that it does (0..1).

    `lang` is the language it is shown in; `section` the heading of the section that answers, for a
    long article.
    """

    article_id: str
    passage_id: str
    lang: Lang
    score: float
    evidence: Evidence
    section: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one query. `hits` are ranked by (-score, article_id), one per article id.

    `confidence` is the probability that the first hit answers the query (0 without hits);
    `choices` are the hits worth asking back about, however few `hits` were asked for. `variants`
    belong beside the first hit: they say the same for other products, where the asker named none.
    `reason` is set for a hand-off. `urgent` tells that money is at stake now: a human should be
    offered whatever the decision. `secrets` names the kinds of secret found in a blocked query,
    never the secret itself.
    """

    query: Query
    hits: tuple[Hit, ...]
    decision: Decision
    confidence: float
    index_id: str
    reason: HandoffReason | None = None
    secrets: tuple[str, ...] = ()
    choices: tuple[Hit, ...] = ()
    variants: tuple[Hit, ...] = ()
    urgent: bool = False

    @property
    def clarify(self) -> tuple[str, ...]:
        """The ids of the articles worth asking back about."""
        return tuple(hit.article_id for hit in self.choices)
