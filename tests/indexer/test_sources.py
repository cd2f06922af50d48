import contextlib
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import longform, sources
from indexer.article import Article, Section
from indexer.faults import SourceError
from indexer.sources import read_articles, source_files

FRONT = "---\nid: {id}\nlang: {lang}\ntitle: {title}\n---\n{body}\n"


def markdown(ident="a", lang="en", title="What is it?", body="This."):
    return FRONT.format(id=ident, lang=lang, title=title, body=body)


def faults(folder: Path) -> list[str]:
    """Return what is wrong with the sources, without the folder's name."""
    with pytest.raises(SourceError) as caught:
        read_articles(folder)
    return [str(fault).removeprefix(f"{folder}/") for fault in caught.value.faults]


# Markdown with front matter


def test_markdown_with_front_matter(write_kb):
    text = """---
id: deposit-howto
lang: zh
title: "怎么充值: 第一步"
questions:
  - 如何充值
  - 'U 怎么转进来 # 谢谢'
tags: [deposit, transfer]
product: tpwallet
variant_of: deposit
priority: urgent
updated: 2026-01-31
related: [deposit-minimum]
author: 小王
---

## 步骤

---
1. 复制地址。

"""
    folder = write_kb({"zh/deposit-howto.md": text})

    assert read_articles(folder) == [
        Article(
            id="deposit-howto",
            lang="zh",
            title="怎么充值: 第一步",
            questions=("如何充值", "U 怎么转进来 # 谢谢"),
            body="## 步骤\n\n---\n1. 复制地址。",
            tags=("deposit", "transfer"),
            product="tpwallet",
            variant_of="deposit",
            priority="urgent",
            updated="2026-01-31",
            related=("deposit-minimum",),
            source=f"{folder}/zh/deposit-howto.md:1",
        )
    ]


def test_front_matter_takes_values_as_they_are_written(write_kb):
    text = "---\nid: 007\nlang: en\ntitle: No\nquestions: [1.10, yes, 2026-01-31, ~]\n---\nx"

    (fault,) = faults(write_kb({"a.md": text}))
    assert fault == "a.md:5: 'questions' holds None, which is no text. Put it in quotes."

    (article,) = read_articles(write_kb({"a.md": text.replace(", ~", "")}))
    assert article.id == "007"
    assert article.title == "No"
    assert article.questions == ("1.10", "yes", "2026-01-31")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("blank", ["", "\n\n"])
def test_line_ends_byte_order_marks_and_blank_lines(write_kb, newline, mark, blank):
    text = (blank + markdown(body="one\n\ntwo")).replace("\n", newline)

    (article,) = read_articles(write_kb({"a.md": (mark + text).encode()}))

    assert article.body == "one\n\ntwo"
    assert article.source.endswith(f"a.md:{len(blank) + 1}")


def test_an_article_without_a_body_can_be_read(write_kb):
    assert read_articles(write_kb({"a.md": markdown(body="")}))[0].body == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("---\nid: a\nlang: en\n", "a.md:1: the front matter does not end. Close it with a line"),
        ("\n---\nid: a\n", "a.md:2: the front matter does not end."),
        ("---\n---\nx", "a.md:2: the front matter has no keys. Write lines such as"),
        ("---\n- a\n- b\n---\nx", "a.md:2: the front matter has no keys."),
        ("---\nid: a\nlang: en\ntitle: Fees: what\n---\n", "a.md:4: the front matter is no YAML ("),
        ("---\nid: a\ntitle: 'Fees\nlang: en\n---\n", "a.md:3: the front matter is no YAML ("),
        ("---\nid: a\ntags: [a, b\nlang: en\n---\n", "a.md:3: the front matter is no YAML ("),
        ("---\nid: a\n  lang: en\n---\n", "a.md:3: the front matter is no YAML ("),
        ("---\nid: a\nlang: en\ntitle: \x07\n---\n", "a.md:4: the front matter holds the control"),
        ("---\nid: a\nlang: !!int x\n---\n", "a.md:2: the front matter is no YAML ("),
        ("---\n" + "[" * 5000 + "\n---\n", "a.md:2: the front matter is no YAML ("),
        (markdown().replace("lang", "id: b\nlang"), "a.md:3: the key 'id' stands there twice."),
        (markdown().replace("title", "# x\ntitel"), "a.md:1: 'title' is missing. Add 'title:'"),
        (markdown(title='"x \\ud83d"'), "a.md:4: 'title' holds half of a character."),
        (markdown(lang="cn"), "a.md:3: unknown language 'cn'. Use one of: zh, en."),
        (markdown(title="x\nupdated: 2026-13-01"), "a.md:5: '2026-13-01' is no date."),
        (markdown(title="x\ntags: fees"), "a.md:5: 'tags' must be a list. Write tags: [first,"),
        ("", "a.md:1: the file is empty. Write the article or delete it."),
        ("\ufeff \r\n \r\n", "a.md:1: the file is empty."),
    ],
)
def test_faults_of_markdown(write_kb, text, fault):
    assert faults(write_kb({"a.md": text}))[0].startswith(fault)


