"""What comes in and what goes out, as pydantic models: the OpenAPI description is made of them."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from indexer import Lang
from server.engine import Decision, HandoffReason
from server.engine.hours import State
from server.web.fields import (
    LANGUAGE,
    LEFT_OUT_FIELD,
    MAX_RESULTS,
    NO_NUL,
    PRODUCT,
    Body,
    Parameters,
    Probability,
    Product,
    Question,
    Token,
    whole,
)


class AskRequest(Body):
    """A question."""

    query: Question
    lang: Annotated[Lang | None, LANGUAGE] = None
    product: Annotated[Product | None, PRODUCT] = None
    top_k: Annotated[
        int,
        Field(ge=1, le=MAX_RESULTS, description="How many answers to return at most."),
        BeforeValidator(whole),
    ] = 5
    conversation_id: Annotated[
        Token,
        Field(
            description="What was said before in it is understood; a new one is made when left out."
        ),
    ] = None
    article_id: Annotated[
        str | None,
        Field(
            max_length=200,
            pattern=NO_NUL,
            description="An id out of `clarify`, or a related one: answer with this article.",
        ),
    ] = None
    channel: Annotated[Token, Field(description="Where the question came from, e.g. app.")] = None
    user: Annotated[Token, Field(description="A pseudonymous id of the asker.")] = None


class SearchParameters(Parameters):
    """What to search for."""

    q: Question
    lang: Annotated[Lang | None, LANGUAGE, LEFT_OUT_FIELD] = None
    product: Annotated[Product | None, PRODUCT, LEFT_OUT_FIELD] = None
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS, description="Results at most.")] = 10


class SuggestParameters(Parameters):
    """What is typed so far."""

    q: Question
    lang: Annotated[
        Lang | None,
        Field(description="Suggestions in it come first; that of `q` when left out."),
        LEFT_OUT_FIELD,
    ] = None
    limit: Annotated[int, Field(ge=1, le=MAX_RESULTS, description="Suggestions at most.")] = 8


class ArticlesParameters(Parameters):
    """Which articles to list."""

    lang: Annotated[
        Lang | None, Field(description="Only articles in this language."), LEFT_OUT_FIELD
    ] = None


class ArticleParameters(Parameters):
    """The language to read in."""

    lang: Annotated[
        Lang | None,
        Field(description="Preferred language; by Accept-Language when left out."),
        LEFT_OUT_FIELD,
    ] = None


class ArticlePath(BaseModel):
    """An article's address."""

    id: Annotated[str, Field(max_length=200, description="The id that translations share.")]


class Scores(BaseModel):
    """What speaks for an answer."""

    dense: Annotated[
        float | None, Field(description="Best cosine (-1..1); null without an encoder.")
    ]
    lexical: Annotated[float, Field(description="Share of a perfect BM25 score (0..1).")]


class Link(BaseModel):
    """An article in one language."""

    lang: Lang
    url: str


class TitledLink(Link):
    """An article in one language, by its title."""

    title: str


class RelatedLink(TitledLink):
    """An article that goes with another."""

    id: str


class AnswerItem(BaseModel):
    """One answer, best first."""

    id: str
    lang: Lang
    question: str
    matched_question: str
    answer: Annotated[str, Field(description="Markdown.")]
    answer_html: Annotated[str, Field(description="Sanitised HTML.")]
    confidence: Annotated[
        float, Field(ge=0, le=1, description="The probability that it answers the question.")
    ]
    scores: Scores
    url: str
    section: Annotated[
        str | None, Field(description="The section that answers, of a long article.")
    ] = None
    twin: Annotated[Link | None, Field(description="The article in the other language.")] = None


class Choice(BaseModel):
    """A title to ask back about: "did you mean …"."""

    id: str
    lang: Lang
    question: str
    confidence: Probability
    url: str


