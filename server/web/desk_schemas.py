"""What comes in and goes out about tickets, conversations and feedback; see `schemas`."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from indexer import Lang
from server.desk import EventKind, Kind, Priority, Status
from server.desk.cases import MAX_TEXT, By
from server.engine import Decision, HandoffReason
from server.engine.intake import MAX_ANSWER
from server.web.errors import IDEMPOTENCY_KEY
from server.web.fields import (
    LANGUAGE,
    LEFT_OUT,
    NO_NUL,
    PRODUCT,
    Body,
    Parameters,
    Product,
    Token,
    whole,
)
from server.web.schemas import (
    Channel,
    SecretWarning,
)

MAX_PAGE = 200
MOMENT = "ISO 8601, with its time zone."

Words = Annotated[str, Field(min_length=1, max_length=MAX_TEXT, pattern=NO_NUL)]
Comment = Annotated[str, Field(max_length=MAX_TEXT, pattern=NO_NUL)]
Moment = Annotated[str, Field(description=MOMENT)]


class HandoffRequest(Body):
    """A case for a person."""

    query: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_TEXT,
            pattern=NO_NUL,
            description="What it is about, in the visitor's words.",
            json_schema_extra={"example": "提现三天没到账"},
        ),
    ]
    conversation_id: Annotated[
        Token, Field(description="The conversation so far: agents can read it.")
    ] = None
    conversation_token: Annotated[
        Token,
        Field(description="Its token: then whoever holds the ticket's token can read it as well."),
    ] = None
    contact: Annotated[
        Annotated[str, Field(max_length=200, pattern=NO_NUL)] | None,
        Field(description="How to reach the visitor: an e-mail address, a user name, a number."),
    ] = None
    intake: Annotated[
        dict[
            Annotated[str, Field(max_length=100, pattern=NO_NUL)],
            Annotated[str, Field(max_length=MAX_ANSWER, pattern=NO_NUL)],
        ],
        Field(description="Answers by the id of the question.", max_length=50),
    ] = Field(default_factory=dict)
    product: Annotated[Product | None, PRODUCT] = None
    lang: Annotated[Lang | None, LANGUAGE] = None
    kind: Annotated[
        Kind | None,
        Field(
            strict=False,
            description="`complaint` starts the complaint procedure; by what it is about when left "
            "out.",
        ),
    ] = None
    article_id: Annotated[
        str | None, Field(max_length=200, pattern=NO_NUL, description="What it is about.")
    ] = None
    channel: Annotated[Token, Field(description="Where the case came from, e.g. app.")] = None
    user: Annotated[Token, Field(description="A pseudonymous id of the visitor.")] = None


class IdempotencyHeader(BaseModel):
    """The caller's own name for a request, so that it can be sent again."""

    key: Annotated[
        Annotated[str, Field(min_length=16, max_length=128, pattern="^[!-~]*$")] | None,
        Field(
            alias=IDEMPOTENCY_KEY,
            description="A new random value for each ticket, such as a UUID. Where no answer came, "
            "send the same request with the same value: within a day it answers with the same "
            "ticket and token, and opens no second one. With another body it is refused.",
            json_schema_extra=LEFT_OUT,
        ),
    ] = None


class Reachability(BaseModel):
    """Who can be reached."""

    channels_open: Annotated[list[Channel], Field(description="Where people answer now.")]
    channels: Annotated[list[Channel], Field(description="All channels, as they are now.")]
    opens_at: Annotated[
        str | None,
        Field(description=f"When people are next there, while nobody is. {MOMENT}"),
    ] = None


class ProcedureStep(BaseModel):
    """A step of the complaint procedure; `done` are those before the current one."""

    id: str
    text: str
    done: bool
    current: bool


class HandoffResponse(Reachability):
    """A new ticket."""

    ticket_id: str
    token: Annotated[str, Field(description="Told this once; it opens the ticket to its visitor.")]
    kind: Kind
    priority: Priority
    status: Status
    message: Annotated[str, Field(description="What the visitor is told.")]
    url: Annotated[str, Field(description="The ticket's page.")]
    steps: list[ProcedureStep] | None = None
    warning: SecretWarning | None = None


class TicketPath(BaseModel):
    """A ticket's address."""

    ticket_id: Annotated[str, Field(max_length=40, description="Its number, e.g. T-2026-000001.")]


class EventItem(BaseModel):
    """Something that happened to a ticket; `by` visitor, agent or system."""

    kind: EventKind
    by: By
    actor: Annotated[str | None, Field(description="Which agent; told to agents only.")] = None
    old: str | None = None
    new: str | None = None
    text: str | None = None
    at: Moment


class TurnItem(BaseModel):
    """A question of a conversation and what was made of it."""

    message_id: str
    question: str
    reply: str
    lang: Lang
    decision: Decision
    reason: HandoffReason | None = None
    article_ids: list[str]
    at: Moment


