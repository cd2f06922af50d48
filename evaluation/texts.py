"""The words of the pages, in both languages: they stand in `templates/*.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from markupsafe import Markup, escape

from indexer.article import LANGS, Lang

ReportLang = Lang

# What `lang` says of a text in HTML.
HTML_LANG: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages; a page shows the one that its reader chose."""

    zh: str
    en: str

    def __html__(self) -> Markup:
        """Return both as HTML, each marked with its language."""
        return Markup("").join(
            Markup('<span class="{}" lang="{}">{}</span>').format(lang, HTML_LANG[lang], text)
            for lang, text in self.items()
        )

    def items(self) -> list[tuple[Lang, str]]:
        """Return (language, text) for each language."""
        return [("zh", self.zh), ("en", self.en)]


class Words:
    """The words of one page: `words("of", n=12)` is a text in both languages.

    Raises:
        KeyError: there is no text of that name.
    """

    def __init__(self, *names: str) -> None:
        self._rows = {key: row for name in names for key, row in _rows(name).items()}

    def __call__(self, name: str, /, **values: Any) -> Both:
        """Return the text `name`, filled in with `values`; what is no markup yet is escaped."""
        row = self._rows[name]
        filled = {key: _sides(value) for key, value in values.items()}
        return Both(
            *(
                Markup(row[lang]).format(  # noqa: S704 - our own text; what is filled in is escaped
                    **{k: side[lang] for k, side in filled.items()}
                )
                for lang in LANGS
            )
        )

    def __contains__(self, name: str) -> bool:
        return name in self._rows


def _sides(value: Any) -> dict[Lang, Markup]:
    if isinstance(value, Both):
        return {lang: escape(text) for lang, text in value.items()}
    return dict.fromkeys(LANGS, escape(value))


@cache
def _rows(name: str) -> dict[str, dict[Lang, str]]:
    """Return the texts of `templates/<name>.toml`: name → language → text."""
    file = resources.files("evaluation") / "templates" / f"{name}.toml"
    rows: dict[str, dict[Lang, str]] = tomllib.loads(file.read_text(encoding="utf-8"))
    return rows
