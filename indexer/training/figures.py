"""How good encoders are, bare: `python -m indexer.training.figures --set FOLDER … NAME=MODEL …`.

The same command measures any number of models, so that before and after stand in one file.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import torch

from indexer.text import normalise
from indexer.training.command import READ, READ_FOLDER, WRITE, Step
from indexer.training.data import read_clusters
from indexer.training.measure import Encode, measure
from indexer.training.model import open_student
from indexer.training.sets import measure_set, read_set, summary


def encoder_of(folder: Path) -> Encode:
    """Return how the model in `folder` encodes, in single precision, as it is served.

    Raises:
        DataError: there is no model.
    """
    student = open_student(folder)

    def encode(texts: Sequence[str]) -> Any:
        return student.vectors([normalise(text) for text in texts]).numpy()

    return encode


def named(_context: click.Context, _parameter: click.Parameter, models: Sequence[str]) -> Any:
    """Return the folder of each model by its name, which is the folder's where none is given.

    Raises:
        click.BadParameter: a folder is not there, or two models have one name.
    """
    found: dict[str, Path] = {}
    for model in models:
        name, _, path = model.rpartition("=")
        folder = Path(path)
        if not folder.is_dir():
            raise click.BadParameter(f"{path} is no folder.")
        name = name or folder.resolve().name
        if name in found:
            raise click.BadParameter(f"Two models are called {name}. Write NAME=FOLDER.")
        found[name] = folder
    return found


@click.command(cls=Step)
@click.argument("models", nargs=-1, required=True, callback=named)
@click.option("--clusters", type=READ, help="Paraphrase clusters that no model was fitted on.")
@click.option(
    "--set", "sets", type=READ_FOLDER, multiple=True, help="A question set in BEIR's layout."
)
@click.option("--out", type=WRITE, help="Result file to write.")
@click.option("--threads", type=int, default=0, help="Of torch; 0: its own choice.")
def main(
    models: dict[str, Path],
    clusters: Path | None,
    sets: tuple[Path, ...],
    out: Path | None,
    threads: int,
) -> None:
    """Measure MODELS on paraphrase clusters and question sets; per cent.

    A model is a folder, or NAME=FOLDER to have it told under a name.
    """
    if threads:
        torch.set_num_threads(threads)
    held = read_clusters(clusters) if clusters else []
    asked = [read_set(folder) for folder in sets]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name, folder in models.items():
        encode = encoder_of(folder)
        rows = found[name] = {}
        if held:
            rows["clusters"] = summary(measure(encode, held))
            click.echo(f"{name} clusters {rows['clusters']}")
        for one in asked:
            rows[one.name] = summary(measure_set(encode, one))
            click.echo(f"{name} {one.name} {rows[one.name]}")
    if out:
        out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
