"""Clusters what nobody answered, across the languages, and says what to write.

Questions are compared with the index's own encoder, which puts both languages into one space.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.logged import Miss
from evaluation.sweeps import Floats
from indexer import Encoder, Index
from indexer.text import normalise
from server.engine import Answer, Assistant

Labels = NDArray[np.int64]
Advice = Literal["wording", "article"]

# From this probability on an article is about the subject: another wording would do.
ABOUT = 0.3
_BATCH = 64
# Wordings of an article and language that the likeness is found on: a log has few of each, too.
_WORDINGS = 3
_LIKENESSES = tuple(round(0.3 + 0.025 * n, 3) for n in range(25))
_ABOUT_AS_WELL = 0.95
# Average linkage looks at every pair: more distinct questions than this are too many.
MOST = 4000


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions that are about one thing, the most typical first.

    `asked` is how often in all; `nearest` the article that the engine finds most likely to be about
    it (None: none at all), with its probability (0..1) and the wording that matched. `advice`:
    "wording" where that article only needs an alternate question, "article" where one is missing.
    """

    misses: tuple[Miss, ...]
    asked: int
    nearest: str | None
    score: float
    matched: str
    advice: Advice

    @property
    def name(self) -> str:
        """The most typical question."""
        return self.misses[0].text

    @property
    def langs(self) -> dict[str, int]:
        """How often it was asked in each language."""
        counts: dict[str, int] = {}
        for miss in self.misses:
            counts[miss.lang] = counts.get(miss.lang, 0) + miss.asked
        return dict(sorted(counts.items()))

    @property
    def ill_rated(self) -> int:
        """How many of the times it was answered, and the answer voted against."""
        return sum(miss.ill_rated for miss in self.misses)


def gaps(assistant: Assistant, found: Sequence[Miss], *, alike: float | None = None) -> list[Gap]:
    """Return the gaps, the most asked first; only the 4,000 most asked questions are looked at.

    Groups are joined while their questions are `alike` on average, a cosine; the index tells which
    where it is None.

    Raises:
        ValueError: the encoder is missing.
    """
    encoder = assistant.encoder.encoder
    if encoder is None:
        raise ValueError("Questions are clustered with the encoder.")
    kept = list(found[:MOST])
    if not kept:
        return []
    likeness = natural_likeness(assistant.index) if alike is None else alike
    vectors = encoded(encoder, [miss.text for miss in kept])
    answers = assistant.ask_many([miss.text for miss in kept], top_k=1)
    weights = np.array([miss.asked for miss in kept], dtype=np.float64)
    rows = [
        _gap([kept[n] for n in order], [answers[n] for n in order])
        for order in (
            _typical_first(members, vectors, weights) for members in clusters(vectors, likeness)
        )
    ]
    return sorted(rows, key=lambda gap: (-gap.asked, gap.name))


def encoded(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """Return the vectors of questions, shape (len(texts), dimension), of length 1."""
    blocks = [
        encoder.encode([normalise(text) for text in texts[begin : begin + _BATCH]], "query")
        for begin in range(0, len(texts), _BATCH)
    ]
    return np.asarray(np.concatenate(blocks), dtype=np.float64)


def clusters(vectors: Floats, alike: float) -> list[list[int]]:
    """Return the places of like vectors, in groups that are `alike` (a cosine) on average.

    Average linkage; Sokal and Michener, A Statistical Method for Evaluating Systematic
    Relationships (1958). It needs no number of groups, and order decides nothing but ties.
    """
    members: dict[int, list[int]] = {}
    for place, label in enumerate(_cut(_tree(vectors), len(vectors), alike)):
        members.setdefault(int(label), []).append(place)
    return list(members.values())


def natural_likeness(index: Index) -> float:
    """Return the likeness that tells the subjects of this index apart best.

    Its own wordings are clustered, some of each article and language: at the right likeness those
    of one article are together. Judged by the F1 of pairs. It hangs on the encoder and on how close
    the subjects are, so it is found anew for each index.
    """
    rows: list[int] = []
    taken: dict[tuple[str, str], int] = {}
    for row, passage in enumerate(index.passages):
        key = (passage.article_id, passage.lang)
        if passage.kind != "section" and taken.get(key, 0) < _WORDINGS and len(rows) < MOST:
            taken[key] = taken.get(key, 0) + 1
            rows.append(row)
    idents = [index.passages[row].article_id for row in rows]
    if len(set(idents)) < 2:
        return _LIKENESSES[len(_LIKENESSES) // 2]
    tree = _tree(np.asarray(index.vectors.take(np.array(rows)), dtype=np.float64))
    _, truth = np.unique(idents, return_inverse=True)
    scores = {a: _pair_f1(_cut(tree, len(rows), a), truth) for a in _LIKENESSES}
    # Users put things in more ways than editors do: of likenesses that do about as well, the least.
    enough = _ABOUT_AS_WELL * max(scores.values())
    return min(likeness for likeness in _LIKENESSES if scores[likeness] >= enough)


def _tree(vectors: Floats) -> Floats:
    from scipy.cluster.hierarchy import linkage  # noqa: PLC0415 - slow to import
    from scipy.spatial.distance import squareform  # noqa: PLC0415

    if len(vectors) < 2:
        return np.empty((0, 4))
    distances = 1 - np.clip(vectors @ vectors.T, -1, 1)
    np.fill_diagonal(distances, 0)
    return np.asarray(linkage(squareform(distances, checks=False), "average"))


def _cut(tree: Floats, size: int, alike: float) -> Labels:
    """Return the number of the group of each place."""
    from scipy.cluster.hierarchy import fcluster  # noqa: PLC0415 - slow to import

    if not len(tree):
        return np.arange(size)
    return np.asarray(fcluster(tree, 1 - alike, "distance"))


def _pair_f1(labels: Labels, truth: Labels) -> float:
    """Return the F1 of the pairs that `labels` put together, against `truth`."""
    _, cells = np.unique(np.stack([labels, truth]), axis=1, return_counts=True)
    together, wanted, both = (
        float((counts * (counts - 1.0)).sum())
        for counts in (
            np.unique(labels, return_counts=True)[1],
            np.unique(truth, return_counts=True)[1],
            cells,
        )
    )
    return 2 * both / (together + wanted) if together + wanted else 0.0


def _typical_first(members: Sequence[int], vectors: Floats, weights: Floats) -> list[int]:
    """Return the places by falling likeness to all others, each as often as it was asked."""
    mine = vectors[members]
    likeness = mine @ (weights[members] @ mine)
    return [members[n] for n in np.argsort(-likeness, kind="stable")]


def _gap(found: Sequence[Miss], answers: Sequence[Answer]) -> Gap:
    """Return a gap; its nearest article is the one with most probability over its questions."""
    scores: dict[str, float] = {}
    matched: dict[str, tuple[float, str]] = {}
    asked = sum(miss.asked for miss in found)
    for miss, answer in zip(found, answers, strict=True):
        if answer.hits:
            hit = answer.hits[0]
            scores[hit.article_id] = scores.get(hit.article_id, 0.0) + hit.score * miss.asked
            best = (hit.score, hit.evidence.matched_question)
            matched[hit.article_id] = max(matched.get(hit.article_id, best), best)
    nearest = min(scores, key=lambda ident: (-scores[ident], ident), default=None)
    score = scores[nearest] / asked if nearest else 0.0
    return Gap(
        misses=tuple(found),
        asked=asked,
        nearest=nearest,
        score=score,
        matched=matched[nearest][1] if nearest else "",
        advice="wording" if score >= ABOUT else "article",
    )
