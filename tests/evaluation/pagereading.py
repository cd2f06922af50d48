"""Reads a page as a browser would: its elements, and the text in one of its two languages."""

from html.parser import HTMLParser

VOID = {"meta", "br", "line", "circle", "rect", "path", "input"}


class Page(HTMLParser):
    """Collects elements and the text that a reader of `lang` sees; fails where tags do not nest."""

    def __init__(self, page: str, lang: str = "en") -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._hidden = "zh" if lang == "en" else "en"
        self._open: list[tuple[str, bool]] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID:
            unseen = tag in ("style", "title") or self._hidden in (
                attributes.get("class") or ""
            ).split(" ")
            self._open.append((tag, unseen))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if not any(unseen for _, unseen in self._open):
            self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        """All of it, blanks within brackets left out."""
        words = " ".join(" ".join(self.texts).split())
        return words.replace("( ", "(").replace(" )", ")")
