"""Help centres that others wrote, as question sets in BEIR's layout, made into ours.

A folder holds `corpus.jsonl` {_id, text, title?, lang, group?}, `queries.jsonl` {_id, text, lang}
and `qrels.tsv` (query, group or document, grade, below a header). Documents of one group are one
article: what its texts are, questions or answers, its title tells. A group "en:x" or "zh:x" is the
article "x" in that language (Thakur et al., BEIR, NeurIPS 2021, has no groups and no languages).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evaluation.helpcentres import beginning
from evaluation.topics import Qrel, Topic
from indexer import LANGS, Article, KnowledgeBase

_LANGUAGE = re.compile(rf"(?:{'|'.join(LANGS)}):")
_NOT_IN_AN_ID = re.compile(r"[^\w.\-]+")


class LayoutError(Exception):
    """A folder holds no question set in this layout; the message names the file."""


def read_set(folder: Path) -> tuple[KnowledgeBase, list[Topic], list[Qrel]]:
    """Return the help centre in `folder`, the questions to ask it and which article answers which.

    Raises:
        LayoutError: a file is missing or broken.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    group_of: dict[str, str] = {}
    for row in _rows(folder / "corpus.jsonl"):
        group = row.get("group") or row["_id"]
        groups.setdefault(group, []).append(row)
        group_of[row["_id"]] = group_of[group] = group
    qrels = []
    for query, target, grade in _judgements(folder / "qrels.tsv"):
        if target not in group_of:
            raise LayoutError(f"{folder / 'qrels.tsv'} names {target}, which is in no corpus line.")
        qrels.append(Qrel(query, _ident(group_of[target]), grade))
    # Twins share an id here, so that a question may be judged on both and count once.
    qrels = list({(qrel.topic_id, qrel.article_id): qrel for qrel in qrels}.values())
    answerable = {qrel.topic_id for qrel in qrels if qrel.relevance > 0}
    topics = [
        Topic(row["_id"], row["text"], row["lang"], row["_id"] in answerable, _kind(row))
        for row in _rows(folder / "queries.jsonl")
    ]
    return KnowledgeBase(tuple(_article(g, rows) for g, rows in groups.items())), topics, qrels


def _article(group: str, rows: list[dict[str, Any]]) -> Article:
    """Return a group as an article.

    Texts with a title, or one long text, are its answer; several short ones are its questions, as a
    bot's training phrases are.
    """
    texts = [row["text"] for row in rows]
    title = next((row["title"] for row in rows if row.get("title")), None)
    lang = rows[0]["lang"]
    if title is None and len(texts) > 1:
        return Article(_ident(group), lang, texts[0], tuple(texts[1:]), texts[0])
    title = title or beginning(texts[0])
    return Article(_ident(group), lang, title, (), "\n\n".join(texts))


def _ident(group: str) -> str:
    return _NOT_IN_AN_ID.sub("-", _LANGUAGE.sub("", group, count=1)).strip("-._")


def _kind(row: dict[str, Any]) -> str:
    return str(row.get("oos") or "").split(" ")[0].strip("(")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, ValueError) as error:
        raise LayoutError(f"{file} cannot be read ({error}).") from error


def _judgements(file: Path) -> Iterator[tuple[str, str, int]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LayoutError(f"{file} cannot be read ({error}).") from error
    for line in lines:
        cells = line.split("\t")
        if len(cells) == 3 and cells[2].strip().lstrip("-").isdigit():
            yield cells[0], cells[1], int(cells[2])
