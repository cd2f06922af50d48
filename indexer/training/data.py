"""Reads what a model is made from: parallel pairs, same-language pairs, paraphrase clusters.

Layout of a data folder:

    parallel/*.jsonl.gz   {"en", "zh"}                                one file a source
    pairs/*.jsonl.gz      {"a", "b", "lang", "kind": "qq" | "qa"}     one file a source
    clusters/*.jsonl      {"domain", "topic", "en": [title, …], "zh": [title, …], "near"?: […],
                           "answer_en"?, "answer_zh"?}
"""

import gzip
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.article import Lang
from indexer.text import normalise

# Machine-translated manuals of far domains are most of the parallel text and least of what users
# ask: of these sources this share is read. Sources that are not named are read whole.
SHARES: Mapping[str, float] = {
    "ms_cpp_docs": 0.1,
    "ms_windows_driver": 0.1,
    "ms_biztalk": 0.2,
    "ms_office_client": 0.3,
    "ms_powershell": 0.4,
    "python_docs_zh_cn": 0.5,
    "kubernetes_website": 0.7,
    "adobe_workfront": 0.7,
}


class DataError(Exception):
    """A data file is missing or broken; the message names it, the line and the fix."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """A sentence and its translation."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of one language that belong together; `b` answers `a` where `kind` is "qa"."""

    a: str
    b: str
    lang: Lang
    kind: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Wordings of one intent, the title first; `near` look alike but need another answer."""

    domain: str
    topic: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    near: tuple[str, ...] = ()
    answer_en: str = ""
    answer_zh: str = ""

    def wordings(self, lang: Lang) -> tuple[str, ...]:
        """Return the wordings in `lang`, the title first."""
        return self.en if lang == "en" else self.zh

    def answer(self, lang: Lang) -> str:
        """Return the answer in `lang`; empty where there is none."""
        return self.answer_en if lang == "en" else self.answer_zh


def read_parallel(folder: Path, seed: int, shares: Mapping[str, float] = SHARES) -> list[Parallel]:
    """Return the pairs of every source in `folder`/parallel, thinned by `shares`, shuffled.

    Raises:
        DataError: there is none, or a line is broken.
    """
    chosen = random.Random(seed)  # noqa: S311 - a sample, no secret
    read = [
        Parallel(row["en"], row["zh"])
        for file in _files(folder / "parallel", "*.jsonl.gz")
        for row in rows(file, ("en", "zh"))
        if chosen.random() < shares.get(file.name.split(".")[0], 1.0)
    ]
    chosen.shuffle(read)
    return read


def read_pairs(folder: Path, seed: int) -> list[Pair]:
    """Return the same-language pairs of every source in `folder`/pairs, shuffled.

    Raises:
        DataError: there is none, or a line is broken.
    """
    read = [
        Pair(row["a"], row["b"], row["lang"], row["kind"])
        for file in _files(folder / "pairs", "*.jsonl.gz")
        for row in rows(file, ("a", "b", "lang", "kind"))
    ]
    random.Random(seed).shuffle(read)  # noqa: S311
    return read


def read_clusters(*files: Path) -> list[Cluster]:
    """Return the clusters of `files` in their order, their texts as the encoder is asked in use.

    Raises:
        DataError: a file is missing, or a line is broken.
    """
    return [
        Cluster(
            domain=row["domain"],
            topic=row["topic"],
            en=tuple(map(normalise, row["en"])),
            zh=tuple(map(normalise, row["zh"])),
            near=tuple(map(normalise, row.get("near", ()))),
            answer_en=normalise(row.get("answer_en", "")),
            answer_zh=normalise(row.get("answer_zh", "")),
        )
        for file in files
        for row in rows(file, ("domain", "topic", "en", "zh"))
    ]


def _files(folder: Path, pattern: str) -> list[Path]:
    files = sorted(folder.glob(pattern))
    if not files:
        raise DataError(
            f"{folder} holds no {pattern}. Name a data folder laid out as {__name__} says."
        )
    return files


def rows(file: Path, keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of a file, one a line, unpacked where it ends in .gz.

    Raises:
        DataError: the file cannot be read, or a line lacks one of `keys`.
    """
    try:
        with (
            gzip.open(file, "rt", encoding="utf-8")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8")
        ) as lines:
            for number, line in enumerate(lines, start=1):
                yield _row(file, number, line, keys)
    except OSError as error:
        raise DataError(f"{file} cannot be read ({error}).") from error


def _row(file: Path, number: int, line: str, keys: tuple[str, ...]) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{file}:{number}: no JSON ({error}). One object a line.") from error
    if not isinstance(row, dict) or any(not row.get(key) for key in keys):
        raise DataError(f"{file}:{number}: a line needs {', '.join(keys)}, none of them empty.")
    return row
