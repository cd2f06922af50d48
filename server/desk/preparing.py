"""What a new ticket is made of: the case as it was sent, judged, read and without secrets."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from server.desk import complaints
from server.desk.cases import IntakeError, Kind, NewTicket, addresses_json
from server.desk.conversations import holds
from server.desk.extraction import extract
from server.desk.texts import clean, clean_or_none
from server.desk.transcripts import read_transcript, shown_articles
from server.desk.triage import Priority, triage
from server.engine import intake

# Rules of one priority keep their order within it; kb.toml has a handful.
_RANKS = 1000
_LEVELS = {priority: level for level, priority in enumerate(Priority)}
COMPLAINT_TAG = "complaint"


def prepared(settings: Mapping[str, Any], new: NewTicket) -> dict[str, Any]:
    """Return the columns of a ticket that follow from what was sent, without secrets.

    Raises:
        IntakeError: answers cannot be taken.
    """
    asked = intake.intake_for(settings, new.tags, new.lang) if new.intake else ()
    if problems := intake.problems(settings, new.intake, asked):
        raise IntakeError(problems)
    answers = {
        ident: intake.screened(settings, ident, answer).text
        for ident, answer in new.intake.items()
        if answer.strip()
    }
    query = clean(new.query)
    said = "\n".join([query, *answers.values()])
    kind = new.kind or (Kind.COMPLAINT if COMPLAINT_TAG in new.tags else Kind.QUESTION)
    complaint = kind is Kind.COMPLAINT
    tags = {*new.tags, COMPLAINT_TAG} if complaint else set(new.tags)
    judged = triage(settings, said, tags, urgent_article=new.urgent_article)
    steps = complaints.procedure(settings, new.product) if complaint else ()
    extracted = extract(said)
    return {
        "kind": kind.value,
        "priority": judged.priority.value,
        "urgency": _LEVELS[judged.priority] * _RANKS + min(judged.rank, _RANKS - 1),
        "rule": judged.rule,
        "product": new.product,
        "lang": new.lang,
        "channel": new.channel,
        "query": query,
        "contact": clean_or_none(new.contact),
        "intake": answers,
        "chains": list(extracted.chains),
        "transaction_hashes": list(extracted.transaction_hashes),
        "addresses": addresses_json(extracted.addresses),
        "step": steps[0].id if steps else None,
        "topic": new.tags[0] if new.tags else None,
    }


def origin(connection: Connection, new: NewTicket) -> dict[str, Any]:
    """Return what the ticket keeps of the conversation that it comes from."""
    ident, token = new.conversation_id, new.conversation_token
    transcript = read_transcript(connection, ident, lock=True) if ident else None
    if transcript is None or ident is None:
        return {"conversation_id": None, "shares_transcript": False, "tried": []}
    return {
        "conversation_id": ident,
        "shares_transcript": token is not None and holds(connection, ident, token),
        "tried": list(shown_articles(transcript.turns)),
    }
