from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.engine import Decision, Evidence, HandoffReason, Hit
from server.engine.decision import CHOICES, any_right, decide
from server.engine.scorer import Thresholds

THRESHOLDS = Thresholds(answer=0.8, clarify=0.6, target_precision=0.95, topics=100)

probabilities = st.floats(0, 1)
ranked = st.lists(probabilities, max_size=8).map(lambda scores: hits(*sorted(scores, reverse=True)))


def hits(*scores: float) -> list[Hit]:
    evidence = Evidence("same", 0.5, 0.5, "matched")
    return [Hit(f"a{n}", f"a{n}:zh:t", "zh", score, evidence) for n, score in enumerate(scores)]


@pytest.mark.parametrize(
    ("scores", "decision", "clarify"),
    [
        ((0.9, 0.5), Decision.ANSWER, ()),
        ((0.8,), Decision.ANSWER, ()),
        ((0.79, 0.1), Decision.CLARIFY, ("a0", "a1")),
        ((0.3, 0.2, 0.1), Decision.CLARIFY, ("a0", "a1", "a2")),
        ((0.3, 0.25, 0.2, 0.19), Decision.CLARIFY, ("a0", "a1", "a2")),
        ((0.3, 0.2), Decision.HANDOFF, ()),
        # Titles that hardly anybody means are neither offered nor counted.
        ((0.58, 0.02, 0.01), Decision.HANDOFF, ()),
        ((0.7, 0.02), Decision.CLARIFY, ("a0",)),
        ((0.0,), Decision.HANDOFF, ()),
    ],
)
def test_the_decision_follows_from_the_probabilities(
    scores: tuple[float, ...], decision: Decision, clarify: tuple[str, ...]
) -> None:
    verdict = decide(hits(*scores), THRESHOLDS, wants_human=False)
    assert (verdict.decision, verdict.clarify) == (decision, clarify)
    low = HandoffReason.LOW_CONFIDENCE
    assert verdict.reason == (low if decision == Decision.HANDOFF else None)


def test_who_asks_for_a_human_gets_one_however_sure_the_answer_is() -> None:
    verdict = decide(hits(0.99), THRESHOLDS, wants_human=True)
    assert (verdict.decision, verdict.reason) == (Decision.HANDOFF, HandoffReason.ASKED_FOR_HUMAN)


def test_without_hits_the_question_goes_to_a_human() -> None:
    verdict = decide([], THRESHOLDS, wants_human=False)
    assert (verdict.decision, verdict.reason) == (Decision.HANDOFF, HandoffReason.NO_ARTICLES)


def test_a_threshold_of_one_is_never_held() -> None:
    # The fitting writes 1.0 where no confidence holds the promised precision.
    never = Thresholds(answer=1.0, clarify=1.0, target_precision=0.95, topics=0)
    verdict = decide(hits(1.0, 1.0, 1.0), never, wants_human=False)
    assert verdict.reason == HandoffReason.LOW_CONFIDENCE


@given(ranked, probabilities, probabilities, probabilities, probabilities, st.booleans())
def test_raising_thresholds_never_makes_an_answer_of_anything_else(
    found: list[Hit], answer: float, clarify: float, more: float, even_more: float, human: bool
) -> None:
    low = replace(THRESHOLDS, answer=answer, clarify=clarify)
    high = replace(low, answer=max(answer, more), clarify=max(clarify, even_more))
    caution = {Decision.ANSWER: 0, Decision.CLARIFY: 1, Decision.HANDOFF: 2}
    before = decide(found, low, wants_human=human).decision
    after = decide(found, high, wants_human=human).decision
    if before != Decision.ANSWER:
        assert after != Decision.ANSWER
    if before == Decision.HANDOFF:
        assert after == Decision.HANDOFF
    assert caution[after] >= caution[before]


@given(ranked, probabilities, probabilities, st.booleans())
def test_a_verdict_holds_together(
    found: list[Hit], answer: float, clarify: float, human: bool
) -> None:
    thresholds = replace(THRESHOLDS, answer=answer, clarify=clarify)
    verdict = decide(found, thresholds, wants_human=human)
    assert (verdict.reason is not None) == (verdict.decision == Decision.HANDOFF)
    assert bool(verdict.clarify) == (verdict.decision == Decision.CLARIFY)
    assert verdict.clarify == tuple(h.article_id for h in found)[: len(verdict.clarify)]
    assert len(verdict.clarify) <= CHOICES


@given(ranked)
def test_one_of_several_is_right_at_least_as_likely_as_the_first(found: list[Hit]) -> None:
    together = any_right(found)
    assert 0 <= together <= 1
    assert together >= max((hit.score for hit in found), default=0.0)
