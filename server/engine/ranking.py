"""Ranks articles: candidates in, hits with the probability that each answers out."""

from collections.abc import Mapping, Sequence

import numpy as np

from indexer import Index
from indexer.encoder import Vectors
from server.engine.domain import Evidence, Hit, Situation
from server.engine.features import features
from server.engine.grouping import Floats, Groups, Integers
from server.engine.retrieval import Candidates, Retriever
from server.engine.scorer import Scorer
from server.engine.understanding import Understood

# The part of the log-odds that an article owes to its variant for another product.
VARIANT = "variant"


class Ranker:
    """Ranks the articles of one open index with one scorer. Thread-safe."""

    def __init__(self, index: Index, scorer: Scorer) -> None:
        self._index = index
        self._scorer = scorer
        self._retriever = Retriever(index)
        articles = self._retriever.articles
        self._langs = np.array([article.lang for article in articles], dtype=np.str_)
        # Where each stands among all ids: numbers are compared sooner than texts.
        places = {ident: n for n, ident in enumerate(sorted({a.id for a in articles}))}
        self._by_id = np.array([places[article.id] for article in articles], dtype=np.int64)

    def rank(self, query: Understood, vectors: Vectors | None, top_k: int) -> list[Hit]:
        """Return the `top_k` likeliest hits; twins are one candidate already.

        `vectors` are those of the query's pieces, shape (pieces, dimension); None: words alone.
        """
        candidates = self._retriever.candidates(query, vectors)
        values = features(query, candidates)
        same = self._langs[candidates.articles] == query.lang
        situations: tuple[Situation, Situation] = ("cross", "same")
        if candidates.cosines is None:
            situations = ("lexical", "lexical")
        own = np.zeros(len(candidates))
        for chosen, situation in ((~same, situations[0]), (same, situations[1])):
            selected = {name: array[chosen] for name, array in values.items()}
            model = self._scorer.models[situation]
            own[chosen] = model.probabilities(selected, int(chosen.sum()))
        # Who names no product is answered by the variants of all products alike.
        scores = own if query.product else _shared(own, candidates.groups)
        order = np.lexsort((self._by_id[candidates.articles], -scores))
        return [
            self._hit(candidates, values, n, situations[int(same[n])], own[n], scores[n])
            for n in order[:top_k].tolist()
        ]

    def variants(self, hits: Sequence[Hit], product: str | None) -> tuple[Hit, ...]:
        """Return the hits that say for other products what the first says for one.

        None of them where the asker named a `product`.
        """
        if product is not None or not hits:
            return ()
        base = self._base(hits[0])
        return tuple(hit for hit in hits[1:] if base is not None and self._base(hit) == base)

    def _base(self, hit: Hit) -> str | None:
        return self._index.articles[hit.article_id, hit.lang].variant_of

    def _hit(
        self,
        candidates: Candidates,
        values: Mapping[str, Floats],
        number: int,
        situation: Situation,
        own: float,
        score: float,
    ) -> Hit:
        """Return candidate `number` as a hit; `own` is its probability without its variants."""
        features_of_it = {name: float(array[number]) for name, array in values.items()}
        model = self._scorer.models[situation]
        parts = {"intercept": model.intercept, **model.parts(features_of_it)}
        if score > own:
            parts[VARIANT] = float(_log_odds(score) - _log_odds(own))
        article = self._retriever.articles[candidates.articles[number]]
        passages = self._index.passages
        best = passages[candidates.best_rows[number]]
        return Hit(
            article_id=article.id,
            passage_id=best.id,
            lang=article.lang,
            score=float(score),
            evidence=Evidence(
                situation=situation,
                dense=features_of_it.get("cosine"),
                lexical=features_of_it["lexical"],
                matched_question=passages[candidates.question_rows[number]].heading,
                features=features_of_it,
                parts=parts,
            ),
            section=None if best.section is None else best.heading,
        )


def _shared(scores: Floats, numbers: Integers) -> Floats:
    """Return the scores with every member of a group at the group's best."""
    groups = Groups(numbers)
    return groups.best(scores)[groups.of_place]


def _log_odds(probability: float) -> float:
    return float(np.log(probability) - np.log1p(-probability))
