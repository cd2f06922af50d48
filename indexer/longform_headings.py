"""Decides which lines of an article head a section and which belong to its text.

A line that bears a heading's mark is one; for the others the neighbourhood speaks: a heading is a
phrase, is followed by text, and its number continues the headings' numbering, not that of a list.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from indexer.longform_lines import Line
from indexer.longform_phrases import (
    TERMINAL,
    clean,
    ends_sentence,
    is_heading_shaped,
    is_note,
    is_question,
    is_step,
    split_question,
    units,
)
from indexer.longform_runin import openings, split
from indexer.text import HAN

# Units of the longest heading with hashes, with a number, and with no mark at all.
_MARKED, _UNMARKED, _BARE = 45, 30, 24
# Units of text that a line must have below it to be its heading, and the lines looked at.
_BODY, _LOOK_AHEAD = 12, 12
_DATE = re.compile(r"[\d年月日时分\s\-–/.:：]+")
_KEY = re.compile(r"[\W_]+")
_COMMA = re.compile("，|, ")
_ITEM = re.compile(r"-|\d+[.)] ")
_HAN_SPACE = re.compile(rf"^\S*[{HAN}]\s+[{HAN}]")
_CLAUSE = re.compile(r"[,，;；。！？!?]|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph, list item or line of code. `question` is set where it is nothing else."""

    text: str
    kind: Literal["paragraph", "item", "line", "code"]
    gap: bool = False
    question: str | None = None
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the text that runs on in its line.

    `content` is the line without its mark; `glued` says that no space follows the hashes, `sure`
    that the heading was told from the text with certainty.
    """

    text: str
    style: str
    level: int = 0
    body: str = ""
    content: str = ""
    glued: bool = False
    sure: bool = True


Block = Heading | Piece


def key(question: str) -> str:
    """Return what two wordings of a question share that differ in punctuation and case only."""
    return _KEY.sub("", question).lower()


def _is_bare_shaped(core: str) -> bool:
    """Say whether a phrase can be a heading without any mark: no date, label or loose end."""
    if not is_heading_shaped(core, _BARE) or is_note(core):
        return False
    if any(mark in core for mark in ",，：:@|") or "//" in core or _DATE.fullmatch(core):
        return False
    return not (core.isascii() and core[0].islower())


class _Reader:
    """Goes through the lines from first to last, with the numbering of the headings so far."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._numbers: dict[str, int] = {}
        self._listed: set[int] = set()
        self._last_with: dict[str, int] = {}
        for index, line in enumerate(lines):
            if line.kind != "code" and len(line.core) <= 200:
                self._last_with[key(line.core)] = index

    @cached_property
    def _opened(self) -> "dict[str, int]":
        return openings("\n".join(line.text for line in self._lines))

    def blocks(self) -> Iterator[Block]:
        asked = False
        for index, line in enumerate(self._lines):
            heading = self._heading(index, line)
            if heading is not None:
                self._count(line)
                yield heading
                asked = True
            elif line.kind == "answer" and asked:
                yield Piece(line.core, "paragraph", line.gap)
            else:
                yield self._piece(index, line)
                asked = False

    def _count(self, line: Line) -> None:
        """Note the number of a heading; what is numbered below it starts anew."""
        if line.kind == "hash":
            self._numbers.clear()
        elif line.style:
            styles = list(self._numbers)
            if line.style in styles:
                for style in styles[styles.index(line.style) :]:
                    del self._numbers[style]
            self._numbers[line.style] = line.number

    def _piece(self, index: int, line: Line) -> Piece:
        if line.kind == "code":
            return Piece(line.text, "code", line.gap)
        question = None
        if line.kind in ("bullet", "number", "plain", "ask", "chapter"):
            marked = line.kind not in ("bullet", "number")
            if is_question(line.core, marked=marked):
                question = clean(line.core)
                self._listed.add(index)
        kind: Literal["paragraph", "item", "line"] = "paragraph"
        if line.kind == "bullet" or (line.kind == "number" and _ITEM.match(line.text)):
            kind = "item"
        elif line.text.startswith(("|", ">")):
            kind = "line"
        text = line.text
        if line.kind == "hash" and is_heading_shaped(line.text, _UNMARKED):
            text = f"**{clean(line.text)}**"
        return Piece(text, kind, line.gap, question, line.indent)

    def _heading(self, index: int, line: Line) -> Heading | None:
        step = is_step(line.core)
        if line.kind == "hash":
            return None if step else self._hash(index, line)
        teaser = index == 0 and line.core.endswith(("...", "…"))
        if step or teaser or line.kind in ("code", "raw", "answer", "bullet") or line.indent >= 4:
            return None
        if line.kind == "ask":
            return self._ask(index, line)
        question = split_question(line.core)
        if question:
            return self._question(index, line, *question)
        if line.kind == "chapter":
            return self._chapter(index, line)
        headed = self._is_numbered(index, line) if line.number else self._is_bare(index, line)
        return Heading(clean(line.core), line.style) if headed else None

    # Each kind of heading.

    def _hash(self, index: int, line: Line) -> Heading:
        core = line.core
        made = Heading(clean(core), "#", line.level, content=core, glued=line.glued)
        question = split_question(core)
        if not core or question:
            text, body = question or ("", "")
            return Heading(text, "#", line.level, body, core, line.glued)
        following = self._next(index)
        headed = following is not None and following.kind != "hash"
        several = ends_sentence(core.rstrip("。.！!；;"))
        stated = several or core.endswith(("。", "."))
        comma = "," in core or "，" in core
        # A phrase is a heading as it stands, unless it leads over to a list or has no other text.
        runs_on = stated or core.endswith(("：", ":")) or (comma and not headed)
        short = units(core) <= (_MARKED if headed else _UNMARKED)
        cut = None if short and not runs_on else split(core, self._opened)
        if cut is not None and cut.sure:
            return Heading(clean(cut.heading), "#", line.level, cut.body, core, line.glued)
        if short and not (several or (stated and (comma or not headed))):
            return made
        # Unsure: a whole phrase is the heading, and the text keeps it.
        phrase = _CLAUSE.split(core, maxsplit=1)[0]
        return Heading(clean(phrase), "#", line.level, core, core, line.glued, sure=False)

    def _ask(self, index: int, line: Line) -> Heading | None:
        question = split_question(line.core)
        if question:
            return Heading(question[0], "Q", body=question[1])
        following = self._next(index)
        answered = following is not None and following.kind == "answer"
        return Heading(clean(line.core), "Q") if answered and units(line.core) <= 50 else None

    def _question(self, index: int, line: Line, question: str, rest: str) -> Heading | None:
        if self._last_with[key(line.core)] > index and not rest:
            return None  # announced here, answered below
        style = line.style or "?"
        if rest:
            numbered = line.kind in ("number", "chapter")
            bold = line.core.startswith(("**", "__")) and line.core.find("**", 2) > 0
            return Heading(question, style, body=rest.strip("* ")) if numbered or bold else None
        previous, following = self._previous(index), self._next(index)
        if following is None or following.kind == "hash":
            return None
        if is_question(following.core) and following.kind == line.kind:
            return None
        listed = index - 1 in self._listed and line.continues(previous)
        if line.kind == "number" and (listed or following.continues(line)):
            return None
        return Heading(question, style)

    def _chapter(self, index: int, line: Line) -> Heading | None:
        previous, following = self._previous(index), self._next(index)
        if not is_heading_shaped(line.core, _UNMARKED):
            # "一、手续费 每笔转账都要付费。": the space divides.
            head, _, body = line.core.partition(" ")
            divides = _HAN_SPACE.search(line.core) and is_heading_shaped(head, _BARE)
            return (
                Heading(clean(head), line.style, body=body.strip())
                if divides and not _COMMA.search(head)
                else None
            )
        if following is None or following.continues(line) or line.continues(previous):
            return None
        return Heading(clean(line.core), line.style)

    def _is_numbered(self, index: int, line: Line) -> bool:
        """Say whether a numbered line is a heading, not an item of a list.

        Items stand next to each other; headings have text between them. Where both are numbered
        alike, the numbers of the headings go on after the list ("3." list 1. 2. 3. then "4.").
        """
        following, previous = self._next(index), self._previous(index)
        if not is_heading_shaped(line.core, _UNMARKED) or _COMMA.search(line.core):
            return False
        if following is None or following.continues(line):
            return False
        last = self._numbers.get(line.style, 0)
        goes_on = line.number == last + 1
        if previous is not None and line.continues(previous):
            if not (last and goes_on) or is_heading_shaped(previous.core, _UNMARKED):
                return False
        elif not goes_on and (line.number == 1 or line.style[:1].isdigit()):
            return False
        return bool(last) or self._body_units(index, line) >= _BODY

    def _is_bare(self, index: int, line: Line) -> bool:
        """Say whether a line without any mark is a heading: by its shape and what stands around."""
        core = line.core.rstrip("：:") if line.bold else line.core
        previous, following = self._previous(index), self._next(index)
        if following is None or not _is_bare_shaped(core):
            return False
        breaks_off = previous is not None and not line.gap and not previous.text.endswith(TERMINAL)
        if previous and breaks_off and (core.isascii() or previous.kind == "plain"):
            return False
        if following.kind == "bullet" or (following.kind == "number" and following.number == 1):
            asks = split_question(following.core) or is_question(following.core, marked=False)
            return bool(asks) or line.bold or self._body_units(index, line) >= 3 * _BODY
        if line.bold:
            return following.kind in ("plain", "raw", "code")
        length = units(following.core)
        ended = ends_sentence(following.core) or following.core.endswith(("：", ":"))
        return following.kind == "plain" and ended and length >= max(_BODY, units(core) + 1)

    # The neighbourhood.

    def _previous(self, index: int) -> Line | None:
        return self._lines[index - 1] if index else None

    def _next(self, index: int) -> Line | None:
        return self._lines[index + 1] if index + 1 < len(self._lines) else None

    def _body_units(self, index: int, line: Line) -> int:
        """Return the length of the text below a line, as far as it matters."""
        total = 0
        for other in self._lines[index + 1 : index + 1 + _LOOK_AHEAD]:
            restarts = other.number == 1 and line.number != 0
            if other.kind == "hash" or (
                other.style == line.style and other.number and not restarts
            ):
                break
            total += units(other.text[:200])
            if total >= 4 * _BODY:
                break
        return total


def read_blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """Yield the headings and the pieces of text of an article, in their order."""
    yield from _Reader(lines).blocks()
