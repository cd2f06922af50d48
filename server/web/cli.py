"""The command `faq-serve`: the help pages and the JSON interface, over HTTP."""

import logging
import sys
from pathlib import Path

import click

from indexer import StoreError
from indexer.settings import Settings, SettingsError
from server.engine import Assistant
from server.web.app import create_app
from server.web.serving import ListenError, Server, listen
from server.web.watch import Watcher

BAD_INPUT = 2


@click.command(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Examples:  faq-serve    faq-serve --index ./my-index --host 0.0.0.0 --port 80",
)
@click.option(
    "--index", type=click.Path(path_type=Path), help="Folder of the index.  [default: var/index]"
)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port, 0 for any.  [default: 8000]")
def main(index: Path | None, host: str | None, port: int | None) -> None:
    """Serve the index over HTTP until SIGTERM or Ctrl-C."""
    try:
        settings = Settings({"index": index, "host": host, "port": port})
        _configure_logging(settings["log_level"])
        # The port first: a taken one is told before seconds are spent on the model.
        with listen(settings["host"], settings["port"]) as listener:
            # The first visitor is answered in full, and at once: the model is loaded, or has
            # failed, and something was asked, so that every dictionary is read.
            assistant = Assistant.open(settings["index"])
            assistant.ask("你好 hello")
            Watcher(assistant, settings["reload_seconds"]).start()
            app = create_app(settings, assistant)
            server = Server(app, listener, settings["threads"], settings["max_body_bytes"])
            click.echo(server.address)
            server.run()
    except (StoreError, SettingsError, ListenError) as error:
        click.echo(str(error), err=True)
        sys.exit(BAD_INPUT)


def _configure_logging(level: str) -> None:
    known = ("DEBUG", "INFO", "WARNING", "ERROR")
    if level.upper() not in known:
        raise SettingsError(f"log_level must be one of {', '.join(known)}, not '{level}'.")
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # The level is that of our own words: libraries speak up when something is wrong.
    for ours in ("server", "indexer"):
        logging.getLogger(ours).setLevel(level.upper())
    # It warns of every request that waits for a thread, which is what threads are for.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
