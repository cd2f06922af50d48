"""Tickets: made, read by their visitors, listed and changed by agents.

Every change is one transaction: the ticket, the event that tells of it, and the webhook on its way
out commit together or not at all.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Unpack

from sqlalchemy import Connection, Row, insert

from server.desk import complaints, export, lifecycle, listing, outbox, takeover, tokens
from server.desk import ticketrows as rows
from server.desk.cases import (
    By,
    Case,
    EventKind,
    Kind,
    NewTicket,
    NotSolvedError,
    Opened,
    Queue,
    Ticket,
    payload,
    ticket_of,
)
from server.desk.clock import Clock
from server.desk.database import Database
from server.desk.lifecycle import Status
from server.desk.listing import Filters
from server.desk.preparing import origin, prepared
from server.desk.retrying import Attempt, Retries
from server.desk.schema import tickets
from server.desk.texts import clean, clean_or_none
from server.desk.tokens import UserHash

# An event that is to be written: its kind, and its columns.
_Told = tuple[EventKind, dict[str, str | None]]
SCORES = range(1, 6)


class Tickets:
    """The tickets of one database.

    `announced` is called once a webhook waits to be sent; where it is None none are written.
    """

    def __init__(
        self,
        database: Database,
        users: UserHash,
        clock: Clock,
        announced: Callable[[], None] | None = None,
    ) -> None:
        self._database = database
        self._users = users
        self._retries = Retries(users)
        self._now = clock
        self._announced = announced

    def create(
        self, settings: Mapping[str, Any], new: NewTicket, attempt: Attempt | None = None
    ) -> Opened:
        """Make a ticket; its token is returned this once.

        Of requests that are the same `attempt` one makes a ticket, and all return it.

        `settings` are those of kb.toml. Questions that kb.toml requires have to be answered where
        any is: a visitor who fills in no form is not sent back.

        Raises:
            IntakeError: answers cannot be taken.
            KeyReusedError: the attempt's key was sent with another body within a day.
            DatabaseError: nothing was kept.
        """
        values = prepared(settings, new) | {"user_hash": self._users(new.user)}
        now = self._now()
        with self._database.write() as connection:
            if attempt and (earlier := self._retries.claim(connection, attempt, now)):
                return earlier
            number = rows.next_number(connection, now.year)
            token = self._retries.token(attempt, number) if attempt else tokens.new_token()
            values |= origin(connection, new)
            row = connection.execute(
                insert(tickets)
                .values(
                    number=number,
                    token_hash=tokens.digest(token),
                    status=Status.OPEN.value,
                    created_at=now,
                    updated_at=now,
                    **values,
                )
                .returning(tickets)
            ).one()
            if attempt:
                self._retries.settle(connection, attempt, row.id)
            rows.note(connection, row.id, EventKind.CREATED, By.VISITOR, now, new=Status.OPEN.value)
            ticket = ticket_of(row)
            self._announce(connection, "ticket.created", ticket, now)
        self._wake()
        return Opened(ticket, token)

    def opened(self, attempt: Attempt) -> Opened | None:
        """Return the ticket that the same `attempt` has opened within a day; None for the first.

        Raises:
            KeyReusedError: its key was sent with another body.
        """
        with self._database.read() as connection:
            return self._retries.earlier(connection, attempt, self._now())

    def read(self, number: str, token: str) -> Case:
        """Return a ticket to the visitor who holds its `token`, without what agents keep apart.

        The conversation comes with it where the ticket was made with the conversation's own token.

        Raises:
            UnknownTicketError: there is none, or the token is another's.
        """
        with self._database.read() as connection:
            return _public(connection, rows.held(connection, number, token))

    def find(self, number: str) -> Case:
        """Return a ticket to an agent, with all that is kept.

        Raises:
            UnknownTicketError: there is none.
        """
        with self._database.read() as connection:
            return rows.case(connection, rows.found(connection, number))

    def queue(self, *, limit: int = 50, offset: int = 0, **filters: Unpack[Filters]) -> Queue:
        """Return the agents' list, the most urgent first, then the oldest; see `Filters`."""
        with self._database.read() as connection:
            return listing.page(connection, filters, limit, offset)

    def export(self, **filters: Unpack[Filters]) -> Iterator[str]:
        """Yield the tickets as CSV, piece by piece, by their numbers; see `Filters`."""
        return export.lines(listing.oldest_first(self._database, filters))

    def update(
        self,
        settings: Mapping[str, Any],
        number: str,
        agent: str,
        *,
        status: Status | None = None,
        note: str | None = None,
        reply: str | None = None,
        step: str | None = None,
    ) -> Case:
        """Change a ticket as `agent`, all or nothing, and return it.

        Who sets `assigned` has the ticket from then on; `open` gives it back. `note` is for agents,
        `reply` for the visitor, `step` where a complaint stands. While somebody has the ticket, or
        has replied, the bot keeps still in its conversation.

        Raises:
            UnknownTicketError: there is none.
            TransitionError: it cannot come to `status` from where it is.
            UnknownStepError: `step` is none of its procedure.
        """
        now = self._now()
        with self._database.write() as connection:
            row = rows.found(connection, number, lock=True)
            changes, told = _changes(settings, row, agent, status, step, now)
            texts = {EventKind.REPLY: clean_or_none(reply), EventKind.NOTE: clean_or_none(note)}
            events: list[_Told] = [(k, {"text": text}) for k, text in texts.items() if text]
            for kind, values in [*events, *told]:
                rows.note(connection, row.id, kind, By.AGENT, now, actor=agent, **values)
            if events or changes:
                row = rows.change(connection, row.id, now, changes)
            ticket = ticket_of(row)
            replied = texts[EventKind.REPLY] is not None
            if changes or replied:
                takeover.follow_ticket(connection, ticket, agent, now, replied=replied)
            if changed := sorted(changes.keys() - {"solved_at"}):
                self._announce(connection, "ticket.updated", ticket, now, changed=changed)
            if said := texts[EventKind.REPLY]:
                message = {"from": By.AGENT.value, "text": said}
                self._announce(connection, "ticket.replied", ticket, now, message=message)
            after = rows.case(connection, row)
        self._wake()
        return after

    def write(self, number: str, token: str, text: str) -> Case:
        """Add what the visitor writes; a solved ticket is reopened, one that waits goes on.

        Raises:
            UnknownTicketError: there is none, or the token is another's.
            ValueError: `text` is empty.
        """
        said = clean(text).strip()
        if not said:
            raise ValueError("A message without words.")
        with self._database.write() as connection:
            row = rows.held(connection, number, token, lock=True)
            written = _public(connection, self._written(connection, row, said))
        self._wake()
        return written

    def hear(self, conversation_id: str, text: str) -> bool:
        """Add what the visitor says to the bot to the ticket of the conversation.

        Returns False where it has none that is not solved, or `text` is empty.
        """
        said = clean(text).strip()
        with self._database.write() as connection:
            row = takeover.ticket_of_conversation(connection, conversation_id) if said else None
            if row is not None:
                self._written(connection, row, said)
        self._wake()
        return row is not None

    def _written(self, connection: Connection, row: Row[Any], said: str) -> Row[Any]:
        """Write a message of the visitor, and return the ticket's row as it is then."""
        now = self._now()
        rows.note(connection, row.id, EventKind.MESSAGE, By.VISITOR, now, text=said)
        old = Status(row.status)
        new = lifecycle.after_visitor(old, row.assignee)
        changes: dict[str, Any] = {}
        if new is not old:
            changes = {"status": new.value, "solved_at": None}
            told = {"old": old.value, "new": new.value}
            rows.note(connection, row.id, EventKind.STATUS, By.SYSTEM, now, **told)
        row = rows.change(connection, row.id, now, changes)
        message = {"from": By.VISITOR.value, "text": said}
        self._announce(connection, "ticket.replied", ticket_of(row), now, message=message)
        return row

    def rate(self, number: str, token: str, score: int, comment: str | None = None) -> Case:
        """Keep how satisfied the visitor is, 1 (bad) to 5 (good); the last word holds.

        Raises:
            UnknownTicketError: there is none, or the token is another's.
            NotSolvedError: it is not solved.
            ValueError: `score` is not 1 to 5.
        """
        if score not in SCORES:
            raise ValueError(f"The satisfaction must be {SCORES[0]} to {SCORES[-1]}, not {score}.")
        said = clean_or_none(comment)
        now = self._now()
        with self._database.write() as connection:
            row = rows.held(connection, number, token, lock=True)
            if Status(row.status) is not Status.SOLVED:
                raise NotSolvedError("Satisfaction can be told once the ticket is solved.")
            told = {"new": str(score), "text": said}
            rows.note(connection, row.id, EventKind.SATISFACTION, By.VISITOR, now, **told)
            changes = {"satisfaction": score, "satisfaction_comment": said}
            row = rows.change(connection, row.id, now, changes)
            changed = sorted(changes)
            self._announce(connection, "ticket.updated", ticket_of(row), now, changed=changed)
            rated = _public(connection, row)
        self._wake()
        return rated

    def _announce(
        self, connection: Connection, event: str, ticket: Ticket, now: dt.datetime, **more: Any
    ) -> None:
        if self._announced is not None:
            outbox.put(connection, event, payload(ticket, **more), now=now)

    def _wake(self) -> None:
        if self._announced is not None:
            self._announced()


