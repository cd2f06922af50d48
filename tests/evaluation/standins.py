"""An Assistant that answers as it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

from indexer import Article, Lang
from indexer.text import detect_language
from server.engine import Answer, Decision, EncoderState, Evidence, HandoffReason, Hit, Query

ANSWER, CLARIFY, HANDOFF = Decision.ANSWER, Decision.CLARIFY, Decision.HANDOFF


@dataclass
class Told:
    """What to answer to one text: hits are (article id, score), best first."""

    decision: Decision = HANDOFF
    hits: Sequence[tuple[str, float]] = ()
    matched: str = "matched question"
    parts: Mapping[str, float] = field(default_factory=dict)
    # What is left of the text once secrets are removed; None: all of it.
    searched: str | None = None


class FakeAssistant:
    """Answers each text as `told` says, the rest with nothing; keeps the batches it was asked."""

    def __init__(self, articles: Sequence[Article], told: Mapping[str, Told] | None = None) -> None:
        self.index = SimpleNamespace(
            articles={article.key: article for article in articles},
            manifest=SimpleNamespace(index_id="20260101T000000-abcd", model_id="fake@1"),
        )
        self.encoder = SimpleNamespace(state=EncoderState.READY, error=None)
        self.calibrator = SimpleNamespace(own=None, refused=None)
        self.told = dict(told or {})
        self.batches: list[list[str]] = []

    def ask_many(self, texts: Sequence[str], top_k: int = 10) -> list[Answer]:
        self.batches.append(list(texts))
        return [self._answer(text, top_k) for text in texts]

    def _answer(self, text: str, top_k: int) -> Answer:
        told = self.told.get(text, Told())
        lang = detect_language(text)
        hits = tuple(self._hit(ident, score, lang, told) for ident, score in told.hits)[:top_k]
        return Answer(
            query=Query(text if told.searched is None else told.searched, lang),
            hits=hits,
            decision=told.decision,
            confidence=hits[0].score if hits else 0.0,
            index_id=self.index.manifest.index_id,
            choices=hits[:3] if told.decision == CLARIFY else (),
            reason=HandoffReason.LOW_CONFIDENCE if told.decision == HANDOFF else None,
        )

    def _hit(self, ident: str, score: float, lang: Lang, told: Told) -> Hit:
        own = (ident, lang) in self.index.articles
        shown: Lang = lang if own else ("en" if lang == "zh" else "zh")
        parts = {"intercept": -1.0, "closeness": score, **told.parts}
        evidence = Evidence("same", score, score / 2, told.matched, {"closeness": score}, parts)
        return Hit(ident, f"{ident}#0", shown, score, evidence)
