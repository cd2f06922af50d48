"""Finds what Chinese pieces mean: `python -m indexer.training.alignment --data DATA --pieces DIR`.

IBM model 1 (Brown, Della Pietra, Della Pietra and Mercer, The Mathematics of Statistical Machine
Translation, Computational Linguistics 1993, section 4.1): each English piece of a pair came from
one of its Chinese pieces, or from none of them; expectation maximisation finds the probabilities
t(english | chinese) that make the pairs likeliest. The likelihood has no local maximum beside the
global ones, so that a uniform start will do.
"""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from indexer.text import HAN, normalise
from indexer.training.command import READ_FOLDER, Step
from indexer.training.data import DataError, read_parallel, rows
from indexer.training.vocabulary import SPECIAL, open_tokenizer

ALIGNMENT = "alignment.jsonl.gz"
# Stands for "came from no Chinese piece". The number is that of [PAD], which no text holds.
NULL = SPECIAL.index("[PAD]")
# So many pairs at a time: about 300 cells each.
CHUNK = 20_000
# A piece that means one thing gets most of its probability there; below this it is chance.
_LEAST = 0.1
_BEST = 4

_HAN_ONLY = re.compile(f"[{HAN}]+")

Ids = NDArray[np.int32]
Best = dict[int, list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of some pairs, each an English piece of a pair beside a Chinese one.

    `places` (cells,) in the table; the cells of one English piece follow each other, from `starts`
    on (pieces,), `widths` of them (pieces,).
    """

    places: NDArray[np.int32]
    starts: NDArray[np.int64]
    widths: NDArray[np.int64]


class Model1:
    """The table t(english | chinese) of the two pieces that stand in one pair somewhere.

    Memory is about 4 bytes a cell and 30 for each different one.
    """

    def __init__(self, pairs: Sequence[tuple[Ids, Ids]], chunk: int = CHUNK) -> None:
        """Start uniform. `pairs` are (Chinese, English) numbers of pieces, in 0..2³¹-1."""
        parts = [pairs[at : at + chunk] for at in range(0, len(pairs), chunk)]
        self._keys = np.zeros(0, dtype=np.int64)
        for part in parts:
            self._keys = np.union1d(self._keys, np.unique(_keys(part)[0]))
        self._cells = []
        for part in parts:
            keys, widths = _keys(part)
            places = np.searchsorted(self._keys, keys).astype(np.int32)
            self._cells.append(_Cells(places, np.cumsum(widths) - widths, widths))
        chinese = self._keys >> 32
        # Numbers without gaps, to sum by.
        self._chinese = np.unique(chinese, return_inverse=True)[1]
        self.table: NDArray[np.float64] = self._normalised(np.ones(len(self._keys)))

    def iterate(self) -> float:
        """Take one step of expectation maximisation.

        Returns the mean logarithm (base 2) of an English piece's probability before the step, up to
        the constant that the lengths of the pairs bring.
        """
        counts = np.zeros(len(self._keys))
        logarithms, pieces = 0.0, 0
        for cells in self._cells:
            likely = self.table[cells.places]
            sums = np.add.reduceat(likely, cells.starts)
            logarithms += float(np.log2(sums / cells.widths).sum())
            pieces += len(sums)
            likely /= np.repeat(sums, cells.widths)
            np.add.at(counts, cells.places, likely)
        self.table = self._normalised(counts)
        return logarithms / max(1, pieces)

    def probability(self, english: int, chinese: int) -> float:
        """Return t(english | chinese), 0..1."""
        key = int(chinese) << 32 | int(english)
        place = int(np.searchsorted(self._keys, key))
        here = place < len(self._keys) and int(self._keys[place]) == key
        return float(self.table[place]) if here else 0.0

    def best(self, count: int = _BEST, least: float = _LEAST) -> Best:
        """Return for each Chinese piece its `count` likeliest English ones, best first.

        Those below `least` are left out, and Chinese pieces that keep none.
        """
        found: Best = {}
        likely = np.flatnonzero(self.table >= least)
        chinese, english = self._keys[likely] >> 32, self._keys[likely] & 0xFFFF_FFFF
        for n in np.lexsort((english, -self.table[likely], chinese)):
            if chinese[n] != NULL:
                mine = found.setdefault(int(chinese[n]), [])
                if len(mine) < count:
                    mine.append((int(english[n]), float(self.table[likely[n]])))
        return found

    def _normalised(self, counts: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(self._chinese, counts)
        share: NDArray[np.float64] = counts / sums[self._chinese]
        return share


def _keys(pairs: Sequence[tuple[Ids, Ids]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return chinese·2³² + english of each cell, and how many cells each English piece has."""
    sources = [np.append(chinese, NULL).astype(np.int64) << 32 for chinese, _ in pairs]
    targets = [np.asarray(english, dtype=np.int64) for _, english in pairs]
    keys = [
        (target[:, None] | source[None, :]).ravel()
        for source, target in zip(sources, targets, strict=True)
    ]
    widths = np.repeat([len(source) for source in sources], [len(target) for target in targets])
    return np.concatenate(keys), widths.astype(np.int64)


def encoded(folder: Path, data: Path, seed: int, most: int, longest: int) -> list[tuple[Ids, Ids]]:
    """Return up to `most` pairs of `data` as (Chinese, English) numbers of the pieces in `folder`.

    Pairs with an empty side, or one of more than `longest` pieces, are left out: what belongs to
    what is told best by short ones.

    Raises:
        DataError: there is no data, or no tokenizer.
    """
    tokenizer = open_tokenizer(folder)
    pairs = read_parallel(data, seed)
    found: list[tuple[Ids, Ids]] = []
    for at in range(0, len(pairs), CHUNK):
        part = pairs[at : at + CHUNK]
        chinese = tokenizer.encode_batch([normalise(p.zh) for p in part], add_special_tokens=False)
        english = tokenizer.encode_batch([normalise(p.en) for p in part], add_special_tokens=False)
        found += [
            (np.array(zh.ids, dtype=np.int32), np.array(en.ids, dtype=np.int32))
            for zh, en in zip(chinese, english, strict=True)
            if 0 < len(zh.ids) <= longest and 0 < len(en.ids) <= longest
        ]
        if len(found) >= most:
            break
    return found[:most]


def write(best: Best, folder: Path) -> int:
    """Write `best` into `folder`, a Chinese piece a line, readable by people; return how many.

    Latin pieces of the Chinese side are left out: they are in the vocabulary as English ones.
    """
    tokenizer = open_tokenizer(folder)

    def piece_of(number: int) -> str:
        return str(tokenizer.id_to_token(number))

    lines = [
        json.dumps(
            {
                "piece": piece_of(chinese),
                "english": [(piece_of(n), round(share, 4)) for n, share in english],
            },
            ensure_ascii=False,
        )
        + "\n"
        for chinese, english in sorted(best.items())
        if _HAN_ONLY.fullmatch(piece_of(chinese))
    ]
    (folder / ALIGNMENT).write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    return len(lines)


def read(folder: Path) -> Iterator[tuple[str, list[tuple[str, float]]]]:
    """Yield each piece with its English pieces and their probabilities, best first.

    Raises:
        DataError: the file is missing or broken.
    """
    for row in rows(folder / ALIGNMENT, ("piece", "english")):
        yield row["piece"], [(piece, share) for piece, share in row["english"]]


@click.command(cls=Step)
@click.option("--data", type=READ_FOLDER, required=True, help="Folder of text; see data.py.")
@click.option("--pieces", type=READ_FOLDER, required=True, help="Folder that vocabulary.py made.")
@click.option("--pairs", type=int, default=400_000, show_default=True, help="To read at most.")
@click.option("--longest", type=int, default=32, show_default=True, help="Side, in pieces.")
@click.option("--rounds", type=int, default=8, show_default=True, help="Of maximisation.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the sample of pairs.")
def main(data: Path, pieces: Path, pairs: int, longest: int, rounds: int, seed: int) -> None:
    """Align Chinese pieces with English ones; writes alignment.jsonl.gz beside the pieces."""
    read = encoded(pieces, data, seed, pairs, longest)
    if not read:
        raise DataError(f"{data} has no pair of at most {longest} pieces a side. Raise --longest.")
    model = Model1(read)
    progress = tqdm(range(rounds), unit="round")
    for _ in progress:
        progress.set_postfix(bits=round(-model.iterate(), 3))
    found = write(model.best(), pieces)
    click.echo(f"{found:,} Chinese pieces found English ones: {pieces / ALIGNMENT}")


if __name__ == "__main__":
    main()
