"""Tickets: made, read by their visitors, listed and changed by agents.

Every change is one transaction: the ticket, the event that tells of it, and the webhook on its way
out commit together or not at all.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from server.desk import complaints, lifecycle, outbox, tokens
from server.desk.cases import (
    By,
    Case,
    EventKind,
    IntakeError,
    Kind,
    NewTicket,
    NotSolvedError,
    Opened,
    Queue,
    Ticket,
    UnknownTicketError,
    addresses_json,
    event_of,
    payload,
    ticket_of,
)
from server.desk.clock import Clock
from server.desk.conversations import holds, read_transcript, shown_articles
from server.desk.database import Database
from server.desk.dialects import insert_into
from server.desk.extraction import extract
from server.desk.lifecycle import Status
from server.desk.schema import ticket_events, ticket_numbers, tickets
from server.desk.texts import clean, clean_or_none, storable
from server.desk.tokens import UserHash
from server.desk.triage import Priority, triage
from server.engine import intake

# Rules of one priority keep their order within it; kb.toml has a handful.
_RANKS = 1000
_LEVELS = {priority.value: level for level, priority in enumerate(Priority)}
COMPLAINT_TAG = "complaint"
SCORES = range(1, 6)


class Tickets:
    """The tickets of one database. `announces`: whether webhooks are sent of what happens."""

    def __init__(
        self, database: Database, users: UserHash, clock: Clock, *, announces: bool
    ) -> None:
        self._database = database
        self._users = users
        self._now = clock
        self._announces = announces

    def create(self, settings: Mapping[str, Any], new: NewTicket) -> Opened:
        """Make a ticket; its token is returned this once.

        `settings` are those of kb.toml. Questions that kb.toml requires have to be answered where
        any is: a visitor who fills in no form is not sent back.

        Raises:
            IntakeError: answers cannot be taken.
            DatabaseError: nothing was kept.
        """
        asked = intake.intake_for(settings, new.tags, new.lang) if new.intake else ()
        if problems := intake.problems(settings, new.intake, asked):
            raise IntakeError(problems)
        answers = {
            ident: storable(intake.screened(settings, ident, answer).text)
            for ident, answer in new.intake.items()
            if answer.strip()
        }
        query = clean(new.query)
        said = "\n".join([query, *answers.values()])
        kind = new.kind or (Kind.COMPLAINT if COMPLAINT_TAG in new.tags else Kind.QUESTION)
        tags = {*new.tags, COMPLAINT_TAG} if kind is Kind.COMPLAINT else set(new.tags)
        case = triage(settings, said, tags, urgent_article=new.urgent_article)
        steps = complaints.procedure(settings, new.product) if kind is Kind.COMPLAINT else ()
        found = extract(said)
        token = tokens.new_token()
        now = self._now()
        with self._database.write() as connection:
            told = _conversation(connection, new)
            number = _next_number(connection, now.year)
            row = connection.execute(
                insert(tickets)
                .values(
                    number=number,
                    token_hash=tokens.digest(token),
                    kind=kind.value,
                    status=Status.OPEN.value,
                    priority=case.priority.value,
                    urgency=_LEVELS[case.priority] * _RANKS + min(case.rank, _RANKS - 1),
                    rule=case.rule,
                    product=new.product,
                    lang=new.lang,
                    channel=new.channel,
                    user_hash=self._users(new.user),
                    query=query,
                    contact=clean_or_none(new.contact),
                    intake=answers,
                    chains=list(found.chains),
                    transaction_hashes=list(found.transaction_hashes),
                    addresses=addresses_json(found.addresses),
                    step=steps[0].id if steps else None,
                    created_at=now,
                    updated_at=now,
                    **told,
                )
                .returning(tickets)
            ).one()
            _note(connection, row.id, EventKind.CREATED, By.VISITOR, now, new=Status.OPEN.value)
            ticket = ticket_of(row)
            self._announce(connection, "ticket.created", ticket, now)
        return Opened(ticket, token)

    def read(self, number: str, token: str) -> Case:
        """Return a ticket to the visitor who holds its `token`, without what agents keep apart.

        Raises:
            UnknownTicketError: there is none, or the token is another's.
        """
        with self._database.read() as connection:
            row = _held(connection, number, token)
            case = _case(connection, row)
        return replace(
            case,
            ticket=replace(case.ticket, assignee=None),
            events=tuple(
                event if event.by is not By.AGENT else replace(event, actor=None)
                for event in case.events
                if event.is_public
            ),
            transcript=case.transcript if row.shares_transcript else None,
        )

    def find(self, number: str) -> Case:
        """Return a ticket to an agent, with all that is kept.

        Raises:
            UnknownTicketError: there is none.
        """
        with self._database.read() as connection:
            return _case(connection, _found(connection, number))

    def queue(
        self,
        *,
        statuses: tuple[Status, ...] = (),
        priority: Priority | None = None,
        product: str | None = None,
        lang: str | None = None,
        kind: Kind | None = None,
        assignee: str | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Queue:
        """Return the agents' list: by priority, then by age; all but the solved by default."""
        wanted = statuses or tuple(status for status in Status if status is not Status.SOLVED)
        conditions: list[ColumnElement[bool]] = [
            tickets.c.status.in_([status.value for status in wanted])
        ]
        equal = {
            tickets.c.priority: priority.value if priority else None,
            tickets.c.product: product,
            tickets.c.lang: lang,
            tickets.c.kind: kind.value if kind else None,
            tickets.c.assignee: assignee,
        }
        conditions += [column == value for column, value in equal.items() if value is not None]
        listed = (
            select(tickets)
            .where(*conditions)
            .order_by(tickets.c.urgency, tickets.c.created_at, tickets.c.id)
            .limit(limit)
            .offset(offset)
        )
        with self._database.read() as connection:
            count = connection.execute(select(func.count()).select_from(tickets).where(*conditions))
            return Queue(
                tuple(ticket_of(row) for row in connection.execute(listed)), count.scalar_one()
            )

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
        `reply` for the visitor, `step` where a complaint stands.

        Raises:
            UnknownTicketError: there is none.
            TransitionError: it cannot come to `status` from where it is.
            UnknownStepError: `step` is none of its procedure.
        """
        now = self._now()
        with self._database.write() as connection:
            row = _found(connection, number, lock=True)
            changes: dict[str, Any] = {}

            def noted(kind: EventKind, **told: str | None) -> None:
                _note(connection, row.id, kind, By.AGENT, now, actor=agent, **told)

            if reply_text := clean_or_none(reply):
                noted(EventKind.REPLY, text=reply_text)
            if note_text := clean_or_none(note):
                noted(EventKind.NOTE, text=note_text)
            if step is not None and step != row.step:
                _check_step(settings, row, step)
                changes["step"] = step
                noted(EventKind.STEP, old=row.step, new=step)
            if status is not None:
                old = Status(row.status)
                lifecycle.check(old, status)
                if status is not old:
                    changes["status"] = status.value
                    changes["solved_at"] = now if status is Status.SOLVED else None
                    noted(EventKind.STATUS, old=old.value, new=status.value)
                assignee = _assignee(row.assignee, status, agent)
                if assignee != row.assignee:
                    changes["assignee"] = assignee
                    noted(EventKind.ASSIGNED, old=row.assignee, new=assignee)
            if changes or reply_text or note_text:
                row = _change(connection, row.id, now, changes)
            ticket = ticket_of(row)
            if changes:
                self._announce(connection, "ticket.updated", ticket, now, changed=sorted(changes))
            if reply_text:
                told = {"from": By.AGENT.value, "text": reply_text}
                self._announce(connection, "ticket.replied", ticket, now, message=told)
            return _case(connection, row)

    def write(self, number: str, token: str, text: str) -> Case:
        """Add what the visitor writes; a solved ticket is reopened, one that waits goes on.

        Raises:
            UnknownTicketError: there is none, or the token is another's.
            ValueError: `text` is empty.
        """
        message = clean(text).strip()
        if not message:
            raise ValueError("A message without words.")
        now = self._now()
        with self._database.write() as connection:
            row = _held(connection, number, token, lock=True)
            _note(connection, row.id, EventKind.MESSAGE, By.VISITOR, now, text=message)
            old = Status(row.status)
            status = lifecycle.after_visitor(old, row.assignee)
            changes: dict[str, Any] = {}
            if status is not old:
                _note(
                    connection,
                    row.id,
                    EventKind.STATUS,
                    By.SYSTEM,
                    now,
                    old=old.value,
                    new=status.value,
                )
                changes = {"status": status.value, "solved_at": None}
            ticket = ticket_of(_change(connection, row.id, now, changes))
            told = {"from": By.VISITOR.value, "text": message}
            self._announce(connection, "ticket.replied", ticket, now, message=told)
        return self.read(number, token)

    def rate(self, number: str, token: str, score: int, comment: str | None = None) -> None:
        """Keep how satisfied the visitor is, 1 (bad) to 5 (good); the last word holds.

        Raises:
            UnknownTicketError: there is none, or the token is another's.
            NotSolvedError: it is not solved.
            ValueError: `score` is not 1 to 5.
        """
        if score not in SCORES:
            raise ValueError(f"The satisfaction must be {SCORES[0]} to {SCORES[-1]}, not {score}.")
        now = self._now()
        with self._database.write() as connection:
            row = _held(connection, number, token, lock=True)
            if Status(row.status) is not Status.SOLVED:
                raise NotSolvedError("Satisfaction can be told once the ticket is solved.")
            told = clean_or_none(comment)
            changes = {"satisfaction": score, "satisfaction_comment": told}
            _note(
                connection,
                row.id,
                EventKind.SATISFACTION,
                By.VISITOR,
                now,
                new=str(score),
                text=told,
            )
            ticket = ticket_of(_change(connection, row.id, now, changes))
            self._announce(connection, "ticket.updated", ticket, now, changed=["satisfaction"])

    def _announce(
        self, connection: Connection, event: str, ticket: Ticket, now: dt.datetime, **more: Any
    ) -> None:
        if self._announces:
            outbox.put(connection, event, payload(ticket, **more), now=now)


def _next_number(connection: Connection, year: int) -> str:
    """Return the next number of `year`; others wait for it until the transaction ends."""
    counted = (
        insert_into(connection, ticket_numbers)
        .values(year=year, last=1)
        .on_conflict_do_update(index_elements=["year"], set_={"last": ticket_numbers.c.last + 1})
        .returning(ticket_numbers.c.last)
    )
    return f"T-{year}-{connection.execute(counted).scalar_one():06d}"


def _conversation(connection: Connection, new: NewTicket) -> dict[str, Any]:
    """Return what the ticket keeps of the conversation that it comes from."""
    transcript = read_transcript(connection, new.conversation_id) if new.conversation_id else None
    if transcript is None:
        return {"conversation_id": None, "shares_transcript": False, "tried": []}
    ident = transcript.conversation_id
    token = new.conversation_token
    return {
        "conversation_id": ident,
        "shares_transcript": token is not None and holds(connection, ident, token),
        "tried": list(shown_articles(transcript.turns)),
    }


def _note(
    connection: Connection,
    ticket_id: int,
    kind: EventKind,
    by: By,
    now: dt.datetime,
    **told: str | None,
) -> None:
    connection.execute(
        insert(ticket_events).values(
            ticket_id=ticket_id, kind=kind.value, by=by.value, created_at=now, **told
        )
    )


def _change(
    connection: Connection, ticket_id: int, now: dt.datetime, changes: Mapping[str, Any]
) -> Row[Any]:
    return connection.execute(
        update(tickets)
        .where(tickets.c.id == ticket_id)
        .values(updated_at=now, **changes)
        .returning(tickets)
    ).one()


def _found(connection: Connection, number: str, *, lock: bool = False) -> Row[Any]:
    wanted = select(tickets).where(tickets.c.number == storable(number))
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise UnknownTicketError(f"There is no ticket {number}.")
    return row


def _held(connection: Connection, number: str, token: str, *, lock: bool = False) -> Row[Any]:
    wanted = select(tickets).where(tickets.c.number == storable(number))
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if not tokens.matches(token, row.token_hash if row else None) or row is None:
        raise UnknownTicketError("There is no such ticket, or the token is not its own.")
    return row


def _case(connection: Connection, row: Row[Any]) -> Case:
    events = connection.execute(
        select(ticket_events)
        .where(ticket_events.c.ticket_id == row.id)
        .order_by(ticket_events.c.id)
    )
    transcript = read_transcript(connection, row.conversation_id) if row.conversation_id else None
    return Case(ticket_of(row), tuple(event_of(event) for event in events), transcript)


def _check_step(settings: Mapping[str, Any], row: Row[Any], step: str) -> None:
    steps = complaints.procedure(settings, row.product) if row.kind == Kind.COMPLAINT else ()
    known = tuple(each.id for each in steps)
    if step not in known:
        raise complaints.UnknownStepError(step, known)


def _assignee(now: str | None, status: Status, agent: str) -> str | None:
    if status is Status.ASSIGNED:
        return agent
    return None if status is Status.OPEN else now
