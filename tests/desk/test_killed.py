"""A process that is killed while it writes loses nothing that it has acknowledged."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from server.desk import Desk, Status, open_database
from server.desk.delivery import Sender
from server.desk.schema import feedback, outbox, ticket_events, tickets
from server.desk.tokens import UserHash

_ROOT = Path(__file__).parents[2]
# Says each thing only once it has been acknowledged, from four threads at once.
_WRITING = """
import sys
import threading
from itertools import count
from pathlib import Path

from server.desk import Desk, Exchange, NewTicket, open_database
from server.desk.delivery import Sender
from server.desk.tokens import UserHash
from server.engine import Decision

database = open_database(sys.argv[1])
desk = Desk(database, UserHash(Path(sys.argv[2])), Sender("http://127.0.0.1:9/", []))
saying = threading.Lock()

def say(*words):
    with saying:
        print(*words, flush=True)

def write(thread):
    for number in count():
        ident = f"{thread}-{number}"
        desk.record(ident, Exchange(ident, "充值没到账", "zh", Decision.HANDOFF, "i"))
        say("turn", ident)
        desk.feedback.add(ident, helpful=False, comment="没用")
        say("feedback", ident)
        opened = desk.tickets.create({}, NewTicket("充值没到账", "zh", conversation_id=ident))
        say("ticket", opened.ticket.number, opened.token)

for thread in range(4):
    threading.Thread(target=write, args=(thread,)).start()
"""


def killed_writer(url: str, folder: Path, lines: int) -> list[list[str]]:
    """Let a process write until it has acknowledged `lines` things, kill it, return what it said."""
    with subprocess.Popen(
        [sys.executable, "-c", _WRITING, url, str(folder)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        said = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        # A line that it was cut off in is no acknowledgement.
        rest = process.stdout.read()
        said += rest.splitlines(keepends=True)
    return [line.split() for line in said if line.endswith("\n")]


def test_what_was_acknowledged_is_there(url: str, tmp_path: Path) -> None:
    said = killed_writer(url, tmp_path, 150)
    database = open_database(url)
    desk = Desk(database, UserHash(tmp_path), Sender("http://127.0.0.1:9/", []))
    kept_feedback, kept_numbers = set(), set()
    with database.read() as connection:
        kept_feedback = set(connection.execute(select(feedback.c.message_id)).scalars())
        kept_numbers = set(connection.execute(select(tickets.c.number)).scalars())
        rows = connection.execute(select(tickets.c.id)).scalars().all()
        told = connection.execute(select(ticket_events.c.ticket_id)).scalars().all()
        waiting = connection.execute(
            select(outbox.c.id).where(outbox.c.event == "ticket.created")
        ).all()
    assert len(said) >= 150
    for kind, ident, *token in said:
        if kind == "turn":
            assert desk.conversations.turns(ident)
        elif kind == "feedback":
            assert ident in kept_feedback
        else:
            assert ident in kept_numbers
            assert desk.tickets.read(ident, token[0]).ticket.status is Status.OPEN
    # Nor is anything there by half: each ticket has its event and its webhook.
    assert sorted(rows) == sorted(told)
    assert len(waiting) == len(rows)
    year = dt.datetime.now(dt.UTC).year
    assert kept_numbers == {f"T-{year}-{n:06d}" for n in range(1, len(rows) + 1)}
    database.close()
