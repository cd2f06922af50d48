"""Measures an encoder on paraphrase clusters that it never saw."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from indexer.article import LANGS, Lang
from indexer.training.data import Cluster

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]


def measure(encode: Encode, clusters: Sequence[Cluster]) -> dict[str, float]:
    """Return per cent for each direction, and how well near misses are told from paraphrases.

    "zh-en" is the share of Chinese paraphrases whose nearest English title, among those of all
    clusters, is their own. "near" is the probability that a paraphrase is nearer to its title than
    a near miss of the same cluster is, both in the title's language or the other one (AUC over the
    pairs of each cluster, pooled over clusters and both titles' languages).
    """
    titles = {lang: encode([c.wordings(lang)[0] for c in clusters]) for lang in LANGS}
    figures: dict[str, float] = {}
    likeness: dict[Lang, list[NDArray[np.float32]]] = {lang: [] for lang in LANGS}
    for lang in LANGS:
        texts = [text for c in clusters for text in c.wordings(lang)[1:]]
        own = np.repeat(np.arange(len(clusters)), [len(c.wordings(lang)) - 1 for c in clusters])
        vectors = encode(texts)
        for other in LANGS:
            similar = vectors @ titles[other].T
            figures[f"{lang}-{other}"] = 100 * float(np.mean(similar.argmax(1) == own))
            likeness[other].append(similar[np.arange(len(own)), own])
    near = [text for c in clusters for text in c.near]
    near_of = np.repeat(np.arange(len(clusters)), [len(c.near) for c in clusters])
    vectors = encode(near)
    areas = []
    for lang in LANGS:
        misses = (vectors * titles[lang][near_of]).sum(1)
        hits = np.concatenate(likeness[lang])
        areas.append(area(hits, misses))
    figures["near"] = 100 * float(np.mean(areas))
    return figures


def area(hits: NDArray[np.float32], misses: NDArray[np.float32]) -> float:
    """Return the probability that a hit is above a miss (Mann-Whitney U; ties count half)."""
    ranks = np.searchsorted(np.sort(misses), hits, side="left").astype(float)
    ranks += np.searchsorted(np.sort(misses), hits, side="right")
    return float(ranks.mean() / 2 / len(misses))
