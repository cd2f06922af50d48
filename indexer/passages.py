"""From an article to its passages: the texts that are embedded and searched, each on its own.

A question is compared with questions (title, alternate questions, headings) and with pieces of the
answer separately. Glued together, the long answer would drown the short question.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from indexer.article import Article, Lang
from indexer.text import HAN, normalise, plain

Kind = Literal["title", "question", "section"]

# The bundled encoder was trained on up to 128 pieces.
_CHUNK_PIECES = 110.0
# How many pieces it makes: fitted on this project's articles, within 2 % in both languages.
_PIECES_PER_HAN = 0.62
_PIECES_PER_WORD = 0.9
_PIECES_PER_LETTER = 0.04
_PIECES_PER_SIGN = 1.0

# A sentence and what ends it. Half-width marks end it only before a space or a Han character: not
# in "3.5" or "/help?id=7".
_SENTENCE = re.compile(
    rf"[^。！？；.!?;\n]*(?:[.!?;]+(?![.!?;\s{HAN}]|\Z)[^。！？；.!?;\n]*)*"
    r"(?:[。！？；.!?;]+[”’」』）】]*|\n|\Z)"
)
# Longer words are no words: they are counted, and may be cut, in parts.
_UNIT = re.compile(rf"(?P<han>[{HAN}])|(?P<word>[^\W_{HAN}]{{1,100}})|(?P<space>\s+)|(?P<sign>.)")
_PAUSES = frozenset("，,、：: ")


@dataclass(frozen=True, slots=True)
class Passage:
    """A searchable piece of an article.

    `text` is normalised plain text; `heading` the question it belongs to, as written; `section` the
    number (from 0) of the section it belongs to, None where the article is served whole.
    `content_hash` is equal exactly where the text to embed is.
    """

    id: str
    article_id: str
    lang: Lang
    kind: Kind
    heading: str
    text: str
    content_hash: str
    section: int | None = None


def passages(article: Article) -> Iterator[Passage]:
    """Yield the passages of `article`: title, alternate questions, then its sections in order."""
    yield _passage(article, "title", article.title, article.title, "t")
    for number, question in enumerate(article.questions, 1):
        yield _passage(article, "question", question, question, f"q{number}")
    if not article.sections:
        yield from _chunks(article, article.title, article.body, None, "s")
        return
    for number, section in enumerate(article.sections):
        name = f"s{number + 1}"
        if section.heading and section.heading != article.title:
            yield _passage(article, "question", section.heading, section.heading, name, number)
        yield from _chunks(article, section.heading, section.text, number, f"{name}.")


def _chunks(
    article: Article, heading: str, markdown: str, section: int | None, name: str
) -> Iterator[Passage]:
    # Marks that cannot be seen make chunks of nothing.
    chunks = filter(normalise, split(plain(markdown)))
    for number, chunk in enumerate(chunks, 1):
        yield _passage(article, "section", heading, chunk, f"{name}{number}", section)


def _passage(
    article: Article, kind: Kind, heading: str, text: str, name: str, section: int | None = None
) -> Passage:
    text = normalise(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    ident = f"{article.id}:{article.lang}:{name}"
    return Passage(ident, article.id, article.lang, kind, heading, text, digest, section)


def split(text: str, limit: float = _CHUNK_PIECES) -> Iterator[str]:
    """Yield `text` in chunks of whole sentences, of `limit` word pieces at most as estimated.

    A sentence that is longer is cut at a pause, inside a word only where nothing else is left.
    Every chunk stands in `text` as it is; nothing but white space is lost between them.
    """
    chunk: list[str] = []
    pieces = 0.0
    for match in _SENTENCE.finditer(text):
        for part, cost in _fitting(match.group(), limit):
            if pieces and pieces + cost > limit:
                yield "".join(chunk).strip()
                chunk, pieces = [], 0.0
            chunk.append(part)
            pieces += cost
    if pieces:
        yield "".join(chunk).strip()


def _fitting(sentence: str, limit: float) -> Iterator[tuple[str, float]]:
    """Yield `sentence` in parts of `limit` pieces at most, and how many each has."""
    start, cost = 0, 0.0
    pause, cost_at_pause = 0, 0.0
    for unit in _UNIT.finditer(sentence):
        price = _pieces(unit)
        while cost and cost + price > limit:
            end, spent = (pause, cost_at_pause) if pause > start else (unit.start(), cost)
            yield sentence[start:end], spent
            start, cost = end, cost - spent
        cost += price
        if unit.group()[0] in _PAUSES:
            pause, cost_at_pause = unit.end(), cost
    yield sentence[start:], cost


def _pieces(unit: re.Match[str]) -> float:
    """Estimate how many word pieces the encoder makes of a unit of text."""
    match unit.lastgroup:
        case "han":
            return _PIECES_PER_HAN
        case "word":
            return _PIECES_PER_WORD + _PIECES_PER_LETTER * len(unit.group())
        case "sign":
            return _PIECES_PER_SIGN
        case _:
            return 0.0
