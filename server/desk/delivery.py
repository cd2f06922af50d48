"""Sends the events of the outbox to one address: signed, again and again until they are taken.

At least once: a receiver that took an event and could not say so gets it again, with the same
`webhook-id`. Events may come in another order than they happened; each tells its own time.
"""

import datetime as dt
import json
import logging
import random
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import urllib3
from sqlalchemy import Engine
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError, SSLError
from urllib3.exceptions import TimeoutError as TimedOut

from server.desk import outbox, signing
from server.desk.outbox import Event

logger = logging.getLogger(__name__)

# How long a receiver has to connect and to answer (seconds). A claim lasts much longer, so that it
# ends only where the process that made it has died.
_CONNECT, _READ = 5.0, 10.0
_CLAIM = dt.timedelta(seconds=60)
# Waits double from the first to the longest, less up to half at random: receivers that come back
# are not met by everything at once (Brooker 2015, "Exponential Backoff And Jitter").
_FIRST_WAIT, _LONGEST_WAIT = 5.0, 3600.0
# How often the outbox is looked at where nobody calls `wake`, which other processes cannot.
_POLL = 1.0


class AddressError(Exception):
    """Webhooks cannot be sent to an address; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an event was not taken, and the seconds after which the receiver wants it again."""

    reason: str
    retry_after: float | None = None


class Sender:
    """Posts signed events to `url`. Thread-safe.

    Raises:
        AddressError: `url` is no http or https address.
        signing.SecretError: a secret is not of the form `whsec_…`.
    """

    def __init__(self, url: str, secrets: Sequence[str]) -> None:
        try:
            parsed = urllib3.util.parse_url(url)
        except HTTPError as error:
            raise AddressError(_NO_ADDRESS) from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise AddressError(_NO_ADDRESS)
        self._url = url
        self._keys = signing.read_secrets(secrets)
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT, read=_READ),
            headers={"Content-Type": "application/json", "User-Agent": "faq-assistant"},
            # A signed body goes where the operator sent it, nowhere else.
            retries=urllib3.Retry(total=0, redirect=False, raise_on_redirect=False),
        )

    def send(self, event: Event, now: dt.datetime) -> Refusal | None:
        """Post `event` once; None when the receiver took it (any status 2xx)."""
        body = json.dumps(_message(event), ensure_ascii=False, separators=(",", ":")).encode()
        signed = signing.headers(self._keys, event.key, int(now.timestamp()), body)
        try:
            response = self._pool.request(
                "POST",
                self._url,
                body=body,
                headers={**self._pool.headers, **signed},
                redirect=False,
                preload_content=False,
            )
        except HTTPError as error:
            return Refusal(_told(error))
        # What it says is not read: it could be endless.
        response.close()
        response.release_conn()
        if 200 <= response.status < 300:
            return None
        return Refusal(_meaning(response.status), _seconds(response.headers.get("Retry-After")))


class Deliverer:
    """Delivers the outbox behind `engine` with `sender`, in a thread of its own.

    Several processes may do so for one database. A failure is logged once for each distinct reason
    until something is delivered again.
    """

    def __init__(self, engine: Engine, sender: Sender) -> None:
        self._engine = engine
        self._sender = sender
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        self._told: set[str] = set()

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def wake(self) -> None:
        """Look at the outbox now: something was put there and committed."""
        self._woken.set()

    def stop(self) -> None:
        """End after the event at hand; what is left stays in the outbox."""
        self._stopped.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(_CONNECT + _READ)

    def deliver_due(self) -> int:
        """Try each event that is due now once, and return how many were taken."""
        taken = 0
        while not self._stopped.is_set():
            now = _now()
            with self._engine.begin() as connection:
                event = outbox.claim(connection, now, now + _CLAIM)
            if event is None:
                break
            refusal = self._sender.send(event, now)
            with self._engine.begin() as connection:
                if refusal is None:
                    outbox.delivered(connection, event, _now())
                    taken += 1
                else:
                    retry_at = _now() + dt.timedelta(seconds=wait(event.attempts, refusal))
                    outbox.failed(connection, event, refusal.reason, retry_at)
            self._tell(refusal.reason if refusal else None)
        return taken

    def _tell(self, reason: str | None) -> None:
        if reason is None:
            self._told.clear()
        elif reason not in self._told:
            self._told.add(reason)
            logger.error("a webhook was not delivered, it will be tried again: %s", reason)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                self.deliver_due()
            except Exception as error:  # the database may be away; it will be back
                # Not the message: it may hold the row.
                self._tell(f"the outbox cannot be read ({type(error).__name__})")
            self._woken.wait(_POLL)


def wait(attempts: int, refusal: Refusal) -> float:
    """Return the seconds to wait after so many `attempts` (>= 1)."""
    longest = min(_LONGEST_WAIT, _FIRST_WAIT * 2.0 ** min(attempts - 1, 20))
    chosen = random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, hides nothing
    return max(chosen, min(refusal.retry_after or 0.0, _LONGEST_WAIT))


def _message(event: Event) -> dict[str, Any]:
    """Return the body in the form that Standard Webhooks recommends."""
    return {
        "type": event.event,
        "timestamp": event.created_at.isoformat(),
        "data": event.payload,
    }


_NO_ADDRESS = (
    "FAQ_WEBHOOK_URL is no address that can be posted to. Write it as https://host/path; leave it "
    "empty to send nothing."
)


def _told(error: HTTPError) -> str:
    """Return what went wrong without the address, which may hold a token."""
    cause = error.reason if isinstance(error, MaxRetryError) and error.reason else error
    if isinstance(cause, NewConnectionError):
        return "no connection"
    if isinstance(cause, TimedOut):
        return "no answer in time"
    if isinstance(cause, SSLError):
        return "the certificate or the encryption is not right"
    return f"the connection broke ({type(cause).__name__})"


def _meaning(status: int) -> str:
    if 300 <= status < 400:
        return f"status {status}: redirects are not followed, set FAQ_WEBHOOK_URL to where it leads"
    return f"status {status}"


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a Retry-After header; a date there is passed over."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
