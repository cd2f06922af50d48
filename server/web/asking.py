"""From a question to the JSON of its answer: with what was said before, kept for what comes after.

A question is answered whatever index comes or goes meanwhile, and whether or not the database is
there: without it there is no memory, but there are answers.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer import Lang
from server.desk import DatabaseError, Exchange
from server.engine import Answer, Assistant, Decision, HandoffReason, Turn
from server.engine.presentation import IndexSwappedError, present
from server.web.desks import desk, outage
from server.web.errors import ApiError
from server.web.fields import (
    MAX_RESULTS,
)
from server.web.hooks import note
from server.web.replies import said


@dataclass(frozen=True, slots=True)
class _Before:
    """What was said before, and whether a person answers now."""

    turns: Sequence[Turn] = ()
    taken_over: bool = False


def ask(
    assistant: Assistant,
    question: str,
    lang: Lang | None = None,
    product: str | None = None,
    top_k: int = 5,
    conversation_id: str | None = None,
    *,
    article_id: str | None = None,
    channel: str | None = None,
    user: str | None = None,
) -> dict[str, Any]:
    """Return the answer to `question` in the shape of POST /v1/ask, and keep the turn.

    With `article_id` the answer is that article, which the asker chose. Where a person has taken
    the conversation over there is none: the decision is a hand-off, and its reason says so.

    Raises:
        ApiError: 422, there is no such article.
    """
    start = time.perf_counter()
    before = _before(conversation_id)
    while True:
        answer = assistant.ask(question, lang, product, top_k, before.turns)
        if before.taken_over:
            answer = _kept_still(answer)
        elif article_id is not None:
            answer = _chosen(assistant, answer, article_id)
        took_ms = (time.perf_counter() - start) * 1000
        try:
            presented = present(assistant, answer, took_ms=took_ms, conversation_id=conversation_id)
        except IndexSwappedError:
            # Builds take seconds, answers milliseconds: the next try comes before the next swap.
            continue
        note(answer)
        if token := _keep(answer, presented, channel, user):
            presented["conversation_token"] = token
        return presented


def _before(conversation_id: str | None) -> _Before:
    if conversation_id is None:
        return _Before()
    try:
        return _Before(*desk().conversations.follow(conversation_id))
    except DatabaseError as error:
        outage().tell(error)
        return _Before()


def _kept_still(answer: Answer) -> Answer:
    """Return no answer: a person gives it. A warning of a secret is given all the same."""
    if answer.decision is Decision.BLOCKED:
        return answer
    return replace(
        answer,
        hits=(),
        choices=(),
        variants=(),
        decision=Decision.HANDOFF,
        confidence=0.0,
        reason=HandoffReason.TAKEN_OVER,
        urgent=False,
    )


def _chosen(assistant: Assistant, answer: Answer, article_id: str) -> Answer:
    """Return `answer` with the article that was chosen, which is the answer then.

    Raises:
        ApiError: 422, there is no such article.
    """
    if answer.decision is Decision.BLOCKED:
        return answer
    article = assistant.article(article_id, answer.query.lang)
    if article is None:
        raise ApiError(422, problems=[("article_id", "unknown_article", {})])
    found = (*answer.hits, *answer.choices)
    hit = next((each for each in found if each.article_id == article_id), None)
    if hit is None:
        # Its own title finds it; by what was asked it was not among the first.
        again = assistant.ask(article.title, answer.query.lang, None, MAX_RESULTS)
        hit = next((each for each in again.hits if each.article_id == article_id), None)
    if hit is None:
        raise ApiError(422, problems=[("article_id", "unknown_article", {})])
    others = tuple(each for each in answer.hits if each.article_id != article_id)
    return replace(
        answer,
        hits=(hit, *others),
        choices=(),
        variants=(),
        decision=Decision.ANSWER,
        confidence=hit.score,
        reason=None,
    )


def _keep(
    answer: Answer, presented: dict[str, Any], channel: str | None, user: str | None
) -> str | None:
    """Keep the turn; return the conversation's token where it begins with it."""
    exchange = Exchange(
        message_id=presented["message_id"],
        question=answer.query.text,
        lang=answer.query.lang,
        decision=answer.decision,
        index_id=answer.index_id,
        confidence=answer.confidence,
        article_ids=tuple(item["id"] for item in presented["answers"]),
        reason=answer.reason,
        reply=said(presented),
        product=answer.query.product,
        channel=channel,
        user=user,
        took_ms=presented["took_ms"],
    )
    try:
        if answer.reason is HandoffReason.TAKEN_OVER:
            desk().tickets.hear(presented["conversation_id"], answer.query.text)
        return desk().record(presented["conversation_id"], exchange)
    except DatabaseError as error:
        outage().tell(error)
        return None
