"""Parts of an article that are no answers: lists of questions, and headings without a text.

A list announces questions that are answered further down: below a heading that repeats them, or
below hashes without any heading, the n-th of which answers the n-th question.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from indexer.longform_headings import Heading, Piece, key
from indexer.longform_phrases import units

_RELATED = re.compile(
    r"相关问题|相关的问题|常见问题|常见的问题|类似问题|可能.{0,6}问题|问题列表|目录|还会?想?问|想知道|想了解|延伸阅读"
    r"|\bFAQ|related (?:questions|topics)|frequently asked|common questions|(?:also|often) ask"
    r"|contents",
    re.IGNORECASE,
)
# What stands beside the questions of a list and is no longer than this leads over to the answers.
_LEADS_OVER = 120
_STATED = ("。", ".", "！", "!", "；", ";")
# How many headings below a list may answer it, more than it has questions; how far out of step.
_SEARCHED, _NEARBY = 80, 12


@dataclass(slots=True, eq=False)
class Part:
    """A heading (None before the first) and the pieces of text below it."""

    heading: Heading | None
    pieces: list[Piece] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The words of the heading, "" where there is none."""
        return self.heading.text if self.heading else ""


@dataclass(frozen=True, slots=True)
class _Name:
    """A heading as questions are compared with it: its letters, and their pairs."""

    letters: str
    pairs: frozenset[str]


def answer_lists(parts: Sequence[Part]) -> None:
    """Drop the lists whose questions are answered below; give them to headings that are blank."""
    glued = _marks_blanks(parts)
    blanks = [_is_blank(part.heading, glued) for part in parts]
    names = [_name("" if blank else p.name) for p, blank in zip(parts, blanks, strict=True)]
    before: Part | None = None
    for number, part in enumerate(parts):
        questions = [piece.question for piece in part.pieces if piece.question]
        related = len(part.name) <= 30 and _RELATED.search(part.name) is not None
        if len(questions) > 1 or (questions and related):
            below = slice(number + 1, number + 1 + _SEARCHED + len(questions))
            free = [p for p, blank in zip(parts[below], blanks[below], strict=True) if blank]
            asked = _unanswered(questions, names[below])
            if not related and len(free) < len(asked):
                free = []
            for question, blank_part in zip(asked, free, strict=False):
                _fill(blank_part, question)
            answered = len(questions) - max(0, len(asked) - len(free))
            _drop_list(part, before, related, 2 * answered >= len(questions))
        if part.pieces:
            before = part


def _drop_list(part: Part, before: Part | None, related: bool, answered: bool) -> None:
    """Drop the questions of a list, with a heading that only announces it.

    What little is left below such a heading goes to the section before it, and so does a whole
    list that nothing answers: it is no answer of its own.
    """
    others = [
        piece
        for piece, following in zip(part.pieces, [*part.pieces[1:], None], strict=True)
        if not piece.question and not (following and following.question and _is_label(piece))
    ]
    announced = related and sum(units(piece.text) for piece in others) <= _LEADS_OVER
    if answered or announced:
        part.pieces = others
    elif not others and part.heading is not None and before is not None:
        announced = True
        part.pieces.insert(0, Piece(part.name, "paragraph", gap=True))
    if not part.pieces and not _states(part.heading):
        part.heading = None
    elif announced and before is not None:
        before.pieces += part.pieces
        part.pieces, part.heading = [], None


def _is_label(piece: Piece) -> bool:
    """Say whether a line before a list only says what it is: "Related questions:"."""
    return units(piece.text) <= 14 and _RELATED.search(piece.text) is not None


def _unanswered(questions: Sequence[str], names: Sequence[_Name]) -> list[str]:
    """Return the questions that are no heading below, nor nearly one at about the same place."""
    exact = {name.letters for name in names}
    unanswered = []
    for number, question in enumerate(questions):
        asked = _name(question)
        nearby = names[max(0, number - _NEARBY) : number + 2 * _NEARBY]
        if asked.letters not in exact and not any(_is_near(asked, name) for name in nearby):
            unanswered.append(question)
    return unanswered


def _name(text: str) -> _Name:
    letters = key(text)
    return _Name(letters, frozenset(map("".join, pairwise(letters))))


def _is_near(one: _Name, other: _Name) -> bool:
    """Say whether two names share three quarters of their pairs (Dice's coefficient)."""
    return 2 * len(one.pairs & other.pairs) >= 0.75 * (len(one.pairs) + len(other.pairs)) > 0


def _marks_blanks(parts: Sequence[Part]) -> bool:
    """Say whether hashes without a space mark blank headings: where others have their space."""
    headings = [part.heading for part in parts if part.heading and part.heading.content]
    glued = [heading.glued for heading in headings if heading.style == "#"]
    return any(glued) and not all(glued)


def _is_blank(heading: Heading | None, glued: bool) -> bool:
    """Say whether text follows the hashes at once, where a heading should stand."""
    if heading is None or heading.style != "#":
        return False
    if not heading.text:
        return True
    if not heading.body or heading.text.endswith(("?", "？")):
        return False
    return heading.glued if glued else not heading.sure


def _fill(part: Part, question: str) -> None:
    """Give a blank heading the question that it answers; its whole line is text."""
    heading = part.heading
    if heading is None:
        return
    at = next((n for n, piece in enumerate(part.pieces) if piece.text == heading.body), None)
    if at is not None and heading.content:
        part.pieces[at] = Piece(heading.content, "paragraph")
    part.heading = Heading(question, heading.style, heading.level)


def drop_empty(parts: Sequence[Part]) -> list[Part]:
    """Return the parts that have a text.

    A heading above headings disappears; one that heads nothing at all becomes text of the section
    before it, and what stands below a heading without words continues that section.
    """
    kept: list[Part] = []
    carried: list[Piece] = []
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if part.pieces:
            part.pieces[:0] = carried
            carried = []
            if part.heading and not part.name and kept:
                kept[-1].pieces += part.pieces
            else:
                kept.append(part)
        elif part.name and not _is_above(part.heading, following):
            lost = Piece(part.name, "paragraph", gap=True)
            (kept[-1].pieces if kept else carried).append(lost)
    return kept


def _states(heading: Heading | None) -> bool:
    """Say whether a heading is a whole sentence, which must not be lost."""
    return heading is not None and heading.content.rstrip("*_ ").endswith(_STATED)


def _is_above(heading: Heading | None, following: Part | None) -> bool:
    """Say whether a heading without text is the title, or is above the next heading."""
    other = following.heading if following else None
    if heading is None or heading.style == "title":
        return True
    if other is None or _states(heading):
        return False
    return heading.style != other.style or (heading.style == "#" and other.level > heading.level)
