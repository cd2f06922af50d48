"""The Assistant: questions in, answers with a decision and a confidence out."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer import Article, Encoder, Index, Lang, SentenceTransformerEncoder
from indexer.encoder import Vectors
from indexer.store import Manifest, current_id, open_index
from server.engine.decision import CHOICES, decide
from server.engine.domain import (
    Answer,
    Decision,
    Evidence,
    HandoffReason,
    Hit,
    Query,
    Situation,
)
from server.engine.encoding import EncoderSlot
from server.engine.features import features
from server.engine.retrieval import Candidates, Floats, Retriever
from server.engine.safety import screen
from server.engine.scorer import Scorer, bundled_scorer
from server.engine.understanding import Understanding, Understood

logger = logging.getLogger(__name__)

LoadEncoder = Callable[[Manifest], Encoder]


def load_encoder(manifest: Manifest) -> Encoder:
    """Load the encoder that the index was built with.

    Raises:
        EncoderError: it is not there or cannot be loaded.
    """
    return SentenceTransformerEncoder(
        manifest.model_source,
        query_prompt=manifest.query_prompt,
        passage_prompt=manifest.passage_prompt,
    )


@dataclass(frozen=True, slots=True)
class _Opened:
    """One index with all that answers from it: swapped as a whole, never changed."""

    index: Index
    retriever: Retriever
    understanding: Understanding
    encoder: EncoderSlot


class Assistant:
    """Answers questions from the current index under a folder. Stateless and thread-safe.

    assistant = Assistant.open("var/index")
    answer = assistant.ask("提现没到账怎么办")
    """

    def __init__(self, root: Path, load: LoadEncoder, scorer: Scorer) -> None:
        self._root = root
        self._load = load
        self._scorer = scorer
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
    ) -> "Assistant":
        """Return an assistant over the current index under `root`.

        The encoder that the index was built with is loaded, unless `encoder` is given; with
        `background` in a thread of its own, and answers are lexical until it is there. If it cannot
        be loaded answers stay lexical: see `encoder`.

        Raises:
            StoreError: there is no index, or it is damaged or foreign.
        """
        load = load_encoder if encoder is None else lambda _: encoder
        assistant = cls(Path(root), load, scorer or bundled_scorer())
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

    def refresh(self) -> bool:
        """Swap to a newly published index, if there is one, and tell whether there was.

        Questions that are being answered finish with the old one.

        Raises:
            StoreError: the new index is damaged or foreign; the old one goes on answering.
        """
        with self._swap:
            if current_id(self._root) in (None, self.index.manifest.index_id):
                return False
            opened = self._open(self._opened.encoder)
            opened.encoder.load()
            self._opened = opened
            logger.info("index %s answers now", opened.index.manifest.index_id)
            return True

    def _open(self, slot: EncoderSlot | None) -> _Opened:
        """Open the current index; `slot` goes on serving where the model is the same."""
        index = open_index(self._root)
        manifest = index.manifest
        if slot is None or slot.expected != manifest.model_id:
            slot = EncoderSlot(lambda: self._load(manifest), manifest.model_id)
        return _Opened(
            index, Retriever(index), Understanding(index.knowledge, index.spelling), slot
        )

    def ask(
        self,
        text: str,
        lang: Lang | None = None,
        product: str | None = None,
        top_k: int = 5,
    ) -> Answer:
        """Answer one question.

        `lang` is the language to answer in (detected when None), `product` limits the answers to
        those of one product and of all, `top_k` (>= 1) how many hits are returned at most.
        """
        return self.ask_many([text], lang=lang, product=product, top_k=top_k)[0]

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
        if top_k < 1:
            raise ValueError(f"top_k must be at least 1, not {top_k}.")
        opened = self._opened
        screened = [screen(text) for text in texts]
        asked = [opened.understanding.understand(safe.text, lang, product) for safe in screened]
        searched = [
            number
            for number, (safe, query) in enumerate(zip(screened, asked, strict=True))
            if query.text and not safe.blocked
        ]
        vectors = self._vectors(opened, [asked[number].text for number in searched])
        answers = [
            _unsearched(opened, safe.text, query, tuple(kind.value for kind in safe.kinds))
            for safe, query in zip(screened, asked, strict=True)
        ]
        for place, number in enumerate(searched):
            vector = None if vectors is None else vectors[place]
            answers[number] = self._answer(
                opened, screened[number].text, asked[number], vector, top_k
            )
        return answers

    def article(self, article_id: str, lang: Lang) -> Article | None:
        """Return the article in `lang` where it exists, else in the other language, else None."""
        return self.index.find(article_id, lang)

    def understand(self, text: str, lang: Lang | None, product: str | None) -> Understood:
        """Return what the engine makes of `text` before it searches."""
        return self._opened.understanding.understand(text, lang, product)

    def _vectors(self, opened: _Opened, texts: list[str]) -> Vectors | None:
        encoder = opened.encoder.encoder
        return encoder.encode(texts, "query") if encoder and texts else None

    def _answer(
        self,
        opened: _Opened,
        text: str,
        query: Understood,
        vector: Vectors | None,
        top_k: int,
    ) -> Answer:
        candidates = opened.retriever.candidates(query, vector)
        hits = self._ranked(opened, query, candidates, max(top_k, CHOICES))
        thresholds = self._scorer.thresholds[hits[0].evidence.situation if hits else "same"]
        verdict = decide(hits, thresholds, wants_human=query.wants_human)
        return Answer(
            query=Query(text, query.lang, query.product),
            hits=tuple(hits[:top_k]),
            decision=verdict.decision,
            confidence=hits[0].score if hits else 0.0,
            index_id=opened.index.manifest.index_id,
            reason=verdict.reason,
            choices=tuple(hit for hit in hits if hit.article_id in verdict.clarify),
        )

    def _ranked(
        self, opened: _Opened, query: Understood, candidates: Candidates, top_k: int
    ) -> list[Hit]:
        """Return the likeliest hits; twins are one candidate already."""
        values = features(query, candidates)
        articles = [opened.retriever.articles[number] for number in candidates.articles]
        same = np.array([article.lang == query.lang for article in articles], dtype=bool)
        situations: tuple[Situation, Situation] = ("cross", "same")
        if candidates.cosines is None:
            situations = ("lexical", "lexical")
        scores = np.zeros(len(candidates))
        for chosen, situation in ((~same, situations[0]), (same, situations[1])):
            selected = {name: array[chosen] for name, array in values.items()}
            model = self._scorer.models[situation]
            scores[chosen] = model.probabilities(selected, int(chosen.sum()))
        order = sorted(range(len(articles)), key=lambda n: (-scores[n], articles[n].id))
        return [
            self._hit(opened, candidates, values, scores, n, situations[int(same[n])])
            for n in order[:top_k]
        ]

    def _hit(
        self,
        opened: _Opened,
        candidates: Candidates,
        values: Mapping[str, Floats],
        scores: Floats,
        number: int,
        situation: Situation,
    ) -> Hit:
        own = {name: float(array[number]) for name, array in values.items()}
        model = self._scorer.models[situation]
        parts = {"intercept": model.intercept, **model.parts(own)}
        article = opened.retriever.articles[candidates.articles[number]]
        passages = opened.index.passages
        best = passages[candidates.best_rows[number]]
        return Hit(
            article_id=article.id,
            passage_id=best.id,
            lang=article.lang,
            score=float(scores[number]),
            evidence=Evidence(
                situation=situation,
                dense=own.get("cosine"),
                lexical=own["lexical"],
                matched_question=passages[candidates.question_rows[number]].heading,
                features=own,
                parts=parts,
            ),
            section=None if best.section is None else best.heading,
        )


def _unsearched(opened: _Opened, text: str, query: Understood, secrets: tuple[str, ...]) -> Answer:
    """Return the answer to a question that holds a secret, or nothing at all."""
    blocked = bool(secrets)
    return Answer(
        query=Query(text, query.lang, query.product),
        hits=(),
        decision=Decision.BLOCKED if blocked else Decision.HANDOFF,
        confidence=0.0,
        index_id=opened.index.manifest.index_id,
        reason=None if blocked else HandoffReason.EMPTY_QUESTION,
        secrets=secrets,
    )