def _public(connection: Connection, row: Row[Any]) -> Case:
    """Return a ticket as its visitor may read it: nothing of which agent, no notes."""
    whole = rows.case(connection, row)
    return Case(
        ticket=replace(whole.ticket, assignee=None),
        events=tuple(replace(event, actor=None) for event in whole.events if event.is_public),
        transcript=whole.transcript if row.shares_transcript else None,
    )


def _changes(
    settings: Mapping[str, Any],
    row: Row[Any],
    agent: str,
    status: Status | None,
    step: str | None,
    now: dt.datetime,
) -> tuple[dict[str, Any], list[_Told]]:
    """Return the columns that `agent` changes, and the events that tell of it."""
    changes: dict[str, Any] = {}
    events: list[_Told] = []
    if step is not None and step != row.step:
        _check_step(settings, row, step)
        changes["step"] = step
        events.append((EventKind.STEP, {"old": row.step, "new": step}))
    if status is None:
        return changes, events
    old = Status(row.status)
    lifecycle.check(old, status)
    if status is not old:
        changes["status"] = status.value
        changes["solved_at"] = now if status is Status.SOLVED else None
        events.append((EventKind.STATUS, {"old": old.value, "new": status.value}))
    assignee = _assignee(row.assignee, status, agent)
    if assignee != row.assignee:
        changes["assignee"] = assignee
        events.append((EventKind.ASSIGNED, {"old": row.assignee, "new": assignee}))
    return changes, events


def _check_step(settings: Mapping[str, Any], row: Row[Any], step: str) -> None:
    steps = complaints.procedure(settings, row.product) if row.kind == Kind.COMPLAINT else ()
    known = tuple(each.id for each in steps)
    if step not in known:
        raise complaints.UnknownStepError(step, known)


def _assignee(now: str | None, status: Status, agent: str) -> str | None:
    if status is Status.ASSIGNED:
        return agent
    return None if status is Status.OPEN else now
