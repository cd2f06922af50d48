"""What every page holds around its content."""

from typing import Any

from indexer import Lang
from indexer.article import twin_language
from server.web.context import request_id
from server.web.schemas import MAX_QUERY
from server.web.texts import texts

# What the attribute `lang` says: simplified Chinese gets the right glyphs where fonts hold several.
LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-Hans", "en": "en"}


def layout(lang: Lang, switch_to: str | None = None) -> dict[str, Any]:
    """Return the variables of `base.html`; `switch_to` is this page in the other language."""
    return {
        "lang": lang,
        "tags": LANGUAGE_TAGS,
        "other": twin_language(lang),
        "t": texts(lang),
        "switch_to": switch_to or f"/{twin_language(lang)}/",
        "max_query": MAX_QUERY,
        "request_id": request_id(),
    }
