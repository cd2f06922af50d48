"""A run as it stands after a step, on disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from indexer.training.data import DataError

CHECKPOINT = "checkpoint.pt"


def write_checkpoint(state: Mapping[str, Any], run: Path) -> None:
    """Write `state` into the run's folder; a run killed meanwhile keeps the one before."""
    partial = run / (CHECKPOINT + ".partial")
    torch.save(dict(state), partial)
    partial.replace(run / CHECKPOINT)


def read_checkpoint(run: Path) -> dict[str, Any]:
    """Return the checkpoint of the run in the folder `run`.

    Raises:
        DataError: there is none, or it is broken.
    """
    file = run / CHECKPOINT
    try:
        saved: dict[str, Any] = torch.load(file, weights_only=True)
    except Exception as error:  # whatever a missing or broken file makes torch raise
        raise DataError(
            f"{file} cannot be read ({type(error).__name__}). Name the folder of a run that has "
            "reached its first checkpoint."
        ) from error
    return saved
