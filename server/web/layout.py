"""What every page holds around its content."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, current_app, request

from indexer import LANGS, Lang
from indexer.article import twin_language
from server.web.centre import centre
from server.web.context import request_id
from server.web.fields import (
    MAX_QUERY,
)
from server.web.kept import kept
from server.web.texts import texts

# What the attribute `lang` says: simplified Chinese gets the right glyphs where fonts hold several.
LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-Hans", "en": "en"}
_PUBLIC_URL = "FAQ_PUBLIC_URL"


def install(app: Flask, public_url: str) -> None:
    """Let pages of `app` name themselves by `public_url`; empty: by what the request says."""
    app.config[_PUBLIC_URL] = public_url.rstrip("/")


def public_address() -> str:
    """Return where visitors find this server, without a slash at the end."""
    return str(current_app.config[_PUBLIC_URL] or request.host_url.rstrip("/"))


def layout(
    lang: Lang,
    page: str = "/",
    *,
    switch_to: str | None = None,
    languages: Iterable[Lang] = LANGS,
    listed: bool = True,
) -> dict[str, Any]:
    """Return the variables of `base.html`.

    `page` is its address after the language's part, `languages` are those that it exists in: the
    first is the one it has where it lacks `lang`. `switch_to` is the same page in the other
    language, where it is not at the same place. A page that is not `listed` is kept out of search
    engines.
    """
    base = public_address()
    existing = tuple(languages)
    own = lang if lang in existing else existing[0]
    said = texts(lang)
    shelves = kept(f"centre-{lang}", lambda index: centre(index, lang))
    return {
        "lang": lang,
        "tags": LANGUAGE_TAGS,
        "other": twin_language(lang),
        "t": said,
        "site": shelves.title or said["site"],
        "switch_to": switch_to or f"/{twin_language(lang)}{page}",
        "base": base,
        "canonical": f"{base}/{own}{page}",
        "alternates": {LANGUAGE_TAGS[each]: f"{base}/{each}{page}" for each in existing},
        "listed": listed,
        "max_query": MAX_QUERY,
        "request_id": request_id(),
    }
