"""Topics files as people and Excel write them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.topics import Qrel, Topic, read_topics, relevance
from indexer import SourceError


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(SourceError) as caught:
        read_topics(path)
    return [str(fault).removeprefix(f"{path}:") for fault in caught.value.faults]


EXPECTED = (
    [
        Topic("1", "提现没到账，怎么办", "zh", answerable=True),
        Topic("2", "reset, please", "en", answerable=True),
        Topic("3", "weather", "en", answerable=False),
    ],
    [Qrel("1", "withdraw-not-arrived"), Qrel("2", "login-failed"), Qrel("2", "login-new-device")],
)
TABLE = (
    'id,text,lang,article_id\r\n1,"提现没到账，怎么办",zh,withdraw-not-arrived\r\n'
    '2,"reset, please",en,login-failed|login-new-device\r\n3,weather,en,\r\n'
)


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        "\ufeff" + TABLE,
        TABLE.replace("\r\n", "\n").rstrip(),
        "id;text;lang;article_id\n1;提现没到账，怎么办;zh;withdraw-not-arrived\n"
        "2;reset, please;en;login-failed | login-new-device|\n3;weather;en;\n;;;\n",
        '"id"\t"text"\t"lang"\t"article_id"\n1\t提现没到账，怎么办\tzh\twithdraw-not-arrived\n'
        "2\treset, please\tEN\tlogin-failed|login-new-device|login-failed\n3\tweather\ten\t\n",
    ],
    ids=["excel", "bom", "lf", "semicolons", "tabs"],
)
def test_csv_dialects(tmp_path: Path, content: str) -> None:
    assert read_topics(written(tmp_path, "topics.csv", content)) == EXPECTED


def test_jsonl(tmp_path: Path) -> None:
    lines = (
        '{"id": 1, "text": "提现没到账，怎么办", "lang": "zh", '
        '"article_id": "withdraw-not-arrived"}\n'
        '{"id": "2", "text": "reset, please", "article_id": "login-failed|login-new-device"}\n\n'
        '{"id": "3", "text": "weather", "lang": null, "note": "a stranger is left alone"}\n'
    )
    assert read_topics(written(tmp_path, "topics.jsonl", lines)) == EXPECTED


def test_language_is_detected_where_it_is_not_given_and_kind_is_kept(tmp_path: Path) -> None:
    path = written(
        tmp_path, "t.csv", "id,text,lang,article_id,kind\na,gas费不够,,x,mixed\nb,hi,,,\n"
    )
    topics, _ = read_topics(path)
    assert [(topic.lang, topic.kind) for topic in topics] == [("zh", "mixed"), ("en", "")]


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "t.csv",
        'id,text,lang,article_id\n,no id,en,a\n1,,en,a\n2,ok,de,a\n3,"two\nlines",en,a\n'
        "4,fine,en,a\n4,again,en,a\n5,a,b,c,d\n",
    )
    found = faults(path)
    assert found == [
        "2: 'id' is missing. Give every question its id.",
        "3: 'text' is missing. Give every question its text.",
        "4: unknown language 'de'. Use one of: zh, en; or leave it empty to have it detected.",
        "8: the id '4' stands in line 7 already. Give one of them another id.",
        "9: the row has 5 cells, the header 4. Put texts that hold ',' in double quotes.",
    ]


def test_faults_of_jsonl(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "t.jsonl",
        '{"id": "1", "text": "x", "artcle_id": "a"}\n{nonsense\n["list"]\n'
        '{"id": "2", "text": "x", "article_id": ["a"]}\n{"id": true, "text": 3}\n',
    )
    found = faults(path)
    assert found[0] == "1: unknown column 'artcle_id'. Did you mean 'article_id'."
    assert found[1].startswith("2: the line is no JSON (")
    assert found[2].startswith("3: the line is no JSON object.")
    remedy = "Put it in quotes, several ids separated by '|'."
    assert found[3] == f"4: 'article_id' must be a text, not list. {remedy}"
    assert found[4] == "5: 'id' must be a text, not bool. Put it in quotes."
    assert found[5] == "5: 'text' must be a text, not int. Put it in quotes."


def test_a_misspelt_column_is_told_once_at_the_header(tmp_path: Path) -> None:
    path = written(tmp_path, "t.csv", "id,txt,Lang,artikel_id\n1,a,en,b\n2,c,en,d\n")
    assert [fault for fault in faults(path) if "column" in fault] == [
        "1: unknown column 'txt'. Did you mean 'text'.",
        "1: unknown column 'Lang'. Did you mean 'lang'.",
        "1: unknown column 'artikel_id'. Did you mean 'article_id'.",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", "", "1: the table is empty. Begin with a header: id,text,lang,article_id."),
        ("t.csv", "id,text,lang,article_id\n", "1: the file holds no topics"),
        ("t.jsonl", "\n\n", "1: the file holds no topics"),
        ("t.csv", "id,text,lang\n1,hi,en\n", "1: 'article_id' is missing in every row"),
        ("t.csv", "id,text,lang,article_id\n1,啊,zh,".encode("gbk"), "2: the file is not UTF-8"),
        ("t.csv", 'id,text,lang,article_id\n1,"hi,en,\n', "2: the table cannot be read"),
        ("t.xlsx", "PK", "1: it is neither CSV nor JSONL. Save it as one of: .csv, .tsv, .jsonl."),
    ],
)
def test_files_that_are_no_topics(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    found = faults(written(tmp_path, name, content))
    assert len(found) == 1
    assert found[0].startswith(message)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path / "no.csv") == ["1: there is no such file. Name a file with topics."]


@given(
    content=st.text(max_size=200) | st.text('12a"|,;\n\r 用', max_size=60),
    start=st.sampled_from(["", "id,text,article_id\n1,a,\n", '{"id": 1, "text": "a"}\n']),
    suffix=st.sampled_from(["csv", "jsonl"]),
)
def test_any_text_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: str, start: str, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    path.write_text(start + content, encoding="utf-8", newline="")
    topics, qrels, refused = [], [], ()
    try:
        topics, qrels = read_topics(path)
    except SourceError as error:
        refused = error.faults
    assert bool(refused) != bool(topics)
    assert {qrel.topic_id for qrel in qrels} <= {topic.id for topic in topics}


def test_relevance_groups_by_topic() -> None:
    qrels = [Qrel("1", "a"), Qrel("2", "a", 2), Qrel("1", "b", 0)]
    assert relevance(qrels) == {"1": {"a": 1, "b": 0}, "2": {"a": 2}}
