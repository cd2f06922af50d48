"""What one training step reads: endless, seeded, and at any step without the steps before it."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.article import LANGS
from indexer.text import normalise
from indexer.training.data import Cluster, Pair, Parallel
from indexer.training.noise import noisy

# Longer texts are cut here, in characters, before the tokenizer sees them.
_LONGEST = {"en": 320, "zh": 130}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows of each kind a step reads; of wordings and near misses, for each cluster."""

    parallel: int = 24
    english: int = 6
    clusters: int = 64
    wordings: int = 3
    near: int = 2
    answers: int = 24


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's texts. `owner[i]` is the cluster of `wordings[i]`, `near_of[j]` of `near[j]`."""

    parallel: list[Parallel]
    english: list[str]
    wordings: list[str]
    owner: list[int]
    near: list[str]
    near_of: list[int]
    questions: list[str]
    passages: list[str]


@dataclass(slots=True)
class Batches:
    """Draws batches. `neighbours[c]` are the clusters likest to cluster `c`, best first.

    Half of a batch's clusters come in groups of neighbours, so that what is hard to tell apart
    meets in one batch; they are told anew as the student learns (see `joint`).
    """

    parallel: Sequence[Parallel]
    pairs: Sequence[Pair]
    clusters: Sequence[Cluster]
    sizes: Sizes
    seed: int
    neighbours: Sequence[Sequence[int]] = field(default_factory=list)
    # How many clusters each text is a near miss of.
    _near_misses: Counter[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._near_misses = Counter(text for cluster in self.clusters for text in cluster.near)

    @property
    def epoch(self) -> int:
        """How many steps see every cluster about once."""
        return -(-len(self.clusters) // self.sizes.clusters)

    def batch(self, step: int) -> Batch:
        """Return the batch of `step`."""
        chosen = random.Random(f"{self.seed}:{step}")  # noqa: S311 - a sample, no secret
        parallel = _window(self.parallel, step, self.sizes.parallel)
        pairs = _window(self.pairs, step, self.sizes.english)
        numbers = self._clusters(chosen)
        wordings: list[str] = []
        owner: list[int] = []
        near: list[str] = []
        near_of: list[int] = []
        for number in numbers:
            cluster = self.clusters[number]
            for text in _wordings(cluster, self.sizes.wordings, chosen):
                wordings.append(noisy(text, chosen))
                owner.append(number)
            for text in self._near(cluster, chosen):
                near.append(noisy(text, chosen))
                near_of.append(number)
        questions, passages = self._answers(pairs, numbers, chosen)
        return Batch(
            parallel=[Parallel(_cut(p.en, "en"), _cut(p.zh, "zh")) for p in parallel],
            english=[_cut(p.b, "en") for p in pairs if p.lang == "en"],
            wordings=wordings,
            owner=owner,
            near=near,
            near_of=near_of,
            questions=questions,
            passages=passages,
        )

    def _near(self, cluster: Cluster, chosen: random.Random) -> list[str]:
        """Return some near misses of a cluster; each text as seldom as if it were one cluster's.

        What everybody asks ("助记词丢了怎么办") is a near miss of many clusters: pushed away by all
        of them, it would be near to nothing in the end.
        """
        taken = chosen.sample(cluster.near, min(self.sizes.near, len(cluster.near)))
        return [text for text in taken if chosen.random() * self._near_misses[text] < 1]

    def _clusters(self, chosen: random.Random) -> list[int]:
        numbers: dict[int, None] = {}
        while len(numbers) < min(self.sizes.clusters, len(self.clusters)):
            number = chosen.randrange(len(self.clusters))
            numbers[number] = None
            if self.neighbours and len(numbers) < self.sizes.clusters // 2:
                numbers.update(dict.fromkeys(self.neighbours[number][:4]))
        return list(numbers)[: self.sizes.clusters]

    def _answers(
        self, pairs: Sequence[Pair], numbers: Sequence[int], chosen: random.Random
    ) -> tuple[list[str], list[str]]:
        """At most half of them headings with their paragraphs, the rest questions with answers.

        Nothing else holds how questions find long answers: with 12 a step, contrast of questions
        with questions cost a third run up to eleven points of it (see DECISIONS.md).
        """
        half = self.sizes.answers // 2
        found = [(normalise(p.a), _cut(p.b, p.lang)) for p in pairs if p.kind == "qa"][:half]
        for number in numbers:
            cluster, lang, other = self.clusters[number], chosen.choice(LANGS), chosen.choice(LANGS)
            if cluster.answer(other) and len(found) < self.sizes.answers:
                found.append((chosen.choice(cluster.wordings(lang)), cluster.answer(other)))
        # A paragraph that stands twice in a batch would be its own negative.
        unique = {passage: question for question, passage in found}
        return list(unique.values()), list(unique)


def _wordings(cluster: Cluster, count: int, chosen: random.Random) -> list[str]:
    """Return a title and other wordings, in any languages."""
    title = cluster.wordings(chosen.choice(LANGS))[0]
    others = [text for lang in LANGS for text in cluster.wordings(lang) if text != title]
    return [title, *chosen.sample(others, min(count - 1, len(others)))]


def _window(rows: Sequence, step: int, size: int) -> Sequence:  # type: ignore[type-arg]
    """Return `size` rows from where step `step` begins, round and round."""
    if not rows:
        return []
    at = step * size % len(rows)
    taken = list(rows[at : at + size])
    return taken + list(rows[: size - len(taken)])


def _cut(text: str, lang: str) -> str:
    return normalise(text[: _LONGEST[lang]])
