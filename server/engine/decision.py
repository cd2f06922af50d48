"""From ranked hits to one of four decisions."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.engine.domain import Decision, HandoffReason, Hit
from server.engine.scorer import Thresholds

# "Did you mean" shows so many titles at most, and none less likely than this.
CHOICES = 3
_PLAUSIBLE = 0.08


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision, with the articles to choose from or the reason for a hand-off."""

    decision: Decision
    clarify: tuple[str, ...] = ()
    reason: HandoffReason | None = None


def decide(
    hits: Sequence[Hit],
    thresholds: Thresholds,
    *,
    wants_human: bool = False,
    urgent: bool = False,
    missed_before: bool = False,
) -> Verdict:
    """Return the verdict on ranked `hits`.

    A user who asks for a human gets one. Else the first hit is the answer where its probability
    holds the promised precision; else the first three are offered where one of them being right
    holds it; else the question goes to a human. Where money is at stake now (`urgent`) or the turn
    before brought no answer either (`missed_before`), nobody is asked back: a human takes over.
    """
    if wants_human:
        return _to_human(HandoffReason.ASKED_FOR_HUMAN)
    if not hits:
        return _to_human(HandoffReason.NO_ARTICLES)
    if _holds(hits[0].score, thresholds.answer):
        return Verdict(Decision.ANSWER)
    if urgent or missed_before:
        return _to_human(HandoffReason.URGENT if urgent else HandoffReason.SECOND_MISS)
    choices = [hit for hit in hits[:CHOICES] if hit.score >= _PLAUSIBLE]
    if choices and _holds(any_right(choices), thresholds.clarify):
        return Verdict(Decision.CLARIFY, clarify=tuple(hit.article_id for hit in choices))
    return _to_human(HandoffReason.LOW_CONFIDENCE)


def _to_human(reason: HandoffReason) -> Verdict:
    return Verdict(Decision.HANDOFF, reason=reason)


def _holds(confidence: float, threshold: float) -> bool:
    """A threshold of 1 is that of a precision which no confidence holds."""
    return threshold < 1 and confidence >= threshold


def any_right(hits: Sequence[Hit]) -> float:
    """Return the probability (0..1) that one of `hits` answers.

    Rivals for one question exclude each other, so their probabilities add up; each was fitted on
    its own, so the sum may pass 1 and is cut there.
    """
    return min(1.0, sum(hit.score for hit in hits))
