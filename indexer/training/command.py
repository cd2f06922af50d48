"""What the commands of this package share: errors in one line, exit status 2."""

from pathlib import Path
from typing import Any

import click

from indexer.training.data import DataError
from indexer.training.teacher import TeacherError

READ = click.Path(path_type=Path, exists=True)
READ_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
WRITE = click.Path(path_type=Path)


class Step(click.Command):
    """A command that tells of bad input in one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command.

        Raises:
            click.ClickException: what it read is missing or broken; exit status 2.
        """
        try:
            return super().invoke(ctx)
        except (DataError, TeacherError) as error:
            raise _BadInput(str(error)) from error


class _BadInput(click.ClickException):
    """Something that was read is missing or broken."""

    exit_code = 2


def empty_folder(folder: Path) -> Path:
    """Make `folder` and return it.

    Raises:
        DataError: it is there already and holds something.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} is there already. Name a new folder with --out.")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
