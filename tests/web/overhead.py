"""What HTTP adds to a question: POST /v1/ask against `Assistant.ask`, in one run.

    python -m tests.web.overhead [--index var/index] [--rounds 400]

The same questions go both ways, by turns, so that whatever else the machine does meets both. The
server is the real one, with its database, in this process; the client keeps its connection. `wall`
is what a clock shows, `cpu` the processor's time of client and server together, which a busy machine
changes less.
"""

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from indexer.settings import Settings
from server.desk import Desk
from server.engine import Assistant
from server.web.app import create_app
from server.web.serving import Server, listen

QUESTIONS = (
    "提现没到账怎么办",
    "My deposit has not arrived",
    "人工客服几点上班",
    "gas费不够怎么办",
    "How do I back up my mnemonic?",
    "转错链了还能找回吗",
    "is my account frozen",
    "how do I bake bread",
)


def measure(assistant: Assistant, rounds: int) -> dict[str, Any]:
    """Return the medians (ms) of both ways, and what lies between."""
    with tempfile.TemporaryDirectory(prefix="faq-overhead-") as folder:
        limits = dict.fromkeys(("rate_limit", "rate_limit_write"), "off")
        settings = Settings({"data": folder} | limits, environment={})
        desk = Desk.open(settings)
        app = create_app(settings, assistant, desk)
        with listen("127.0.0.1", 0) as listener:
            server = Server(app, listener, 4, 65536)
            thread = threading.Thread(target=server.serve)
            thread.start()
            try:
                return _compared(assistant, server.address.rsplit(":", 1)[1], rounds)
            finally:
                server.stop()
                thread.join()
                desk.stop()


def _compared(assistant: Assistant, port: str, rounds: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=60)

    def over_http(question: str) -> None:
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/v1/ask", json.dumps({"query": question}), headers)
        response = connection.getresponse()
        json.loads(response.read())
        assert response.status == 200

    def direct(question: str) -> None:
        assistant.ask(question)

    for question in QUESTIONS:
        over_http(question)
        direct(question)
    wall: dict[str, list[float]] = {"http": [], "direct": []}
    work: dict[str, list[float]] = {"http": [], "direct": []}
    for number in range(rounds):
        # By turns who goes first: the second finds the caches warm.
        ways = (("http", over_http), ("direct", direct))[:: 1 if number % 2 else -1]
        for name, way in ways:
            begun, worked = time.perf_counter(), time.process_time()
            way(QUESTIONS[number % len(QUESTIONS)])
            work[name].append((time.process_time() - worked) * 1000)
            wall[name].append((time.perf_counter() - begun) * 1000)
    connection.close()
    told: dict[str, Any] = {"rounds": rounds}
    for kind, times in (("wall", wall), ("cpu", work)):
        http_ms, direct_ms = (statistics.median(times[name]) for name in ("http", "direct"))
        told[f"{kind}_over_http_p50_ms"] = round(http_ms, 2)
        told[f"{kind}_assistant_ask_p50_ms"] = round(direct_ms, 2)
        told[f"{kind}_added_p50_ms"] = round(http_ms - direct_ms, 2)
    return told


def main() -> None:
    """Measure as told on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    parser.add_argument("--rounds", type=int, default=400)
    options = parser.parse_args()
    told = measure(Assistant.open(options.index), options.rounds)
    print(json.dumps(told, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
