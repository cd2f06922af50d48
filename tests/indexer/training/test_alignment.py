import gzip
import json
import math
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from indexer.training import alignment
from indexer.training.alignment import NULL, Model1
from indexer.training.data import DataError
from tests.indexer.training.conftest import call
from tests.indexer.training.corpus import WORDS

DAS, HAUS, BUCH, EIN = 10, 11, 12, 13
THE, HOUSE, BOOK, A = 20, 21, 22, 23
TOY = [((DAS, HAUS), (THE, HOUSE)), ((DAS, BUCH), (THE, BOOK)), ((EIN, BUCH), (A, BOOK))]


def arrays(pairs):
    return [tuple(np.array(side, dtype=np.int32) for side in pair) for pair in pairs]


def plain(pairs, rounds):
    """IBM model 1 as the book tells it: loops, a dictionary, NULL in front of each source."""
    table = {}
    for source, target in pairs:
        for s in (NULL, *source):
            for t in target:
                table[t, s] = 1.0
    for s in {s for _, s in table}:
        mine = [key for key in table if key[1] == s]
        for key in mine:
            table[key] = 1 / len(mine)
    likelihoods = []
    for _ in range(rounds):
        counts, totals = defaultdict(float), defaultdict(float)
        logs, pieces = 0.0, 0
        for source, target in pairs:
            for t in target:
                norm = sum(table[t, s] for s in (NULL, *source))
                logs += math.log2(norm / (len(source) + 1))
                pieces += 1
                for s in (NULL, *source):
                    counts[t, s] += table[t, s] / norm
                    totals[s] += table[t, s] / norm
        table = {(t, s): count / totals[s] for (t, s), count in counts.items()}
        likelihoods.append(logs / pieces)
    return table, likelihoods


@pytest.mark.parametrize("chunk", [1, 2, 1000])
@pytest.mark.parametrize("rounds", [1, 2, 7])
def test_it_is_the_model_of_the_book_in_any_chunks(rounds: int, chunk: int) -> None:
    chosen = np.random.default_rng(3)
    pairs = [
        (
            chosen.integers(5, 12, chosen.integers(1, 6)),
            chosen.integers(4, 11, chosen.integers(1, 6)),
        )
        for _ in range(25)
    ]
    pairs += arrays(TOY)
    table, likelihoods = plain([(tuple(s), tuple(t)) for s, t in pairs], rounds)
    model = Model1(pairs, chunk=chunk)
    found = [model.iterate() for _ in range(rounds)]
    assert found == pytest.approx(likelihoods)
    for (target, source), probability in table.items():
        assert model.probability(target, source) == pytest.approx(probability, abs=1e-12)


def test_the_likelihood_never_falls_and_words_find_each_other() -> None:
    model = Model1(arrays(TOY))
    likelihoods = [model.iterate() for _ in range(30)]
    assert all(a <= b + 1e-12 for a, b in pairwise(likelihoods))
    best = model.best(count=1)
    assert {s: english[0][0] for s, english in best.items()} == {
        DAS: THE, HAUS: HOUSE, BUCH: BOOK, EIN: A,
    }  # fmt: skip
    assert model.probability(A, HAUS) == 0


def test_the_best_come_in_order_without_chance_and_without_null() -> None:
    model = Model1(arrays(TOY))
    model.iterate()
    best = model.best(count=2, least=0.3)
    assert NULL not in best
    assert all(
        len(mine) <= 2 and all(a[1] >= b[1] >= 0.3 for a, b in pairwise(mine))
        for mine in best.values()
    )
    # Each is a share of all that the piece may mean.
    whole = dict(model.best(count=9, least=0))[DAS]
    assert sum(share for _, share in whole) == pytest.approx(1)


def test_every_word_of_the_sample_finds_its_translation(pieces: Path) -> None:
    aligned = dict(alignment.read(pieces))
    assert {zh: aligned[zh][0][0] for zh in WORDS.values()} == {zh: en for en, zh in WORDS.items()}


def test_the_command_writes_the_same_again(pieces: Path, data: Path) -> None:
    before = (pieces / alignment.ALIGNMENT).read_bytes()
    told = call(alignment.main, "--data", data, "--pieces", pieces, "--rounds", 20)
    assert (pieces / alignment.ALIGNMENT).read_bytes() == before
    assert f"{len(gzip.decompress(before).splitlines())} Chinese pieces found English ones" in told


def test_long_sides_are_left_out(pieces: Path, data: Path) -> None:
    assert alignment.encoded(pieces, data, 1, most=1000, longest=2) == []
    assert len(alignment.encoded(pieces, data, 1, most=7, longest=32)) == 7


def test_pairs_too_long_to_align_are_told(pieces: Path, data: Path) -> None:
    told = call(alignment.main, "--data", data, "--pieces", pieces, "--longest", 1, status=2)
    assert "no pair" in told


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    line = json.dumps({"piece": "钱包"}) + "\n"
    (tmp_path / alignment.ALIGNMENT).write_bytes(gzip.compress(line.encode()))
    with pytest.raises(DataError, match=r"alignment\.jsonl\.gz:1: a line needs piece, english"):
        list(alignment.read(tmp_path))
