"""Chinese BIP-39 mnemonics, simplified and traditional: spaced, numbered, grouped or run together.

A run of listed characters may be a plain sentence, so the checksum and `Oddness` decide together:
the more the writing itself gives a phrase away (character by character, after a label), the less
is asked of them.
"""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import accumulate, pairwise

from indexer.text import HAN
from server.engine.safety.folding import Folded
from server.engine.safety.han_prose import Oddness
from server.engine.safety.kinds import SecretKind, Span
from server.engine.safety.words import LENGTHS, han_characters, is_valid

# Spaces, digits and punctuation (after folding): what stands between two characters of a phrase.
_BETWEEN = (
    r"\t-@\[-`{-~\u00a1-\u00bf\u2010-\u2027\u2030-\u205e\u2190-\u23ff\u25a0-\u27bf\u3001-\u303f"
)
_GAP = f"[{_BETWEEN}]{{1,12}}"
# One or two characters at a time: an entry may be wrong.
_ENTRY = f"[{HAN}]{{1,2}}(?![{HAN}])"
_LISTING = re.compile(f"(?<![{HAN}]){_ENTRY}(?:{_GAP}{_ENTRY}){{8,}}")
_GLUED_BEFORE = re.compile(f"[{HAN}]{_GAP}$")
_GLUED_AFTER = re.compile(f"{_GAP}[{HAN}]")
_LABEL = re.compile(
    r"(?:(?:助[记記]|注[记記]|助|[记記][忆憶]|恢[复復]|[备備]份|[种種]子)[词詞]"
    r"|(?:恢[复復]|[备備]份|[种種]子)短[语語]|密[语語]|[种種]子|mnemonic|seed phrase)"
    rf"(?P<said>(?:是|为|為|就是|如下|is)[{_BETWEEN}]{{0,8}}|[{_BETWEEN}]{{0,4}}[\s:=][{_BETWEEN}]{{0,4}})?"
)
_LABEL_HINTS = ("词", "詞", "短语", "短語", "密语", "密語", "种子", "種子", "mnemonic", "seed")
_PHRASE = re.compile(f"[{HAN}](?:[{_BETWEEN}]{{0,12}}[{HAN}]){{8,25}}")
_CHARACTER = re.compile(f"[{HAN}]")
_MARKS = re.compile(f"[{_BETWEEN}]+")

_PARTIAL = 9
_SHORTEST = LENGTHS[0]
_LONGEST = LENGTHS[-1] + 2
# Least oddness of what is written like a phrase; of what has the right checksum and stands alone, or
# stands in other text (1 window in 16 has it by chance); and of what has nothing else.
_WRITTEN_LIKE_ONE = -4.0
_CHECKED_ALONE = -6.0
_CHECKED = -2.0
_UNCHECKED = 5.0


def find_han_mnemonics(folded: Folded) -> list[Span]:
    """Return the Chinese mnemonics of a text, whole or in part."""
    text = folded.lower
    if len(text) < _PARTIAL or text.isascii():
        return []
    return [*_listings(text), *_labelled(text), *_runs(text)]


