"""Reads a messy article line by line: what mark a line bears, and marks that stand in mid-line.

Nothing is decided here but what a line looks like. Every pattern looks at one line from its start,
without nested repetition: the whole is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from indexer.longform_phrases import (
    ANSWER,
    QUESTION_END,
    is_heading_shaped,
    is_question,
    split_question,
)
from indexer.text import HAN

Kind = Literal["hash", "number", "chapter", "ask", "answer", "bullet", "code", "raw", "plain"]

_NUMERALS = {numeral: value for value, numeral in enumerate("一二三四五六七八九十", 1)}
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_RULE = re.compile(r"(?:-\s?){3,}|(?:\*\s?){3,}|(?:_\s?){3,}|={3,}|[#＃]{7,}")
_RULE_FIRST = re.compile(r"(?:-{3,}|\*{3,}|_{3,}|={3,})\s+(?=\S)")
_RULE_LAST = re.compile(r"(?:-{3,}|\*{3,}|_{3,}|={3,})$")
_CODE_SPAN = re.compile(r"`[^`]*`")
_HASHES = re.compile(r"(?<![#＃A-Za-z0-9_/&=`\\])[#＃]{2,}|^[#＃]")
_BULLET = re.compile(rf"[•·●▪◦‣∙○■◆►➤✓✔]\s*|[-*+–]\s+|-(?=[{HAN}“《【]|\*\*)")
_DECIMAL = re.compile(r"(\d{1,3}(?:\.\d{1,3}){1,3})[.、]?\s+(?=\D)")
_NUMBER = re.compile(r"(\d{1,3})\s?([.．、)）])(?!\d)\s*")
_BRACKETED = re.compile(r"[(（]\s?(\d{1,3})\s?[)）][.、]?\s*")
_CIRCLE = re.compile(rf"([{_CIRCLED}])[.、]?\s*")
_CJK = re.compile(r"([一二三四五六七八九十]{1,3})\s?[、.．:：]\s*")
_CJK_BRACKETED = re.compile(r"[(（]\s?([一二三四五六七八九十]{1,3})\s?[)）][、.．]?\s*")
_CHAPTER = re.compile(
    r"第\s?([一二三四五六七八九十百零〇\d]{1,4})\s?(章|节|部分|篇|编|讲)[\s:：、.．]*"
    r"|(?:chapter|part|section)\s(\d{1,3}|[ivx]{1,5})\b[\s.:：—–-]*"
    r"|([IVX]{1,5})\.\s+(?=\S)",
    re.IGNORECASE,
)
_ASK = re.compile(
    rf"(?:(?:Q|Ｑ|问|提问)\s?\d{{0,3}}|(?:问题|Question)\s?\d{{1,3}})\s?[:：.．、]\s*"
    rf"|Q\d{{1,3}}(?=\s|[{HAN}])\s*",
    re.IGNORECASE,
)
_INLINE_NUMBER = re.compile(r"(?:^|(?<=[\s:：。;；?？!！]))(\d{1,2})[.．、)）](?!\d)")
_INLINE_ASK = re.compile(r"(?<=[\s。？?！!.])(?=\*{0,2}(?:Q|A|Ｑ|Ａ|问|答)\d{0,2}[:：])")
_INLINE_DASH = re.compile(r"(?<=[?？])\s+(?=[-•·*]\s)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or a part of one that stands for a line.

    `text` is it as a section shows it, `core` without mark and emphasis; `style` tells numberings
    apart, `number` counts in them; `level` is the number of hashes, `glued` says no space follows
    them; `gap` that a blank line or rule stands before, `bold` that the whole line is bold.
    """

    kind: Kind
    text: str
    core: str
    style: str = ""
    number: int = 0
    level: int = 0
    glued: bool = False
    gap: bool = False
    bold: bool = False
    indent: int = 0

    def continues(self, other: "Line | None") -> bool:
        """Say whether this line bears the number after that of `other`."""
        if other is None or not self.number:
            return False
        return (self.style, self.number) == (other.style, other.number + 1)


