"""Cuts long, messy articles into sections, each with its heading as its question.

Long articles come as they were published: headings in mid-line or run into their text, lists of
questions that are answered further down, numberings within numberings. Nothing of the text is lost
but markup and such lists of questions, which as answers would be worthless.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import click

from indexer.article import Section
from indexer.longform_headings import Block, Heading, Piece, read_blocks
from indexer.longform_lines import read_lines, unmarked_core
from indexer.longform_lists import Part, answer_lists, drop_empty
from indexer.longform_phrases import TERMINAL, clean, ends_sentence, is_heading_shaped, units

_TITLE = 60
# What a writer, or a writing machine, says about the text to come.
_PREFACE = re.compile(
    r"^(?:好的|当然可以|以下是|下面是|根据您的|sure\b|certainly\b|of course\b|here(?: i|'|’)s\b|below is\b)"
    r"|我们?[将会](?:首先|先|为您|按照?|根据)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]")
_FIRST_SENTENCE = re.compile(r"[。！？!?\n]|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class LongArticle:
    """A long article: its title, and its sections in their order; no section is empty."""

    title: str
    sections: tuple[Section, ...]


def cut(text: str) -> LongArticle:
    """Return the title and the sections of the article `text` (plain text or Markdown).

    The title has at most 60 characters and is the heading of what stands before the first heading.
    Never raises; takes time in proportion to the length of `text`. A text without words has the
    title "" and no sections.
    """
    blocks = list(read_blocks(list(read_lines(text))))
    title, parts = _titled(_parts(blocks))
    if not title:
        return LongArticle("", ())
    answer_lists(parts)
    sections = tuple(
        section for part in drop_empty(parts) if (section := _section(part, title)) is not None
    )
    if not sections:
        # Nothing but headings or questions: whoever opens the article finds it as it was written.
        sections = (Section(title, text.removeprefix("\ufeff").strip()),)
    return LongArticle(title, sections)


def _section(part: Part, title: str) -> Section | None:
    heading = _shortened(part.name, 2 * _TITLE)
    pieces = part.pieces
    if heading != part.name and part.heading and part.heading.sure:
        pieces = [Piece(part.name, "paragraph"), *pieces]
    text = _render(pieces)
    return Section(heading or title, text) if text else None


def _parts(blocks: Sequence[Block]) -> list[Part]:
    parts = [Part(None)]
    for block in blocks:
        if isinstance(block, Piece):
            parts[-1].pieces.append(block)
            continue
        parts.append(Part(block))
        if block.body:
            parts[-1].pieces.append(Piece(block.body, "paragraph"))
    return parts


# The title.


def _titled(parts: list[Part]) -> tuple[str, list[Part]]:
    """Return the title and the parts; what stands before the first heading bears the title."""
    intro, *rest = parts
    for number, piece in enumerate(intro.pieces):
        line = clean(unmarked_core(piece.text.removeprefix("- ").lstrip(">| ")))
        if _is_junk(piece) or not _has_words(line):
            continue
        title = _shortened(line, _TITLE)
        intro.heading = Heading(title, "title")
        alone = len(intro.pieces) == 1 and not rest
        if title == line and is_heading_shaped(piece.text, 30) and not alone:
            del intro.pieces[number]
        return title, parts
    named = next((part for part in rest if _has_words(part.name)), None)
    if named is None or named.heading is None:
        texts = (piece.text for part in parts for piece in part.pieces)
        text = next(filter(_has_words, texts), "")
        return _shortened(clean(text.rstrip(".…")), _TITLE), parts
    title = _shortened(named.name, _TITLE)
    if title == named.name and not named.pieces and not ends_sentence(named.heading.content):
        named.heading = replace(named.heading, style="title")
    filled = next((part for part in rest if part.pieces), named)
    filled.pieces[:0] = intro.pieces
    return title, rest


def _has_words(text: str) -> bool:
    return _WORD.search(text) is not None


def _is_junk(piece: Piece) -> bool:
    """Say whether a first line is no title: a teaser that breaks off, a word about the writing."""
    text = piece.text.strip()
    if text.endswith(("...", "…")):
        return True
    return (
        piece.kind == "paragraph"
        and units(text) <= 40
        and ends_sentence(text + ("。" if text[-1:] in "：:" else ""))
        and _PREFACE.search(text) is not None
    )


def _shortened(text: str, limit: int) -> str:
    """Return the first sentence of `text`, of at most `limit` characters, cut at a pause."""
    word = _WORD.search(text)
    end = _FIRST_SENTENCE.search(text, word.end()) if word else None
    if end and len(text) > limit:
        text = text[: end.end()]
    text = text.rstrip("。.;；,，:： \n")
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    pause = max(head.rfind(mark) for mark in "，,；;、—")
    if pause >= limit // 3:
        return head[:pause]
    space = head.rfind(" ")
    return head[: space if space >= limit // 3 else None].rstrip() + "…"


# The text of a section.


def _render(pieces: Sequence[Piece]) -> str:
    """Return Markdown: a blank line between paragraphs, each list item in its own line."""
    flowing = _is_wrapped(pieces)
    parts: list[str] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if before is not None:
            inside = "item" in (before.kind, piece.kind)
            parts += (_between(before, piece, flowing), " " * (piece.indent if inside else 0))
        parts.append(piece.text)
    return "".join(parts).strip("\n")


def _between(before: Piece, piece: Piece, flowing: bool) -> str:
    if before.kind == piece.kind == "item" or before.kind == piece.kind == "line":
        return "\n"
    if before.kind == piece.kind == "code":
        return "\n\n" if piece.gap else "\n"
    if before.kind in ("paragraph", "item") and piece.kind == "paragraph" and not piece.gap:
        wraps = not before.text.endswith(TERMINAL) and piece.text[:1].islower()
        wraps = wraps or (flowing and _is_long(before))
        if wraps or (before.kind == "item" and piece.indent > 1):
            return "\n"
    return "\n\n"


def _is_long(piece: Piece) -> bool:
    return len(piece.text) >= 40


def _is_wrapped(pieces: Sequence[Piece]) -> bool:
    """Say whether long lines are of a fixed width: most break off within a sentence."""
    ends = [
        before.text.endswith(TERMINAL)
        for before, piece in pairwise(pieces)
        if before.kind == piece.kind == "paragraph" and not piece.gap and _is_long(before)
    ]
    return len(ends) > 1 and 2 * sum(ends) < len(ends)


def _printed(article: LongArticle) -> Iterator[str]:
    yield f"# {article.title}\n"
    for section in article.sections:
        yield f"\n## {section.heading}\n\n{section.text}\n"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Print the sections that the long article FILE is cut into.

    Example: python -m indexer.longform kb/articles/handbook.txt
    """
    sys.stdout.writelines(_printed(cut(file.read_text(encoding="utf-8-sig", errors="replace"))))


if __name__ == "__main__":
    main()
