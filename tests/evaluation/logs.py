"""A query log with questions and votes, in a real database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from server.desk import Desk, Exchange, open_database
from server.desk.tokens import UserHash
from server.engine import Decision, HandoffReason

ANSWER, HANDOFF = Decision.ANSWER, Decision.HANDOFF


@dataclass(frozen=True)
class Said:
    """A question of the log: what came of it, and the votes on it."""

    text: str
    decision: Decision = HANDOFF
    article: str | None = None
    votes: Sequence[bool] = ()
    user: str | None = None
    reason: HandoffReason | None = HandoffReason.LOW_CONFIDENCE
    day: int = 1
    channel: str | None = None
    took_ms: float = 20.0


def write_log(folder: Path, said: Sequence[Said]) -> str:
    """Write the log into a database in `folder` and return its URL."""
    url = f"sqlite:///{folder}/log.db"
    now = [dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)]
    desk = Desk(open_database(url), UserHash(folder), clock=lambda: now[0])
    for number, one in enumerate(said):
        now[0] = dt.datetime(2026, 11, one.day, 12, number % 60, tzinfo=dt.UTC)
        exchange = Exchange(
            message_id=f"m{number}",
            question=one.text,
            lang="en" if one.text.isascii() else "zh",
            decision=one.decision,
            index_id="i1",
            confidence=0.5,
            article_ids=(one.article,) if one.article else (),
            reason=one.reason if one.decision == HANDOFF else None,
            user=one.user,
            channel=one.channel,
            took_ms=one.took_ms,
        )
        desk.record(f"c{number}", exchange)
        # Votes are one for each article of a message: several people are several messages.
        for place, helpful in enumerate(one.votes):
            desk.feedback.add(f"m{number}", helpful=helpful, article_id=f"a{place}")
    desk.stop()
    return url
