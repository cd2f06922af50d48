"""English BIP-39 mnemonics: whole, numbered, with a slip or two, or only a part of one.

What gives a phrase away is not its checksum but its density: in prose, words outside the list
("the", "of", "is", "my") come every few words; in a phrase hardly any does.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from server.engine.safety.folding import BARRIER, Folded
from server.engine.safety.kinds import SecretKind, Span
from server.engine.safety.words import (
    LENGTHS,
    english_prefixes,
    english_words,
    is_valid,
    misspellings,
    slips,
)

_WORD = re.compile(r"[a-z]+")
_PLAIN = re.compile(r"[\s0-9]+")
_LONG_WORD = re.compile(r"[a-z]{2,}")
# Between two words: spaces, commas, line breaks, numbering, a label such as "第二个词".
_LONGEST_GAP = 24
_LONGEST_PHRASE = LENGTHS[-1] + 2
# Listed words without a break, or with at most one other word in six, that make a phrase evident.
_EVIDENT = 9
_EVIDENT_AFTER_LABEL = 5
_GLUED = 27
_STOP = re.compile(r"[.:;!?。]")
_SHORT = 3
_SLIPS = 2

_LABEL = re.compile(
    r"(?:mnemonics?|(?:seed|recovery|secret|backup|wallet|security)[ -]?(?:phrases?|words?|seeds?)"
    r"|passphrase|(?:12|15|18|21|24|twelve|twenty[ -]four)[ -]words?(?: phrase)?|seed"
    r"|助[记記][词詞]|注[记記][词詞]|助[词詞]|[记記][忆憶][词詞]|恢[复復](?:[词詞]|短[语語])"
    r"|[备備]份(?:[词詞]|短[语語])|[种種]子(?:[词詞]|短[语語])?|密[语語])"
    r"[^a-z0-9]{0,3}(?:(?:is|are|was|were|here)\b|是|为|為|就是|如下|[:=])[^a-z]{0,12}$"
)

# The grammar of a sentence. A slip of the pen never ends up here.
_PROSE = frozenset(
    """
    a an the of to and in is it its for on i im me my mine your yours with be been being not are
    as or was were by at from but so if we us our they them their he she his her has had do does
    did how why who which would could should may might also than into no yes im ive dont cant
    doesnt isnt wont didnt am these those here because
    into onto up down off out with without while since until through during per via vs myself
    everything everyone something anything get gets got goes going made makes let lets
    """.split()
)
# Listed, yet the grammar of a sentence as well. One word in fifty of a phrase is one of these, and
# one in four of the prose that gets by otherwise ("before you can use any other").
_LISTED_PROSE = frozenset(
    """
    you that this they what when where will can have must there then other all any also only
    before after once which enter use
    """.split()
)


@dataclass(frozen=True, slots=True, repr=False)
class _Token:
    start: int
    end: int
    word: str
    listed: bool
    gap: str  # what stands before the word, without spaces and figures

    @property
    def prose(self) -> bool:
        return self.word in _PROSE

    @property
    def near(self) -> bool:
        """Whether the word is a listed one misspelt, or the first four letters of one."""
        word = self.word
        if len(word) < 3:
            return False
        return word in english_prefixes() or not misspellings().isdisjoint(slips(word))


def find_mnemonics(folded: Folded) -> list[Span]:
    """Return the English mnemonics of a text, whole or in part."""
    listed = english_words()
    found = _LONG_WORD.findall(folded.lower)
    spans: list[Span] = []
    if _is_dense("".join(["x" if word in listed else "." for word in found])):
        for stretch in _stretches(folded):
            spans += _phrases(folded, stretch)
    if found and len(max(found, key=len)) >= _GLUED:
        spans += _glued(folded)
    return spans


def _is_dense(words: str) -> bool:
    """Tell whether a phrase may be in a text at all: most texts are let go here.

    `words` has an x for each listed word. Whatever `_evident_until` takes has five of them in a row
    or, with a wrong word in six, seven in nine.
    """
    if "xxxx" not in words:
        return False
    windows = (words[at : at + _EVIDENT] for at in range(len(words) - _EVIDENT + 1))
    return "xxxxx" in words or any(window.count("x") >= _EVIDENT - 2 for window in windows)


def _stretches(folded: Folded) -> Iterator[list[_Token]]:
    """Yield the words of a text, cut where two of them are too far apart to be of one phrase."""
    listed = english_words()
    lower = folded.lower
    stretch: list[_Token] = []
    for match in _WORD.finditer(lower):
        start, end = match.span()
        word = match.group()
        if end - start == 1 and (word not in "ai" or lower[end : end + 1] in (")", ".", ":")):
            continue  # "a) abandon b) ability", and the t of "don't"
        since = stretch[-1].end if stretch else start
        if start - since > _LONGEST_GAP or BARRIER in lower[since:start]:
            yield stretch
            stretch = []
        gap = _PLAIN.sub("", lower[since:start])
        stretch.append(_Token(start, end, word, word in listed, gap))
    if stretch:
        yield stretch


def _phrases(folded: Folded, stretch: Sequence[_Token]) -> Iterator[Span]:
    """Yield the evident phrases of one stretch, as long as each can be taken."""
    taken = 0
    first = 0
    while first < len(stretch):
        last = _evident_until(folded, stretch, first)
        if last is None:
            first += 1
            continue
        # Windows that overlap are one phrase: 24 words, or a list of several phrases.
        nxt = first + 1
        while nxt <= last:
            further = _evident_until(folded, stretch, nxt)
            last = max(last, further or last)
            nxt += 1
        begin, end = _with_wrong_ends(stretch, first, last)
        begin = max(begin, taken)
        begin, end = _without_sentences(stretch, begin, end)
        if _is_phrase([token.word for token in stretch[begin : end + 1]]):
            yield Span(stretch[begin].start, stretch[end].end, SecretKind.MNEMONIC)
        taken = first = max(end, last) + 1


def _evident_until(folded: Folded, stretch: Sequence[_Token], first: int) -> int | None:
    """Return the last word of the longest evident phrase that starts at `first`, if one does."""
    if not stretch[first].listed:
        return None
    listed = others = strange = prose = run = 0
    until = None
    for place in range(first, min(first + _LONGEST_PHRASE, len(stretch))):
        token = stretch[place]
        if token.listed:
            listed += 1
            run += not others
            enough = listed >= _EVIDENT + (others > 0) and others * 6 <= listed + 2
            if enough and (
                not others or _is_even(stretch[first + 1 : place + 1], strict=prose > 0)
            ):
                until = place
        else:
            others += 1
            strange += not token.prose and not token.near
            prose += token.prose
            # A slip may turn a word into "the", but in a phrase with one only misspelt words more.
            if others > 4 or prose > 1 or (prose and strange):
                break
    if until is None and run >= _EVIDENT_AFTER_LABEL:
        before = folded.lower[max(0, stretch[first].start - 60) : stretch[first].start]
        if _LABEL.search(before):
            until = first + run - 1
    return until


def _is_even(tokens: Sequence[_Token], *, strict: bool) -> bool:
    """Tell whether one mark, or none, parts all words, or (not `strict`) seven in ten of them.

    A list has one, a sentence a dash here and a full stop there.
    """
    commonest = Counter(token.gap for token in tokens).most_common(1)[0][1]
    return commonest == len(tokens) if strict else commonest * 10 >= len(tokens) * 7


def _with_wrong_ends(stretch: Sequence[_Token], first: int, last: int) -> tuple[int, int]:
    """Return the phrase `first`..`last` with the misspelt or wrong words at its ends.

    Words that are nearly listed ones, and others where the phrase falls short of a length that
    mnemonics have. A harmless neighbour or two may go with them.
    """
    first -= _slips(stretch[max(0, first - _SLIPS) : first][::-1])
    last += _slips(stretch[last + 1 : last + 1 + _SLIPS])
    count = last - first + 1
    missing = next((length - count for length in LENGTHS if length >= count), 0)
    for _ in range(min(missing, _SLIPS)):
        left = stretch[first - 1] if first else None
        right = stretch[last + 1] if last + 1 < len(stretch) else None
        if right and not right.prose:
            last += 1
        elif left and not left.prose:
            first -= 1
    if missing >= _SLIPS:  # "… addict as zero": a slip that ended up as grammar
        first -= _SLIPS * _is_slip_of_grammar(stretch[max(0, first - _SLIPS) : first][::-1])
        last += _SLIPS * _is_slip_of_grammar(stretch[last + 1 : last + 1 + _SLIPS])
    return first, last


def _slips(neighbours: Sequence[_Token]) -> int:
    """Return how many of the words next to a phrase belong to it: listed ones or nearly so."""
    return sum(1 for _ in takewhile(lambda token: token.listed or token.near, neighbours))


def _is_slip_of_grammar(neighbours: Sequence[_Token]) -> bool:
    return len(neighbours) == _SLIPS and neighbours[0].prose and neighbours[1].listed


def _without_sentences(stretch: Sequence[_Token], first: int, last: int) -> tuple[int, int]:
    """Return a phrase without the listed words of the sentences before and after it.

    "… absent absorb. What now?": only where what is left has the right checksum.
    """
    gaps = Counter(token.gap for token in stretch[first + 1 : last + 1])
    stops = [
        at
        for at in range(first + 1, last + 1)
        if _STOP.search(stretch[at].gap) and gaps[stretch[at].gap] * 3 < last - first
    ]
    for begin in [first, *(at for at in stops if at - first <= _SHORT)]:
        for end in [last, *(at - 1 for at in stops if last - at < _SHORT)]:
            if begin < end and is_valid([token.word for token in stretch[begin : end + 1]]):
                return begin, end
    return first, last


def _is_phrase(words: Sequence[str]) -> bool:
    """Tell chosen words from prose and from a list that repeats itself, such as field names.

    "test test test …" is a mnemonic, too, but only where its checksum says so.
    """
    chosen = [word for word in words if word != "word"]  # "word 1: abandon word 2: …"
    size = min(len(chosen), LENGTHS[0])
    for at in range(len(chosen) - size + 1):
        window = chosen[at : at + size]
        grammar = sum(map(_LISTED_PROSE.__contains__, window))
        if len(set(window)) * 3 >= size * 2 and grammar * 3 < size:
            return True
    windows = (words[at : at + size] for size in LENGTHS for at in range(len(words) - size + 1))
    return any(map(is_valid, windows))


def _glued(folded: Folded) -> Iterator[Span]:
    """Yield phrases written without any space: "abandonAbilityAble…"."""
    listed = english_words()
    for match in _WORD.finditer(folded.lower):
        word = match.group()
        if len(word) < _GLUED:
            continue
        # best[k]: how many listed words end one after another at letter k, and where they begin.
        best: list[tuple[int, int]] = [(0, k) for k in range(len(word) + 1)]
        top = (0, 0, 0)
        for k in range(3, len(word) + 1):
            for size in range(3, min(8, k) + 1):
                count, begin = best[k - size]
                if count + 1 > best[k][0] and word[k - size : k] in listed:
                    best[k] = (count + 1, begin)
            top = max(top, (best[k][0], best[k][1], k))
        if top[0] >= _EVIDENT:
            yield Span(match.start(), match.end(), SecretKind.MNEMONIC)
