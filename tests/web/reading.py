"""Pages as a browser without scripts reads them."""

import re
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """What a page holds; fails where elements are not nested as they should be."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """Return the attributes of each element `tag`."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def links(self) -> list[str]:
        return [attributes["href"] for attributes in self.all("a")]

    @property
    def articles(self) -> list[str]:
        """Return the addresses of articles that the page links, in order."""
        return [link for link in self.links if re.search(r"/articles/.", link)]

    def field(self, name: str) -> str:
        """Return the value of the form's field `name`."""
        return next(a["value"] for a in self.all("input") if a.get("name") == name)


def page_of(response: TestResponse, status: int = 200) -> Page:
    assert response.status_code == status, response.get_data(as_text=True)
    assert response.mimetype == "text/html"
    return Page(response.get_data(as_text=True))


def read(client: FlaskClient, address: str, status: int = 200, **query: str) -> Page:
    return page_of(client.get(address, query_string=query or None, headers=BROWSER), status)


def assert_sound(page: Page) -> None:
    """Fail where a page is not built as pages should be, or breaks its own security policy."""
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert page.all("html")[0]["lang"] in {"zh-Hans", "en"}
    assert "#content" in page.links
    assert page.all("main")[0]["id"] == "content"
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in page.elements:
        # Nothing that the Content-Security-Policy would refuse.
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("aria-labelledby", "aria-describedby", "for"):
            if name in attributes:
                assert attributes[name] in ids
    assert page.all("style") == []
    for script in page.all("script"):
        assert (
            script.get("src", "").startswith("/static/") or script["type"] == "application/ld+json"
        )
    for tag in ("link", "img"):
        for attributes in page.all(tag):
            if attributes.get("rel") not in ("canonical", "alternate"):
                assert attributes.get("href", attributes.get("src", "")).startswith("/static/")