class Channel(BaseModel):
    """A way to reach people."""

    product: str
    id: str
    name: str
    note: str
    state: Annotated[State, Field(description="`open`: people answer there now.")]
    opens_at: Annotated[str | None, Field(description="When people are next there.")] = None


class IntakeItem(BaseModel):
    """A question of the form to fill in for the agents; only a `choice` has `choices`."""

    id: str
    kind: Annotated[str, Field(description="text, choice, transaction_hash, address or datetime.")]
    text: str
    required: bool
    choices: list[str] | None = None


class Handoff(BaseModel):
    """Why the question goes to a human, what to have ready, and who is there."""

    reason: HandoffReason
    message: str
    intake: Annotated[
        list[IntakeItem] | None,
        Field(description="What agents will want to know; for POST /v1/handoffs."),
    ] = None
    channels_open: Annotated[list[Channel], Field(description="Where people answer now.")]
    channels: Annotated[list[Channel], Field(description="All channels, as they are now.")]
    opens_at: Annotated[
        str | None, Field(description="When people are next there, while nobody is.")
    ] = None


class SecretWarning(BaseModel):
    """A secret was in the text and was removed."""

    code: str
    kinds: Annotated[list[str], Field(description="Kinds of secret, e.g. mnemonic, private_key.")]
    message: str


class AskResponse(BaseModel):
    """The decision and the ranked answers; only `answer` vouches for the first of them."""

    decision: Decision
    lang: Annotated[Lang, Field(description="The language that is answered in.")]
    confidence: Annotated[
        float, Field(ge=0, le=1, description="The probability that the first answer is right.")
    ]
    confidence_level: Annotated[str, Field(description="high, medium or low.")]
    answers: list[AnswerItem]
    clarify: list[Choice]
    together: Annotated[
        list[str] | None,
        Field(
            description="Ids of the answers to give together: the same question about different "
            "products, where the asker named none."
        ),
    ] = None
    handoff: Annotated[
        Handoff | None,
        Field(description="With every hand-off; and beside an answer where money is at stake."),
    ] = None
    warning: SecretWarning | None = None
    conversation_id: str
    conversation_token: Annotated[
        str | None,
        Field(description="With the first answer of a conversation: opens it to its visitor."),
    ] = None
    message_id: str
    index_id: str
    took_ms: float


class SearchResult(BaseModel):
    """An article found. `*_html` is escaped text with `<mark>` around what matched."""

    id: str
    lang: Lang
    title: str
    title_html: str
    snippet_html: str
    section: str | None = None
    confidence: Probability
    url: str


class SearchResponse(BaseModel):
    """Ranked articles; none, and a warning, where the text holds a secret."""

    results: list[SearchResult]
    warning: SecretWarning | None = None
    index_id: str
    took_ms: float


class SuggestionItem(BaseModel):
    """A completion. `html` is its escaped text with `<mark>` around what fits."""

    text: str
    html: str
    article_id: str
    lang: Lang
    url: str


class SuggestResponse(BaseModel):
    """Completions, the best first; none, and a warning, where the text holds a secret."""

    suggestions: list[SuggestionItem]
    warning: SecretWarning | None = None
    index_id: str


class ArticleSummary(BaseModel):
    """A line of the list of articles."""

    id: str
    lang: Lang
    title: str
    tags: list[str]
    product: str | None = None
    updated: str | None = None
    url: str


class ArticleSection(BaseModel):
    """A part of a long article."""

    heading: str
    answer: str
    answer_html: str


class ArticleResponse(ArticleSummary):
    """An article, with its twin in the other language."""

    questions: Annotated[list[str], Field(description="Other wordings of the title.")]
    answer: Annotated[str, Field(description="Markdown.")]
    answer_html: Annotated[str, Field(description="Sanitised HTML.")]
    sections: list[ArticleSection]
    related: list[RelatedLink]
    twin: TitledLink | None = None
    index_id: str


class ArticlesResponse(BaseModel):
    """All articles, sorted by language and id."""

    articles: list[ArticleSummary]
    index_id: str
