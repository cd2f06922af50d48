"""Reads a knowledge base: Markdown, JSONL, CSV and long articles, in one folder or one file."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from indexer import longform
from indexer.article import Article
from indexer.faults import Fault, SourceError
from indexer.records import ID_RULE, KEYS, Record, header_faults
from indexer.tables import LIST_SEPARATOR, csv_header, csv_rows, decoded, jsonl_rows
from indexer.text import detect_language, normalise

SUFFIXES = (".md", ".txt", ".jsonl", ".csv")
_JSON_EXAMPLE = '{"id": …, "lang": …, "title": …, "body": …}'
_CSV_EXAMPLE = "id,lang,title,questions,body"
_FRONT_MATTER = "---"
_README = re.compile(r"readme\b", re.IGNORECASE)  # README.md, README.zh.md
_YAML_NULL = "tag:yaml.org,2002:null"
# An answer longer than this is served section by section, if it has sections.
_SERVED_WHOLE = 1_500


@dataclass(slots=True)
class _Reading:
    """What was found in the sources so far."""

    articles: list[Article]
    faults: list[Fault]

    def add(self, record: Record, article: Article | None) -> None:
        self.faults.extend(record.faults)
        if article is not None:
            self.articles.append(article)


def read_articles(path: Path) -> list[Article]:
    """Return every article under `path` (a folder or one file), in a fixed order.

    Raises:
        SourceError: with every fault of every file, when there is one.
    """
    reading = _Reading([], [])
    files = list(source_files(path))
    if not files:
        remedy = f"Name a folder or file with {', '.join('*' + s for s in SUFFIXES)} sources"
        raise SourceError([Fault(str(path), 1, "no articles found", remedy)])
    for file in files:
        text = decoded(file, reading.faults)
        if text is not None:
            _READERS[file.suffix.lower()](str(file), text, reading)
    _check_unique(reading)
    if reading.faults:
        order = {str(file): number for number, file in enumerate(files)}
        raise SourceError(sorted(reading.faults, key=lambda f: (order[f.file], f.line)))
    return [_with_sections(article) for article in reading.articles]


def source_files(path: Path) -> Iterator[Path]:
    """Yield the source files under `path`: no hidden ones, no README, nothing in `lexicon/`."""
    if path.is_file():
        if path.suffix.lower() in SUFFIXES:
            yield path
        return
    for file in sorted(path.rglob("*")):
        inside = file.relative_to(path)
        hidden = any(part.startswith((".", "~")) for part in inside.parts)
        if hidden or inside.parts[0] == "lexicon" or _README.match(file.name):
            continue
        if file.suffix.lower() in SUFFIXES and file.is_file():
            yield file


def _read_markdown(file: str, text: str, reading: _Reading) -> None:
    lines = text.split("\n")
    begin = next((n for n, line in enumerate(lines) if line.strip()), 0)
    if lines[begin].rstrip() != _FRONT_MATTER:
        _read_long(file, text, reading)
        return
    marks = (n for n in range(begin + 1, len(lines)) if lines[n].rstrip() == _FRONT_MATTER)
    end = next(marks, None)
    if end is None:
        remedy = f"Close it with a line '{_FRONT_MATTER}'"
        reading.faults.append(Fault(file, begin + 1, "the front matter does not end", remedy))
        return
    front = _front_matter(file, "\n".join(lines[begin + 1 : end]), begin + 2, reading)
    if front is not None:
        record = Record(file, begin + 1, front.values, front.lines)
        reading.add(record, record.article("\n".join(lines[end + 1 :]).strip()))


@dataclass(frozen=True, slots=True)
class _FrontMatter:
    values: dict[str, Any]
    lines: dict[str, int]


class _Loader(yaml.SafeLoader):
    """Takes a value for the text that it is: an id 007, a title "No" and dates stay as written."""

    yaml_implicit_resolvers: Any = {  # noqa: RUF012 - how PyYAML is told
        first: [(tag, pattern) for tag, pattern in resolvers if tag == _YAML_NULL]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _front_matter(file: str, text: str, first: int, reading: _Reading) -> _FrontMatter | None:
    """Return the keys of a YAML block whose first line is line `first` of `file`."""

    def fault(line: int, problem: str, remedy: str) -> None:
        reading.faults.append(Fault(file, first + line, problem, remedy))

    try:
        node = yaml.compose(text, Loader=_Loader)
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.reader.ReaderError as error:
        problem = f"the front matter holds the control character U+{error.character:04X}"
        fault(text.count("\n", 0, error.position), problem, "Delete it")
        return None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problem = getattr(error, "problem", None) or "it cannot be read"
        remedy = "Put texts with ':' or '#' in quotes and indent lists evenly"
        fault(_line(error), f"the front matter is no YAML ({problem})", remedy)
        return None
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        fault(0, "the front matter has no keys", "Write lines such as 'id: deposit-howto'")
        return None
    lines: dict[str, int] = {}
    for key, _ in node.value:
        if str(key.value) in lines:
            fault(key.start_mark.line, f"the key '{key.value}' stands there twice", "Keep one")
        lines.setdefault(str(key.value), first + key.start_mark.line)
    return _FrontMatter(values, lines)


def _line(error: Exception) -> int:
    """Return the line (from 0) to mend: where a quote or bracket opens, or what is wrong stands."""
    context = getattr(error, "context", None) or ""
    noticed, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    mark = opened if "quoted" in context or "flow" in context else noticed or opened
    return mark.line if mark else 0


def _read_jsonl(file: str, text: str, reading: _Reading) -> None:
    for row in jsonl_rows(file, text, _JSON_EXAMPLE, reading.faults):
        record = Record(file, row.line, row.values)
        reading.add(record, record.article())


def _read_csv(file: str, text: str, reading: _Reading) -> None:
    line, columns = csv_header(text, KEYS)
    faults = list(header_faults(file, line, columns)) if columns else []
    reading.faults.extend(faults)
    for row in csv_rows(file, text, KEYS, _CSV_EXAMPLE, reading.faults):
        if faults:  # every row would tell them again
            continue
        record = Record(file, row.line, {key: value for key, value in row.values.items() if value})
        reading.add(record, record.article(list_separator=LIST_SEPARATOR))


def _read_long(file: str, text: str, reading: _Reading) -> None:
    ident = re.sub(r"\s+", "-", Path(file).stem.strip())
    if not normalise(text):
        reading.faults.append(Fault(file, 1, "the file is empty", "Write the article or delete it"))
        return
    cut = longform.cut(text)
    title = cut.title if normalise(cut.title) else ident
    values = {"id": ident, "lang": detect_language(text), "title": title}
    record = Record(file, 1, values)
    article = record.article(text.strip())
    if record.faults:
        remedy = f"Rename the file, for its name is the article's id: {ID_RULE}"
        record.faults[:] = [replace(fault, remedy=remedy) for fault in record.faults]
    reading.add(record, article and replace(article, sections=cut.sections))


def _with_sections(article: Article) -> Article:
    """Cut an article with front matter as well, when it is too long to be read as one answer."""
    if article.sections or len(article.body) <= _SERVED_WHOLE:
        return article
    sections = longform.cut(f"# {article.title}\n\n{article.body}").sections
    return replace(article, sections=sections) if len(sections) > 1 else article


def _check_unique(reading: _Reading) -> None:
    first: dict[tuple[str, str], Article] = {}
    for article in reading.articles:
        other = first.setdefault(article.key, article)
        if other is article:
            continue
        file, _, line = article.source.rpartition(":")
        problem = f"the {article.lang} article '{article.id}' stands in {other.source} already"
        reading.faults.append(Fault(file, int(line), problem, "Give one of them another id"))


_READERS: dict[str, Callable[[str, str, _Reading], None]] = {
    ".md": _read_markdown,
    ".txt": _read_long,
    ".jsonl": _read_jsonl,
    ".csv": _read_csv,
}
