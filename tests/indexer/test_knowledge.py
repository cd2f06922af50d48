import json

import pytest

from indexer.faults import SourceError
from indexer.knowledge import KnowledgeBase, Product, products, read_knowledge_base
from indexer.lexicon import Lexicon

ARTICLE = "id,lang,title,body\nfees,zh,什么是矿工费,费用\n"
TOML = """\ufeff# Editors: see the README.\r
languages = ["zh", "en"]\r
holidays = [2026-10-01, "2026-10-02"]\r
\r
[tags.fees]\r
zh = "费用"\r
\r
[products.imwallet]\r
name = "IM Wallet"\r
aliases = ["im钱包", "im wallet"]\r
hours = { opens = 09:00:00, always_open = true }\r
\r
[products.other]\r
"""


def fault_of(folder):
    with pytest.raises(SourceError) as caught:
        read_knowledge_base(folder)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_knowledge_base(write_kb):
    files = {"articles/a.csv": ARTICLE, "lexicon/words.txt": "矿工费\n", "kb.toml": TOML}

    base = read_knowledge_base(write_kb(files))

    assert [article.key for article in base.articles] == [("fees", "zh")]
    assert base.lexicon == Lexicon(words=("矿工费",))
    assert base.settings["languages"] == ["zh", "en"]
    assert products(base.settings) == (
        Product("imwallet", "IM Wallet", ("im钱包", "im wallet")),
        Product("other", "other"),
    )


def test_dates_and_times_of_the_settings_can_be_kept_as_json(write_kb):
    settings = read_knowledge_base(write_kb({"a.csv": ARTICLE, "kb.toml": TOML})).settings

    assert settings["holidays"] == ["2026-10-01", "2026-10-02"]
    hours = {"opens": "09:00:00", "always_open": True}
    assert settings["products"]["imwallet"]["hours"] == hours
    assert json.loads(json.dumps(settings)) == settings


def test_a_single_file_is_a_knowledge_base(write_kb):
    folder = write_kb({"a.csv": ARTICLE, "lexicon/words.txt": "词\n", "kb.toml": TOML})

    base = read_knowledge_base(folder / "a.csv")

    assert base == KnowledgeBase(base.articles, Lexicon(), {})
    assert len(base.articles) == 1
    assert products(base.settings) == ()


def test_the_faults_of_every_part_are_told_at_once(write_kb):
    files = {
        "a.csv": ARTICLE + ",zh,x,\n",
        "lexicon/synonyms.tsv": "gas\n",
        "kb.toml": "languages = [\n",
    }

    assert [fault.split(": ")[0] for fault in fault_of(write_kb(files)).splitlines()] == [
        "a.csv:3",
        "lexicon/synonyms.tsv:1",
        "kb.toml:1",
    ]


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("a = 1\nb = = 2\n", "kb.toml:2: it cannot be read (Invalid value"),
        ("a = 1\n\n[tags\nb = 2\n", "kb.toml:3: it cannot be read ("),
        ("a = 1\na = 2\n", "kb.toml:2: it cannot be read (Cannot overwrite a value"),
        ("# x\n[a]\n\nb = [1,\n", "kb.toml:4: it cannot be read ("),
        (b"a = 1\nb = '\xff'\n", "kb.toml:2: the file is not UTF-8. Save it with"),
        (
            '# languages\nlanguages = ["fr"]\n',
            "kb.toml:2: 'languages' must be a list out of zh, en.",
        ),
        ("languages = 'zh'\n", "kb.toml:1: 'languages' must be a list out of zh, en."),
        ("\ntags = ['fees']\n", "kb.toml:2: 'tags' must be tables, one for each id."),
        ("\n\n[tags]\nfees = 'x'\n", "kb.toml:3: 'tags' must be tables, one for each id."),
        ("\n[[products]]\nid = 'a'\n", "kb.toml:2: 'products' must be tables, one for each id."),
        ("[products.a]\nname='A'\naliases = 'b'", "kb.toml:3: 'aliases' must be a list of texts."),
        ("[products.a]\naliases = [1]\n", "kb.toml:2: 'aliases' must be a list of texts. Write "),
    ],
)
def test_faults_of_the_settings(write_kb, toml, fault):
    assert fault_of(write_kb({"a.csv": ARTICLE, "kb.toml": toml})).startswith(fault)
