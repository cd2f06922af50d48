"""What a measure sees of an answered topic, asked just now or read from a file."""

from dataclasses import dataclass

from evaluation.measures import Relevance
from indexer.article import Lang
from server.engine import Decision


@dataclass(frozen=True, slots=True)
class Judged:
    """A topic, what is right for it, and what it got.

    `ranked` are article ids, best first; `confidence` (0..1) is that of the first. `direction` is
    "asker's language→language of the article", None for a topic that nothing answers; `tags` are
    those of its right articles. `choices` are the articles that were asked back about.
    """

    id: str
    text: str
    lang: Lang
    kind: str
    tags: tuple[str, ...]
    direction: str | None
    relevance: Relevance
    ranked: tuple[str, ...]
    confidence: float
    decision: Decision
    choices: tuple[str, ...] = ()
    asked_lang: Lang | None = None

    @property
    def answerable(self) -> bool:
        """Whether any article answers the topic."""
        return any(grade > 0 for grade in self.relevance.values())

    @property
    def expected(self) -> tuple[str, ...]:
        """The ids of the right articles."""
        return tuple(ident for ident, grade in self.relevance.items() if grade > 0)

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
        return self.decision == Decision.ANSWER

    @property
    def offered(self) -> bool:
        """Whether a right article was among those asked back about."""
        asked_back = self.decision == Decision.CLARIFY
        return asked_back and any(self.relevance.get(ident, 0) > 0 for ident in self.choices)
