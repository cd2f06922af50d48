"""Tickets and conversations in the shape of the HTTP interface."""

from collections.abc import Mapping
from typing import Any

from indexer import Lang
from server.desk import Case, Kind, Status, Ticket, TicketEvent, Told, Transcript
from server.desk.cases import addresses_json
from server.desk.complaints import procedure
from server.engine.handoff import present_reachable
from server.web.desk_schemas import without_none
from server.web.desks import desk, kb_settings
from server.web.texts import texts


def present_case(case: Case, *, for_agent: bool) -> dict[str, Any]:
    """Return a ticket with its story; what only agents may read is left out for its visitor."""
    ticket = case.ticket
    presented = present_ticket(ticket) if for_agent else _summary(ticket)
    presented["events"] = [_event(event) for event in case.events]
    turns = case.transcript.turns if case.transcript else ()
    presented["transcript"] = [_turn(told) for told in turns]
    if steps := present_steps(ticket):
        presented["steps"] = steps
    if ticket.status is Status.SOLVED and ticket.satisfaction is None:
        presented["satisfaction_question"] = texts(ticket.lang)["ticket.satisfaction"]
    return presented | reachable(ticket.product, ticket.lang)


def reachable(product: str | None, lang: Lang) -> dict[str, Any]:
    """Return who can be reached now for `product`."""
    return present_reachable(desk().reachable(kb_settings(), product), lang)


def present_ticket(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as agents see it."""
    return _summary(ticket) | without_none(
        {
            "rule": ticket.rule,
            "channel": ticket.channel,
            "assignee": ticket.assignee,
            "chains": list(ticket.chains),
            "transaction_hashes": list(ticket.transaction_hashes),
            "addresses": addresses_json(ticket.addresses),
            "tried": list(ticket.tried),
            "conversation_id": ticket.conversation_id,
            "satisfaction_comment": ticket.satisfaction_comment,
        }
    )


def present_steps(ticket: Ticket) -> list[dict[str, Any]]:
    """Return the steps of a complaint; none for other tickets."""
    steps = procedure(kb_settings(), ticket.product) if ticket.kind is Kind.COMPLAINT else ()
    places = [step.id for step in steps]
    at = places.index(ticket.step) if ticket.step in places else -1
    return [
        {
            "id": step.id,
            "text": step.text[ticket.lang],
            "done": place < at or ticket.status is Status.SOLVED,
            "current": place == at and ticket.status is not Status.SOLVED,
        }
        for place, step in enumerate(steps)
    ]


def present_transcript(transcript: Transcript) -> dict[str, Any]:
    """Return a conversation to its visitor."""
    at = transcript.consented_at
    return without_none(
        {
            "conversation_id": transcript.conversation_id,
            "lang": transcript.lang,
            "product": transcript.product,
            "channel": transcript.channel,
            "consent": transcript.consent,
            "consented_at": at.isoformat() if at else None,
            "retention_days": transcript.retention_days,
            "taken_over": transcript.taken_over_at is not None,
            "created_at": transcript.created_at.isoformat(),
            "expires_at": transcript.expires_at.isoformat(),
            "turns": [_turn(told) for told in transcript.turns],
        }
    )


def _summary(ticket: Ticket) -> dict[str, Any]:
    return without_none(
        {
            "ticket_id": ticket.number,
            "kind": ticket.kind.value,
            "status": ticket.status.value,
            "priority": ticket.priority.value,
            "product": ticket.product,
            "lang": ticket.lang,
            "query": ticket.query,
            "contact": ticket.contact,
            "intake": dict(ticket.intake),
            "step": ticket.step,
            "satisfaction": ticket.satisfaction,
            "created_at": ticket.created_at.isoformat(),
            "updated_at": ticket.updated_at.isoformat(),
            "solved_at": ticket.solved_at.isoformat() if ticket.solved_at else None,
        }
    )


def _event(event: TicketEvent) -> dict[str, Any]:
    presented: Mapping[str, Any] = {
        "kind": event.kind.value,
        "by": event.by.value,
        "actor": event.actor,
        "old": event.old,
        "new": event.new,
        "text": event.text,
        "at": event.at.isoformat(),
    }
    return without_none(dict(presented))


def _turn(told: Told) -> dict[str, Any]:
    return without_none(
        {
            "message_id": told.message_id,
            "question": told.question,
            "reply": told.reply,
            "lang": told.lang,
            "decision": told.decision.value,
            "reason": told.reason.value if told.reason else None,
            "article_ids": list(told.article_ids),
            "at": told.at.isoformat(),
        }
    )
