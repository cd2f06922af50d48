"""A knowledge base as a whole: its articles, its lexicon and its `kb.toml`."""

import datetime
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.article import LANGS, Article
from indexer.faults import Fault, SourceError
from indexer.lexicon import Lexicon, read_lexicon
from indexer.rules import misshapen_rules
from indexer.sources import read_articles
from indexer.tables import decoded

SETTINGS_FILE = "kb.toml"
LEXICON_FOLDER = "lexicon"


@dataclass(frozen=True, slots=True)
class Product:
    """A product that articles may be about; `aliases` are the names that users give it."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """What an index is built from. `settings` is `kb.toml`, its dates as texts."""

    articles: tuple[Article, ...]
    lexicon: Lexicon = field(default_factory=Lexicon)
    settings: dict[str, Any] = field(default_factory=dict)


def read_knowledge_base(path: Path) -> KnowledgeBase:
    """Return the knowledge base in `path`, a folder or a single file of articles.

    Raises:
        SourceError: with every fault of every file.
    """
    faults: list[Fault] = []
    parts: dict[str, Any] = {}
    readers: dict[str, Callable[[], Any]] = {
        "articles": lambda: tuple(read_articles(path)),
        "lexicon": lambda: read_lexicon(path / LEXICON_FOLDER),
        "settings": lambda: _read_settings(path / SETTINGS_FILE),
    }
    for name, read in readers.items():
        try:
            parts[name] = read()
        except SourceError as error:
            faults.extend(error.faults)
    if faults:
        raise SourceError(faults)
    return KnowledgeBase(**parts)


def products(settings: dict[str, Any]) -> tuple[Product, ...]:
    """Return the products that `kb.toml` declares."""
    return tuple(
        Product(ident, str(table.get("name", ident)), tuple(table.get("aliases", ())))
        for ident, table in settings.get("products", {}).items()
    )


def _read_settings(file: Path) -> dict[str, Any]:
    faults: list[Fault] = []
    text = decoded(file, faults) if file.is_file() else ""
    values: dict[str, Any] = {}
    try:
        values = _plain(tomllib.loads(text or ""))
    except tomllib.TOMLDecodeError as error:
        # The line is an attribute of the error from Python 3.14 on.
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else (text or "").rstrip().count("\n") + 1
        problem = f"it cannot be read ({error})"
        faults.append(Fault(str(file), line, problem, "Mend the TOML at this place"))
    faults += (
        Fault(str(file), _line_of(key, text or ""), f"'{key}' {problem}", f"Write {example}")
        for key, problem, example in _misshapen(values)
    )
    if faults:
        raise SourceError(faults)
    return values


def _plain(value: Any) -> Any:
    """Return a TOML value with dates and times as ISO texts, for it is kept as JSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else value


def _misshapen(settings: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield each key that has not the shape it needs, what is wrong with it, and an example."""
    languages = settings.get("languages", list(LANGS))
    if not _is_list_of_texts(languages) or not set(languages) <= set(LANGS):
        yield "languages", f"must be a list out of {', '.join(LANGS)}", 'languages = ["zh", "en"]'
    for key, example in (("tags", "[tags.deposit]"), ("products", "[products.wallet]")):
        tables = settings.get(key, {})
        if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
            yield key, "must be tables, one for each id", f"{example} and its keys below it"
        elif key == "products" and not all(
            _is_list_of_texts(table.get("aliases", [])) for table in tables.values()
        ):
            yield "aliases", "must be a list of texts", 'aliases = ["one", "another"]'
    yield from misshapen_rules(settings)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _line_of(key: str, text: str) -> int:
    """Return the line of `text` that `key` stands on first."""
    place = re.search(rf"(?m)^[ \t\[]*{key}\b", text)
    return text.count("\n", 0, place.end()) + 1 if place else 1
