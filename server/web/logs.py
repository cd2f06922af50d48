"""What is logged, and how: one line of JSON for each event, or text for people.

No line holds what a visitor typed: no query, no body, no header, no address of a page that is none.
Libraries do not know that rule, and an exception's message holds what it failed on: see `Careful`.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from indexer.settings import SettingsError
from server.engine.safety import screen

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("json", "text")
_OURS = ("server", "indexer")
# What a record may carry in `extra`; anything else stays inside.
FIELDS = ("request_id", "method", "route", "status", "ms", "decision", "key")


class Careful(logging.Filter):
    """Takes out of a record what may be a visitor's, before anything is written.

    Of an exception its kind and where it happened stay, not its message; of what libraries say
    secrets go.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Change `record`, and let it pass."""
        if record.exc_info:
            kind, _, place = record.exc_info
            frames = "".join(traceback.format_tb(place))
            # What formatters take for the exception once it is there.
            record.exc_text = f"{frames}{kind.__name__ if kind else ''}"
            record.exc_info = None
        if not record.name.startswith(_OURS):
            record.msg, record.args = screen(record.getMessage()).text, ()
        return True


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON: time (UTC), level, logger, message, and its FIELDS."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_text:
            line["trace"] = record.exc_text
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: str, shape: str) -> None:
    """Log to standard error, our own words from `level` on and those of libraries from WARNING.

    Raises:
        SettingsError: `level` is none of LEVELS, or `shape` none of FORMATS.
    """
    if level.upper() not in LEVELS:
        raise SettingsError(f"log_level must be one of {', '.join(LEVELS)}, not '{level}'.")
    if shape not in FORMATS:
        raise SettingsError(f"log_format must be one of {', '.join(FORMATS)}, not '{shape}'.")
    handler = logging.StreamHandler()
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.addFilter(Careful())
    handler.setFormatter(JsonFormatter() if shape == "json" else text)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for ours in _OURS:
        logging.getLogger(ours).setLevel(level.upper())
    # It warns of every request that waits for a thread, which is what threads are for.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
