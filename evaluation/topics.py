"""Topics: the labelled questions that an evaluation asks, and which articles answer them."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from indexer.article import LANGS, Lang
from indexer.faults import Fault, SourceError
from indexer.tables import LIST_SEPARATOR, Row, csv_header, csv_rows, decoded, jsonl_rows
from indexer.text import detect_language

COLUMNS = ("id", "text", "lang", "article_id", "kind")
SUFFIXES = (".csv", ".tsv", ".jsonl")
_CSV_EXAMPLE = "id,text,lang,article_id"
_JSON_EXAMPLE = '{"id": …, "text": …, "lang": …, "article_id": …}'


@dataclass(frozen=True, slots=True)
class Topic:
    """A question as a user would type it.

    `lang` is the language that the asker wants the answer in, `answerable` whether any article
    answers it, `kind` what sort of question it is (empty when the file does not say).
    """

    id: str
    text: str
    lang: Lang
    answerable: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Qrel:
    """A judgement: how well an article answers a topic (0 not at all; read files give 1)."""

    topic_id: str
    article_id: str
    relevance: int = 1


def read_topics(path: Path) -> tuple[list[Topic], list[Qrel]]:
    """Return the topics of a CSV or JSONL file, in its order, and their judgements.

    The columns are `id`, `text`, `lang` (detected where it is empty), `article_id` (several
    separated by `|`; empty where nothing answers) and optionally `kind`.

    Raises:
        SourceError: with every fault of the file.
    """
    file = str(path)
    if not path.is_file():
        raise SourceError([Fault(file, 1, "there is no such file", "Name a file with topics")])
    if path.suffix.lower() not in SUFFIXES:
        remedy = f"Save it as one of: {', '.join(SUFFIXES)}"
        raise SourceError([Fault(file, 1, "it is neither CSV nor JSONL", remedy)])
    faults: list[Fault] = []
    reader = _Reader(file, faults)
    text = decoded(path, faults)
    if text is None:
        raise SourceError(faults)
    if path.suffix.lower() == ".jsonl":
        rows = jsonl_rows(file, text, _JSON_EXAMPLE, faults)
    else:
        reader.check_keys(*csv_header(text, COLUMNS))
        rows = csv_rows(file, text, COLUMNS, _CSV_EXAMPLE, faults)
    for row in rows:
        reader.read(row)
    if not faults:
        reader.check_whole()
    if faults:
        raise SourceError(faults)
    return reader.topics, reader.qrels


def relevance(qrels: Sequence[Qrel]) -> dict[str, dict[str, int]]:
    """Return the judgements as topic id → article id → relevance."""
    by_topic: dict[str, dict[str, int]] = {}
    for qrel in qrels:
        by_topic.setdefault(qrel.topic_id, {})[qrel.article_id] = qrel.relevance
    return by_topic


class _Reader:
    """Turns rows into topics and collects every fault on the way."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.topics: list[Topic] = []
        self.qrels: list[Qrel] = []
        self._file = file
        self._faults = faults
        self._lines: dict[str, int] = {}
        self._keys: set[str] = set()

    def read(self, row: Row) -> None:
        """Add the topic of `row`, or its faults."""
        before = len(self._faults)
        self.check_keys(row.line, row.values)
        values = {key: self._text(row, key) for key in COLUMNS}
        for key in ("id", "text"):
            if not values[key]:
                self._fault(row.line, f"'{key}' is missing", f"Give every question its {key}")
        ident, lang = values["id"], values["lang"].lower()
        if lang and lang not in LANGS:
            remedy = f"Use one of: {', '.join(LANGS)}; or leave it empty to have it detected"
            self._fault(row.line, f"unknown language '{lang}'", remedy)
        if ident and (first := self._lines.setdefault(ident, row.line)) != row.line:
            problem = f"the id '{ident}' stands in line {first} already"
            self._fault(row.line, problem, "Give one of them another id")
        articles = [item.strip() for item in values["article_id"].split(LIST_SEPARATOR)]
        articles = list(dict.fromkeys(filter(None, articles)))
        if len(self._faults) > before:
            return
        text = values["text"]
        language = cast(Lang, lang) if lang else detect_language(text)
        self.topics.append(Topic(ident, text, language, bool(articles), values["kind"]))
        self.qrels.extend(Qrel(ident, article) for article in articles)

    def check_whole(self) -> None:
        """Add the faults that only the whole file shows."""
        if not self.topics:
            self._fault(1, "the file holds no topics", f"Write rows below: {_CSV_EXAMPLE}")
        elif "article_id" not in self._keys:
            # Every question would count as one that nothing answers.
            remedy = "Add it; leave its cell empty where no article answers"
            self._fault(1, "'article_id' is missing in every row", remedy)

    def check_keys(self, line: int, keys: Iterable[str]) -> None:
        """A key that looks like a misspelt one is a mistake; any other stranger is left alone."""
        for key in dict.fromkeys(keys):
            if key in self._keys:
                continue
            self._keys.add(key)
            if key in COLUMNS:
                continue
            if close := difflib.get_close_matches(key.lower(), COLUMNS, n=1, cutoff=0.75):
                self._fault(line, f"unknown column '{key}'", f"Did you mean '{close[0]}'")

    def _text(self, row: Row, key: str) -> str:
        value: Any = row.values.get(key)
        if value is None:
            return ""
        if key == "id" and isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            remedy = "Put it in quotes"
            if key == "article_id":
                remedy += f", several ids separated by '{LIST_SEPARATOR}'"
            self._fault(row.line, f"'{key}' must be a text, not {type(value).__name__}", remedy)
            return "?"  # the fault is told; this keeps 'missing' from being told as well
        return value.strip()

    def _fault(self, line: int, problem: str, remedy: str) -> None:
        self._faults.append(Fault(self._file, line, problem, remedy))
