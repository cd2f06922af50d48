"""How often one may call: rate limits per key, and per address where there is none.

    @blueprint.post("/feedback", responses=...)
    @rate_limited("write")
    def feedback(body: FeedbackRequest) -> ...

Every other view has the limit "read". Limits are written as the library `limits` reads them
("60/minute; 5/second") and counted in this process or, for several, in Redis.
"""

import ipaddress
import logging
import math
import time
from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

import limits
from flask import Flask, current_app, request
from limits.errors import ConfigurationError, StorageError

from indexer.settings import Settings, SettingsError
from server.web.errors import ApiError
from server.web.keys import current_key

logger = logging.getLogger(__name__)

# "read": questions, searches and pages; "suggest": one at each key that is typed; "write": what is
# stored; "key": whatever is called with an API key.
Class = Literal["read", "suggest", "write", "key"]
_SETTINGS: dict[Class, str] = {
    "read": "rate_limit",
    "suggest": "rate_limit_suggest",
    "write": "rate_limit_write",
    "key": "rate_limit_key",
}
OFF = "off"
# Watched by machines, or cheaper than the counting.
_FREE = {"healthz", "readyz", "metrics", "static"}
_CLASS = "__rate_limit_class__"
# How long a broken store is left alone (seconds): waiting for it would slow every request.
_PAUSE = 10.0

View = TypeVar("View", bound=Callable[..., Any])


def rate_limited(kind: Class) -> Callable[[View], View]:
    """Give the view below the limit `kind`."""

    def mark(view: View) -> View:
        setattr(view, _CLASS, kind)
        return view

    return mark


class RateLimits:
    """Counts calls. Thread-safe.

    Raises:
        SettingsError: a limit cannot be read, or the store is none.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits = {kind: _parsed(name, settings[name]) for kind, name in _SETTINGS.items()}
        self._window = limits.strategies.MovingWindowRateLimiter(_store(settings))
        self._paused_until = 0.0

    def wait(self, kind: Class, caller: str) -> int | None:
        """Count a call and return None, or the seconds (>= 1) to wait where there were too many.

        Where the store cannot be reached every call is let through: an outage of the counter is no
        reason to answer nobody.
        """
        if time.monotonic() < self._paused_until:
            return None
        try:
            for limit in self._limits[kind]:
                if not self._window.hit(limit, kind, caller):
                    reset = self._window.get_window_stats(limit, kind, caller).reset_time
                    return max(1, math.ceil(reset - time.time()))
        except StorageError as error:
            self._paused_until = time.monotonic() + _PAUSE
            logger.error("rate limits are not counted: %s", type(error.storage_error).__name__)  # noqa: TRY400
        return None


def install(app: Flask, rate_limits: RateLimits) -> None:
    """Refuse the requests to `app` that come too often."""

    def check() -> None:
        if request.endpoint is not None and request.endpoint.rpartition(".")[2] in _FREE:
            return
        key = current_key()
        kind: Class = "key" if key else _class_of_view()
        wait = rate_limits.wait(kind, f"key {key.name}" if key else address())
        if wait is not None:
            raise ApiError(429, values={"seconds": wait}, headers={"Retry-After": str(wait)})

    app.before_request(check)


def address() -> str:
    """Return who calls, by address; of IPv6 the network, for a house has all of its addresses."""
    try:
        parsed = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:  # a test client, or a socket of another kind
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        parsed = parsed.ipv4_mapped
    return str(parsed)


def _class_of_view() -> Class:
    view = current_app.view_functions.get(request.endpoint or "")
    return cast(Class, getattr(view, _CLASS, "read"))


def _parsed(name: str, text: str) -> list[limits.RateLimitItem]:
    if text == OFF:
        return []
    try:
        return limits.parse_many(text)
    except ValueError as error:
        raise SettingsError(
            f"{name} must be limits such as 60/minute or 5/second; 500/day, or {OFF}, not '{text}'."
        ) from error


def _store(settings: Settings) -> limits.storage.Storage:
    address = settings["rate_limit_store"]
    try:
        # A store that hangs must not take the questions with it.
        options = {} if address.startswith("memory") else {"socket_timeout": 1}
        store = limits.storage.storage_from_string(address, wrap_exceptions=True, **options)
    except (ConfigurationError, ValueError, TypeError) as error:
        # Not the address: it may hold a password.
        raise SettingsError(
            "rate_limit_store must be memory:// or the address of a Redis server, such as "
            "redis://localhost:6379/0."
        ) from error
    return cast(limits.storage.Storage, store)