def read_lines(text: str) -> Iterator[Line]:
    """Yield the lines of `text` that are neither blank nor rules, in their order."""
    gap, fence = True, ""
    before: Line | None = None
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in rows:
        opened = _FENCE.match(row)
        if fence or opened:
            if before is not None:
                yield before
            before = Line("code", row.rstrip(), "", gap=gap)
            gap = False
            if fence and row.strip().startswith(fence) and not row.strip(" \t" + fence[0]):
                fence = ""
            elif not fence and opened:
                fence = opened.group(1)
            continue
        content = row.strip()
        if not content or _RULE.fullmatch(content):
            underlined = content[:1] in ("=", "-") and len(set(content)) == 1 and not gap
            if (
                underlined
                and before
                and before.kind == "plain"
                and is_heading_shaped(before.core, 28)
            ):
                before = replace(before, kind="hash", level=1 if content[0] == "=" else 2)
            gap = True
            continue
        indent = len(row.expandtabs(4)) - len(row.expandtabs(4).lstrip(" "))
        for line in _parts(content, indent):
            if before is not None:
                yield before
            before = replace(line, gap=True) if gap else line
            gap = False
    if before is not None:
        yield before


def _parts(content: str, indent: int) -> Iterator[Line]:
    """Yield a physical line cut before marks in mid-line, its rules left out."""
    if content[0] in "|>" or (indent >= 4 and content[0] in "#＃"):
        yield Line("raw", content, content, indent=indent)
        return
    masked = _CODE_SPAN.sub(lambda span: "x" * len(span.group()), content)
    starts = [
        m.start() for m in _HASHES.finditer(masked) if m.end() - m.start() > 1 or _opens(content)
    ]
    if not starts:
        yield from _unmarked(_RULE_FIRST.sub("", content, count=1), indent)
        return
    for number, end in enumerate([*starts, len(content)]):
        part = content[starts[number - 1] if number else 0 : end].strip()
        if not part:
            continue
        bare = part.lstrip("#＃") if number else part
        level = len(part) - len(bare)
        glued = bool(bare) and not bare[0].isspace()
        bare = _without_rules(bare)
        # Hashes that close a heading ("## Fees ##") open none.
        if level and (bare or len(starts) == 1):
            yield from _marked(bare, min(level, 6), glued)
        elif bare:
            yield from _unmarked(bare, indent)


def _opens(content: str) -> bool:
    """Say whether a single hash at the start of `content` is a heading's, not a hash tag's."""
    rest = content[1:]
    if not rest or rest[0].isspace():
        return True
    return rest[0].isalpha() and not any(mark in rest for mark in "#＃") and len(rest) <= 40


def _without_rules(part: str) -> str:
    part = part.strip()
    while match := _RULE_FIRST.match(part):
        part = part[match.end() :]
    last = part.rstrip("-*_=")
    if last != part and (not last or last[-1].isspace()) and _RULE_LAST.match(part[len(last) :]):
        part = last.rstrip()
    return part.rstrip("#＃").rstrip() if part.rstrip("#＃")[-1:].isspace() else part


def _marked(content: str, level: int, glued: bool) -> Iterator[Line]:
    """Yield a heading by hashes, then the numbered list that follows it in the same line."""
    head, items = _enumeration(content)
    if items and head:
        yield Line("hash", head, head, level=level, glued=glued)
        for item in items:
            yield from _unmarked(item, 0)
    else:
        core = unmarked_core(content)
        yield Line("hash", content, core, level=level, glued=glued)


def unmarked_core(content: str) -> str:
    """Return a heading's text without its number, its letter Q and the emphasis around it."""
    core = _unbold(content)
    for pattern in (_ASK, _CHAPTER, _CJK, _CJK_BRACKETED, _DECIMAL, _NUMBER, _BRACKETED, _CIRCLE):
        match = pattern.match(core)
        if match and match.end() < len(core):
            return _unbold(core[match.end() :])
    return core


def _unmarked(content: str, indent: int) -> Iterator[Line]:
    """Yield a line without hashes, cut where questions or list items follow each other in it."""
    pieces = [content]
    if _ASK.match(content.lstrip("* ")) or ANSWER.match(content.lstrip("* ")):
        pieces = [piece.strip() for piece in _INLINE_ASK.split(content)]
    elif _BULLET.match(content) and _INLINE_DASH.search(content):
        pieces = [piece.strip() for piece in _INLINE_DASH.split(content)]
    else:
        head, items = _enumeration(content)
        if items:
            pieces = [head, *items]
    for piece in pieces:
        if piece:
            yield _line(piece, indent)


