from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import LANGS
from indexer.training.data import Cluster
from indexer.training.measure import area, measure


def random_encoder(seed: int = 0):
    """Return an encoder that gives each text a vector of its own."""
    chosen, known = np.random.default_rng(seed), {}

    def encode(texts: Sequence[str]):
        for text in texts:
            if text not in known:
                vector = chosen.normal(size=4).astype(np.float32)
                known[text] = vector / np.linalg.norm(vector)
        return np.stack([known[text] for text in texts])

    return encode


CLUSTERS = [
    Cluster(
        "d", "t",
        en=tuple(f"en {n}.{m}" for m in range(2 + n % 2)),
        zh=tuple(f"zh {n}.{m}" for m in range(3)),
        near=tuple(f"near {n}.{m}" for m in range(n % 3)),
    )
    for n in range(9)
]  # fmt: skip


def test_the_figures_are_those_of_a_plain_loop() -> None:
    encode = random_encoder()
    figures = measure(encode, CLUSTERS)

    def similar(a: str, b: str) -> float:
        return float(encode([a])[0] @ encode([b])[0])

    for lang in LANGS:
        for other in LANGS:
            hits = []
            for n, cluster in enumerate(CLUSTERS):
                for text in cluster.wordings(lang)[1:]:
                    scores = [similar(text, c.wordings(other)[0]) for c in CLUSTERS]
                    hits.append(max(range(9), key=scores.__getitem__) == n)
            assert figures[f"{lang}-{other}"] == pytest.approx(100 * sum(hits) / len(hits))
    areas = []
    for lang in LANGS:
        hits = [
            similar(text, c.wordings(lang)[0])
            for c in CLUSTERS
            for asked in LANGS
            for text in c.wordings(asked)[1:]
        ]
        misses = [similar(text, c.wordings(lang)[0]) for c in CLUSTERS for text in c.near]
        above = [(h > m) + (h == m) / 2 for h in hits for m in misses]
        areas.append(sum(above) / len(above))
    assert figures["near"] == pytest.approx(100 * sum(areas) / 2, rel=1e-5)


SCORES = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1, max_size=8)


@given(hits=SCORES, misses=SCORES)
def test_the_area_counts_pairs(hits: list[float], misses: list[float]) -> None:
    above = [(h > m) + (h == m) / 2 for h in hits for m in misses]
    found = area(np.array(hits, dtype=np.float32), np.array(misses, dtype=np.float32))
    assert found == pytest.approx(sum(above) / len(above))
