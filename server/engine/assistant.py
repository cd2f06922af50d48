"""The Assistant: questions in, answers with a decision and a confidence out."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from indexer import Article, Encoder, Index, Lang, open_encoder
from indexer.caching import CachingEncoder
from indexer.store import Manifest, current_id, open_index
from server.engine.calibration import TARGET_PRECISION, Calibrator, open_calibrator, stamp_of
from server.engine.conversation import antecedent, missed
from server.engine.decision import CHOICES, decide
from server.engine.domain import (
    Answer,
    Decision,
    HandoffReason,
    Hit,
    Query,
    Turn,
)
from server.engine.encoding import EncoderSlot
from server.engine.ranking import Ranker
from server.engine.reading import Asked, QueryVectors, read
from server.engine.scorer import Scorer, bundled_scorer
from server.engine.understanding import Understanding, Understood

logger = logging.getLogger(__name__)

LoadEncoder = Callable[[Manifest], Encoder]

# Questions whose vectors are kept: 6 MB at 384 dimensions.
_REMEMBERED = 4096


def load_encoder(manifest: Manifest) -> Encoder:
    """Load the encoder that the index was built with; it remembers the last questions.

    Raises:
        EncoderError: it is not there or cannot be loaded.
    """
    encoder = open_encoder(
        manifest.model_source,
        query_prompt=manifest.query_prompt,
        passage_prompt=manifest.passage_prompt,
    )
    return CachingEncoder(encoder, _REMEMBERED)


@dataclass(frozen=True, slots=True)
class _Opened:
    """One index with all that answers from it: swapped as a whole, never changed."""

    index: Index
    ranker: Ranker
    understanding: Understanding
    encoder: EncoderSlot
    calibrator: Calibrator


class Assistant:
    """Answers questions from the current index under a folder. Stateless and thread-safe.

    assistant = Assistant.open("var/index")
    answer = assistant.ask("提现没到账怎么办")
    """

    def __init__(
        self,
        root: Path,
        load: LoadEncoder,
        scorer: Scorer,
        target_precision: float = TARGET_PRECISION,
        *,
        calibrated: bool = True,
    ) -> None:
        self._root = root
        self._load = load
        self._scorer = scorer
        self._target_precision = target_precision
        self._calibrated = calibrated
        self._swap = threading.Lock()
        self._opened = self._open(None)

    @classmethod
    def open(
        cls,
        root: str | Path,
        *,
        encoder: Encoder | None = None,
        background: bool = False,
        scorer: Scorer | None = None,
        target_precision: float = TARGET_PRECISION,
        calibrated: bool = True,
    ) -> "Assistant":
        """Return an assistant over the current index under `root`.

        The encoder that the index was built with is loaded, unless `encoder` is given; with
        `background` in a thread of its own, and answers are lexical until it is there. If it cannot
        be loaded answers stay lexical: see `encoder`. Direct answers are given where
        `target_precision` (0..1) of them are right. The editors' own calibration of the index is
        used where it fits, unless not `calibrated`: see `calibrator`.

        Raises:
            StoreError: there is no index, or it is damaged or foreign.
            ValueError: `target_precision` is not between 0 and 1.
        """
        load = load_encoder if encoder is None else lambda _: encoder
        assistant = cls(
            Path(root), load, scorer or bundled_scorer(), target_precision, calibrated=calibrated
        )
        if background:
            assistant.encoder.load_in_background()
        else:
            assistant.encoder.load()
        return assistant

    @property
    def index(self) -> Index:
        """The index that answers now."""
        return self._opened.index

    @property
    def encoder(self) -> EncoderSlot:
        """The encoder's state."""
        return self._opened.encoder

    @property
    def calibrator(self) -> Calibrator:
        """What turns the scorer's probabilities into confidences that hold."""
        return self._opened.calibrator

    def refresh(self) -> bool:
        """Swap to a newly published index or calibration, if there is one; tell whether there was.

        Questions that are being answered finish with the old one.

        Raises:
            StoreError: the new index is damaged or foreign; the old one goes on answering.
        """
        with self._swap:
            if current_id(self._root) in (None, self.index.manifest.index_id):
                return self._recalibrate()
            opened = self._open(self._opened.encoder)
            opened.encoder.load()
            self._opened = opened
            logger.info("index %s answers now", opened.index.manifest.index_id)
            return True

    def _recalibrate(self) -> bool:
        """Take up the index's calibration where it is another than before."""
        opened = self._opened
        if stamp_of(opened.index) == opened.calibrator.stamp:
            return False
        self._opened = replace(opened, calibrator=self._calibrator(opened.index))
        logger.info("index %s has another calibration", opened.index.manifest.index_id)
        return True

    def _calibrator(self, index: Index) -> Calibrator:
        return open_calibrator(
            index, self._scorer, self._target_precision, bundled=not self._calibrated
        )

    def _open(self, slot: EncoderSlot | None) -> _Opened:
        """Open the current index; `slot` goes on serving where the model is the same."""
        index = open_index(self._root)
        manifest = index.manifest
        if slot is None or slot.expected != manifest.model_id:
            slot = EncoderSlot(lambda: self._load(manifest), manifest.model_id)
        return _Opened(
            index,
            Ranker(index, self._scorer),
            Understanding(index.knowledge, index.spelling),
            slot,
            self._calibrator(index),
        )

    def ask(
        self,
        text: str,
        lang: Lang | None = None,
        product: str | None = None,
        top_k: int = 5,
        conversation: Sequence[Turn] = (),
    ) -> Answer:
        """Answer one question.

        `lang` is the language to answer in (that of the question when None), whatever language the
        question is in; `product` limits the answers to those of one product and of all; `top_k`
        (>= 1) is how many hits are returned at most; `conversation` holds the earlier turns, oldest
        first: a question that leans on one of them is understood with it.

        Raises:
            ValueError: `top_k` is less than 1.
        """
        return self._answers([text], lang, product, top_k, conversation)[0]

    def ask_many(
        self,
        texts: Sequence[str],
        lang: Lang | None = None,
        product: str | None = None,
        top_k: int = 10,
    ) -> list[Answer]:
        """Answer many questions, each on its own, encoded in batches.

        Raises:
            ValueError: `top_k` is less than 1.
        """
        return self._answers(texts, lang, product, top_k, ())

    def article(self, article_id: str, lang: Lang) -> Article | None:
        """Return the article in `lang` where it exists, else in the other language, else None."""
        return self.index.find(article_id, lang)

    def understand(self, text: str, lang: Lang | None, product: str | None) -> Understood:
        """Return what the engine makes of `text` before it searches."""
        return self._opened.understanding.understand(text, lang, product)

    def _answers(
        self,
        texts: Sequence[str],
        lang: Lang | None,
        product: str | None,
        top_k: int,
        conversation: Sequence[Turn],
    ) -> list[Answer]:
        if top_k < 1:
            raise ValueError(f"top_k must be at least 1, not {top_k}.")
        opened = self._opened
        asked = [read(opened.understanding, text, lang, product, conversation) for text in texts]
        vectors = QueryVectors(opened.encoder.encoder)
        for question in asked:
            vectors.want(piece for reading in question.readings for piece in reading.pieces)
        vectors.encode()
        answers = [self._answer(opened, one, vectors, top_k, conversation) for one in asked]
        return [_shown_in(opened.index, answer, lang) for answer in answers]

    def _answer(
        self,
        opened: _Opened,
        asked: Asked,
        vectors: QueryVectors,
        top_k: int,
        conversation: Sequence[Turn],
    ) -> Answer:
        """Answer by the reading that holds; see `_chosen`."""
        if not asked.readings:
            return _unsearched(opened, asked, conversation)
        found = [
            opened.ranker.rank(reading, vectors.of(reading.pieces), max(top_k, CHOICES))
            for reading in asked.readings
        ]
        number = _chosen(opened, asked, found)
        reading = asked.readings[number]
        alone = reading if reading is asked.unread else asked.alone
        hits, thresholds = opened.calibrator.apply(found[number], alone.lang)
        verdict = decide(
            hits,
            thresholds,
            wants_human=alone.wants_human,
            urgent=alone.urgent,
            missed_before=bool(conversation) and missed(conversation[-1]),
        )
        return Answer(
            query=Query(
                asked.text,
                alone.lang,
                reading.product,
                tuple(conversation),
                antecedent(conversation) if reading is asked.together else None,
                tuple(reading.expanded),
            ),
            hits=tuple(hits[:top_k]),
            decision=verdict.decision,
            confidence=hits[0].score if hits else 0.0,
            index_id=opened.index.manifest.index_id,
            reason=verdict.reason,
            choices=tuple(hit for hit in hits if hit.article_id in verdict.clarify),
            variants=opened.ranker.variants(hits, reading.product),
            urgent=alone.urgent,
        )


