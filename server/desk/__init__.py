"""The desk: tickets, conversations, feedback, the query log, opening hours and webhooks."""

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
    TicketEvent,
    UnknownTicketError,
)
from server.desk.complaints import Step, UnknownStepError, procedure
from server.desk.conversations import UnknownConversationError
from server.desk.database import Database, DatabaseError, database_url, open_database
from server.desk.delivery import AddressError
from server.desk.desk import Desk
from server.desk.lifecycle import Status, TransitionError
from server.desk.querylog import LoggedQuery, QueryLog
from server.desk.retrying import Attempt, KeyReusedError
from server.desk.signing import SecretError
from server.desk.tokens import KeyFileError
from server.desk.transcripts import Exchange, Told, Transcript
from server.desk.triage import Priority
from server.desk.votes import UnknownMessageError
from server.engine.hours import Channel, Reachable
from server.engine.intake import IntakeQuestion, Problem, every_question, intake_for

__all__ = [
    "AddressError",
    "Attempt",
    "By",
    "Case",
    "Channel",
    "Database",
    "DatabaseError",
    "Desk",
    "EventKind",
    "Exchange",
    "IntakeError",
    "IntakeQuestion",
    "KeyFileError",
    "KeyReusedError",
    "Kind",
    "LoggedQuery",
    "NewTicket",
    "NotSolvedError",
    "Opened",
    "Priority",
    "Problem",
    "QueryLog",
    "Queue",
    "Reachable",
    "SecretError",
    "Status",
    "Step",
    "Ticket",
    "TicketEvent",
    "Told",
    "Transcript",
    "TransitionError",
    "UnknownConversationError",
    "UnknownMessageError",
    "UnknownStepError",
    "UnknownTicketError",
    "database_url",
    "every_question",
    "intake_for",
    "open_database",
    "procedure",
]
