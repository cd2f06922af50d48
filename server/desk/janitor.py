"""Deletes what is past its time, once an hour, in a thread of its own."""

import logging
import threading
from collections.abc import Callable

from server.desk.retention import Purged

logger = logging.getLogger(__name__)

_EVERY = 3600.0
_PATIENCE = 10.0  # seconds that a purge at work may take to end


class Janitor:
    """Calls `purge` at the start and then every hour. Several processes may do so at once."""

    def __init__(self, purge: Callable[[], Purged]) -> None:
        self._purge = purge
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="janitor", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the purge at hand."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                purged = self._purge()
            except Exception as error:  # the database may be away; it will be back
                # Not the message nor the place: they may hold a row.
                logger.error(  # noqa: TRY400
                    "what is past its time was not deleted (%s)", type(error).__name__
                )
            else:
                if any(getattr(purged, name) for name in purged.__dataclass_fields__):
                    logger.info("deleted what is past its time: %s", purged)
            self._stopped.wait(_EVERY)
