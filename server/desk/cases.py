"""A ticket's words: what comes in, what is kept, and how a row becomes it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from indexer.article import Lang
from server.desk.extraction import Address, Checksum
from server.desk.lifecycle import Status
from server.desk.transcripts import Transcript
from server.desk.triage import Priority
from server.engine.intake import Problem

MAX_TEXT = 4000  # characters of a query, a message, a note or a comment


class Kind(StrEnum):
    """What a ticket is: a complaint goes through the steps of its product's procedure."""

    QUESTION = "question"
    COMPLAINT = "complaint"


class By(StrEnum):
    """Who has changed a ticket."""

    VISITOR = "visitor"
    AGENT = "agent"
    SYSTEM = "system"


class EventKind(StrEnum):
    """What has happened to a ticket."""

    CREATED = "created"
    STATUS = "status"  # from `old` to `new`
    ASSIGNED = "assigned"  # from agent `old` to agent `new`
    STEP = "step"  # of the complaint procedure
    REPLY = "reply"  # of an agent, for the visitor to read
    MESSAGE = "message"  # of the visitor
    NOTE = "note"  # among agents
    SATISFACTION = "satisfaction"  # `new` is the score


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A case to hand to people.

    `intake` are the answers by question id; `tags` and `urgent_article` are those of the article
    that the case is about, if one is known; `kind` follows from the tags where it is None.
    `conversation_token` lets the visitor read the conversation again by the ticket's own token.
    `user` is the caller's name for the visitor: only its keyed hash is kept.
    """

    query: str
    lang: Lang
    product: str | None = None
    kind: Kind | None = None
    contact: str | None = None
    intake: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    urgent_article: bool = False
    conversation_id: str | None = None
    conversation_token: str | None = None
    channel: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it stands.

    `rule` tells which rule of kb.toml gave the `priority`; `topic` is the first tag of the article
    that it is about, for teams that take some topics only; `tried` are the articles that the
    visitor has been shown; `step` is where a complaint stands; `satisfaction` is 1 (bad) to 5
    (good). `anonymised_at` is set once the personal data are deleted: texts are empty then.
    """

    number: str
    kind: Kind
    status: Status
    priority: Priority
    rule: str
    product: str | None
    lang: Lang
    channel: str | None
    query: str
    contact: str | None
    intake: Mapping[str, str]
    chains: tuple[str, ...]
    transaction_hashes: tuple[str, ...]
    addresses: tuple[Address, ...]
    tried: tuple[str, ...]
    conversation_id: str | None
    assignee: str | None
    step: str | None
    satisfaction: int | None
    satisfaction_comment: str | None
    created_at: dt.datetime
    updated_at: dt.datetime
    solved_at: dt.datetime | None
    anonymised_at: dt.datetime | None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """A change of a ticket; `actor` names the agent."""

    kind: EventKind
    by: By
    actor: str | None
    old: str | None
    new: str | None
    text: str | None
    at: dt.datetime

    @property
    def is_public(self) -> bool:
        """Whether the visitor may read it: all but what agents say among themselves."""
        return self.kind not in (EventKind.NOTE, EventKind.ASSIGNED)


@dataclass(frozen=True, slots=True)
class Case:
    """A ticket with its story, oldest first, and the conversation that it came from."""

    ticket: Ticket
    events: tuple[TicketEvent, ...]
    transcript: Transcript | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new ticket and its token, which is told this once.

    `again`: the same request had opened it before.
    """

    ticket: Ticket
    token: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the agents' list, and how many tickets there are on all pages."""

    tickets: tuple[Ticket, ...]
    total: int


class UnknownTicketError(Exception):
    """There is no such ticket, or the token is another's: the two look alike."""


class IntakeError(Exception):
    """Answers to the intake questions cannot be taken; `problems` tell which and why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        listed = ", ".join(f"{problem.id} ({problem.fault.value})" for problem in problems)
        super().__init__(f"Answers that cannot be taken: {listed}.")


class NotSolvedError(Exception):
    """Satisfaction is told of a ticket that is not solved."""


def ticket_of(row: Row[Any]) -> Ticket:
    """Return the ticket that a row of `schema.tickets` keeps."""
    return Ticket(
        number=row.number,
        kind=Kind(row.kind),
        status=Status(row.status),
        priority=Priority(row.priority),
        rule=row.rule,
        product=row.product,
        lang=row.lang,
        channel=row.channel,
        query=row.query,
        contact=row.contact,
        intake=row.intake,
        chains=tuple(row.chains),
        transaction_hashes=tuple(row.transaction_hashes),
        addresses=tuple(
            Address(each["text"], each["format"], Checksum(each["checksum"]))
            for each in row.addresses
        ),
        tried=tuple(row.tried),
        conversation_id=row.conversation_id,
        assignee=row.assignee,
        step=row.step,
        satisfaction=row.satisfaction,
        satisfaction_comment=row.satisfaction_comment,
        created_at=row.created_at,
        updated_at=row.updated_at,
        solved_at=row.solved_at,
        anonymised_at=row.anonymised_at,
        topic=row.topic,
    )


def event_of(row: Row[Any]) -> TicketEvent:
    """Return the event that a row of `schema.ticket_events` keeps."""
    return TicketEvent(
        kind=EventKind(row.kind),
        by=By(row.by),
        actor=row.actor,
        old=row.old,
        new=row.new,
        text=row.text,
        at=row.created_at,
    )


def payload(ticket: Ticket, **more: Any) -> dict[str, Any]:
    """Return what a webhook tells of a ticket."""
    return {
        "ticket_id": ticket.number,
        "kind": ticket.kind.value,
        "status": ticket.status.value,
        "priority": ticket.priority.value,
        "product": ticket.product,
        "topic": ticket.topic,
        "lang": ticket.lang,
        "channel": ticket.channel,
        "query": ticket.query,
        "contact": ticket.contact,
        "intake": dict(ticket.intake),
        "chains": list(ticket.chains),
        "transaction_hashes": list(ticket.transaction_hashes),
        "addresses": addresses_json(ticket.addresses),
        "tried": list(ticket.tried),
        "conversation_id": ticket.conversation_id,
        "assignee": ticket.assignee,
        "step": ticket.step,
        "satisfaction": ticket.satisfaction,
        "satisfaction_comment": ticket.satisfaction_comment,
        "created_at": ticket.created_at.isoformat(),
        "updated_at": ticket.updated_at.isoformat(),
        **more,
    }


def addresses_json(addresses: tuple[Address, ...]) -> list[dict[str, str]]:
    """Return addresses as they are kept and sent."""
    return [{"text": a.text, "format": a.format, "checksum": a.checksum.value} for a in addresses]
