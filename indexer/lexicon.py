"""The knowledge base's own words: jieba user dictionary, synonyms and glossary."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from indexer.faults import Fault, SourceError
from indexer.tables import decoded
from indexer.text import HAN, normalise

WORDS_FILE = "words.txt"
SYNONYMS_FILE = "synonyms.tsv"
GLOSSARY_FILE = "glossary.tsv"
FILES = (WORDS_FILE, SYNONYMS_FILE, GLOSSARY_FILE)

_HAN_FIRST = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class Term:
    """A row of the glossary: the same thing in both languages, and what it means in plain words."""

    zh: str
    en: str
    meaning_zh: str
    meaning_en: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Domain words. `synonyms` holds rows of terms that mean the same, in any language."""

    words: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    glossary: tuple[Term, ...] = ()

    def all_words(self) -> set[str]:
        """Return every word the tokenizer should keep whole."""
        terms = {term for row in self.synonyms for term in row}
        return {*self.words, *terms, *(term.zh for term in self.glossary)}


def read_lexicon(folder: Path) -> Lexicon:
    """Return the lexicon in `folder`; files that are not there are empty.

    Raises:
        SourceError: with every row that has too few columns, and every file that is not UTF-8.
    """
    faults: list[Fault] = []
    # A jieba dictionary line is "word [frequency] [part of speech]".
    words = tuple(line.split()[0] for _, line in _rows(folder / WORDS_FILE, faults))
    synonyms = []
    for number, line in _rows(folder / SYNONYMS_FILE, faults):
        row = tuple(term.strip() for term in line.split("\t") if term.strip())
        if len(row) < 2:
            remedy = "Separate at least two terms by tabs"
            file = str(folder / SYNONYMS_FILE)
            faults.append(Fault(file, number, "a row of synonyms needs two terms", remedy))
        synonyms.append(row)
    glossary = []
    for number, line in _rows(folder / GLOSSARY_FILE, faults):
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 4 or not all(cells):
            remedy = "Write: zh term, en term, zh meaning, en meaning, separated by tabs"
            file = str(folder / GLOSSARY_FILE)
            faults.append(Fault(file, number, "a glossary row needs four cells", remedy))
        else:
            glossary.append(Term(*cells))
    if faults:
        raise SourceError(faults)
    return Lexicon(words, tuple(synonyms), tuple(glossary))


def _rows(file: Path, faults: list[Fault]) -> list[tuple[int, str]]:
    """Return the numbered lines of `file` that are neither empty nor a comment."""
    text = decoded(file, faults) if file.is_file() else None
    lines = enumerate((text or "").split("\n"), 1)
    return [(n, line) for n, line in lines if line.strip() and not line.lstrip().startswith("#")]


@dataclass(slots=True)
class Synonyms:
    """Finds the terms of a text that have synonyms, the longest first."""

    _others: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    @classmethod
    def of(cls, lexicon: Lexicon) -> "Synonyms":
        """Return the finder for the rows of `lexicon`; a term may stand in several rows."""
        others: dict[str, tuple[str, ...]] = {}
        for row in lexicon.synonyms:
            terms = [term for term in map(normalise, row) if term]
            for term in terms:
                rest = tuple(t for t in terms if t != term)
                others[term] = tuple(dict.fromkeys((*others.get(term, ()), *rest)))
        if not others:
            return cls()
        return cls(others, _one_of(others))

    def expand(self, text: str) -> list[str]:
        """Return the synonyms of the terms in `text`, which is normalised."""
        if self._pattern is None:
            return []
        found = (self._others[match.group()] for match in self._pattern.finditer(text))
        return list(dict.fromkeys(term for terms in found for term in terms))


def _one_of(terms: Iterable[str]) -> re.Pattern[str]:
    """Return the pattern of the longest of `terms` at a place.

    A Latin term counts only as a whole word; Chinese is written without spaces.
    """
    longest_first = sorted(terms, key=lambda term: (-len(term), term))
    han = [_to_its_end(term) for term in longest_first if _HAN_FIRST.match(term)]
    latin = [_to_its_end(term) for term in longest_first if not _HAN_FIRST.match(term)]
    # Bare alternatives are tried by their first character alone: many times as fast.
    groups = (f"(?:{'|'.join(han)})", f"(?<![a-z0-9])(?:{'|'.join(latin)})")
    present = (group for group, members in zip(groups, (han, latin), strict=True) if members)
    return re.compile("|".join(present))


def _to_its_end(term: str) -> str:
    return re.escape(term) + ("" if _HAN_FIRST.match(term[-1]) else r"(?![a-z0-9])")
