"""Long questions in pieces: a story holds its question in one of its sentences.

An encoder reads a text up to a length and makes one vector of it: what a story is about drowns in
how it came about, and its end is cut off.
"""

import re

from indexer.text import HAN

_SENTENCE = re.compile(r"[^。！？!?；;\n]+(?:\.(?=\s|$)|[。！？!?；;\n]*)")
_END = re.compile(r"(?<=[a-z\d])\.\s+")
_CLAUSE = re.compile(r"(?<=[,，])")
# A unit is a Han character or a Latin word. What is longer than this is looked at in pieces too,
_LONG = 32
# each of about this length;
_PIECE = 24
# of more pieces the first and the last are looked at, where questions stand.
MOST = 8
_UNIT = re.compile(rf"[{HAN}]|[^\W_]+")


def pieces(text: str) -> tuple[str, ...]:
    """Return `text` itself and, where it is long, at most `MOST` pieces of it."""
    if _units(text) <= _LONG:
        return (text,)
    found: list[str] = []
    for sentence in _sentences(text):
        if found and _units(found[-1]) + _units(sentence) <= _PIECE // 2:
            found[-1] = f"{found[-1]} {sentence}"  # two scraps make a piece
        else:
            found.append(sentence)
    if len(found) > MOST:
        found = found[: MOST // 2] + found[-(MOST - MOST // 2) :]
    return (text, *dict.fromkeys(piece for piece in found if piece != text))


def _sentences(text: str) -> list[str]:
    sentences = [
        part.strip()
        for line in _END.split(text)
        for part in _SENTENCE.findall(line)
        if part.strip()
    ]
    return [piece for sentence in sentences for piece in _clauses(sentence)]


def _clauses(sentence: str) -> list[str]:
    """Cut a sentence that is itself too long at its commas."""
    if _units(sentence) <= 2 * _PIECE:
        return [sentence.strip()]
    found = [""]
    for clause in _CLAUSE.split(sentence):
        if found[-1] and _units(found[-1]) + _units(clause) > _PIECE:
            found.append("")
        found[-1] += clause
    return [piece.strip() for piece in found if piece.strip()]


def _units(text: str) -> int:
    return len(_UNIT.findall(text))