class AddressItem(BaseModel):
    """An address that was found in the text, and whether its checksum is valid, wrong or none."""

    text: str
    format: str
    checksum: str


class TicketSummary(BaseModel):
    """A ticket as it stands."""

    ticket_id: str
    kind: Kind
    status: Status
    priority: Priority
    product: str | None = None
    lang: Lang
    query: str
    created_at: Moment
    updated_at: Moment
    solved_at: Moment | None = None
    step: str | None = None
    satisfaction: Annotated[int | None, Field(description="1 (bad) to 5 (good).")] = None
    contact: str | None = None
    intake: dict[str, str]


class AgentTicket(TicketSummary):
    """A ticket as agents see it."""

    rule: Annotated[str, Field(description="The rule of kb.toml that gave the priority.")]
    channel: str | None = None
    assignee: str | None = None
    chains: list[str]
    transaction_hashes: list[str]
    addresses: list[AddressItem]
    tried: Annotated[list[str], Field(description="Articles that the visitor was shown.")]
    conversation_id: str | None = None
    satisfaction_comment: str | None = None


class TicketResponse(TicketSummary, Reachability):
    """A ticket with its story; with an agent's key what `AgentTicket` has as well."""

    model_config = ConfigDict(extra="allow")

    events: list[EventItem]
    transcript: list[TurnItem]
    steps: list[ProcedureStep] | None = None
    satisfaction_question: Annotated[
        str | None, Field(description="To ask once the ticket is solved.")
    ] = None


class TicketFilters(Parameters):
    """Which tickets: all that are not solved when nothing is said."""

    status: Annotated[
        list[Status], Field(default_factory=list, description="May be given several times.")
    ]
    priority: Annotated[Priority | None, Field(json_schema_extra=LEFT_OUT)] = None
    product: Annotated[Product | None, PRODUCT, Field(json_schema_extra=LEFT_OUT)] = None
    lang: Annotated[Lang | None, Field(json_schema_extra=LEFT_OUT)] = None
    kind: Annotated[Kind | None, Field(json_schema_extra=LEFT_OUT)] = None
    assignee: Annotated[
        str | None,
        Field(max_length=40, description="The name of a key.", json_schema_extra=LEFT_OUT),
    ] = None


class QueueParameters(TicketFilters):
    """Which tickets to list, and which page of them."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class QueueResponse(BaseModel):
    """The agents' list: by priority, then by age."""

    tickets: list[AgentTicket]
    total: int


class TicketChange(Body):
    """What an agent does with a ticket. Who sets `assigned` has it from then on."""

    status: Annotated[Status | None, Field(strict=False)] = None
    reply: Annotated[Words | None, Field(description="For the visitor to read.")] = None
    note: Annotated[Words | None, Field(description="Among agents.")] = None
    step: Annotated[
        str | None, Field(max_length=100, pattern=NO_NUL, description="Where a complaint stands.")
    ] = None


class MessageRequest(Body):
    """What the visitor adds; a solved ticket is reopened."""

    text: Words


class SatisfactionRequest(Body):
    """How satisfied the visitor is."""

    score: Annotated[
        int, Field(ge=1, le=5, description="1 (bad) to 5 (good)."), BeforeValidator(whole)
    ]
    comment: Comment | None = None


class SatisfactionResponse(BaseModel):
    """What was kept."""

    ticket_id: str
    satisfaction: int


class FeedbackRequest(Body):
    """Whether an answer helped; the last word holds."""

    message_id: Annotated[str, Field(min_length=1, max_length=128, pattern=NO_NUL)]
    helpful: bool
    article_id: Annotated[
        str | None, Field(max_length=200, pattern=NO_NUL, description="Which of the answers.")
    ] = None
    comment: Comment | None = None


class FeedbackResponse(BaseModel):
    """What was kept."""

    message_id: str
    helpful: bool
    article_id: str | None = None
    warning: SecretWarning | None = None


class ConversationPath(BaseModel):
    """A conversation's address."""

    conversation_id: Annotated[str, Field(max_length=128)]


class ConversationResponse(BaseModel):
    """A conversation as it is kept; after `expires_at` it is deleted."""

    conversation_id: str
    lang: Lang | None = None
    product: str | None = None
    channel: str | None = None
    consent: Annotated[str | None, Field(description="The text that the visitor agreed to.")] = None
    consented_at: Moment | None = None
    retention_days: int
    taken_over: Annotated[bool, Field(description="Whether a person answers now.")]
    created_at: Moment
    expires_at: Moment
    turns: list[TurnItem]


class ConsentRequest(Body):
    """The text that the visitor was shown and agreed to."""

    consent: Words


def without_none(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known: optional fields are absent, never null."""
    return {name: value for name, value in values.items() if value is not None}
