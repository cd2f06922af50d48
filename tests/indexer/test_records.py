import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.article import Article
from indexer.records import KEYS, Record, header_faults, meant_key

GOOD = {"id": "fees-what", "lang": "zh", "title": "什么是矿工费"}
LINES = {key: number for number, key in enumerate(KEYS, 2)}


def faults(values, **options):
    record = Record("a.md", 1, values, LINES)
    article = record.article(**options)
    assert (article is None) == bool(record.faults)
    return [str(fault) for fault in record.faults]


def test_an_article_of_every_key():
    values = {
        **GOOD,
        "questions": [" gas费是什么 ", "什么是\n矿工费", 404],
        "body": " 付给网络的费用。\n",
        "tags": ["fees"],
        "product": "tpwallet",
        "variant_of": "fees",
        "priority": "urgent",
        "updated": "2026-01-31",
        "related": ["fees-why-high"],
    }

    assert Record("kb/a.jsonl", 7, values).article() == Article(
        id="fees-what",
        lang="zh",
        title="什么是矿工费",
        questions=("gas费是什么", "什么是 矿工费", "404"),
        body=" 付给网络的费用。\n",
        tags=("fees",),
        product="tpwallet",
        variant_of="fees",
        priority="urgent",
        updated="2026-01-31",
        related=("fees-why-high",),
        source="kb/a.jsonl:7",
    )


def test_what_is_left_out_has_its_default():
    article = Record("a.md", 1, {**GOOD, "product": None, "questions": None}).article()

    assert article == Article("fees-what", "zh", "什么是矿工费", source="a.md:1")


def test_a_given_body_wins():
    assert Record("a.md", 1, {**GOOD, "body": "old"}).article("new").body == "new"


def test_lists_in_one_cell():
    values = {**GOOD, "questions": "one | two||", "tags": "fees"}

    article = Record("a.csv", 2, values).article(list_separator="|")

    assert article.questions == ("one", "two")
    assert article.tags == ("fees",)


def test_a_number_may_be_an_id():
    assert Record("a.jsonl", 1, {**GOOD, "id": 17}).article().id == "17"
    assert Record("a.jsonl", 1, {**GOOD, "id": 0}).article().id == "0"


@pytest.mark.parametrize("key", ["id", "lang", "title"])
@pytest.mark.parametrize("nothing", [None, "", "  ", "\u200b", "\n"])
def test_what_is_needed_must_be_there(key, nothing):
    assert faults({**GOOD, key: nothing}) == [
        f"a.md:{LINES[key]}: '{key}' is missing. Add '{key}:' with a value."
    ]


def test_every_fault_of_a_record_is_told_at_its_line():
    values = {
        "id": "no spaces",
        "lang": "fr",
        "title": ["a"],
        "questions": "one",
        "tags": ["a", None, True, {"b": 1}],
        "priority": "high",
        "updated": "31.1.2026",
        "titel": "x",
    }

    assert faults(values) == [
        "a.md:1: unknown key 'titel'. Did you mean 'title'.",
        "a.md:4: 'title' must be a text, not list. Put the title in quotes.",
        "a.md:10: 'questions' must be a list. Write questions: [first, second].",
        "a.md:11: 'tags' holds None, which is no text. Put it in quotes.",
        "a.md:11: 'tags' holds True, which is no text. Put it in quotes.",
        "a.md:11: 'tags' holds {'b': 1}, which is no text. Put it in quotes.",
        "a.md:2: 'no spaces' is no valid id. Use letters, digits, '-', '_' and '.', "
        "beginning with a letter or digit.",
        "a.md:3: unknown language 'fr'. Use one of: zh, en.",
        "a.md:7: unknown priority 'high'. Use one of: urgent, normal.",
        "a.md:8: '31.1.2026' is no date. Write it as YYYY-MM-DD.",
    ]


@pytest.mark.parametrize("ident", ["a", "A-1", "转账_慢", "v1.2", "7", "é"])
def test_ids(ident):
    assert faults({**GOOD, "id": ident}) == []


@pytest.mark.parametrize("ident", ["_a", "-a", ".a", "a b", "a/b", "a:b", "../a", "a\\b", "a?"])
def test_no_ids(ident):
    (fault,) = faults({**GOOD, "id": ident})
    assert fault.startswith(f"a.md:2: '{ident}' is no valid id.")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026-01-31", "2026-01-31"),
        ("2026/1/5", "2026-01-05"),  # Excel in China
        ("2026-1-5", "2026-01-05"),
        (datetime.date(2026, 1, 5), "2026-01-05"),
    ],
)
def test_dates_are_kept_in_one_form_that_sorts(written, date):
    assert Record("a.csv", 1, {**GOOD, "updated": written}).article().updated == date


@pytest.mark.parametrize(
    "written",
    ["2026-13-01", "2026-02-30", "20260131", "2026-W05-1", "1/5/2026", "2026-01/05", "yesterday"],
)
def test_no_dates(written):
    assert faults({**GOOD, "updated": written}) == [
        f"a.md:8: '{written}' is no date. Write it as YYYY-MM-DD."
    ]


@pytest.mark.parametrize("key", ["title", "questions", "body"])
def test_half_a_character_is_told(key):
    broken = ["\ud83d"] if key == "questions" else "x \ud83d"

    (fault,) = faults({**GOOD, key: broken})

    assert fault.startswith(f"a.md:{LINES[key]}: '{key}' holds half of a character.")


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("Title", "title"),
        ("ID", "id"),
        ("tag", "tags"),
        (" lang", "lang"),
        ("update", "updated"),
        ("varient_of", "variant_of"),
    ],
)
def test_misspelt_keys(key, meant):
    assert meant_key(key) == meant
    assert f"a.md:1: unknown key '{key}'. Did you mean '{meant}'." in faults({**GOOD, key: "x"})


@pytest.mark.parametrize("key", ["author", "source_url", "备注", "notes", 5])
def test_strange_keys_are_left_alone(key):
    assert faults({**GOOD, key: object()}) == []


def test_header_faults():
    told = [str(f) for f in header_faults("a.csv", 2, ["ID", "titel", "body", "author"])]

    assert told == [
        "a.csv:2: unknown column 'ID'. Did you mean 'id'.",
        "a.csv:2: unknown column 'titel'. Did you mean 'title'.",
        "a.csv:2: the column 'lang' is missing. Add it to the header.",
    ]
    assert list(header_faults("a.csv", 1, ["id", "lang", "title"])) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(), VALUES), st.none() | st.just("|"))
def test_any_values_make_an_article_or_faults(values, separator):
    record = Record("a.jsonl", 1, values)

    article = record.article(list_separator=separator)

    assert (article is None) == bool(record.faults)
    if article is not None:
        assert article.id
        assert article.title.strip()
        assert article.lang in ("zh", "en")
