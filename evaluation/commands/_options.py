"""What the subcommands share."""

from pathlib import Path

import click

from indexer.encoder import EncoderError
from indexer.settings import Settings
from server.engine import Assistant, EncoderState

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


def need_encoder(assistant: Assistant) -> None:
    """Do nothing where the encoder is there.

    Raises:
        EncoderError: it is not.
    """
    if assistant.encoder.state != EncoderState.READY:
        why = assistant.encoder.error or "It is not loaded."
        raise EncoderError(f"This needs the encoder that the index was built with. {why}")
