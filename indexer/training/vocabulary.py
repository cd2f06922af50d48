"""Makes the bilingual vocabulary: `python -m indexer.training.vocabulary --data DATA --out FOLDER`.

A Unigram model (Kudo, Subword Regularization, ACL 2018) whose pieces are given rather than learned:
the teacher's English pieces, so that its embeddings can be kept, the words that jieba finds in the
parallel text and every common character, so that no simplified text is unknown. A piece scores the
logarithm of its share of the text. The same data and options give the same files, byte for byte.
"""

import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from tqdm import tqdm

from indexer import text
from indexer.training.command import READ_FOLDER, WRITE, Step, empty_folder
from indexer.training.data import DataError, read_parallel, rows
from indexer.training.teacher import teacher_folder

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
TOKENIZER = "tokenizer.json"
PIECES = "pieces.jsonl.gz"
# WordPiece's mark of a piece inside a word.
_INSIDE = "##"
_HAN_RUN = re.compile(f"[{text.HAN}]+")
# The teacher's pieces are in the order of their frequency in general English: by Zipf's law they
# share in so much text beside ours, or words that no manual uses would not be in the vocabulary.
_GENERAL = 0.05
# A character outside GB 2312 that stands this often in the text is common enough.
_COMMON = 3
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the vocabulary. `count` is how often it is expected in the text.

    `teacher` are the teacher's tokens that it stands for with the share (0..1) of each: "ing" is
    its "ing" and its "##ing". Chinese pieces have none.
    """

    text: str
    count: float
    teacher: tuple[tuple[str, float], ...] = ()


def common_characters() -> tuple[str, ...]:
    """Return the 6,763 Chinese characters of GB 2312 in its order."""
    found = []
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.append(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:  # five cells at the end of row 55 are empty
                continue
    return tuple(found)


def count_chinese(texts: Iterable[str], words: Iterable[str] = ()) -> Counter[str]:
    """Return how often jieba finds each word, single characters too, in the Chinese `texts`.

    `words` are added to jieba's own dictionary.
    """
    segmenter = text.Tokenizer(words)
    counts: Counter[str] = Counter()
    for one in texts:
        for run in _HAN_RUN.findall(text.normalise(one)):
            counts.update(segmenter.words(run))
    return counts


def count_english(texts: Sequence[str], teacher: Tokenizer) -> Counter[str]:
    """Return how often each token of the `teacher` stands in the English `texts`."""
    counts: Counter[int] = Counter()
    for at in range(0, len(texts), _BATCH):
        for encoding in teacher.encode_batch(texts[at : at + _BATCH], add_special_tokens=False):
            counts.update(encoding.ids)
    return Counter({str(teacher.id_to_token(number)): count for number, count in counts.items()})


def english_pieces(counts: Mapping[str, int], vocabulary: Sequence[str], size: int) -> list[Piece]:
    """Return the `size` likeliest pieces of the teacher's `vocabulary` (in its order) in English.

    ASCII characters are among them however rare they are: with them nothing is unknown.
    """
    general = _GENERAL * max(1, sum(counts.values()))
    harmonic = math.log(max(2, len(vocabulary)))
    shares: dict[str, dict[str, float]] = {}
    for rank, token in enumerate(vocabulary, start=1):
        piece = token.removeprefix(_INSIDE)
        if re.fullmatch(r"\[.+\]", token) or not piece or _HAN_RUN.search(piece):
            continue
        expected = counts.get(token, 0) + general / harmonic / rank
        shares.setdefault(piece, {})[token] = expected
    totals = {piece: sum(tokens.values()) for piece, tokens in shares.items()}
    order = sorted(
        shares, key=lambda piece: (not _is_ascii_character(piece), -totals[piece], piece)
    )
    chosen = sorted(order[:size], key=lambda piece: (-totals[piece], piece))
    return [
        Piece(
            piece,
            totals[piece],
            tuple((token, part / totals[piece]) for token, part in sorted(shares[piece].items())),
        )
        for piece in chosen
    ]


def chinese_pieces(counts: Mapping[str, int], size: int, words: Iterable[str] = ()) -> list[Piece]:
    """Return `size` pieces: the common characters, `words`, and the most frequent others.

    Raises:
        DataError: the characters and `words` alone are more than `size`.
    """
    wanted = dict.fromkeys(common_characters())
    wanted.update(
        dict.fromkeys(
            piece for piece, count in sorted(counts.items()) if len(piece) == 1 and count >= _COMMON
        )
    )
    wanted.update(dict.fromkeys(word for word in words if _HAN_RUN.fullmatch(word)))
    if len(wanted) > size:
        raise DataError(
            f"{len(wanted):,} Chinese characters and words must be in the vocabulary, --chinese "
            f"is {size:,}. Raise it."
        )
    for piece in sorted(counts, key=lambda piece: (-counts[piece], piece)):
        if len(wanted) == size:
            break
        wanted.setdefault(piece)
    return sorted(
        (Piece(piece, float(counts.get(piece, 0))) for piece in wanted),
        key=lambda piece: (-piece.count, piece.text),
    )


def _is_ascii_character(piece: str) -> bool:
    return len(piece) == 1 and piece.isascii()


def make_tokenizer(pieces: Sequence[Piece]) -> Tokenizer:
    """Return the tokenizer of the special pieces and `pieces`, in this order."""
    # Half an occurrence more for each: what was never seen is rare, not impossible.
    total = sum(piece.count + 0.5 for piece in pieces)
    scores = [(special, 0.0) for special in SPECIAL]
    scores += [(piece.text, math.log((piece.count + 0.5) / total)) for piece in pieces]
    made = Tokenizer(models.Unigram(scores, unk_id=SPECIAL.index("[UNK]"), byte_fallback=False))
    made.add_special_tokens(list(SPECIAL))
    made.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            normalizers.NFD(),
            normalizers.StripAccents(),
            normalizers.NFC(),
        ]
    )
    # A run of Chinese is a word of its own, also where it touches a Latin one: gas费不够.
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.BertPreTokenizer(),
            pre_tokenizers.Split(Regex(_HAN_RUN.pattern), behavior="isolated"),
        ]
    )
    made.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:0 [SEP]:0",
        special_tokens=[(name, SPECIAL.index(name)) for name in ("[CLS]", "[SEP]")],
    )
    return made


def open_tokenizer(folder: Path) -> Tokenizer:
    """Return the tokenizer in `folder`.

    Raises:
        DataError: there is none, or it is broken.
    """
    file = folder / TOKENIZER
    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # tokenizers raises nothing narrower
        raise DataError(f"{file} is no tokenizer ({error}).") from error


def read_pieces(folder: Path) -> list[Piece]:
    """Return the pieces that `write` put into `folder`, in the order of their ids.

    Raises:
        DataError: the file is missing or broken.
    """
    return [
        Piece(row["piece"], row["count"], tuple((t, s) for t, s in row.get("teacher", ())))
        for row in rows(folder / PIECES, ("piece",))
    ]


def write(pieces: Sequence[Piece], folder: Path) -> None:
    """Write `pieces` and their tokenizer into `folder`."""
    make_tokenizer(pieces).save(str(folder / TOKENIZER))
    lines = "".join(json.dumps(_row(piece), ensure_ascii=False) + "\n" for piece in pieces)
    # Without the time in its header gzip writes the same bytes each time.
    (folder / PIECES).write_bytes(gzip.compress(lines.encode(), mtime=0))


def _row(piece: Piece) -> dict[str, Any]:
    row: dict[str, Any] = {"piece": piece.text, "count": round(piece.count, 3)}
    if piece.teacher:
        row["teacher"] = [(token, round(share, 4)) for token, share in piece.teacher]
    return row


def _words(file: Path | None) -> Iterator[str]:
    """Yield the words of a jieba user dictionary, simplified, frequencies left out."""
    if file is None:
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield text.normalise(line.split()[0])


@click.command(cls=Step)
@click.option("--data", type=READ_FOLDER, required=True, help="Folder of text; see data.py.")
@click.option("--out", type=WRITE, required=True, help="Folder to make.")
@click.option("--words", type=WRITE, help="A jieba user dictionary: words to have in any case.")
@click.option("--teacher", type=READ_FOLDER, help="Teacher's folder.  [default: its package]")
@click.option("--english", type=int, default=15_000, show_default=True, help="English pieces.")
@click.option("--chinese", type=int, default=18_863, show_default=True, help="Chinese pieces.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the sample of sources.")
def main(
    data: Path,
    out: Path,
    words: Path | None,
    teacher: Path | None,
    english: int,
    chinese: int,
    seed: int,
) -> None:
    """Make the bilingual tokenizer from the parallel text and the teacher's vocabulary."""
    folder = empty_folder(out)
    teachers = open_tokenizer(teacher_folder(teacher))
    # As the teacher's file comes, texts are padded and cut at 128 tokens.
    teachers.no_padding()
    teachers.no_truncation()
    numbers = teachers.get_vocab()
    if words and not words.is_file():
        raise DataError(f"{words} is no file. Name a jieba user dictionary with --words.")
    own = list(_words(words))
    pairs = read_parallel(data, seed)
    pieces = english_pieces(
        count_english([pair.en for pair in pairs], teachers),
        sorted(numbers, key=lambda token: numbers[token]),
        english,
    )
    texts = (pair.zh for pair in tqdm(pairs, unit="pair", desc="words", mininterval=5))
    pieces += chinese_pieces(count_chinese(texts, own), chinese, own)
    write(pieces, folder)
    click.echo(f"{len(pieces) + len(SPECIAL):,} pieces in {folder / TOKENIZER}")


if __name__ == "__main__":
    main()
