"""Reads the rows of JSONL and CSV files, as people, programs and Excel write them."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.faults import Fault

# Separates the items of a list that stands in one cell.
LIST_SEPARATOR = "|"

_DELIMITERS = ",;\t"

# A cell of Excel holds at most 32,767 characters; the csv module refuses more than 131,072.
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Row:
    """The values of a row by key, and the line (from 1) that it begins on.

    The values of a CSV row are stripped texts, empty ones included.
    """

    line: int
    values: dict[str, Any]


def decoded(file: Path, faults: list[Fault]) -> str | None:
    """Return the text of `file` with lines that end in LF; None, and a fault, if it is not UTF-8.

    A byte order mark, as Excel writes it, is left out.
    """
    try:
        return _unix(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        # The bytes before the bad one, without the byte order mark, are sound.
        line = _unix(error.object[: error.start].decode()).count("\n") + 1
        faults.append(
            Fault(str(file), line, "the file is not UTF-8", "Save it with the encoding UTF-8")
        )
    except OSError as error:
        remedy = "Make it readable, or take it out of the folder"
        faults.append(Fault(str(file), 1, f"it cannot be read ({error.strerror})", remedy))
    return None


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def jsonl_rows(file: str, text: str, example: str, faults: list[Fault]) -> Iterator[Row]:
    """Yield the rows of a JSONL `text`; `faults` gets every line that is none.

    `example` is a line as it should be, for the messages.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            json.dumps(values, ensure_ascii=False).encode()  # fails on half a surrogate pair
        except (ValueError, RecursionError) as error:
            why = "nested too deeply" if isinstance(error, RecursionError) else _reason(error)
            remedy = "Write one object per line, keys and texts in double quotes"
            faults.append(Fault(file, number, f"the line is no JSON ({why})", remedy))
            continue
        if not isinstance(values, dict):
            remedy = f"Write one object per line: {example}"
            faults.append(Fault(file, number, "the line is no JSON object", remedy))
            continue
        yield Row(number, values)


def csv_header(text: str, columns: Sequence[str]) -> tuple[int, list[str]]:
    """Return the line and the cells of the header of a CSV `text`, [] where there is none."""
    rows = _csv(text, _delimiter(text, columns))
    line = 1
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                return line, [cell.strip() for cell in row]
            line = rows.line_num + 1
    except csv.Error:
        pass  # csv_rows tells it
    return line, []


def csv_rows(
    file: str, text: str, columns: Sequence[str], example: str, faults: list[Fault]
) -> Iterator[Row]:
    """Yield the rows of a CSV `text` below its header; `faults` gets every row that is none.

    The delimiter is the one of comma, semicolon and tab that makes most of the known `columns` out
    of the header. `example` is a header as it should be, for the messages.
    """
    delimiter = _delimiter(text, columns)
    rows = _csv(text, delimiter)
    header: list[str] | None = None
    line = 1
    try:
        for row in rows:
            start, line = line, rows.line_num + 1
            if not any(cell.strip() for cell in row):
                continue
            if header is None:
                header = [cell.strip() for cell in row]
                for column, times in Counter(filter(None, header)).items():
                    if times > 1:
                        problem = f"the column '{column}' stands there {times} times"
                        faults.append(Fault(file, start, problem, "Keep one of them"))
                continue
            if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
                problem = f"the row has {len(row)} cells, the header {len(header)}"
                remedy = f"Put texts that hold '{delimiter}' in double quotes"
                faults.append(Fault(file, start, problem, remedy))
                continue
            values = zip(header, (cell.strip() for cell in row), strict=False)
            yield Row(start, {key: value for key, value in values if key})
    except csv.Error as error:
        remedy = "Close every double quote, and double those inside a text"
        faults.append(Fault(file, line, f"the table cannot be read ({error})", remedy))
        return
    if header is None:
        faults.append(Fault(file, 1, "the table is empty", f"Begin with a header: {example}"))


def _reason(error: ValueError) -> str:
    """Return why a line is no JSON: a broken one, half a surrogate pair, a far too long number."""
    return str(getattr(error, "msg", getattr(error, "reason", error)))


def _csv(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _delimiter(text: str, columns: Sequence[str]) -> str:
    lines = text.split("\n")
    header = next((line for line in lines if line.strip(f'{_DELIMITERS}" ')), "")

    def known(delimiter: str) -> int:
        cells = {cell.strip().strip('"') for cell in header.split(delimiter)}
        return sum(column in cells for column in columns)

    return max(_DELIMITERS, key=known)
