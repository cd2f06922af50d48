from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from indexer.text import normalise
from indexer.training import noise
from indexer.training.batches import Batches, Sizes
from indexer.training.data import Cluster, Pair, Parallel

SIZES = Sizes(parallel=4, english=6, clusters=8, wordings=3, answers=4)
PARALLEL = [Parallel(f"en {n}", f"句{n}") for n in range(10)]
PAIRS = [
    Pair(f"head {n}", f"paragraph {n}", "en" if n % 2 else "zh", "qq" if n % 5 == 0 else "qa")
    for n in range(20)
]


def cluster(number: int) -> Cluster:
    return Cluster(
        "domain", "topic",
        en=tuple(f"en wording {number}.{n}" for n in range(3)),
        zh=tuple(f"问法{number}.{n}" for n in range(3)),
        near=(f"near {number}",) if number % 2 else (),
        answer_en=f"answer {number}" if number % 3 else "",
    )  # fmt: skip


CLUSTERS = [cluster(n) for n in range(40)]


@pytest.fixture(autouse=True)
def _clean_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.training.batches.noisy", lambda text, chosen: text)


def batches(
    neighbours: Sequence[Sequence[int]] = (), sizes: Sizes = SIZES, seed: int = 1,
    clusters: Sequence[Cluster] = CLUSTERS, pairs: Sequence[Pair] = PAIRS,
) -> Batches:  # fmt: skip
    return Batches(PARALLEL, pairs, clusters, sizes, seed, neighbours)


def test_a_step_is_the_same_whatever_came_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.training.batches.noisy", noise.noisy)
    one, other = batches(), batches()
    other.batch(3)
    assert one.batch(17) == other.batch(17)
    assert one.batch(17) != one.batch(18)
    assert one.batch(17) != batches(seed=2).batch(17)


def test_parallel_text_is_read_round_and_round() -> None:
    made = batches()
    read = [pair.en for step in range(5) for pair in made.batch(step).parallel]
    assert read == [f"en {n % 10}" for n in range(20)]


def test_wordings_belong_to_their_cluster_and_bring_a_title() -> None:
    batch = batches().batch(0)
    assert len(batch.wordings) == len(batch.owner) == 8 * 3
    assert len(set(batch.owner)) == 8
    for number in set(batch.owner):
        mine = [t for t, o in zip(batch.wordings, batch.owner, strict=True) if o == number]
        assert len(mine) == len(set(mine)) == 3
        assert mine[0] in (CLUSTERS[number].en[0], CLUSTERS[number].zh[0])
        assert set(mine) <= {*CLUSTERS[number].en, *CLUSTERS[number].zh}
    assert batch.near_of == [n for n in dict.fromkeys(batch.owner) if n % 2]
    assert batch.near == [f"near {n}" for n in batch.near_of]


def test_two_near_misses_of_a_cluster_at_most() -> None:
    several = [replace(c, near=(f"a{n}", f"b{n}", f"c{n}")) for n, c in enumerate(CLUSTERS)]
    batch = batches(clusters=several).batch(0)
    for number in set(batch.owner):
        mine = [t for t, o in zip(batch.near, batch.near_of, strict=True) if o == number]
        assert len(mine) == len(set(mine)) == 2


def test_a_near_miss_of_many_clusters_is_met_as_seldom_as_that_of_one() -> None:
    common = [replace(c, near=("everybody's", f"near {n}")) for n, c in enumerate(CLUSTERS)]
    found = Counter(
        text for step in range(200) for text in batches(clusters=common).batch(step).near
    )
    own = sum(count for text, count in found.items() if text != "everybody's") / len(CLUSTERS)
    assert own / 2 < found["everybody's"] < own * 2


def test_half_of_the_clusters_come_with_their_neighbours() -> None:
    neighbours = [[(n + d) % 40 for d in (1, 2, 3, 4, 5)] for n in range(40)]
    made = batches(neighbours)
    for step in range(30):
        owners = list(dict.fromkeys(made.batch(step).owner))
        assert len(owners) == 8
        first = owners[0]
        assert owners[1:5] == [(first + d) % 40 for d in (1, 2, 3, 4)]
    # Without them neighbours meet by chance only.
    alone = [list(dict.fromkeys(batches().batch(step).owner)) for step in range(30)]
    assert sum((b - a) % 40 == 1 for owners in alone for a, b in pairwise(owners)) < 30


def test_answers_are_paragraphs_and_those_of_the_clusters() -> None:
    for step in range(10):
        batch = batches().batch(step)
        found = list(zip(batch.questions, batch.passages, strict=True))
        assert 2 < len(found) <= 4
        assert len(set(batch.passages)) == len(found)
        for question, passage in found[:2]:
            assert question.replace("head", "paragraph") == passage
        for question, passage in found[2:]:
            number = int(passage.removeprefix("answer "))
            assert number in batch.owner
            assert question in (*CLUSTERS[number].en, *CLUSTERS[number].zh)


def test_a_paragraph_comes_once_in_a_batch() -> None:
    same = [Pair(f"head {n}", "the same", "en", "qa") for n in range(6)]
    passages = batches(pairs=same).batch(0).passages
    assert passages.count("the same") == 1


def test_only_english_paragraphs_keep_the_teachers_language() -> None:
    assert batches().batch(0).english == [f"paragraph {n}" for n in range(6) if n % 2]


def test_long_texts_are_cut() -> None:
    made = Batches([Parallel("e" * 900, "中" * 900)], [], CLUSTERS, SIZES, 1)
    pair = made.batch(0).parallel[0]
    assert (len(pair.en), len(pair.zh)) == (320, 130)


def test_few_clusters_and_none() -> None:
    assert len(set(batches(clusters=CLUSTERS[:3]).batch(0).owner)) == 3
    none = batches(sizes=Sizes(parallel=4, clusters=0), clusters=[]).batch(0)
    assert (none.wordings, none.near) == ([], [])
    assert len(none.parallel) == 4


def test_an_epoch_sees_every_cluster_about_once() -> None:
    assert batches().epoch == 5


def test_noise_is_put_into_what_users_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.training.batches.noisy", lambda text, chosen: text + " 1")
    batch = batches().batch(0)
    assert all(text.endswith(" 1") for text in (*batch.wordings, *batch.near))
    assert not any(normalise(text).endswith(" 1") for text in batch.passages if "0" in text)
