"""The command `faq-serve`: the help pages and the JSON interface, over HTTP."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from threadpoolctl import threadpool_limits

from indexer import StoreError
from indexer.settings import Settings, SettingsError
from server.desk import AddressError, DatabaseError, Desk, KeyFileError, SecretError
from server.web import logs, suggest
from server.web.app import create_app, open_assistant, watch
from server.web.keys import ROLES, Role
from server.web.keys import new_key as make_key
from server.web.serving import ListenError, Server, listen

BAD_INPUT = 2
# Errors whose message says what is wrong and how to mend it.
_TOLD = (
    StoreError,
    SettingsError,
    ListenError,
    DatabaseError,
    KeyFileError,
    AddressError,
    SecretError,
)


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples:  faq-serve    faq-serve --index ./my-index --host 0.0.0.0 --port 80    "
    "faq-serve --new-key night-shift --role agent",
)
@click.option(
    "--index", type=click.Path(path_type=Path), help="Folder of the index.  [default: var/index]"
)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, 0 for any.  [default: 8000]")
@click.option("--new-key", metavar="NAME", help="Make an API key, print it once, and end.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="client",
    show_default=True,
    help="What the new key may do.",
)
def main(
    index: Path | None, host: str | None, port: int | None, new_key: str | None, role: Role
) -> None:
    """Serve the index over HTTP until SIGTERM or Ctrl-C."""
    try:
        if new_key is not None:
            _print_key(new_key, role)
        else:
            _serve(Settings({"index": index, "host": host, "port": port}))
    except _TOLD as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)


def _serve(settings: Settings) -> None:
    logs.configure(settings["log_level"], settings["log_format"])
    # Questions are what is worked on side by side. If each took all processors for its products of
    # matrices they would wait for one another: on a busy machine twenty times as long.
    threadpool_limits(1, user_api="blas")
    # The port first: a taken one is told before seconds are spent on the model.
    with listen(settings["host"], settings["port"]) as listener, _desk(settings) as desk:
        # The first visitor is answered in full, and at once: the model is loaded, or has failed,
        # and something was asked, so that every dictionary is read.
        assistant = open_assistant(settings)
        assistant.ask("你好 hello")
        app = create_app(settings, assistant, desk)
        suggestions: suggest.Suggestions = app.extensions[suggest.EXTENSION]
        suggestions.prepare()
        watcher = watch(app, settings["reload_seconds"])
        server = Server(app, listener, settings["threads"], settings["max_body_bytes"])
        # What is loaded stays: the collector of cycles need not walk through it again and again,
        # nor through all of it, for a second and more, when the process ends.
        gc.collect()
        gc.freeze()
        desk.start()
        click.echo(server.address)
        server.run()
        watcher.stop()
        gc.freeze()


@contextmanager
def _desk(settings: Settings) -> Iterator[Desk]:
    """Open the desk; close it once the last request is answered."""
    desk = Desk.open(settings)
    try:
        yield desk
    finally:
        desk.stop()


def _print_key(name: str, role: Role) -> None:
    token, row = make_key(name, role)
    click.echo(f"The key of {name} ({role}). It is shown this once, and kept nowhere:", err=True)
    click.echo(token)
    click.echo("Add to FAQ_API_KEYS (comma between several), and start the server again:", err=True)
    click.echo(row)
