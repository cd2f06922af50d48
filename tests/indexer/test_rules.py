"""A slip in what hand-offs are made of stops the build and is told with its line."""

import tomllib
from pathlib import Path

import pytest

from indexer.faults import SourceError
from indexer.knowledge import read_knowledge_base
from indexer.rules import misshapen_rules

ARTICLE = "id,lang,title,body\nfees,zh,什么是矿工费,费用\n"
_KB = Path(__file__).parents[2] / "kb" / "kb.toml"
_QUESTION = '[intake.q]\nzh = "问"\nen = "Ask"\n'


def test_the_own_knowledge_base_is_right():
    assert not list(misshapen_rules(tomllib.loads(_KB.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    "toml",
    [
        "",
        "holidays = []\n",
        'holidays = ["2026-10-01", 2026-10-02]\n',
        '[products.a.hours]\nmon_fri = [["00:00", "24:00"], ["22:30", "02:00"]]\n',
        "[products.a.hours]\nalways_open = true\n",
        '[products.a]\nhours = { timezone = "Europe/Berlin" }\n',
        'intake_default = ["q"]\n' + _QUESTION + '[intake_for]\nfees = ["q"]\n',
        '[[priority_rules]]\npriority = "low"\n',
        '[[products.a.complaint]]\nid = "received"\nzh = "收到"\nen = "Received"\n',
    ],
)
def test_what_is_right(write_kb, toml):
    read_knowledge_base(write_kb({"a.csv": ARTICLE, "kb.toml": toml}))


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ('\nholidays = ["1 October"]\n', "2: 'holidays' must be a list of dates"),
        ('holidays = ["20261001"]\n', "1: 'holidays' must be a list of dates"),
        ("holidays = 2026-10-01\n", "1: 'holidays' must be a list of dates"),
        ("[products.a]\nhours = 9\n", "1: 'products.a.hours' must be a table. Write [products.a.hours]"),
        ('\n[products.a.hours]\ntimezone = "Shanghai"\n', "2: 'products.a.hours' has a timezone that is no IANA name. Write timezone ="),
        ('[products.a.hours]\ntimezone = "../../etc"\n', "1: 'products.a.hours' has a timezone"),
        ("[products.a.hours]\ntimezone = 8\n", "1: 'products.a.hours' has a timezone"),
        ('[products.a.hours]\nmon_fri = ["09:00", "21:00"]\n', "1: 'products.a.hours' has mon_fri that is no list of spans. Write mon_fri = [["),
        ('[products.a.hours]\nsat_sun = [["9:00", "21:00"]]\n', "1: 'products.a.hours' has sat_sun"),
        ('[products.a.hours]\nsat_sun = [["24:00", "21:00"]]\n', "1: 'products.a.hours' has sat_sun"),
        ('[products.a.hours]\nsat_sun = [["09:00"]]\n', "1: 'products.a.hours' has sat_sun"),
        ('[products.a.hours]\nalways_open = "yes"\n', "1: 'products.a.hours' has always_open that is neither"),
        ("[products.a]\nchannels = 1\n", "1: 'products.a.channels' must be tables in a list."),
        ("\n[[products.a.channels]]\nid = 1\n", "2: 'products.a.channels' has one without an id. Write id ="),
        ('[[products.a.channels]]\nid = "x"\nname = "X"\n', "1: 'products.a.channels' has a name that is not in both languages."),
        ('[[products.a.channels]]\nid = "x"\nnote = { zh = "注" }\n', "1: 'products.a.channels' has a note that"),
        ('[[products.a.channels]]\nid = "x"\nfollows_hours = 1\n', "1: 'products.a.channels' has follows_hours that"),
        ("[products.a]\ncomplaint = 1\n", "1: 'products.a.complaint' must be tables in a list."),
        ('[[products.a.complaint]]\nzh = "收"\nen = "R"\n', "1: 'products.a.complaint' has a step without an id of its own. Write id ="),
        (2 * '[[products.a.complaint]]\nid = "r"\nzh = "收"\nen = "R"\n', "1: 'products.a.complaint' has a step without an id of its own."),
        ('[[products.a.complaint]]\nid = "r"\nzh = "收"\n', "1: 'products.a.complaint' has a step that is not told in both languages."),
        ("intake = 1\n", "1: 'intake' must be tables, one for each question."),
        ('[intake.q]\nzh = "问"\n', "1: 'intake.q' is not asked in both languages."),
        (_QUESTION + 'kind = "colour"\n', "1: 'intake.q' has a kind that is none of text, choice,"),
        (_QUESTION + 'kind = "choice"\n', "1: 'intake.q' needs as many choices in one language as in the other."),
        (_QUESTION + 'kind = "choice"\nchoices = { zh = ["是"], en = ["Yes", "No"] }\n', "1: 'intake.q' needs as many choices"),
        (_QUESTION + 'kind = "choice"\nchoices = ["Yes"]\n', "1: 'intake.q' needs as many choices"),
        (_QUESTION + "required = 1\n", "1: 'intake.q' has required that is neither true nor false."),
        ('intake_default = ["q"]\n', "1: 'intake_default' names questions that [intake.*] does not have."),
        ("intake_for = 1\n", "1: 'intake_for' must be a table of lists."),
        (_QUESTION + '[intake_for]\nfees = ["p"]\n', "5: 'fees' in [intake_for] names questions"),
        ("priority_rules = 1\n", "1: 'priority_rules' must be tables in a list."),
        ('\n[[priority_rules]]\npriority = "asap"\n', "2: 'priority_rules' has no priority out of urgent, high, normal, low in rule 1."),
        ('[[priority_rules]]\npriority = "low"\ntags = "scam"\n', "1: 'priority_rules' has tags that are no list of texts in rule 1."),
        ('[[priority_rules]]\npriority = "low"\nwords = { zh = "被盗" }\n', "1: 'priority_rules' has words that are no lists of texts in rule 1."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(write_kb, toml, fault):
    with pytest.raises(SourceError) as caught:
        read_knowledge_base(write_kb({"a.csv": ARTICLE, "kb.toml": toml}))
    assert any(f"kb.toml:{fault}" in line for line in str(caught.value).splitlines())