# JSONL


def test_jsonl(write_kb):
    first = {"id": "a", "lang": "en", "title": "A?", "body": "One\n\ntwo.", "tags": ["x"]}
    second = {"id": "a", "lang": "zh", "title": "甲？", "questions": ["乙"], "body": "一。"}
    text = json.dumps(first) + "\r\n\r\n" + json.dumps(second, ensure_ascii=False)
    folder = write_kb({"a.jsonl": "\ufeff" + text})

    assert read_articles(folder) == [
        Article("a", "en", "A?", (), "One\n\ntwo.", ("x",), source=f"{folder}/a.jsonl:1"),
        Article("a", "zh", "甲？", ("乙",), "一。", source=f"{folder}/a.jsonl:3"),
    ]


def test_faults_of_jsonl(write_kb):
    lines = [
        '{"id": "a", "lang": "en", "title": "A"}',
        '{"id": "b", "lang": "en", "title": "B",}',
        "",
        '["id", "c"]',
        '{"id": "d", "lang": "en", "title": "D", "question": ["x"], "tags": "y"}',
        '{"id": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"id": "e", "lang": "en", "title": "\\ud83d"}',
    ]

    told = faults(write_kb({"a.jsonl": "\n".join(lines)}))

    assert [fault.split(" (")[0] for fault in told[:2]] == [
        "a.jsonl:2: the line is no JSON",
        'a.jsonl:4: the line is no JSON object. Write one object per line: {"id": …, "lang": …, '
        '"title": …, "body": …}.',
    ]
    assert told[2:4] == [
        "a.jsonl:5: unknown key 'question'. Did you mean 'questions'.",
        "a.jsonl:5: 'tags' must be a list. Write tags: [first, second].",
    ]
    assert [fault.split(" (")[0] for fault in told[4:]] == [
        f"a.jsonl:{line}: the line is no JSON" for line in (6, 7, 8)
    ]


# CSV


def test_csv_as_excel_writes_it(write_kb):
    rows = [
        "id;lang;title;questions;tags;updated;body;;",
        'a;zh;"怎么""提现""; 要多久";如何提现|提现 步骤 ;withdraw|fees;2026/1/5;"第一行',
        "",
        '第二行";;',
        ";;;;;;;;",
        "b;en;How;;;;Like this;;",
    ]
    folder = write_kb({"a.csv": "\ufeff" + "\r\n".join(rows) + "\r\n"})

    first, second = read_articles(folder)

    assert first == Article(
        id="a",
        lang="zh",
        title='怎么"提现"; 要多久',
        questions=("如何提现", "提现 步骤"),
        tags=("withdraw", "fees"),
        updated="2026-01-05",
        body="第一行\n\n第二行",
        source=f"{folder}/a.csv:2",
    )
    assert second == Article("b", "en", "How", body="Like this", source=f"{folder}/a.csv:6")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("before", ["", "\n\n"])
def test_the_delimiter_is_found_by_the_header(write_kb, delimiter, quote, before):
    rows = [["lang", " id ", "title"], ["en", "a", "Fees"]]
    lines = (delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in rows)

    (article,) = read_articles(write_kb({"a.csv": before + "\n".join(lines)}))

    assert (article.id, article.lang, article.title) == ("a", "en", "Fees")


def test_a_short_row_lacks_its_last_cells(write_kb):
    (article,) = read_articles(write_kb({"a.csv": "id,lang,title,body\na,en,Fees\n"}))

    assert article.body == ""


def test_faults_of_csv_stand_at_the_line_where_their_row_begins(write_kb):
    text = 'id,lang,title,body\na,en,"two\nlines",x\nb,en,B,one, two\n\nc,fr,,x\nd,en,"D" x,y\n'

    assert faults(write_kb({"a.csv": text})) == [
        "a.csv:4: the row has 5 cells, the header 4. Put texts that hold ',' in double quotes.",
        "a.csv:6: 'title' is missing. Add 'title:' with a value.",
        "a.csv:6: unknown language 'fr'. Use one of: zh, en.",
        "a.csv:7: the table cannot be read (',' expected after '\"'). Close every double quote, "
        "and double those inside a text.",
    ]


def test_an_open_quote_is_told_where_its_row_begins(write_kb):
    (fault,) = faults(write_kb({"a.csv": 'id,lang,title\na,en,A\nb,en,"B\nc,en,C\n'}))

    assert fault.startswith("a.csv:3: the table cannot be read (unexpected end of data).")


