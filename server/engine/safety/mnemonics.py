"""English BIP-39 mnemonics: whole, numbered, with a slip or two, or only a part of one.

What gives a phrase away is not its checksum but its density: in prose, words outside the list
("the", "of", "is", "my") come every few words; in a phrase hardly any does.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
# Between two words: spaces, commas, line breaks, numbering, a label such as "第二个词".
_LONGEST_GAP = 24
_LONGEST_PHRASE = LENGTHS[-1] + 2
# Listed words without a break, or with at most one other word in six, that make a phrase evident.
_EVIDENT = 9
_EVIDENT_AFTER_LABEL = 5
_GLUED = 27

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
    """.split()
)
# Listed, yet the grammar of a sentence as well. One word in fifty of a phrase is one of these, and
# one in four of the prose that gets by otherwise ("before you can use any other").
_LISTED_PROSE = frozenset(
    """
    you that this they what when where will can have must there then other all any also only
    before after once which enter will use any
    """.split()
)


@dataclass(frozen=True, slots=True, repr=False)
class _Token:
    start: int
    end: int
    word: str
    listed: bool

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
    found = _WORD.findall(folded.lower)
    spans: list[Span] = []
    if sum(map(listed.__contains__, found)) >= _EVIDENT_AFTER_LABEL:
        for stretch in _stretches(folded):
            spans += _phrases(folded, stretch)
    if found and len(max(found, key=len)) >= _GLUED:
        spans += _glued(folded)
    return spans


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
        if stretch:
            gap = start - stretch[-1].end
            if gap > _LONGEST_GAP or BARRIER in lower[stretch[-1].end : start]:
                yield stretch
                stretch = []
        stretch.append(_Token(start, end, word, word in listed))
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
        begin, end = _with_wrong_ends(stretch, max(first, taken), last)
        begin = max(begin, taken)
        if _is_phrase([token.word for token in stretch[begin : end + 1]]):
            yield Span(stretch[begin].start, stretch[end].end, SecretKind.MNEMONIC)
        taken = first = end + 1


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
            if listed >= _EVIDENT + (others > 0) + prose and others * 6 <= listed + 2:
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


def _with_wrong_ends(stretch: Sequence[_Token], first: int, last: int) -> tuple[int, int]:
    """Return the phrase `first`..`last` with the misspelt or wrong words at its ends.

    Up to two are taken where the phrase falls short of a length that mnemonics have; the more
    alike a word is to a listed one, the sooner. A harmless neighbour may go with them.
    """
    count = last - first + 1
    missing = next((length - count for length in LENGTHS if length >= count), 0)
    for _ in range(min(missing, 2)):
        left = stretch[first - 1] if first else None
        right = stretch[last + 1] if last + 1 < len(stretch) else None
        left_fits, right_fits = _fit(left), _fit(right)
        if not left_fits and not right_fits:
            break
        if right_fits >= left_fits:
            last += 1
        else:
            first -= 1
    return first, last


def _fit(token: _Token | None) -> int:
    if token is None or token.prose:
        return 0
    return 2 if token.listed or token.near else 1


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
