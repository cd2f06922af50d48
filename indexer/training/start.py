"""Makes the student to start from: `python -m indexer.training.start --pieces DIR --out MODEL`.

Body and English embeddings are the teacher's. A Chinese piece starts where the English ones lie
that it was aligned with, so that the body understands much of a Chinese text before training
(Tran, From English to Foreign Languages: Transferring Pre-trained Language Models, 2020).
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file

from indexer.training import alignment
from indexer.training.command import READ_FOLDER, WRITE, Step, empty_folder
from indexer.training.data import DataError
from indexer.training.teacher import teacher_folder
from indexer.training.vocabulary import SPECIAL, TOKENIZER, Piece, open_tokenizer, read_pieces

WEIGHTS = "model.safetensors"
MAX_TOKENS = 256
_WORDS = "embeddings.word_embeddings.weight"
# An unknown piece starts at the mean of all, moved by so much of their spread: two of them differ.
_NOISE = 0.1

Rows = NDArray[np.float32]
Aligned = Mapping[str, Sequence[tuple[str, float]]]

_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {
        "idx": 2,
        "name": "2",
        "path": "2_Normalize",
        "type": "sentence_transformers.models.Normalize",
    },
]


def embeddings(
    pieces: Sequence[Piece],
    teacher: Rows,
    numbers: Mapping[str, int],
    aligned: Aligned,
    seed: int,
) -> tuple[Rows, dict[str, int]]:
    """Return where the special pieces and `pieces` start, in this order.

    `teacher` (tokens, d) are its embeddings, `numbers` the rows of its tokens. Returns (4 +
    len(pieces), d), and how many pieces came from where: "teacher", "aligned", "words" (characters:
    the mean of the aligned words that hold them), "characters" (words: the mean of their aligned
    characters) and "unknown".

    Raises:
        DataError: a special or English piece is none of the teacher's.
    """
    known: dict[str, Rows] = {}
    came = dict.fromkeys(("teacher", "aligned", "words", "characters", "unknown"), 0)
    try:
        special = [teacher[numbers[name]] for name in SPECIAL]
        for piece in pieces:
            if piece.teacher:
                known[piece.text] = _mean([(teacher[numbers[t]], s) for t, s in piece.teacher])
                came["teacher"] += 1
    except KeyError as error:
        raise DataError(
            f"The teacher has no token {error}. Make the pieces from this teacher's vocabulary."
        ) from error
    chinese = [piece.text for piece in pieces if not piece.teacher]
    found: dict[str, Rows] = {}
    for text in chinese:
        near = [(known[word], share) for word, share in aligned.get(text, ()) if word in known]
        if near:
            found[text] = _mean(near)
            came["aligned"] += 1
    holding: dict[str, list[Rows]] = {}
    for text, row in found.items():
        for character in set(text):
            holding.setdefault(character, []).append(row)
    middle = teacher.mean(axis=0)
    spread = _NOISE * teacher.std(axis=0)
    chosen = np.random.default_rng(seed)
    for text in chinese:
        if text in found:
            continue
        alike = holding.get(text, []) if len(text) == 1 else [found[c] for c in text if c in found]
        if alike:
            known[text] = np.mean(alike, axis=0)
            came["words" if len(text) == 1 else "characters"] += 1
        else:
            known[text] = middle + spread * chosen.standard_normal(len(middle), dtype=np.float32)
            came["unknown"] += 1
    known |= found
    return np.stack(special + [known[piece.text] for piece in pieces]), came


def _mean(rows: Sequence[tuple[Rows, float]]) -> Rows:
    """Return the mean of rows (d,) with their weights."""
    weights = np.array([weight for _, weight in rows], dtype=np.float32)
    mean: Rows = weights @ np.stack([row for row, _ in rows]) / weights.sum()
    return mean


def write_start(pieces: Path, teacher: Path, out: Path, seed: int) -> dict[str, int]:
    """Write the model folder `out`; return how many embeddings came from where.

    `pieces` holds what vocabulary.py and alignment.py made, `teacher` the teacher's model.

    Raises:
        DataError: one of them is missing or broken, or the teacher is no BERT.
    """
    config = _config(teacher)
    weights = load_file(teacher / WEIGHTS)
    # Older files keep these numbers, which newer versions of transformers count themselves.
    weights.pop("embeddings.position_ids", None)
    if _WORDS not in weights:
        raise DataError(f"{teacher / WEIGHTS} has no {_WORDS}. The teacher must be a bare BERT.")
    rows, came = embeddings(
        read_pieces(pieces),
        weights[_WORDS].float().numpy(),
        open_tokenizer(teacher).get_vocab(),
        dict(alignment.read(pieces)),
        seed,
    )
    weights[_WORDS] = torch.from_numpy(rows)
    folder = empty_folder(out)
    # Half precision loses nothing that a step of training would not move, and halves the file.
    save_file(
        {name: weight.half().contiguous() for name, weight in weights.items()},
        folder / WEIGHTS,
        metadata={"format": "pt"},
    )
    shutil.copyfile(pieces / TOKENIZER, folder / TOKENIZER)
    longest = min(MAX_TOKENS, config["max_position_embeddings"])
    _write_settings(folder, {**config, "vocab_size": len(rows), "pad_token_id": 0}, longest)
    return came


def _config(teacher: Path) -> dict[str, Any]:
    file = teacher / "config.json"
    try:
        config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read ({error}). Name a model folder.") from error
    if config.get("model_type") != "bert":
        raise DataError(f"{file}: model_type is {config.get('model_type')!r}, not 'bert'.")
    config.pop("_name_or_path", None)
    return config


def _write_settings(folder: Path, config: dict[str, Any], longest: int) -> None:
    """Write what sentence-transformers reads beside the weights: mean, L2 norm, no prompts."""
    special = {f"{n}_token": f"[{n.upper()}]" for n in ("pad", "unk", "cls", "sep")}
    files: dict[str, Any] = {
        "config.json": config,
        "modules.json": _MODULES,
        "sentence_bert_config.json": {"max_seq_length": longest, "do_lower_case": False},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": longest,
            "padding_side": "right",
            **special,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": "", "document": ""},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "embedding_dimension": config["hidden_size"],
            "pooling_mode": "mean",
            "include_prompt": True,
        },
        "2_Normalize/config.json": {
            "module_input_name": "sentence_embedding",
            "module_output_name": "sentence_embedding",
        },
    }
    (folder / "2_Normalize").mkdir()
    (folder / "1_Pooling").mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


@click.command(cls=Step)
@click.option("--pieces", type=READ_FOLDER, required=True, help="What the steps before made.")
@click.option("--out", type=WRITE, required=True, help="Model folder to make.")
@click.option("--teacher", type=READ_FOLDER, help="Teacher's folder.  [default: its package]")
@click.option("--seed", type=int, default=1, show_default=True, help="Of unknown embeddings.")
def main(pieces: Path, out: Path, teacher: Path | None, seed: int) -> None:
    """Make the student to start from: the teacher's body, embeddings in both languages."""
    came = write_start(pieces, teacher_folder(teacher), out, seed)
    click.echo(f"{out}: " + ", ".join(f"{name} {count:,}" for name, count in came.items()))


if __name__ == "__main__":
    main()