class _Run:
    """The Chinese characters of a stretch of text."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._bounds = (start, end)
        self._characters = _MARKS.sub("", text[start:end])
        self._oddness = Oddness(self._characters)

    @cached_property
    def _places(self) -> list[int]:
        return [match.start() for match in _CHARACTER.finditer(self._text, *self._bounds)]

    @cached_property
    def _marks(self) -> list[int]:
        """How many marks other than spaces stand before each character."""
        gaps = (self._text[one + 1 : other] for one, other in pairwise(self._places))
        return list(accumulate((bool(gap.strip()) for gap in gaps), initial=0))

    def __len__(self) -> int:
        return len(self._characters)

    def windows(self) -> Iterator[tuple[int, int]]:
        """Yield the stretches as long as a mnemonic that do not plainly read like a sentence."""
        # Where none of 12 characters comes near, no longer stretch does: most text stops here.
        if self._oddness.peak(_SHORTEST) < _CHECKED_ALONE - 2:
            return
        for size in LENGTHS:
            for start in self._oddness.above(_CHECKED_ALONE, size):
                yield start, start + size

    def is_phrase(self, start: int, end: int, least: float) -> bool:
        """Tell whether a stretch is listed, but for one character in six, and odd enough."""
        if self._oddness.of(start, end) < least:
            return False
        listed = han_characters()
        unlisted = sum(each not in listed for each in self._characters[start:end])
        return unlisted * 6 <= end - start

    def is_checked(self, start: int, end: int, least: float) -> bool:
        """Tell whether a stretch has the right checksum and is odd enough."""
        return self._oddness.of(start, end) >= least and is_valid(self._characters[start:end])

    def is_plain(self, start: int, end: int) -> bool:
        """Tell whether nothing but spaces stands between the characters."""
        return self._marks[end - 1] == self._marks[start]

    def stands_alone(self, start: int, end: int) -> bool:
        """Tell whether no other Chinese character touches the stretch."""
        first, last = self._places[start], self._places[end - 1]
        before, after = self._text[max(0, first - 1) : first], self._text[last + 1 : last + 2]
        return not _CHARACTER.match(before) and not _CHARACTER.match(after)

    def span(self, start: int, end: int) -> Span:
        """Return the place of a stretch in the text."""
        return Span(self._places[start], self._places[end - 1] + 1, SecretKind.MNEMONIC)


def _listings(text: str) -> Iterator[Span]:
    """Yield what is spaced or numbered out character by character."""
    for match in _LISTING.finditer(text):
        run = _Run(text, *_with_glued_ends(text, *match.span()))
        size = min(len(run), _SHORTEST)
        found = [
            start
            for start in range(len(run) - size + 1)
            if run.is_phrase(start, start + size, _WRITTEN_LIKE_ONE)
        ]
        if found and len(run) <= _LONGEST:  # one phrase, whatever its ends look like
            yield run.span(0, len(run))
        else:
            yield from (run.span(start, start + size) for start in found)


def _with_glued_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a listing with the characters that words around it hide: "助记词是的 一 是 …"."""
    count = len(_CHARACTER.findall(text, start, end))
    missing = next((length - count for length in LENGTHS if length >= count), 0)
    if missing in (1, 2):
        before = _GLUED_BEFORE.search(text, max(0, start - 13), start)
        after = _GLUED_AFTER.match(text, end)
        start = before.start() if before else start
        end = after.end() if after else end
    return start, end


def _labelled(text: str) -> Iterator[Span]:
    """Yield what stands right after "助记词是" and does not read like a sentence."""
    if not any(hint in text for hint in _LABEL_HINTS):
        return
    for label in _LABEL.finditer(text):
        match = _PHRASE.match(text, label.end())
        if match is None:
            continue
        run = _Run(text, *match.span())
        sizes = [size for size in reversed(LENGTHS) if size <= len(run)] or [len(run)]
        # "助记词丢了，…" goes on about a phrase, "助记词: …" gives one.
        least = _WRITTEN_LIKE_ONE if label["said"] else _UNCHECKED
        checked = (size for size in sizes if run.is_checked(0, size, _CHECKED_ALONE))
        likely = (size for size in sizes if run.is_plain(0, size) and run.is_phrase(0, size, least))
        shorter, longer = next(checked, 0), next(likely, 0)
        # A right checksum may be chance, unless what comes after reads like a sentence.
        if shorter and (longer <= shorter or not run.is_phrase(shorter, longer, 0.0)):
            longer = shorter
        if longer:
            yield run.span(0, longer)


def _runs(text: str) -> Iterator[Span]:
    """Yield phrases anywhere in a run of listed characters, whatever stands between them."""
    for match in _listed_run().finditer(text):
        run = _Run(text, *match.span())
        for start, end in run.windows():
            if _is_phrase_in_text(run, start, end):
                yield run.span(start, end)


def _is_phrase_in_text(run: _Run, start: int, end: int) -> bool:
    alone = run.stands_alone(start, end)
    if not run.is_plain(start, end):  # "……，……": clauses, unless each is a part of a phrase
        return alone and run.is_checked(start, end, _CHECKED)
    least = _CHECKED_ALONE if alone else _CHECKED
    return run.is_phrase(start, end, _UNCHECKED) or run.is_checked(start, end, least)


@cache
def _listed_run() -> re.Pattern[str]:
    listed = "".join(han_characters())
    return re.compile(f"[{listed}][{listed}{_BETWEEN}]{{{_SHORTEST - 2},}}[{listed}]")
