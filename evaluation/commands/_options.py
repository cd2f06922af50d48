"""What the subcommands share."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from evaluation.comparison import Tolerance, tolerance
from indexer.article import LANGS
from indexer.cli import Bar, fail
from indexer.encoder import EncoderError
from indexer.faults import SourceError
from indexer.settings import Settings, SettingsError
from indexer.store import StoreError
from server.desk import DatabaseError
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


def page_options(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return what gives a command the options of one that writes the page var/`name`.html."""
    options = (
        click.option("--json", "as_data", is_flag=True, help="Print everything as JSON."),
        click.option(
            "--lang",
            type=click.Choice(LANGS),
            default="en",
            show_default=True,
            help="The page's language.",
        ),
        click.option(
            "--html",
            type=PATH,
            default=Path(f"var/{name}.html"),
            show_default=True,
            help="The page.",
        ),
    )

    def give(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in options:
            command = option(command)
        return command

    return give


@contextmanager
def making(html: Path) -> Iterator[Bar]:
    """Show a bar while the page `html` is made; a fault on the way there ends the command."""
    bar = Bar()
    try:
        yield bar
    except (DatabaseError, EncoderError, SettingsError, SourceError, StoreError) as error:
        bar.close()
        fail(error)
    except OSError as error:
        bar.close()
        fail(OSError(f"{html} cannot be written ({error}). Name another file with --html."))
    bar.close()


def write_page(html: Path, page: str) -> None:
    """Write a page, in a folder that may not be there yet."""
    html.parent.mkdir(parents=True, exist_ok=True)
    html.write_text(page, encoding="utf-8")


def tolerances(
    context: click.Context, parameter: click.Parameter, values: Sequence[str]
) -> list[Tolerance]:
    """Read the values of an option `--tolerance MEASURE=MOST`.

    Raises:
        click.BadParameter: one is no tolerance.
    """
    try:
        return [tolerance(value) for value in values]
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


def _utc(
    context: click.Context, parameter: click.Parameter, value: dt.datetime | None
) -> dt.datetime | None:
    return None if value is None else value.replace(tzinfo=dt.UTC)


def log_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give `command` the options that say which part of which query log is meant."""
    days = click.DateTime(["%Y-%m-%d"])
    options = (
        click.option("--until", type=days, callback=_utc, help="Questions before this day (UTC)."),
        click.option("--since", type=days, callback=_utc, help="Questions from this day on (UTC)."),
        click.option(
            "--database", metavar="URL", help="Of the query log.  [default: FAQ_DATABASE]"
        ),
    )
    for option in options:
        command = option(command)
    return command
