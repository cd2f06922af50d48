import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.beir import LayoutError, read_set

CORPUS: list[dict[str, Any]] = [
    {"_id": "d1", "text": "where is my parcel", "lang": "en", "group": "TRACK ORDER"},
    {"_id": "d2", "text": "track it", "lang": "en", "group": "TRACK ORDER"},
    {"_id": "en:faq-fee", "text": "A fee is due. It goes to the miners.", "lang": "en"},
    {"_id": "zh:faq-fee", "text": "需要手续费。付给矿工。", "lang": "zh"},
    {"_id": "a1", "title": "Bold text", "text": "Use stars.", "lang": "en", "group": "g0"},
    {"_id": "a2", "title": "Bold text", "text": "Or the tag.", "lang": "en", "group": "g0"},
]
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "parcel?", "lang": "en", "in_scope": True},
    {"_id": "q2", "text": "手续费给谁", "lang": "zh", "in_scope": True},
    {"_id": "q3", "text": "bread", "lang": "en", "in_scope": False, "oos": "far (MKQA)"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tTRACK ORDER\t1\nq2\tzh:faq-fee\t1\nq2\ten:faq-fee\t1\n"


def write(folder: Path, qrels: str = QRELS) -> Path:
    for name, rows in (("corpus.jsonl", CORPUS), ("queries.jsonl", QUERIES)):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


def test_texts_of_a_group_are_one_article_s_questions(tmp_path: Path) -> None:
    base, _, _ = read_set(write(tmp_path))
    article = next(a for a in base.articles if a.id == "TRACK-ORDER")
    assert (article.title, article.questions) == ("where is my parcel", ("track it",))


def test_texts_below_a_title_are_its_answer(tmp_path: Path) -> None:
    base, _, _ = read_set(write(tmp_path))
    article = next(a for a in base.articles if a.id == "g0")
    assert (article.title, article.questions) == ("Bold text", ())
    assert article.body == "Use stars.\n\nOr the tag."


def test_a_text_alone_is_an_answer_whose_title_is_its_first_sentence(tmp_path: Path) -> None:
    base, _, _ = read_set(write(tmp_path))
    titles = {a.lang: a.title for a in base.articles if a.id == "faq-fee"}
    assert titles == {"en": "A fee is due", "zh": "需要手续费"}


def test_twins_share_an_id_and_are_judged_once(tmp_path: Path) -> None:
    _, topics, qrels = read_set(write(tmp_path))
    assert [(q.topic_id, q.article_id) for q in qrels] == [("q1", "TRACK-ORDER"), ("q2", "faq-fee")]
    assert [(t.id, t.lang, t.answerable) for t in topics] == [
        ("q1", "en", True),
        ("q2", "zh", True),
        ("q3", "en", False),
    ]
    assert topics[2].kind == "far"


def test_a_judgement_of_an_unknown_document_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path, "query-id\tcorpus-id\tscore\nq1\tnowhere\t1\n")
    with pytest.raises(LayoutError, match="names nowhere"):
        read_set(folder)


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (write(tmp_path) / name).unlink()
    with pytest.raises(LayoutError, match=name):
        read_set(tmp_path)


def test_a_broken_line_is_told_of(tmp_path: Path) -> None:
    (write(tmp_path) / "corpus.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(LayoutError, match=r"corpus\.jsonl"):
        read_set(tmp_path)
