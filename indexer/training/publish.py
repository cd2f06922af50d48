"""Writes a trained run as a model folder: `python -m indexer.training.publish RUN --start MODEL`.

The weights are the run's running mean, if need be mixed with those that it started from: on what
the training did not speak of, the mixture keeps more (Wortsman et al., Robust Fine-Tuning of
Zero-Shot Models, CVPR 2022). Half precision halves the file and moves no figure.
"""

import hashlib
import json
import shutil
from pathlib import Path

import click
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, lerp

from indexer.training.checkpoint import read_checkpoint
from indexer.training.command import READ_FOLDER, WRITE, Step, empty_folder
from indexer.training.data import DataError

CARD = "README.md"
TRAINING = "training.json"
# What a model folder may hold, in bytes: it travels with the package.
LARGEST = 50_000_000
_WEIGHTS = "model.safetensors"


def mixed(start: dict[str, Tensor], trained: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Return `share` (0..1) of `trained` and the rest of `start`, in half precision.

    What was not trained (BERT's pooler, which sentence encoders do not use) stays as it is.

    Raises:
        DataError: the two are of different models.
    """
    for name, weight in trained.items():
        if name not in start or start[name].shape != weight.shape:
            raise DataError(
                f"The run's {name} fits nothing in --start: another model. Name the one that "
                "the run started from."
            )
    return {
        name: lerp(weight.float(), trained[name].float(), share).half().contiguous()
        if name in trained and weight.is_floating_point()
        else weight
        for name, weight in start.items()
    }


def publish(
    run: Path,
    start: Path,
    out: Path,
    share: float,
    *,
    beside: tuple[Path, float] | None = None,
    largest: int = LARGEST,
) -> None:
    """Write the model folder `out`: everything of `start` but its weights and card.

    `beside` is a third model and its share (0..1) of the whole: an earlier one that knows what the
    later ones forgot.

    Raises:
        DataError: the run or the start cannot be read, they do not fit each other, `out` is there
            already, or the folder holds more than `largest` bytes.
    """
    saved = read_checkpoint(run)
    weights = mixed(_weights(start), saved["average"], share)
    if beside is not None:
        weights = mixed(_weights(beside[0]), weights, 1 - beside[1])
    folder = empty_folder(out)
    shutil.copytree(
        start, folder, ignore=shutil.ignore_patterns(_WEIGHTS, CARD, ".*"), dirs_exist_ok=True
    )
    save_file(weights, folder / _WEIGHTS, metadata={"format": "pt"})
    written = {"step": saved["step"], "share": share}
    if beside is not None:
        written["beside"] = beside[1]
    (folder / TRAINING).write_text(json.dumps(written) + "\n", encoding="utf-8")
    size = sum(file.stat().st_size for file in model_files(folder))
    if size > largest:
        raise DataError(
            f"{out} holds {size:,} bytes, {largest:,} are allowed. Make a smaller vocabulary."
        )


def _weights(folder: Path) -> dict[str, Tensor]:
    file = folder / _WEIGHTS
    try:
        return load_file(file)
    except (OSError, SafetensorError) as error:
        raise DataError(f"{file} cannot be read ({error}).") from error


def model_files(folder: Path) -> list[Path]:
    """Return the files of a model folder but its card and hidden ones, in the order of names."""
    return sorted(
        file
        for file in folder.rglob("*")
        if file.is_file()
        and file != folder / CARD
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    )


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each of the model's files by its path inside `folder`."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in model_files(folder)
    }


@click.command(cls=Step)
@click.argument("run", type=READ_FOLDER)
@click.option("--start", type=READ_FOLDER, required=True, help="The model that RUN started from.")
@click.option("--out", type=WRITE, required=True, help="Folder to make.")
@click.option(
    "--share", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Of the run."
)
@click.option("--beside", type=READ_FOLDER, help="A third model to mix in.")
@click.option(
    "--beside-share", type=click.FloatRange(0, 1), default=0.2, show_default=True, help="Of it."
)
def main(
    run: Path, start: Path, out: Path, share: float, beside: Path | None, beside_share: float
) -> None:
    """Write the model of RUN as a folder that SentenceTransformer opens."""
    publish(run, start, out, share, beside=(beside, beside_share) if beside else None)
    click.echo("".join(f"{digest}  {name}\n" for name, digest in hashes(out).items()), nl=False)


if __name__ == "__main__":
    main()
