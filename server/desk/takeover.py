"""Who answers in a conversation: the bot, until a person takes over; again once it is solved.

These run within the transaction that changes the ticket, so that the bot is never heard beside the
agent.
"""

import datetime as dt
from typing import Any

from sqlalchemy import Connection, Row, select, update

from server.desk.cases import Ticket
from server.desk.lifecycle import Status
from server.desk.schema import conversations, tickets

_NOBODYS = (Status.OPEN, Status.REOPENED)


def follow_ticket(
    connection: Connection, ticket: Ticket, agent: str, now: dt.datetime, *, replied: bool
) -> None:
    """Let the conversation of `ticket` be answered by who has it, after `agent` has changed it.

    Who has the ticket, or has replied in it, answers from then on. Once it is solved, or nobody's
    again, the bot does.
    """
    if ticket.conversation_id is None:
        return
    nobodys = ticket.status in _NOBODYS and ticket.assignee is None and not replied
    if ticket.status is Status.SOLVED or nobodys:
        release(connection, ticket.conversation_id)
    elif ticket.assignee is not None or replied:
        silence(connection, ticket.conversation_id, ticket.assignee or agent, now)


def silence(connection: Connection, conversation_id: str, by: str, now: dt.datetime) -> None:
    """Note that `by` answers in a conversation that is there; since when stays as it was."""
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.taken_over_at.is_(None))
        .values(taken_over_at=now)
    )
    connection.execute(
        update(conversations).where(conversations.c.id == conversation_id).values(taken_over_by=by)
    )


def release(connection: Connection, conversation_id: str) -> None:
    """Let the bot answer again."""
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(taken_over_at=None, taken_over_by=None)
    )


def ticket_of_conversation(connection: Connection, conversation_id: str) -> Row[Any] | None:
    """Return the row of the newest ticket of a conversation that is not solved, locked."""
    return connection.execute(
        select(tickets)
        .where(
            tickets.c.conversation_id == conversation_id,
            tickets.c.status != Status.SOLVED.value,
        )
        .order_by(tickets.c.id.desc())
        .limit(1)
        .with_for_update()
    ).one_or_none()