def test_faults_of_a_header_are_told_once(write_kb):
    text = "\nid,Lang,titel,title,title\n" + "".join(f"a{n},en,A{n},,\n" for n in range(50))

    assert faults(write_kb({"a.csv": text})) == [
        "a.csv:2: unknown column 'Lang'. Did you mean 'lang'.",
        "a.csv:2: unknown column 'titel'. Did you mean 'title'.",
        "a.csv:2: the column 'title' stands there 2 times. Keep one of them.",
    ]


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", ",,,\r\n"])
def test_an_empty_table(write_kb, text):
    assert faults(write_kb({"a.csv": text})) == [
        "a.csv:1: the table is empty. Begin with a header: id,lang,title,questions,body."
    ]


def test_a_table_of_a_header_alone_holds_no_articles(write_kb):
    assert read_articles(write_kb({"a.csv": "id,lang,title\n", "b.md": markdown()})) != []


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CELL, max_size=8), st.sampled_from(",;\t"), st.booleans())
def test_a_table_that_python_writes_is_read_back(write_kb, bodies, delimiter, mark):
    header = delimiter.join(("id", "lang", "title", "body"))
    lines = [header]
    for number, body in enumerate(bodies):
        quoted = '"' + body.replace('"', '""') + '"'
        lines.append(delimiter.join((f"a{number}", "en", "T", quoted)))
    text = ("\ufeff" if mark else "") + "\r\n".join(lines)

    read = read_articles(write_kb({"a.csv": text, "b.md": markdown("other")}))

    assert [article.body for article in read[:-1]] == [body.strip() for body in bodies]


# Long articles


@pytest.fixture
def two_sections(monkeypatch):
    """Cut every text in two, whatever it holds; `cut` itself has tests of its own."""
    cut = longform.LongArticle("慢是为什么", (Section("原因", "网络拥堵"), Section("怎么办", "等")))
    seen = []
    monkeypatch.setattr(sources.longform, "cut", lambda text: seen.append(text) or cut)
    return seen


@pytest.mark.parametrize("name", ["为什么 慢.txt", "为什么 慢.md", "为什么 慢.TXT"])
def test_a_long_article(write_kb, two_sections, name):
    folder = write_kb({name: "\ufeff慢是为什么\r\n\r\n网络拥堵，请等。\r\n"})

    assert read_articles(folder) == [
        Article(
            id="为什么-慢",
            lang="zh",
            title="慢是为什么",
            body="慢是为什么\n\n网络拥堵，请等。",
            source=f"{folder}/{name}:1",
            sections=(Section("原因", "网络拥堵"), Section("怎么办", "等")),
        )
    ]


def test_a_long_article_without_title_has_its_name(write_kb, monkeypatch):
    monkeypatch.setattr(sources.longform, "cut", lambda text: longform.LongArticle(" ", ()))

    (article,) = read_articles(write_kb({"slow-transfers.txt": "..."}))

    assert article.title == "slow-transfers"
    assert article.lang == "en"


def test_the_name_of_a_long_article_must_be_an_id(write_kb, two_sections):
    assert faults(write_kb({"慢？(1).txt": "慢"})) == [
        "慢？(1).txt:1: '慢？(1)' is no valid id. Rename the file, for its name is the article's "
        "id: Use letters, digits, '-', '_' and '.', beginning with a letter or digit."
    ]


def test_an_empty_long_article(write_kb):
    assert faults(write_kb({"a.txt": " \n"})) == [
        "a.txt:1: the file is empty. Write the article or delete it."
    ]


def test_long_bodies_with_front_matter_are_cut_as_well(write_kb, two_sections):
    long, short = "很长。" * 600, "短。"
    folder = write_kb({"a.md": markdown("a", body=long), "b.md": markdown("b", body=short)})

    first, second = read_articles(folder)

    assert len(first.sections) == 2
    assert first.body == long
    assert first.title == "What is it?"
    assert second.sections == ()
    assert two_sections == [f"# What is it?\n\n{long}"]


def test_a_long_body_of_one_section_is_served_whole(write_kb, monkeypatch):
    one = longform.LongArticle("t", (Section("t", "x"),))
    monkeypatch.setattr(sources.longform, "cut", lambda text: one)

    (article,) = read_articles(write_kb({"a.md": markdown(body="很长。" * 600)}))

    assert article.sections == ()


# Folders


def test_a_folder_of_every_format_is_read_in_a_fixed_order(write_kb, two_sections):
    folder = write_kb(
        {
            "zh/b.md": markdown("b", "zh"),
            "en/b.md": markdown("b", "en"),
            "deep/er/a.MD": markdown("a"),
            "more.CSV": "id,lang,title\nc,en,C\nd,en,D\n",
            "more.jsonl": '{"id": "e", "lang": "en", "title": "E"}',
            "long.txt": "慢",
        }
    )

    keys = [article.key for article in read_articles(folder)]

    assert keys == [
        ("a", "en"),
        ("b", "en"),
        ("long", "zh"),
        ("c", "en"),
        ("d", "en"),
        ("e", "en"),
        ("b", "zh"),
    ]


