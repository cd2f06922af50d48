import gzip
from pathlib import Path

import pytest

from indexer.training.data import DataError, read_clusters, read_pairs, read_parallel
from tests.indexer.training.corpus import CLUSTERS, PAIRS, PARALLEL, write_rows


def test_all_is_read_in_an_order_of_the_seed(data: Path) -> None:
    read = read_parallel(data, 1)
    assert sorted((p.en, p.zh) for p in read) == sorted((p["en"], p["zh"]) for p in PARALLEL)
    assert read == read_parallel(data, 1)
    assert read != read_parallel(data, 2)
    assert {pair.a for pair in read_pairs(data, 1)} == {pair["a"] for pair in PAIRS}


def test_a_source_is_thinned_by_its_share(tmp_path: Path) -> None:
    for name in ("far", "near"):
        rows = [{"en": f"{name} {n}", "zh": "x"} for n in range(1000)]
        write_rows(tmp_path / "parallel" / f"{name}.jsonl.gz", rows)
    read = read_parallel(tmp_path, 1, {"far": 0.2})
    assert sum(pair.en.startswith("near") for pair in read) == 1000
    assert 150 < sum(pair.en.startswith("far") for pair in read) < 250


def test_clusters_are_read_in_their_order(data: Path) -> None:
    read = read_clusters(data / "clusters" / "train.jsonl", data / "held.jsonl")
    assert [c.topic for c in read] == [c["topic"] for c in CLUSTERS]
    first = read[0]
    assert first.wordings("zh") == tuple(CLUSTERS[0]["zh"])
    assert first.answer("en") == CLUSTERS[0]["answer_en"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("no json", r"small\.jsonl\.gz:2: no JSON"),
        ('{"en": "a", "zh": ""}', r"small\.jsonl\.gz:2: a line needs en, zh, none of them empty"),
        ("[1]", r"small\.jsonl\.gz:2: a line needs"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "parallel").mkdir()
    text = '{"en": "a", "zh": "b"}\n' + line + "\n"
    (tmp_path / "parallel" / "small.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    with pytest.raises(DataError, match=message):
        read_parallel(tmp_path, 1)


def test_a_file_that_is_not_packed_is_told(tmp_path: Path) -> None:
    (tmp_path / "pairs").mkdir()
    (tmp_path / "pairs" / "small.jsonl.gz").write_text("{}")
    with pytest.raises(DataError, match=r"small\.jsonl\.gz cannot be read"):
        read_pairs(tmp_path, 1)
