"""Real servers for a real browser: the help centre, and another site that embeds its search box."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from werkzeug.wrappers import Request, Response

from server.web.serving import Server, listen

Wsgi = Callable[..., Iterable[bytes]]

# As strict as a policy gets: no inline script or style, nothing that parses text into HTML.
STRICT = (
    "default-src 'none'; script-src {server}; connect-src {server}; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def bound() -> socket.socket:
    return listen("127.0.0.1", 0)


def origin(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.contextmanager
def served(app: Wsgi, listener: socket.socket | None = None) -> Iterator[str]:
    """Serve `app` and yield its origin."""
    listener = listener or bound()
    server = Server(app, listener, threads=4, max_body_bytes=65536)
    thread = threading.Thread(target=server.serve, name="site")
    thread.start()
    try:
        yield origin(listener)
    finally:
        server.stop()
        thread.join()


class Gate:
    """Stands before an app: lets its /v1/ calls wait or fail, as a slow or broken server would."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app
        self._open = threading.Event()
        self._open.set()
        self.status: int | None = None

    def shut(self) -> None:
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/v1/"):
            self._open.wait(30)
            if self.status is not None:
                return Response("{}", self.status, mimetype="application/json")(
                    environ, start_response
                )
        return self._app(environ, start_response)


def embedding(server: str, body: str) -> Wsgi:
    """Return a site that embeds the search box of `server` with `body`.

    Its page is under the strict policy; that at /styled has none, and a style that is in the query.
    """

    @Request.application
    def page(request: Request) -> Response:
        styled = request.path == "/styled"
        html = (
            '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>Shop</title>'
            f"<style>{request.args['style'] if styled else ''}</style>"
            f'<script type="module" src="{server}/static/faq-search.js"></script>'
            f"<main><h1>Shop</h1>{body}</main></html>"
        )
        policy = {} if styled else {"Content-Security-Policy": STRICT.format(server=server)}
        return Response(
            html if styled else html.replace("<style></style>", ""),
            mimetype="text/html",
            headers=policy,
        )

    site: Wsgi = page
    return site
