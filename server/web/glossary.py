"""The glossary: its terms, and the first mention of each in an article, explained there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from markupsafe import Markup, escape

from indexer import Index, Lang
from indexer.text import HAN

# Links and code keep their words, headings their calm.
_LEFT_ALONE = {"a", "code", "pre", "h2", "h3", "h4", "th"}


@dataclass(frozen=True, slots=True)
class Explained:
    """A term in one language and what it means in plain words; `other` is the other language's."""

    term: str
    other: str
    meaning: str


class Glossary:
    """The terms of an index in one language, in the order of the glossary."""

    def __init__(self, index: Index, lang: Lang) -> None:
        rows = index.knowledge.get("lexicon", {}).get("glossary", ())
        other = "en" if lang == "zh" else "zh"
        self.terms = tuple(Explained(r[lang], r[other], r[f"meaning_{lang}"]) for r in rows)
        self._pattern = _pattern(self.terms) if self.terms else None
        self._explained: dict[tuple[str, ...], tuple[Markup, ...]] = {}

    def explain(self, *parts: str) -> tuple[Markup, ...]:
        """Return the `parts` of a page, sanitised HTML, with the first mention of each term
        explained: by an element with the role tooltip and the id `term-1` and so on.
        """
        # As many as there are articles, for their parts are all that comes here.
        if parts not in self._explained:
            left = {each.term.lower(): each for each in self.terms}
            self._explained[parts] = tuple(self._written(html, left) for html in parts)
        return self._explained[parts]

    def _written(self, html: str, left: dict[str, Explained]) -> Markup:
        if self._pattern is None:
            return Markup(html)  # noqa: S704 - sanitised
        writer = _Writer(self._pattern, left, 1 + len(self.terms) - len(left))
        writer.feed(html)
        writer.close()
        return Markup("".join(writer.parts))  # noqa: S704 - sanitised, and escaped again


class _Writer(HTMLParser):
    """Writes the HTML that it reads, with explanations in its texts."""

    def __init__(self, pattern: re.Pattern[str], left: dict[str, Explained], number: int) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._pattern = pattern
        self._left = left
        self._number = number
        self._quiet = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a start tag."""
        self._quiet += tag in _LEFT_ALONE
        told = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.parts.append(f"<{tag}{told}>")

    def handle_endtag(self, tag: str) -> None:
        """Write an end tag."""
        self._quiet -= tag in _LEFT_ALONE
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write a text."""
        self.parts.extend([escape(data)] if self._quiet else self._explain(data))

    def _explain(self, text: str) -> Iterator[str]:
        end = 0
        for match in self._pattern.finditer(text):
            found = self._left.pop(_base(match, self._left), None)
            if found is None:
                continue
            yield escape(text[end : match.start()])
            yield _mention(match.group(), found.meaning, f"term-{self._number}")
            self._number += 1
            end = match.end()
        yield escape(text[end:])


def _mention(text: str, meaning: str, ident: str) -> str:
    return Markup(
        '<span class="term"><dfn tabindex="0" aria-describedby="{id}">{text}</dfn>'
        '<span class="meaning" role="tooltip" id="{id}">{meaning}</span></span>'
    ).format(id=ident, text=text, meaning=meaning)


def _base(match: re.Match[str], left: dict[str, Explained]) -> str:
    """Return the term that was matched, without an English plural's s."""
    word = match.group().lower()
    return word if word in left else word.removesuffix("s")


def _pattern(known: tuple[Explained, ...]) -> re.Pattern[str]:
    """Return the pattern of any term, the longest first; Latin ones count as whole words only."""
    longest = sorted({each.term for each in known}, key=lambda term: (-len(term), term))
    return re.compile("|".join(map(_one, longest)), re.IGNORECASE)


def _one(term: str) -> str:
    before = "" if re.match(f"[{HAN}]", term) else "(?<![A-Za-z0-9])"
    after = "" if re.match(f"[{HAN}]", term[-1]) else "s?(?![A-Za-z0-9])"
    return f"{before}{re.escape(term)}{after}"
