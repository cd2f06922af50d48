"""A hundred secrets through every way in, and then a search for them in everything that is kept."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from server.desk import Desk
from server.engine import Assistant
from server.web.keys import new_key
from server.web.logs import Careful, JsonFormatter
from tests.desk.receiver import SECRET as WEBHOOK_SECRET
from tests.desk.receiver import Receiver, receiving
from tests.engine.safety import makers
from tests.web.centre import app_over, open_desk

AGENT, AGENT_ROW = new_key("alice", "agent")
BOT, BOT_ROW = new_key("bot", "client")
AGENTS = {"Authorization": f"Bearer {AGENT}"}
BOTS = {"Authorization": f"Bearer {BOT}"}


@dataclass(frozen=True)
class Secret:
    """A secret as somebody would write it, and pieces of it that must be found nowhere."""

    written: str
    needles: tuple[str, ...]


def _of_words(words: list[str], joined: str) -> Secret:
    pairs = pairwise(words)
    return Secret(joined, tuple({f"{one} {two}" for one, two in pairs} | {joined}))


def _of_letters(text: str, written: str | None = None) -> Secret:
    pieces = {text[at : at + 16] for at in range(0, max(1, len(text) - 15), 8)}
    return Secret(written or text, tuple(pieces))


def _all() -> Iterator[Secret]:
    for seed in range(24):
        language = makers.LANGUAGES[seed % 3]
        words = makers.mnemonic(seed, (12, 15, 18, 21, 24)[seed % 5], language)
        joined = "".join(words) if language != "english" and seed % 2 else " ".join(words)
        yield _of_words(words, joined)
    for seed in range(16):
        key = makers.hex_key(seed)
        yield _of_letters(key, f"private key: {'0x' * (seed % 2)}{key}")
    for seed in range(12):
        yield _of_letters(makers.wif(seed, compressed=bool(seed % 2)))
        yield _of_letters(makers.extended(seed, ("xprv", "yprv", "zprv", "tprv")[seed % 4]))
    for seed in range(8):
        found = json.loads(keystore := makers.keystore(seed))
        yield Secret(keystore, (found["crypto"]["ciphertext"], found["crypto"]["mac"]))
    for seed in range(12):
        number = makers.card(seed, ("4", "51", "37", "6222")[seed % 4], 15 if seed % 4 == 2 else 16)
        yield Secret(f"card {number}", (number,))
    for seed in range(8):
        word = f"hunter{seed}Xq7!"
        yield Secret((f"my password is {word}", f"我的密码是{word}")[seed % 2], (word,))
    for seed in range(8):
        code = str(730194 + seed * 1117)
        yield Secret((f"my verification code is {code}", f"验证码是{code}")[seed % 2], (code,))


SECRETS = tuple(_all())


@dataclass
class World:
    """The whole service, and all that it writes."""

    client: FlaskClient
    desk: Desk
    folder: Path
    receiver: Receiver
    log: StringIO
    asked: dict[str, Any] = field(default_factory=dict)
    ticket: dict[str, Any] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin a conversation and a ticket: old ones grow, and get slow to show."""
        question = {"query": "What are network fees?"}
        self.asked = self.client.post("/v1/ask", json=question).get_json()
        self.ticket = self.client.post("/v1/handoffs", json={"query": "help"}).get_json()

    def kept(self) -> dict[str, str]:
        """Return everything that was written, by where."""
        files = {
            path.name: path.read_bytes().decode("utf-8", "replace")
            for path in self.folder.rglob("*")
            if path.is_file()
        }
        sent = [call.body.decode() + str(call.headers) for call in self.receiver.calls]
        return files | {
            "log": self.log.getvalue(),
            "metrics": self.client.get("/metrics").get_data(as_text=True),
            "webhooks": "\n".join(sent),
        }