def _chosen(opened: _Opened, asked: Asked, found: Sequence[Sequence[Hit]]) -> int:
    """Return the place of the reading to answer by: the surer one, the first where equal.

    A question that leans on the one before it is read together with that, unless it has a surer
    answer alone, one that may be given: half a question finds some article or other.
    """
    surest = max(range(len(found)), key=lambda n: (found[n][0].score if found[n] else 0.0, -n))
    reading = asked.readings[surest]
    if asked.together is None or reading is asked.together or not asked.leaning:
        return surest
    hits, thresholds = opened.calibrator.apply(found[surest], reading.lang)
    if decide(hits, thresholds).decision == Decision.ANSWER:
        return surest
    return asked.readings.index(asked.together)


def _shown_in(index: Index, answer: Answer, lang: Lang | None) -> Answer:
    """Return `answer` in `lang`: each article that exists in it, but a section where it was found.

    Only the showing changes. A question is compared in the language that it is written in.
    """
    if lang is None or lang == answer.query.lang:
        return answer

    def shown(hit: Hit) -> Hit:
        translated = hit.section is None and (hit.article_id, lang) in index.articles
        return replace(hit, lang=lang) if translated else hit

    return replace(
        answer,
        query=replace(answer.query, lang=lang),
        hits=tuple(map(shown, answer.hits)),
        choices=tuple(map(shown, answer.choices)),
        variants=tuple(map(shown, answer.variants)),
    )


def _unsearched(opened: _Opened, asked: Asked, conversation: Sequence[Turn]) -> Answer:
    """Return the answer to a question that holds a secret, or nothing at all."""
    query = asked.alone
    return Answer(
        query=Query(asked.text, query.lang, query.product, tuple(conversation)),
        hits=(),
        decision=Decision.BLOCKED if asked.secrets else Decision.HANDOFF,
        confidence=0.0,
        index_id=opened.index.manifest.index_id,
        reason=None if asked.secrets else HandoffReason.EMPTY_QUESTION,
        secrets=asked.secrets,
    )