def _enumeration(content: str) -> tuple[str, list[str]]:
    """Return what stands before "1. … 2. …" in a line, and the items; a tail is one of them."""
    starts: list[int] = []
    for match in _INLINE_NUMBER.finditer(content):
        if int(match.group(1)) == len(starts) + 1:
            starts.append(match.start())
    if len(starts) < 2:
        return content, []
    items = [content[a:b].strip() for a, b in zip(starts, [*starts[1:], len(content)], strict=True)]
    *most, last = (unmarked_core(item) for item in items)
    if all(is_question(item) and split_question(item) for item in most):
        # What follows the last question of a pure list answers none of them.
        end = QUESTION_END.search(items[-1])
        if end and not is_question(last):
            items[-1:] = [items[-1][: end.end()], items[-1][end.end() :].strip()]
    return content[: starts[0]].strip(), items


def _unbold(text: str) -> str:
    text = text.strip()
    for mark in ("**", "__"):
        if (
            text.startswith(mark)
            and text.endswith(mark)
            and len(text) > 4
            and text.count(mark) == 2
        ):
            return text[2:-2].strip()
    return text


def _line(content: str, indent: int) -> Line:
    bare = _unbold(content)
    bold = bare != content
    starred = content.lstrip("*")
    talk = _ASK.match(starred) or ANSWER.match(starred)
    if talk:
        rest = starred[talk.end() :]
        if starred != content:  # "**Q:** …" or "**Q: …**"
            rest = rest[2:] if rest.startswith("**") else rest.removesuffix("**")
        kind: Kind = "ask" if talk.re is _ASK else "answer"
        return Line(kind, content, rest.strip(), bold=bold, indent=indent)
    match = _BULLET.match(content)
    if match and match.end() < len(content):
        rest = content[match.end() :]
        return Line("bullet", f"- {rest}", _unbold(rest), indent=indent)
    return _numbered(content, bare, bold, indent) or Line(
        "plain", content, bare, bold=bold, indent=indent
    )


def _numbered(content: str, bare: str, bold: bool, indent: int) -> Line | None:
    """Return `content` as a numbered line or the heading of a chapter, None if it is neither."""
    for style, pattern in (("第", _CHAPTER), ("一、", _CJK), ("（一）", _CJK_BRACKETED)):
        match = pattern.match(bare)
        if match and match.end() < len(bare):
            numeral = next((group for group in match.groups() if group), "")
            name = style + (match.group(2) or "") if style == "第" else style
            core = _unbold(bare[match.end() :])
            return Line("chapter", content, core, name, _value(numeral), bold=bold, indent=indent)
    match = _DECIMAL.match(bare)
    if match and match.end() < len(bare):
        name, _, last = match.group(1).rpartition(".")
        core = _unbold(bare[match.end() :])
        return Line("number", content, core, f"{name}.", int(last), bold=bold, indent=indent)
    for style, pattern in (("", _NUMBER), ("()", _BRACKETED), ("①", _CIRCLE)):
        match = pattern.match(bare)
        if match and match.end() < len(bare):
            rest = bare[match.end() :]
            text, name = f"- {content}", style
            if not style:
                name = {"．": ".", "）": ")"}.get(match.group(2), match.group(2))
                rest = f"**{rest}**" if bold else rest
                text = f"{int(match.group(1))}{')' if name == ')' else '.'} {rest}"
            return Line(
                "number",
                text,
                _unbold(rest),
                name,
                _value(match.group(1)),
                bold=bold,
                indent=indent,
            )
    return None


def _value(numeral: str) -> int:
    """Return the value of a numeral: Arabic, circled, or Chinese below 100; else 0."""
    if numeral.isdecimal():
        return int(numeral)
    if numeral and numeral in _CIRCLED:
        return _CIRCLED.index(numeral) + 1
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _NUMERALS.get(numeral, 0)
    return 10 * _NUMERALS.get(tens, 1) + _NUMERALS.get(ones, 0)