@pytest.fixture(scope="module")
def world(assistant: Assistant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("kept")
    log = StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(Careful())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with receiving() as receiver:
        options = {"webhook_url": receiver.address, "webhook_secret": WEBHOOK_SECRET}
        desk = open_desk(data=folder, **options)
        app = app_over(
            assistant,
            desk,
            api_keys=f"{AGENT_ROW},{BOT_ROW}",
            chatwoot_url=receiver.address,
            chatwoot_token="x",
            chatwoot_secret="chatwoot-secret",
            data=folder,
        )

        @app.get("/crash", doc_ui=False)
        def crash() -> None:
            from flask import request

            raise ValueError(f"cannot understand {request.args['q']}")

        client = app.test_client()
        yield World(client, desk, folder, receiver, log)
    root.removeHandler(handler)
    root.setLevel(before)


def chatwoot(content: str) -> dict[str, Any]:
    return {
        "event": "message_created",
        "id": time.monotonic_ns(),
        "message_type": "incoming",
        "content": content,
        "conversation": {"id": 1, "status": "pending"},
        "account": {"id": 1},
    }


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


Way = Callable[[World, str], Any]
# Every way in. What a test client cannot send (a line break in a header) no server receives.
WAYS: dict[str, Way] = {
    "ask": lambda w, s: w.client.post("/v1/ask", json={"query": s}),
    "ask, in a conversation": lambda w, s: w.client.post(
        "/v1/ask", json={"query": s, "conversation_id": w.asked["conversation_id"]}
    ),
    "ask, names": lambda w, s: [
        w.client.post("/v1/ask", json={"query": "fees", name: s})
        for name in ("conversation_id", "channel", "user", "product", "article_id", "lang", s[:30])
    ],
    "search": lambda w, s: w.client.get("/v1/search", query_string={"q": s}),
    "suggest": lambda w, s: w.client.get("/v1/suggest", query_string={"q": s}),
    "feedback": lambda w, s: w.client.post(
        "/v1/feedback",
        json={"message_id": w.asked["message_id"], "helpful": True, "comment": s},
    ),
    "feedback, names": lambda w, s: [
        w.client.post("/v1/feedback", json={"message_id": s, "helpful": True}),
        w.client.post(
            "/v1/feedback",
            json={"message_id": w.asked["message_id"], "helpful": True, "article_id": s},
        ),
    ],
    "hand-off": lambda w, s: w.client.post(
        "/v1/handoffs",
        json={"query": s, "contact": s[:200], "intake": {"problem": s, "transaction_hash": s}},
    ),
    "hand-off, names": lambda w, s: [
        w.client.post("/v1/handoffs", json={"query": "help"} | sent)
        for sent in ({"user": s}, {"channel": s}, {"conversation_id": s}, {"intake": {s: "x"}})
    ],
    "message": lambda w, s: w.client.post(
        f"/v1/handoffs/{w.ticket['ticket_id']}/messages",
        json={"text": s},
        headers=bearer(w.ticket["token"]),
    ),
    "satisfaction": lambda w, s: [
        w.client.patch(
            f"/v1/handoffs/{w.ticket['ticket_id']}", json={"status": "solved"}, headers=AGENTS
        ),
        w.client.post(
            f"/v1/handoffs/{w.ticket['ticket_id']}/satisfaction",
            json={"score": 1, "comment": s},
            headers=bearer(w.ticket["token"]),
        ),
    ],
    "agent": lambda w, s: w.client.patch(
        f"/v1/handoffs/{w.ticket['ticket_id']}", json={"note": s, "reply": s}, headers=AGENTS
    ),
    "consent": lambda w, s: w.client.post(
        f"/v1/conversations/{w.asked['conversation_id']}/consent",
        json={"consent": s},
        headers=bearer(w.asked["conversation_token"]),
    ),
    "rasa": lambda w, s: [
        w.client.post("/webhooks/rest/webhook", json={"sender": s[:255], "message": s}),
        w.client.post(
            "/webhooks/rest/webhook",
            json={"sender": "x", "message": f"/faq_human{json.dumps({'query': s})}"},
        ),
    ],
    "dify": lambda w, s: w.client.post(
        "/retrieval",
        json={
            "knowledge_id": "all",
            "query": s,
            "retrieval_setting": {"top_k": 3, "score_threshold": 0},
        },
        headers=BOTS,
    ),
    "dify, names": lambda w, s: w.client.post(
        "/retrieval",
        json={"knowledge_id": s[:100], "query": "x", "retrieval_setting": {"top_k": 1}},
        headers=BOTS,
    ),
    "chatwoot": lambda w, s: w.client.post(
        "/webhooks/chatwoot?token=chatwoot-secret", json=chatwoot(s)
    ),
    "bodies": lambda w, s: [
        w.client.post("/v1/ask", data=s.encode(), content_type="application/json"),
        w.client.post("/v1/ask", data={"query": s}),
        w.client.post("/v1/ask", data=s.encode(), content_type="text/plain"),
    ],
    "addresses": lambda w, s: [
        w.client.get(path, query_string={"q": s, s: s})
        for path in ("/v1/articles", "/openapi.json", "/nothing", "/zh/articles/", "/metrics")
    ],
    "paths": lambda w, s: [
        w.client.get(f"{path}{_path(s)}", headers=AGENTS)
        for path in ("/", "/v1/articles/", "/zh/articles/", "/v1/handoffs/", "/zh/topics/")
    ],
    "headers": lambda w, s: w.client.get(
        "/v1/search?q=fees",
        headers={
            name: _header(s)
            for name in (
                "X-Request-ID",
                "User-Agent",
                "Accept-Language",
                "Referer",
                "Cookie",
                "X-Forwarded-For",
                "Origin",
                "Idempotency-Key",
            )
        },
    ),
    "keys": lambda w, s: [
        w.client.get(path, headers=bearer(_header(s)))
        for path in ("/v1/handoffs", f"/v1/handoffs/{w.ticket['ticket_id']}", "/v1/articles")
    ],
    "methods": lambda w, s: w.client.open("/v1/ask", method=_header(s).replace(" ", "")[:40]),
    "pages": lambda w, s: [
        w.client.get("/zh/", query_string={"q": s}),
        w.client.get("/en/contact", query_string={"q": s, "article": s}),
    ],
    "forms": lambda w, s: [
        w.client.post("/en/contact", data={"query": s, "contact": s[:200], "intake.problem": s}),
        w.client.post("/en/articles/fees/helpful", data={"helpful": "yes", "comment": s}),
        w.client.post(
            f"/en/tickets/{w.ticket['ticket_id']}/messages",
            data={"token": w.ticket["token"], "text": s},
        ),
        w.client.post(
            f"/en/tickets/{w.ticket['ticket_id']}/satisfaction",
            data={"token": w.ticket["token"], "score": "2", "comment": s},
        ),
        w.client.post(f"/en/tickets/{w.ticket['ticket_id']}", data={"token": s, "number": s}),
        w.client.post("/en/desk/login", data={"key": s}),
    ],
    "a crash": lambda w, s: w.client.get("/crash", query_string={"q": s}),
}


def _header(text: str) -> str:
    """Return `text` as a header can hold it."""
    return text.encode("ascii", "backslashreplace").decode().replace("\n", " ")


def _path(text: str) -> str:
    return text.replace("/", "").replace("\\", "")


def test_there_are_a_hundred_of_every_kind() -> None:
    assert len(SECRETS) == 100


@pytest.mark.parametrize("way", WAYS)
def test_every_secret_goes_every_way(world: World, way: str) -> None:
    send = WAYS[way]
    for number, secret in enumerate(SECRETS):
        if number % 25 == 0:
            world.begin()
        # Alone, or in a sentence.
        got = send(world, secret.written if number % 2 else f"求助 help: {secret.written} 怎么办")
        for response in got if isinstance(got, list) else [got]:
            assert response.status_code < 500 or way == "a crash"


def test_nothing_secret_is_kept_or_told(world: World) -> None:
    world.desk._deliverer.deliver_due()  # type: ignore[union-attr]
    kept = world.kept()
    assert len(kept["log"]) > 100_000, "run the tests above as well"
    found = []
    for place, text in kept.items():
        lowered = re.sub(r"\s+", " ", text.lower())
        # A code of six figures stands in some time or random id by chance.
        without_chance = _CHANCE.sub(" ", lowered)
        found += [
            f"{needle} of {secret.written[:12]}… is in {place}: {_around(needle, lowered)}"
            for secret in SECRETS
            for needle in map(str.lower, secret.needles)
            if needle in (without_chance if needle.isdecimal() else lowered)
        ]
    # Not one assertion for each: what differs between megabytes takes pytest minutes to tell.
    assert found == []


_CHANCE = re.compile(r"\d{4}-\d\d-\d\d[ t]\d\d:\d\d:\d\d(?:\.\d{1,6})?|[0-9a-f]{20,}|\d{10}\.\d+")


def _around(needle: str, text: str) -> str:
    at = text.index(needle)
    return text[max(0, at - 40) : at + len(needle) + 40]


def test_the_search_would_find_them(world: World) -> None:
    """What is harmless is kept, and what is kept is searched."""
    marker = "a-harmless-marker-of-this-test"
    world.client.post("/v1/ask", json={"query": marker})
    world.client.post("/v1/handoffs", json={"query": marker})
    world.desk._deliverer.deliver_due()  # type: ignore[union-attr]
    found = {name for name, text in world.kept().items() if marker in text}
    assert {"webhooks"} <= found
    assert found & {"faq.db", "faq.db-wal"}
