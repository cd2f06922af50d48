"""One process with threads, which ends only when the requests at hand are answered."""

import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel

from server.web.refusals import Channel

# Bytes of a body that the app gets to see, so that it counts, logs and tells other sites too what
# is larger than `max_body_bytes`; what is larger than this is thrown away as it comes.
_LARGEST_BODY = 2**20
# The same for address and headers, in memory: the app tells of what is larger than it wants.
_LARGEST_HEADERS = 2**18
# Connections at a time: those that dawdle must not keep the others out.
_CONNECTIONS = 1000
_SILENCE = 30
# How often the loop looks whether it shall end, and how long requests may take then (seconds).
_TICK = 0.2
_GRACE = 10.0


class ListenError(Exception):
    """The server cannot listen where it was told to; the message says why and what to do."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to `host` (a name or address) and `port`, 0 for any free one.

    Raises:
        ListenError: the port is taken or forbidden, or the address is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        raise ListenError(
            f"Cannot listen on {host}:{port} ({error}). If another server runs there, end it or "
            "choose another --port; a --host must be an address of this machine."
        ) from error


class Server:
    """Serves the WSGI application `app` on `listener` with waitress."""

    def __init__(
        self, app: Callable[..., Any], listener: socket.socket, threads: int, max_body_bytes: int
    ) -> None:
        self._sockets: dict[int, Any] = {}
        self._stopping = False
        self._server = waitress.create_server(
            app,
            map=self._sockets,
            sockets=[listener],
            threads=threads,
            max_request_body_size=max(_LARGEST_BODY, 2 * max_body_bytes),
            max_request_header_size=_LARGEST_HEADERS,
            connection_limit=_CONNECTIONS,
            channel_timeout=_SILENCE,
            cleanup_interval=_SILENCE // 2,
            # Whether to believe X-Forwarded-For is the app's to decide.
            clear_untrusted_proxy_headers=False,
            ident=None,
        )
        self._server.channel_class = Channel
        self._server.largest_body = max_body_bytes

    @property
    def address(self) -> str:
        """Where it listens, as an address for a browser."""
        host, port = self._server.effective_host, self._server.effective_port
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT comes; then answer what was asked already, and return."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        self.serve()

    def serve(self) -> None:
        """Serve until `stop` is called; then answer what was asked already, and return."""
        while not self._stopping:
            self._step()
        for dispatcher in list(self._sockets.values()):
            if getattr(dispatcher, "accepting", False):
                # Not its own close(): that would close the way by which answers wake the loop.
                wasyncore.dispatcher.close(dispatcher)
        deadline = time.monotonic() + _GRACE
        while self._busy() and time.monotonic() < deadline:
            self._step()
        self.close()

    def close(self) -> None:
        """End the threads and close every connection."""
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets, ignore_all=True)

    def stop(self) -> None:
        """Let `serve` end. May be called from another thread or a signal handler."""
        self._stopping = True

    def _step(self) -> None:
        # select() takes no more than 1,024 connections.
        wasyncore.loop(timeout=_TICK, use_poll=True, map=self._sockets, count=1)

    def _busy(self) -> bool:
        """Tell whether a request is being answered, or an answer is on its way out."""
        channels = (c for c in self._sockets.values() if isinstance(c, HTTPChannel))
        return any(channel.requests or channel.total_outbufs_len for channel in channels)
