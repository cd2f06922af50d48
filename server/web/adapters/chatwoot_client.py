"""The few calls of Chatwoot's API that its agent bot makes."""

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from server.web.errors import ApiError

logger = logging.getLogger(__name__)

# Chatwoot gives a bot five seconds in all, and three calls are made (seconds).
_CONNECT, _READ = 1.0, 3.0
_REMEMBERED = 2048

# An account and a conversation of it.
Place = tuple[int, int]


class Chatwoot:
    """The API of the Chatwoot server at `url`, for the bot with the access token `token`."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url.rstrip("/")
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT, read=_READ),
            headers={
                "Content-Type": "application/json",
                "User-Agent": "faq-assistant",
                "api_access_token": token,
            },
            # The token goes to no other server; a message is not sent twice.
            retries=urllib3.Retry(total=0, redirect=False, raise_on_redirect=False),
            maxsize=8,
        )

    def say(self, place: Place, text: str, items: list[dict[str, str]] | None = None) -> None:
        """Send a message to the visitor; with `items` (title, value) to choose one of.

        Raises:
            ApiError: 503, Chatwoot did not take it.
        """
        message: dict[str, Any] = {"content": text, "message_type": "outgoing", "private": False}
        if items:
            message |= {"content_type": "input_select", "content_attributes": {"items": items}}
        self._post(place, "messages", message)

    def note(self, place: Place, text: str) -> None:
        """Leave a note that agents alone read.

        Raises:
            ApiError: 503, Chatwoot did not take it.
        """
        note = {"content": text, "message_type": "outgoing", "private": True}
        self._post(place, "messages", note)

    def open(self, place: Place) -> None:
        """Give the conversation to people.

        Raises:
            ApiError: 503, Chatwoot did not do so.
        """
        self._post(place, "toggle_status", {"status": "open"})

    def _post(self, place: Place, call: str, body: dict[str, Any]) -> None:
        account, conversation = place
        path = f"/api/v1/accounts/{account}/conversations/{conversation}/{call}"
        try:
            response = self._pool.request(
                "POST", self._url + path, body=json.dumps(body).encode(), redirect=False
            )
        except HTTPError as error:
            # Not its message: that holds the address.
            logger.error("chatwoot %s: %s", call, type(error).__name__)  # noqa: TRY400
            raise ApiError(503, "chatwoot_failed") from None
        if not 200 <= response.status < 300:
            logger.error("chatwoot %s: status %d", call, response.status)
            raise ApiError(503, "chatwoot_failed")


class Seen:
    """The last events: Chatwoot may send one twice, and a visitor shall not be answered twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: OrderedDict[Hashable, None] = OrderedDict()

    def before(self, event: Hashable) -> bool:
        """Tell whether `event` was here before, and remember it."""
        with self._lock:
            if event in self._events:
                return True
            self._events[event] = None
            if len(self._events) > _REMEMBERED:
                self._events.popitem(last=False)
            return False
