"""Clients in parallel, indexes that come and go, a killed process: what was promised is kept.

    python -m tests.web.soak [--seconds 120] [--clients 32] [--swap 5] [--model bundled|fake]

Each client asks questions whose right answer is known, votes, and opens tickets. Meanwhile a new
index is published every few seconds, and halfway the server is killed (SIGKILL) and started again.
Afterwards every ticket and vote that was acknowledged has to be in the database, no answer may have
been wrong, and no request may have failed but those that the kill cut off.
"""

import argparse
import http.client
import json
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from indexer import KnowledgeBase, ModelChoice, SentenceTransformerEncoder, build
from indexer.settings import Settings
from server.desk import Desk
from server.desk.schema import feedback, tickets
from tests.fakes import FakeEncoder
from tests.web.centre import ARTICLES, KB_SETTINGS

_ROOT = Path(__file__).parents[2]
# The server as `faq-serve` runs it; with the fake encoder, whose answers are known, unless the
# bundled model is wanted.
_PROGRAM = """
import sys
import server.engine.assistant as assistant
from server.web import cli
if sys.argv[1] == "fake":
    from tests.fakes import FakeEncoder
    from tests.web.centre import SCORER
    assistant.load_encoder = lambda _: FakeEncoder()
    assistant.bundled_scorer = lambda: SCORER
cli.main(sys.argv[2:])
"""
# What is asked, and which article answers it. The second is asked back about or answered.
QUESTIONS = {
    "What are network fees?": "fees",
    "My deposit has not arrived": "deposit-late",
    "充值没有到账怎么办？": "deposit-late",
    "账户被冻结如何申诉？": "freeze",
}
# In 10: a vote after an answer, a ticket.
_VOTES, _TICKETS = 3, 1


@dataclass
class Findings:
    """What the clients saw. Each client has its own; they are added up at the end."""

    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    cut: int = 0
    indexes: set[str] = field(default_factory=set)
    tickets: set[str] = field(default_factory=set)
    votes: set[str] = field(default_factory=set)
    times: list[float] = field(default_factory=list)

    def add(self, other: "Findings") -> None:
        """Add what another client saw."""
        self.statuses += other.statuses
        self.wrong += other.wrong
        self.cut += other.cut
        self.indexes |= other.indexes
        self.tickets |= other.tickets
        self.votes |= other.votes
        self.times += other.times


@dataclass(frozen=True)
class Outcome:
    """What was found in all. `lost_*` were acknowledged and are not there."""

    findings: Findings
    swaps: int
    kills: int
    lost_tickets: int
    lost_votes: int
    seconds: float

    @property
    def failures(self) -> list[str]:
        """Return what should not have been."""
        found = self.findings
        told = [f"wrong: {each}" for each in found.wrong[:5]]
        odd = {status: n for status, n in found.statuses.items() if status not in (200, 201)}
        told += [f"status {status}, {count} times" for status, count in odd.items()]
        if self.lost_tickets or self.lost_votes:
            told.append(f"lost: {self.lost_tickets} tickets, {self.lost_votes} votes")
        if self.swaps and len(found.indexes) < 2:
            told.append("no other index ever answered")
        return told

    def report(self) -> dict[str, Any]:
        """Return the figures."""
        found = self.findings
        cuts = statistics.quantiles(found.times, n=100)
        return {
            "seconds": round(self.seconds, 1),
            "requests": sum(found.statuses.values()),
            "per_second": round(sum(found.statuses.values()) / self.seconds, 1),
            "ask_p50_ms": round(cuts[49] * 1000, 1),
            "ask_p99_ms": round(cuts[98] * 1000, 1),
            "index_swaps": self.swaps,
            "indexes_seen": len(found.indexes),
            "kills": self.kills,
            "cut_off_by_kills": found.cut,
            "tickets": len(found.tickets),
            "votes": len(found.votes),
            "lost_tickets": self.lost_tickets,
            "lost_votes": self.lost_votes,
            "wrong_answers": len(found.wrong),
            "failures": self.failures,
        }


class Server:
    """The server process, which is killed and started again on the same port."""

    def __init__(self, folder: Path, model: str) -> None:
        self._folder, self._model = folder, model
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.starting = threading.Event()
        self.start()

    def start(self) -> None:
        """Start it and wait until it listens."""
        options = ["--index", str(self._folder / "index"), "--port", str(self.port)]
        environment = {
            "FAQ_DATA": str(self._folder),
            "FAQ_RATE_LIMIT": "off",
            "FAQ_RATE_LIMIT_WRITE": "off",
            "FAQ_RELOAD_SECONDS": "0.2",
            "FAQ_LOG_LEVEL": "WARNING",
            "FAQ_THREADS": "8",
            "PATH": "/usr/bin:/bin",
            "HF_HUB_OFFLINE": "1",
        }
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, self._model, *options],
            cwd=_ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._process.stdout is None or not self._process.stdout.readline():
            raise RuntimeError("The server did not start.")

    def kill(self) -> None:
        """Kill it as `kill -9` does, and start it again."""
        self.starting.set()
        self._process.send_signal(signal.SIGKILL)
        self._end()
        self.start()
        self.starting.clear()

    def stop(self) -> int:
        """End it as a supervisor does, and return its exit status."""
        self._process.terminate()
        return self._end()

    def _end(self) -> int:
        status = self._process.wait(timeout=60)
        if self._process.stdout:
            self._process.stdout.close()
        return status


