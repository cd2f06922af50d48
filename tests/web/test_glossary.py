"""Terms are explained where an article mentions them first, and nothing else changes."""

import html
import re
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import Index
from server.engine import Assistant
from server.engine.render import to_html
from server.web.glossary import Glossary
from tests.web.reading import read


@pytest.fixture(scope="module")
def index(assistant: Assistant) -> Index:
    return assistant.index


class _Text(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(text)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data


def without_meanings(text: str) -> str:
    """Return the words of HTML as they were before terms were explained."""
    return _Text(re.sub(r'<span class="meaning".*?</span>', "", text)).text


def mentions(text: str) -> list[str]:
    return re.findall(r"<dfn [^>]*>(.*?)</dfn>", text)


def test_the_first_mention_alone_is_explained(index: Index) -> None:
    (shown,) = Glossary(index, "zh").explain("<p>哈希是什么？哈希。</p><p>查区块浏览器</p>")
    assert mentions(shown) == ["哈希", "区块浏览器"]
    assert 'id="term-1">一串字符。' in shown
    assert 'aria-describedby="term-2"' in shown


def test_the_parts_of_a_page_share_their_terms(index: Index) -> None:
    first, second = Glossary(index, "zh").explain("<p>哈希</p>", "<p>哈希和区块浏览器</p>")
    assert (mentions(first), mentions(second)) == (["哈希"], ["区块浏览器"])
    assert 'id="term-2"' in second


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Block explorers show a hash.", ["Block explorers", "hash"]),
        ("rehashed hashtag", []),
        ("HASH", ["HASH"]),
    ],
)
def test_english_terms_are_whole_words_in_any_case(
    index: Index, text: str, found: list[str]
) -> None:
    assert mentions(Glossary(index, "en").explain(f"<p>{text}</p>")[0]) == found


@pytest.mark.parametrize("tag", ["a", "code", "h3"])
def test_links_code_and_headings_keep_their_words(index: Index, tag: str) -> None:
    (shown,) = Glossary(index, "en").explain(f"<{tag}>hash</{tag}><p>hash</p>")
    assert shown.startswith(f"<{tag}>hash</{tag}>")
    assert mentions(shown) == ["hash"]


def test_meanings_are_escaped(index: Index) -> None:
    (shown,) = Glossary(index, "en").explain("<p>block explorer</p>")
    assert "A site that shows &lt;every&gt; transfer." in shown


@given(
    st.lists(
        st.sampled_from(
            [
                "哈希",
                "hash",
                "block explorer",
                "**",
                "`",
                "\n\n",
                "1. ",
                "<b>",
                "&",
                "&lt;",
                "]",
                "[x](",
                "|",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_the_words_stay_as_they_are(index: Index, text: str) -> None:
    before = to_html(text)
    for lang in ("zh", "en"):
        (shown,) = Glossary(index, lang).explain(before)
        assert without_meanings(shown) == _Text(before).text
        assert "<b>" not in shown


def test_the_glossary_has_a_page(client: FlaskClient) -> None:
    page = read(client, "/en/glossary")
    assert [html.unescape(t) for t in ("block explorer", "hash")] == [
        t for t in ("block explorer", "hash") if t in page.text
    ]
    assert "A site that shows <every> transfer." in page.text


def test_an_article_explains_its_terms(client: FlaskClient) -> None:
    page = read(client, "/zh/articles/deposit-late")
    described = [x["aria-describedby"] for x in page.all("dfn")]
    assert described == ["term-1", "term-2"]
    assert {x["id"] for x in page.all("span") if x.get("role") == "tooltip"} == set(described)
