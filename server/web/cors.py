"""Which other sites may call from their pages: those that embed the search box."""

import re
from collections.abc import Sequence

from flask import Flask, Response, request

from indexer.settings import SettingsError

# As browsers send it: a scheme and a host in lower case, a port where it is not the scheme's own.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(?::\d{1,5})?")
# The search box is a module, which browsers load from other sites by the same rules as answers.
_SHARED = ("/v1/", "/static/")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Accept-Language, Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "3600",  # seconds that a browser may go by this
}
_ANSWER = {"Access-Control-Expose-Headers": "Retry-After, X-Request-ID"}


def install(app: Flask, origins: Sequence[str]) -> None:
    """Let pages from `origins` call /v1/* and load the search box, without cookies.

    Where there are no origins no other site may. What the Fetch standard calls CORS is a handful of
    headers; libraries for it compare origins as patterns, which is how wrong ones get in.

    Raises:
        SettingsError: one of `origins` is no origin.
    """
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise SettingsError(
                f"cors_origins: '{origin}' is no origin. Write it as the browser sends it, such as "
                "https://www.example.com or http://localhost:3000: no path, no slash at the end."
            )
    allowed = frozenset(origins)

    def share(response: Response) -> Response:
        if not allowed or not request.path.startswith(_SHARED):
            return response
        # Said to everyone: a cache must not give one site what it keeps for another.
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin in allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            preflight = (
                request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
            )
            response.headers.update(_PREFLIGHT if preflight else _ANSWER)
        return response

    app.after_request(share)
