"""What the subcommands share."""

from pathlib import Path

import click

from indexer.settings import Settings
from server.engine import Assistant

PATH = click.Path(path_type=Path)


def open_assistant(index: Path | None, *, calibrated: bool = True) -> Assistant:
    """Return an assistant over the index that is asked for, as the server would open it.

    Raises:
        SettingsError: a setting is invalid.
        StoreError: there is no index, or it is damaged or foreign.
    """
    settings = Settings({"index": index})
    return Assistant.open(
        settings["index"], target_precision=settings["target_precision"], calibrated=calibrated
    )
