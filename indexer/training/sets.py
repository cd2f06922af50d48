"""Question sets in BEIR's layout, to measure a bare encoder on: no ranking, no words, no scorer.

A folder holds `corpus.jsonl` {_id, text, title?, lang, group?}, `queries.jsonl` {_id, text, lang}
and `qrels.tsv` (query, group or document, grade, below a header line).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.training.data import DataError, rows
from indexer.training.measure import Encode, area

_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Texts with the number of their FAQ, and questions with the numbers that answer each."""

    name: str
    texts: tuple[str, ...]
    langs: tuple[str, ...]
    groups: tuple[int, ...]
    questions: tuple[str, ...]
    asked_in: tuple[str, ...]
    right: tuple[frozenset[int], ...]


def read_set(folder: Path) -> QuestionSet:
    """Return the question set in `folder`.

    Raises:
        DataError: a file is missing or broken.
    """
    numbers: dict[str, int] = {}
    names: dict[str, int] = {}
    texts, langs, groups = [], [], []
    for row in rows(folder / "corpus.jsonl", ("_id", "text", "lang")):
        group = row.get("group") or row["_id"]
        number = numbers.setdefault(group, len(numbers))
        names[group] = names[row["_id"]] = number
        for text in (row.get("title"), row["text"]):
            if text:
                texts.append(text[:_LONGEST])
                langs.append(row["lang"])
                groups.append(number)
    right: dict[str, set[int]] = {}
    try:
        judged = (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
        for query, target, grade in (line.split("\t") for line in judged):
            if int(grade) > 0:
                right.setdefault(query, set()).add(names[target])
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{folder / 'qrels.tsv'} cannot be read ({error!r}).") from error
    queries = list(rows(folder / "queries.jsonl", ("_id", "text", "lang")))
    return QuestionSet(
        folder.name,
        tuple(texts),
        tuple(langs),
        tuple(groups),
        tuple(row["text"] for row in queries),
        tuple(row["lang"] for row in queries),
        tuple(frozenset(right.get(row["_id"], ())) for row in queries),
    )


def measure_set(encode: Encode, asked: QuestionSet) -> dict[str, float]:
    """Return per cent: "en-zh" is the share of English questions whose nearest Chinese FAQ answers.

    The score of an FAQ is that of its nearest text. Questions count in a direction where one of the
    FAQs in that language answers them. "auroc" tells questions that something answers from others
    by the nearest text in any language.
    """
    texts, questions = encode(asked.texts), encode(asked.questions)
    similar = questions @ texts.T
    groups, langs = np.array(asked.groups), np.array(asked.langs)
    figures: dict[str, float] = {}
    for lang in sorted(set(asked.asked_in)):
        for other in sorted(set(asked.langs)):
            columns = np.flatnonzero(langs == other)
            here = frozenset(groups[columns].tolist())
            mine = [
                number
                for number, (spoken, right) in enumerate(
                    zip(asked.asked_in, asked.right, strict=True)
                )
                if spoken == lang and right & here
            ]
            if mine:
                figures[f"{lang}-{other}"] = _accuracy(
                    similar[np.ix_(np.array(mine), columns)],
                    groups[columns],
                    [asked.right[number] for number in mine],
                )
    able = np.array([bool(right) for right in asked.right])
    if able.any() and not able.all():
        best = similar.max(axis=1)
        figures["auroc"] = 100 * area(best[able], best[~able])
    return figures


def _accuracy(
    similar: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    groups: np.ndarray[tuple[int], np.dtype[np.int64]],
    right: Sequence[frozenset[int]],
) -> float:
    first = groups[similar.argmax(axis=1)]
    hits = [int(group) in answers for group, answers in zip(first, right, strict=True)]
    return 100 * float(np.mean(hits))


def summary(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the figures as they are told: with one digit."""
    return {name: round(value, 1) for name, value in figures.items()}
