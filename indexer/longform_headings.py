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
    is_question,
    is_step,
    split_question,
    units,
)
from indexer.longform_runin import openings, split

_MARKED, _UNMARKED, _BARE = 45, 30, 24
_BODY = 16
_LOOK_AHEAD = 12
_DATE = re.compile(r"[\d年月日时分\s\-–/.:：]+")
_KEY = re.compile(r"[\W_]+")
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
        if line.kind == "bullet" or (line.kind == "number" and line.style in (".", "、", ")")):
            kind = "item"
        elif line.text.startswith(("|", ">")):
            kind = "line"
        text = line.text
        if line.kind == "hash":
            text = f"**{clean(line.text)}**"
        return Piece(text, kind, line.gap, question, line.indent)

    def _heading(self, index: int, line: Line) -> Heading | None:
        if line.kind == "hash":
            return None if is_step(line.core) and line.core else self._hash(index, line)
        if line.kind in ("code", "raw", "answer", "bullet") or line.indent >= 4:
            return None
        if index == 0 and line.core.endswith(("...", "…")):
            return None  # a teaser
        if line.kind == "ask":
            return self._ask(index, line)
        if is_step(line.core):
            return None
        question = split_question(line.core)
        if question:
            return self._question(index, line, *question)
        if line.kind == "number":
            headed = self._is_numbered(index, line)
        elif line.kind == "chapter":
            return self._chapter(index, line)
        else:
            headed = self._is_bare(index, line)
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
        inner = ends_sentence(core.rstrip("。.！!；;"))
        if not inner and units(core) <= (_MARKED if headed else _UNMARKED):
            runs_on = (
                core[-1] in "：:" if headed else core[-1] in "。." or "," in core or "，" in core
            )
            cut = split(core, self._opened) if runs_on and units(core) > 4 else None
            if cut is None or not cut.sure:
                return made
        else:
            cut = split(core, self._opened)
        if cut is not None and cut.sure:
            return Heading(clean(cut.heading), "#", line.level, cut.body, core, line.glued)
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
        if line.kind == "number" and (
            (following.style, following.number) == (line.style, line.number + 1)
            or (previous and index - 1 in self._listed and previous.style == line.style)
        ):
            return None
        return Heading(question, style)

    def _chapter(self, index: int, line: Line) -> Heading | None:
        previous, following = self._previous(index), self._next(index)
        core = line.core
        if not is_heading_shaped(core, _UNMARKED):
            # "一、手续费 每笔转账都要付费。": the space divides.
            head, _, body = core.partition(" ")
            if body and is_heading_shaped(head, _BARE) and "," not in head and "，" not in head:
                return Heading(clean(head), line.style, body=body.strip())
            return None
        if following is None or (following.style, following.number) == (
            line.style,
            line.number + 1,
        ):
            return None
        listed = previous and (previous.style, previous.number) == (line.style, line.number - 1)
        return None if listed else Heading(clean(core), line.style)

    def _is_numbered(self, index: int, line: Line) -> bool:
        core = line.core
        if not is_heading_shaped(core, _UNMARKED) or "，" in core or ", " in core:
            return False
        previous, following = self._previous(index), self._next(index)
        if following is None or (following.style, following.number) == (
            line.style,
            line.number + 1,
        ):
            return False
        last = self._numbers.get(line.style, 0)
        continues = line.number == last + 1
        after_item = previous is not None and (previous.style, previous.number) == (
            line.style,
            line.number - 1,
        )
        if after_item and not (continues and last):
            return False
        if not continues and (line.number == 1 or "." in line.style[:-1]):
            # A list that starts again below a heading of the same numbering.
            return False
        if after_item and previous is not None and is_heading_shaped(previous.core, _UNMARKED):
            return False
        return self._body_units(index, line) >= (_BODY if not last else 1)

    def _is_bare(self, index: int, line: Line) -> bool:
        core = line.core
        if (
            not is_heading_shaped(core, _BARE)
            or any(mark in core for mark in ",，：:@|")
            or ("//" in core or _DATE.fullmatch(core))
        ):
            return False
        if core[0].isascii() and core[0].isalpha() and core[0].islower() and core.isascii():
            return False
        previous, following = self._previous(index), self._next(index)
        if following is None:
            return False
        follows_on = previous is not None and not line.gap and previous.text[-1] not in TERMINAL
        if follows_on and previous and (previous.kind == "plain" or core.isascii()):
            return False
        if following.kind == "bullet" or (following.kind == "number" and following.number == 1):
            return (
                line.bold
                or is_question(following.core, marked=False)
                or self._body_units(index, line) >= 2 * _BODY
            )
        if line.bold:
            return following.kind in ("plain", "raw", "code")
        return (
            following.kind == "plain"
            and units(following.core) >= _BODY
            and units(following.core) > units(core)
            and (ends_sentence(following.core) or following.core[-1] in "：:")
        )

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