def run(seconds: float, clients: int, swap: float, model: str, *, kill: bool = True) -> Outcome:
    """Run it all and return what was found."""
    with tempfile.TemporaryDirectory(prefix="faq-soak-") as name:
        folder = Path(name)
        publish(folder, 0, model)
        server = Server(folder, model)
        ended = threading.Event()
        found = [Findings() for _ in range(clients)]
        threads = [
            threading.Thread(target=_client, args=(server, number, ended, found[number], model))
            for number in range(clients)
        ]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        swaps = kills = 0
        next_swap, killed = begun + swap, not kill
        try:
            while time.monotonic() - begun < seconds:
                time.sleep(0.05)
                if time.monotonic() >= next_swap:
                    swaps += 1
                    publish(folder, swaps, model)
                    next_swap = max(next_swap + swap, time.monotonic())
                if not killed and time.monotonic() - begun > seconds / 2:
                    server.kill()
                    killed, kills = True, 1
        finally:
            ended.set()
            for thread in threads:
                thread.join()
            server.stop()
        took = time.monotonic() - begun
        total = Findings()
        for each in found:
            total.add(each)
        kept_tickets, kept_votes = _kept(folder)
        return Outcome(
            total,
            swaps,
            kills,
            len(total.tickets - kept_tickets),
            len(total.votes - kept_votes),
            took,
        )


def publish(folder: Path, number: int, model: str) -> None:
    """Build an index that answers the same, and is another: what the fees say has a number."""
    articles = tuple(
        replace(article, body=f"{article.body} (edition {number})")
        if article.id == "fees"
        else article
        for article in ARTICLES
    )
    encoder = FakeEncoder() if model == "fake" else SentenceTransformerEncoder()
    choice = ModelChoice("no-such-model") if model == "fake" else ModelChoice("bundled")
    base = KnowledgeBase(articles, settings=KB_SETTINGS)
    build(base, folder / "index", encoder, choice)


def _client(
    server: Server, number: int, ended: threading.Event, found: Findings, model: str
) -> None:
    rng = random.Random(number)
    calls = _Calls(server, found)
    while not ended.is_set():
        question, article = rng.choice(list(QUESTIONS.items()))
        begun = time.perf_counter()
        answer = calls.post("/v1/ask", {"query": question})
        if answer is None:
            continue
        found.times.append(time.perf_counter() - begun)
        found.indexes.add(answer["index_id"])
        first = answer["answers"][0]["id"] if answer["answers"] else None
        # What the bundled model makes of this small centre is its own business, but not its ranking.
        decided = answer["decision"] == "answer" or model != "fake"
        if first != article or not decided:
            found.wrong.append(f"{question}: {answer['decision']} {first}")
        chance = rng.randrange(10)
        if chance < _VOTES:
            vote = {"message_id": answer["message_id"], "helpful": True}
            if calls.post("/v1/feedback", vote) is not None:
                found.votes.add(answer["message_id"])
        elif chance < _VOTES + _TICKETS:
            case = {"query": f"client {number}", "conversation_id": answer["conversation_id"]}
            opened = calls.post("/v1/handoffs", case)
            if opened is not None:
                found.tickets.add(opened["ticket_id"])
    calls.close()


class _Calls:
    """The calls of one client, on a connection that is kept."""

    def __init__(self, server: Server, found: Findings) -> None:
        self._server, self._found = server, found
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the answer; None where the server was killed meanwhile."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self._server.port, timeout=60
            )
        try:
            headers = {"Content-Type": "application/json"}
            self._connection.request("POST", path, json.dumps(body), headers)
            with self._connection.getresponse() as response:
                told = json.loads(response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            self._found.cut += 1
            time.sleep(0.05)
            return None
        self._found.statuses[response.status] += 1
        # A vote on what was asked just before the kill may be on what was never written.
        return told if response.status in (200, 201) else None

    def close(self) -> None:
        """Give the connection up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _kept(folder: Path) -> tuple[set[str], set[str]]:
    """Return the numbers of the tickets and the message ids of the votes in the database."""
    desk = Desk.open(Settings({"data": folder}, environment={}))
    try:
        with desk.database.read() as connection:
            numbers: Iterator[str] = connection.execute(select(tickets.c.number)).scalars()  # type: ignore[assignment]
            votes: Iterator[str] = connection.execute(select(feedback.c.message_id)).scalars()  # type: ignore[assignment]
            return set(numbers), set(votes)
    finally:
        desk.stop()


def main() -> None:
    """Run it as told on the command line; exit with 1 where something is not as promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--swap", type=float, default=5, help="seconds between two indexes")
    parser.add_argument("--model", choices=("fake", "bundled"), default="fake")
    options = parser.parse_args()
    outcome = run(options.seconds, options.clients, options.swap, options.model)
    print(json.dumps(outcome.report(), indent=2, ensure_ascii=False))  # noqa: T201
    sys.exit(1 if outcome.failures else 0)


if __name__ == "__main__":
    main()