def test_what_is_no_source_is_passed_by(write_kb):
    folder = write_kb(
        {
            "a.md": markdown(),
            "README.md": "# For editors",
            "zh/readme.txt": "x",
            "README.zh.md": "x",
            "lexicon/words.txt": "助记词",
            "lexicon/more/a.md": markdown("hidden"),
            ".draft.md": markdown("hidden"),
            ".git/a.md": markdown("hidden"),
            "~$a.csv": b"\xff\xfe",
            "logo.png": b"\x89PNG",
            "kb.toml": "x = 1",
            "articles/lexicon/b.md": markdown("kept"),
            "readmes.md": markdown("readmes"),
        }
    )

    names = [file.relative_to(folder).as_posix() for file in source_files(folder)]

    assert names == ["a.md", "articles/lexicon/b.md", "readmes.md"]


def test_a_single_file_is_a_source(write_kb):
    folder = write_kb({"a.md": markdown("a"), "b.md": markdown("b")})

    (article,) = read_articles(folder / "b.md")

    assert article.id == "b"


@pytest.mark.parametrize("name", ["", "none", "kb.toml"])
def test_where_there_are_no_sources(write_kb, name):
    folder = write_kb({"kb.toml": ""})

    with pytest.raises(SourceError) as caught:
        read_articles(folder / name)

    assert str(caught.value) == (
        f"{folder / name}:1: no articles found. "
        "Name a folder or file with *.md, *.txt, *.jsonl, *.csv sources."
    )


# Faults over several files


def test_every_fault_of_every_file_is_told_at_once_in_reading_order(write_kb):
    folder = write_kb(
        {
            "a.md": markdown("x", "en"),
            "b.csv": "id,lang,title\nx,zh,X\nx,en,X\n,en,Y\n",
            "c.jsonl": '{"id": "x", "lang": "zh", "title": "X"}\n{]\n',
            "d.txt": b"good\r\ngood\r\nbad \xb0\xa1\r\n",
            "e.md": markdown(lang="fr", title='"  "'),
        }
    )

    assert [fault.replace(f"{folder}/", "") for fault in faults(folder)] == [
        "b.csv:3: the en article 'x' stands in a.md:1 already. Give one of them another id.",
        "b.csv:4: 'id' is missing. Add 'id:' with a value.",
        "c.jsonl:1: the zh article 'x' stands in b.csv:2 already. Give one of them another id.",
        "c.jsonl:2: the line is no JSON (Expecting property name enclosed in double quotes). "
        "Write one object per line, keys and texts in double quotes.",
        "d.txt:3: the file is not UTF-8. Save it with the encoding UTF-8.",
        "e.md:3: unknown language 'fr'. Use one of: zh, en.",
        "e.md:4: 'title' is missing. Add 'title:' with a value.",
    ]


def test_the_same_id_in_two_languages_is_one_article_translated(write_kb):
    folder = write_kb({"zh/a.md": markdown("a", "zh"), "en/a.md": markdown("a", "en")})

    assert len(read_articles(folder)) == 2


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"\xff\xfea\0", 1),  # UTF-16, Excel's "Unicode text"
        ("标题\n中文".encode("gb18030"), 1),
        (b"\xef\xbb\xbf\xff", 1),
        (b"\xef\xbb\xbfa\n\xff", 2),
        (b"a\rb\r\xff", 3),
        ("好\r\n".encode() * 9 + b"\xe5\xa5", 10),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.csv", "a.jsonl"])
def test_a_file_that_is_not_utf8_is_told_at_the_line(write_kb, data, line, name):
    assert faults(write_kb({name: data})) == [
        f"{name}:{line}: the file is not UTF-8. Save it with the encoding UTF-8."
    ]


def test_a_file_that_cannot_be_read(write_kb, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    folder = write_kb({"a.md": markdown(), "b.md": markdown("b")})
    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert faults(folder) == [
        f"{name}:1: it cannot be read (Permission denied). "
        "Make it readable, or take it out of the folder."
        for name in ("a.md", "b.md")
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.sampled_from(["a.md", "a.csv", "a.jsonl", "a.txt"]),
    st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | st.text(st.sampled_from("---\nid:lang:en'\"[]{}&*!|>%@`,; \ta#1~?"), max_size=60)
    .map("---\n{}\n---\n".format)
    .map(str.encode),
)
def test_any_file_is_read_or_told(write_kb, name, data):
    folder = write_kb({"sub/" + name: data})

    with contextlib.suppress(SourceError):
        articles = read_articles(folder)
        assert all(article.id and article.title for article in articles)
    shutil.rmtree(folder)
