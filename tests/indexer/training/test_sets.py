from pathlib import Path

import numpy as np
import pytest

from indexer.training.data import DataError
from indexer.training.sets import measure_set, read_set, summary
from tests.indexer.training.corpus import write_rows
from tests.indexer.training.test_measure import random_encoder

CORPUS = [
    {"_id": f"{lang}{n}", "text": f"{lang} answer {n}", "lang": lang, "group": f"g{n}"}
    | ({"title": f"{lang} title {n}"} if n % 2 else {})
    for lang in ("en", "zh")
    for n in range(6)
    if (lang, n) != ("zh", 4)
] + [{"_id": "alone", "text": "x" * 3000, "lang": "en"}]
QUERIES = [
    {"_id": f"q{lang}{n}", "text": f"{lang} question {n}", "lang": lang}
    for lang in ("en", "zh")
    for n in range(14)
]
# The last are answered by nothing, one judgement is a zero, one question has two right answers.
QRELS = [(f"qen{n}", f"g{n % 6}", 1) for n in range(10)]
QRELS += [(f"qzh{n}", f"en{n % 6}", 1) for n in range(8)]
QRELS += [("qen13", "g1", 0), ("qen0", "alone", 1)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "small"
    write_rows(folder / "corpus.jsonl", CORPUS)
    write_rows(folder / "queries.jsonl", QUERIES)
    lines = ["query\tdoc\tgrade", *("\t".join(map(str, row)) for row in QRELS)]
    (folder / "qrels.tsv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_set_is_read_by_groups(folder: Path) -> None:
    read = read_set(folder)
    assert read.name == "small"
    assert len(read.texts) == len(read.langs) == len(read.groups) == 12 + 6
    assert len(set(read.groups)) == 7
    first = dict(zip(read.texts, read.groups, strict=True))
    assert first["en title 1"] == first["zh answer 1"] == first["zh title 1"]
    assert max(map(len, read.texts)) == 2000
    assert read.right[0] == {first["en answer 0"], first["x" * 2000]}
    assert read.right[13] == frozenset()


def test_the_figures_are_those_of_a_plain_loop(folder: Path) -> None:
    encode = random_encoder(7)
    figures = measure_set(encode, read_set(folder))
    group_of = {row["_id"]: row.get("group", row["_id"]) for row in CORPUS}
    right: dict[str, set[str]] = {}
    for query, target, grade in QRELS:
        if grade:
            right.setdefault(query, set()).add(group_of.get(target, target))

    def scores(query: dict[str, str], lang: str | None) -> dict[str, float]:
        best: dict[str, float] = {}
        for row in CORPUS:
            if lang in (None, row["lang"]):
                for text in filter(None, (row.get("title"), row["text"][:2000])):
                    similar = float(encode([query["text"]])[0] @ encode([text])[0])
                    group = group_of[row["_id"]]
                    best[group] = max(best.get(group, -1.0), similar)
        return best

    expected = {}
    for lang in ("en", "zh"):
        for other in ("en", "zh"):
            hits = []
            for query in QUERIES:
                best = scores(query, other)
                if query["lang"] == lang and right.get(query["_id"], set()) & best.keys():
                    hits.append(max(best, key=best.__getitem__) in right[query["_id"]])
            expected[f"{lang}-{other}"] = 100 * sum(hits) / len(hits)
    best_of = {query["_id"]: max(scores(query, None).values()) for query in QUERIES}
    able = [score for query, score in best_of.items() if query in right]
    unable = [score for query, score in best_of.items() if query not in right]
    pairs = [(a > u) + (a == u) / 2 for a in able for u in unable]
    expected["auroc"] = 100 * sum(pairs) / len(pairs)
    assert figures == pytest.approx(expected, rel=1e-5)
    assert 0 < figures["en-zh"] < 100


def test_without_unanswerable_questions_there_is_no_auroc(folder: Path) -> None:
    write_rows(folder / "queries.jsonl", QUERIES[:8])
    assert measure_set(random_encoder(), read_set(folder)).keys() == {"en-en", "en-zh"}


@pytest.mark.parametrize("line", ["qen0\tnowhere\t1", "qen0 en0 1", "qen0\ten0\tyes"])
def test_a_broken_judgement_is_told(folder: Path, line: str) -> None:
    (folder / "qrels.tsv").write_text(f"query\tdoc\tgrade\n{line}\n")
    with pytest.raises(DataError, match=r"qrels\.tsv cannot be read"):
        read_set(folder)


def test_a_missing_file_is_told(folder: Path) -> None:
    (folder / "queries.jsonl").unlink()
    with pytest.raises(DataError, match=r"queries\.jsonl cannot be read"):
        read_set(folder)


def test_figures_are_told_with_one_digit() -> None:
    assert summary({"a": float(np.float64(12.3456))}) == {"a": 12.3}
