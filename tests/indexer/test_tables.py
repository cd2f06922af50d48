"""What read_articles does not show; the faults of both formats are tested in test_sources.py."""

import pytest

from indexer.tables import Row, csv_header, csv_rows, decoded, jsonl_rows


def test_csv_rows_hold_every_cell_stripped_and_empty_ones_too():
    faults = []

    rows = list(csv_rows("a.csv", "id, text ,\n1, a b ,\n\n2\n", ["id"], "id,text", faults))

    assert rows == [Row(2, {"id": "1", "text": "a b"}), Row(4, {"id": "2"})]
    assert faults == []


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("id,text\n1,2", (1, ["id", "text"])),
        ('\n;;\n"id";"te\nxt"\n', (3, ["id", "te\nxt"])),
        ("", (1, [])),
        ("\n\n", (3, [])),
        ('"id\n', (1, [])),
    ],
)
def test_csv_header(text, header):
    assert csv_header(text, ["id"]) == header


def test_jsonl_rows_keep_values_as_they_are():
    rows = jsonl_rows("a.jsonl", '{"id": 1, "text": " a "}\n\n{}', "{}", faults := [])

    assert list(rows) == [Row(1, {"id": 1, "text": " a "}), Row(3, {})]
    assert faults == []


def test_decoded_ends_every_line_alike(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes("\ufeff一\r\n二\r三\n".encode())

    assert decoded(file, []) == "一\n二\n三\n"
