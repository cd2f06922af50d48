"""Tries an alternate question for an article without saving it: what would it win, and lose?"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluation.comparison import ArticleChanges, changes_by_article
from evaluation.judged import Judged
from evaluation.running import evaluate
from evaluation.topics import Qrel, Topic
from evaluation.variants import RememberingEncoder, variant
from indexer import Article
from indexer.article import Lang
from indexer.text import normalise
from server.engine import Answer, Assistant

_RIVALS = 3


class SuggestionError(Exception):
    """An alternate question cannot be tried; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What an alternate question changes.

    `before` and `after` are the answers to the question itself. `rivals` are the nearest wordings
    of other articles to it: (article id, wording, cosine -1..1). `changes` tell of the topics, the
    article that lost most first; `judged` holds every topic (before, after).
    """

    article: Article
    question: str
    before: Answer
    after: Answer
    rivals: tuple[tuple[str, str, float], ...]
    changes: tuple[ArticleChanges, ...]
    judged: tuple[tuple[Judged, Judged], ...]

    @property
    def gain(self) -> float:
        """The cost that it saves in all: below 0 it does more harm than good."""
        return sum(change.gain for change in self.changes)


def article_for(assistant: Assistant, ident: str, lang: Lang) -> Article:
    """Return the article `ident` in `lang`, which a question in that language belongs to.

    Raises:
        SuggestionError: there is none.
    """
    article = assistant.index.articles.get((ident, lang))
    if article is not None:
        return article
    idents = sorted({known for known, _ in assistant.index.articles})
    if ident in idents:
        raise SuggestionError(
            f"There is no article '{ident}' in the language '{lang}', which the question is in. "
            "Translate the article first, or say with --lang which language it is meant for."
        )
    near = [known for known in idents if ident in known or known in ident][:3]
    remedy = f"Did you mean {', '.join(near)}?" if near else "See `faq-index check` for its id."
    raise SuggestionError(f"The index has no article '{ident}'. {remedy}")


def attempt(
    assistant: Assistant,
    article: Article,
    question: str,
    topics: Sequence[Topic],
    qrels: Sequence[Qrel],
    target_precision: float,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Trial:
    """Return what `question` would change as an alternate question of `article`.

    Raises:
        SuggestionError: it stands in an article already, or the encoder is missing.
    """
    _check_new(assistant, question)
    if assistant.encoder.encoder is None:
        raise SuggestionError("An alternate question is tried with the encoder, which is missing.")
    encoder = RememberingEncoder(assistant.encoder.encoder)
    index = assistant.index
    changed = replace(article, questions=(*article.questions, question))
    with_it = [changed if one.key == article.key else one for one in index.articles.values()]
    plain = Assistant.open(index.folder.parent, encoder=encoder, target_precision=target_precision)
    first = evaluate(plain, topics, qrels, progress=progress).judged
    before = plain.ask(question)
    with variant(index, with_it, encoder, target_precision) as other:
        second = evaluate(other, topics, qrels, progress=progress).judged
        after = other.ask(question)
    return Trial(
        article=article,
        question=question,
        before=before,
        after=after,
        rivals=_rivals(assistant, encoder, article, question),
        changes=changes_by_article(first, second),
        judged=tuple(zip(first, second, strict=True)),
    )


def _check_new(assistant: Assistant, question: str) -> None:
    wanted = normalise(question)
    if not re.search(r"\w", wanted):
        raise SuggestionError("The question is empty. Write it as a user would.")
    for one in assistant.index.articles.values():
        if wanted in map(normalise, (one.title, *one.questions)):
            raise SuggestionError(
                f"'{question}' stands in {one.source or one.id} already, as a title or an "
                "alternate question. Nothing would change."
            )


def _rivals(
    assistant: Assistant, encoder: RememberingEncoder, article: Article, question: str
) -> tuple[tuple[str, str, float], ...]:
    """Return the wordings of other articles that are nearest to `question`, one an article."""
    index = assistant.index
    rows = np.array(
        [
            row
            for row, passage in enumerate(index.passages)
            if passage.kind != "section" and passage.article_id != article.id
        ],
        dtype=np.int64,
    )
    if not len(rows):
        return ()
    cosines = index.vectors.take(rows) @ encoder.encode([normalise(question)], "query")[0]
    best: dict[str, tuple[str, str, float]] = {}
    for place in (-cosines).argsort(kind="stable"):
        passage = index.passages[rows[place]]
        cosine = round(float(cosines[place]), 4)
        best.setdefault(passage.article_id, (passage.article_id, passage.heading, cosine))
        if len(best) == _RIVALS:
            break
    return tuple(best.values())
