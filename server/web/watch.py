"""Keeps a serving assistant up to date: new indexes, and an encoder that failed before."""

import logging
import threading
from collections.abc import Callable

from server.engine import Assistant, EncoderState

logger = logging.getLogger(__name__)

# Loading a model costs more than a look at a link.
_RETRY_FACTOR = 10


class Watcher:
    """Looks for a new index every `seconds`, in a thread of its own; calls `swapped` after one.

    A failure is logged once for each distinct message, and what serves goes on serving.
    """

    def __init__(
        self,
        assistant: Assistant,
        seconds: float,
        swapped: Callable[[], object] = lambda: None,
    ) -> None:
        self._assistant = assistant
        self._seconds = seconds
        self._swapped = swapped
        self._stopped = threading.Event()
        self._told: set[str] = set()

    def start(self) -> None:
        """Begin to watch; the thread ends with the process."""
        threading.Thread(target=self._watch, name="watcher", daemon=True).start()

    def stop(self) -> None:
        """End watching."""
        self._stopped.set()

    def look(self) -> None:
        """Look once: go over to a new index, try a failed encoder again when it is time."""
        try:
            if self._assistant.refresh():
                self._told.clear()
                self._swapped()
            encoder = self._assistant.encoder
            waited = encoder.seconds_since_try >= _RETRY_FACTOR * self._seconds
            if encoder.state == EncoderState.FAILED and waited:
                encoder.load()
        except Exception as error:  # whatever it is, the old index still answers
            self._tell(f"{type(error).__name__}: {error}")

    def _tell(self, message: str) -> None:
        if message not in self._told:
            self._told.add(message)
            logger.error("the index cannot be refreshed, the old one goes on: %s", message)

    def _watch(self) -> None:
        while not self._stopped.wait(self._seconds):
            self.look()
