"""The query log as editors need it: what nobody answered, and topics from what users told us."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evaluation.topics import Qrel, Topic
from indexer.article import Lang
from indexer.settings import Settings
from indexer.text import normalise
from server.desk import LoggedQuery, QueryLog, database_url, open_database
from server.engine import Decision, HandoffReason

# What a hand-off with these reasons says nothing about the articles.
_NOT_A_GAP = (HandoffReason.ASKED_FOR_HUMAN, HandoffReason.EMPTY_QUESTION)


@dataclass(frozen=True, slots=True)
class Miss:
    """A question of the log that went wrong, and how often: `asked` counts equal texts.

    `ill_rated` is how many of them were answered and voted against; the others were not answered.
    `users` is how many people asked, as far as they are known. `last` is when it was asked last.
    """

    text: str
    lang: Lang
    asked: int
    ill_rated: int
    users: int
    last: dt.datetime


def read_log(
    settings: Settings, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> list[LoggedQuery]:
    """Return what was asked by the query log of the database that `settings` name, oldest first.

    Votes below articles are left out: nobody asked their titles.

    Raises:
        DatabaseError: it cannot be opened or read.
    """
    database = open_database(database_url(settings))
    try:
        return [line for line in QueryLog(database).entries(since, until) if line.was_asked]
    finally:
        database.close()


def misses(entries: Iterable[LoggedQuery]) -> list[Miss]:
    """Return the questions that were not answered or rated ill, equal texts as one.

    The most asked come first. A question that was answered well at another time is none, unless it
    went wrong more often.
    """
    by_text: dict[str, list[LoggedQuery]] = {}
    for entry in entries:
        if entry.query.strip() and entry.decision != Decision.BLOCKED:
            by_text.setdefault(normalise(entry.query), []).append(entry)
    found = []
    for lines in by_text.values():
        bad = [line for line in lines if _missed(line) or _ill_rated(line)]
        if len(bad) * 2 <= len(lines):
            continue
        users = {line.user_hash or line.conversation_id or line.message_id for line in bad}
        found.append(
            Miss(
                text=bad[-1].query,
                lang=bad[-1].lang,
                asked=len(bad),
                ill_rated=sum(map(_ill_rated, bad)),
                users=len(users),
                last=bad[-1].asked_at,
            )
        )
    return sorted(found, key=lambda miss: (-miss.asked, miss.text))


def facts(entries: Sequence[LoggedQuery], found: Sequence[Miss]) -> dict[str, Any]:
    """Return how large the log is, from when to when, and how much of it went wrong."""
    days = [entry.asked_at.date().isoformat() for entry in entries]
    return {
        "entries": len(entries),
        "since": days[0] if days else None,
        "until": days[-1] if days else None,
        "missed": sum(miss.asked for miss in found),
        "distinct": len(found),
        "ill_rated": sum(miss.ill_rated for miss in found),
    }


def labelled(entries: Sequence[LoggedQuery]) -> tuple[list[Topic], list[Qrel]]:
    """Return the questions whose right article users told, as a topics file would hold them.

    A direct answer that was voted for is right. What was voted against has no known right article,
    so it is left out, as is what nobody voted on. Equal texts are one topic; the majority counts.
    """
    topics, qrels = [], []
    for text, lines in _answered(entries).items():
        votes: dict[str, int] = {}
        for line in lines:
            up, down = line.helpful
            votes[line.article_ids[0]] = votes.get(line.article_ids[0], 0) + up - down
        best = max(sorted(votes), key=lambda ident: votes[ident])
        if votes[best] > 0:
            ident = f"log-{lines[-1].message_id}"
            topics.append(Topic(ident, text, lines[-1].lang, answerable=True, kind="log"))
            qrels.append(Qrel(ident, best))
    return topics, qrels


def _answered(entries: Iterable[LoggedQuery]) -> dict[str, list[LoggedQuery]]:
    found: dict[str, list[LoggedQuery]] = {}
    originals: dict[str, str] = {}
    for entry in _direct(entries):
        text = originals.setdefault(normalise(entry.query), entry.query)
        found.setdefault(text, []).append(entry)
    return found


def _direct(entries: Iterable[LoggedQuery]) -> Iterator[LoggedQuery]:
    for entry in entries:
        if entry.decision == Decision.ANSWER and entry.article_ids and entry.query.strip():
            yield entry


def _missed(line: LoggedQuery) -> bool:
    if line.decision != Decision.HANDOFF or line.reason in _NOT_A_GAP:
        return False
    up, down = line.helpful
    return up <= down


def _ill_rated(line: LoggedQuery) -> bool:
    up, down = line.helpful
    return line.decision in (Decision.ANSWER, Decision.CLARIFY) and down > up
