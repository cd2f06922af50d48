"""Judged topics, made by hand or at random."""

import random
from collections.abc import Sequence

from evaluation.judged import Judged
from server.engine import Decision

ANSWER, CLARIFY, HANDOFF = Decision.ANSWER, Decision.CLARIFY, Decision.HANDOFF


def judged(
    ident: str,
    expected: Sequence[str],
    ranked: Sequence[str],
    confidence: float = 0.5,
    decision: Decision = ANSWER,
    lang: str = "en",
) -> Judged:
    return Judged(
        id=ident,
        text=f"question {ident}",
        lang=lang,
        kind="",
        tags=(),
        direction=f"{lang}→{lang}" if expected else None,
        relevance=dict.fromkeys(expected, 1),
        ranked=tuple(ranked),
        confidence=confidence,
        decision=decision,
        choices=tuple(ranked[:3]) if decision == CLARIFY else (),
        asked_lang=lang,
    )


def random_run(seed: int, size: int, accuracy: float = 0.8) -> list[Judged]:
    """Return a run over topics t0…; a fifth is unanswerable, the same ones whatever the seed."""
    rng = random.Random(seed)
    found = []
    for number in range(size):
        expected = [] if number % 5 == 4 else [f"a{number % 7}"]
        right = bool(expected) and rng.random() < accuracy
        first = expected[0] if right else "other"
        confidence = round(rng.betavariate(5, 2) if right else rng.betavariate(2, 4), 3)
        decision = ANSWER if confidence > 0.6 else CLARIFY if confidence > 0.4 else HANDOFF
        ranked = [first, "a1" if first != "a1" else "a2", "a3" if first != "a3" else "a4"]
        lang = "zh" if number % 2 else "en"
        found.append(judged(f"t{number}", expected, ranked, confidence, decision, lang))
    return found
