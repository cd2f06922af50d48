"""The encoder of an open index: loaded late, perhaps failed, tried again."""

import logging
import threading
import time
from collections.abc import Callable
from enum import StrEnum

from indexer import Encoder, EncoderError

logger = logging.getLogger(__name__)


class EncoderState(StrEnum):
    """Where the encoder stands; only a READY one makes dense answers."""

    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class EncoderSlot:
    """Holds the encoder that `load` returns, once it does. Thread-safe.

    While there is none, answers are lexical only. `expected` is the model id that the index was
    built with: vectors of another model would be compared in vain.
    """

    def __init__(self, load: Callable[[], Encoder], expected: str) -> None:
        self._load = load
        self._expected = expected
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._error: str | None = None
        self._tried_at = 0.0

    @property
    def expected(self) -> str:
        """The id of the model that the vectors of the index come from."""
        return self._expected

    @property
    def encoder(self) -> Encoder | None:
        """The encoder, None while there is none."""
        return self._encoder

    @property
    def error(self) -> str | None:
        """Why the last try failed, None if it did not."""
        return self._error

    @property
    def state(self) -> EncoderState:
        """Where the encoder stands."""
        if self._encoder is not None:
            return EncoderState.READY
        return EncoderState.FAILED if self._error else EncoderState.LOADING

    @property
    def seconds_since_try(self) -> float:
        """How long ago loading was last tried, in seconds."""
        return time.monotonic() - self._tried_at

    def load(self) -> None:
        """Load the encoder now, unless it is there; a failure is kept in `error` and logged."""
        with self._lock:
            if self._encoder is not None:
                return
            try:
                self._encoder, self._error = self._checked(self._load()), None
            except EncoderError as error:
                self._fail(str(error))
            except Exception as error:  # a thread that dies would leave it loading for ever
                self._fail(f"The encoder cannot be loaded ({type(error).__name__}: {error}).")
            finally:
                self._tried_at = time.monotonic()

    def _fail(self, error: str) -> None:
        self._error = error
        logger.warning("answers are lexical only: %s", error)

    def _checked(self, encoder: Encoder) -> Encoder:
        if encoder.model_id == self._expected:
            return encoder
        raise EncoderError(
            f"The index was built with the model {self._expected}, but {encoder.model_id} was "
            "loaded. Run `faq-index build`, or put the model's files back."
        )

    def load_in_background(self) -> None:
        """Load the encoder in a thread of its own; answers are lexical until it is there."""
        threading.Thread(target=self.load, name="encoder", daemon=True).start()
