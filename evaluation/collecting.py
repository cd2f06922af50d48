"""What a scorer is fitted on: what the engine finds on many help centres, and what is right."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.helpcentres import Asked, HelpCentre
from indexer import Encoder, ModelChoice, build
from indexer.build import Progress
from server.engine import Answer, Assistant
from server.engine.scorer import LogisticModel, Scorer, Thresholds

TARGET_PRECISION = 0.95
_HITS = 10


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question's answer and the ids of the articles that are right, on centre number `centre`.

    `weight` is that of the centre. Of a `partial` one only some hits are known to be right or not,
    and only these are there: who really was first is not told.
    """

    answer: Answer
    right: frozenset[str]
    centre: int
    weight: float = 1.0
    partial: bool = False


def starting_scorer() -> Scorer:
    """Return a plain scorer that ranks well enough to collect rows with."""
    words = {"lexical": 3.0, "coverage": 2.0}
    dense = {"closeness": 1.0, "share": 0.3}
    never = Thresholds(1.0, 1.0, TARGET_PRECISION, 0)
    return Scorer(
        models={
            "same": LogisticModel(-6.0, {**dense, **words}),
            "cross": LogisticModel(-6.0, dense),
            "lexical": LogisticModel(-3.0, words),
        },
        thresholds={"same": never, "cross": never, "lexical": never},
    )


def collect(
    centres: Sequence[HelpCentre],
    encoder: Encoder,
    scorer: Scorer,
    progress: Progress = lambda stage, done, total: None,
) -> list[Labelled]:
    """Ask every centre its questions, with the encoder and by words alone."""
    rows: list[Labelled] = []
    for number, centre in enumerate(centres):
        progress("ask", number, len(centres))
        asked = [question.text for question in centre.questions]
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            build(centre.base, root, encoder, ModelChoice("given"))
            # Without a load, the second one's encoder never comes: answers are lexical.
            for assistant in (
                Assistant.open(root, encoder=encoder, scorer=scorer),
                Assistant(root, lambda _: encoder, scorer),
            ):
                answers = assistant.ask_many(asked, top_k=_HITS)
                rows += [
                    Labelled(
                        _known(question, answer),
                        right(question),
                        number,
                        centre.weight,
                        partial=question.not_article_id is not None,
                    )
                    for question, answer in zip(centre.questions, answers, strict=True)
                ]
    progress("ask", len(centres), len(centres))
    return rows


def right(question: Asked) -> frozenset[str]:
    """Return the ids of the articles that answer `question`."""
    return frozenset(question.article_id.split("|")) if question.article_id else frozenset()


def _known(question: Asked, answer: Answer) -> Answer:
    """Leave out the hits of which nobody knows whether they are right."""
    if question.not_article_id is None:
        return answer
    hits = tuple(hit for hit in answer.hits if hit.article_id == question.not_article_id)
    return replace(answer, hits=hits)
