"""GET /v1/suggest: completions while someone types."""

import logging
import threading
from typing import Any

from flask import current_app
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from indexer import Index
from indexer.text import detect_language
from server.engine import Assistant
from server.engine.presentation import article_url, secret_warning
from server.engine.safety import screen
from server.engine.suggesting import Suggester, Suggestion
from server.web.context import accepted_language
from server.web.error_schemas import (
    ERRORS,
)
from server.web.limits import rate_limited
from server.web.marking import marked
from server.web.schemas import (
    SuggestParameters,
    SuggestResponse,
)

logger = logging.getLogger(__name__)

EXTENSION = "faq_suggestions"

blueprint = APIBlueprint("suggest", __name__, url_prefix="/v1", abp_tags=[Tag(name="Questions")])


class Suggestions:
    """The suggester of the index that serves.

    After a swap the old one goes on until the new one is prepared, which takes about two seconds
    for 10,000 articles. Thread-safe.
    """

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self._lock = threading.Lock()
        self._prepared: tuple[str, Suggester] | None = None

    def get(self) -> tuple[str, Suggester]:
        """Return the id of an index and its suggester."""
        prepared = self._prepared
        if prepared is None:
            return self.prepare()
        if prepared[0] != _id(self._assistant.index) and not self._lock.locked():
            threading.Thread(target=self.prepare, name="suggestions", daemon=True).start()
        return prepared

    def prepare(self) -> tuple[str, Suggester]:
        """Prepare the suggester of the index that serves now, unless that is done."""
        with self._lock:
            index = self._assistant.index
            if self._prepared is None or self._prepared[0] != _id(index):
                suggester = Suggester(index.articles.values())
                suggester.suggest("你好 hello")  # reads what is read on first use
                self._prepared = _id(index), suggester
            return self._prepared


@blueprint.get(
    "/suggest",
    responses={200: SuggestResponse, **ERRORS},
    operation_id="suggest",
    description="For a search box, at every key: titles and other wordings that fit what is typed "
    "so far, also as pinyin or its initials, in traditional characters, or with a slip.",
)
@rate_limited("suggest")
def suggest(query: SuggestParameters) -> dict[str, Any]:
    """Complete a question."""
    suggestions: Suggestions = current_app.extensions[EXTENSION]
    index_id, suggester = suggestions.get()
    safe = screen(query.q)
    if safe.blocked:
        kinds = [kind.value for kind in safe.kinds]
        lang = query.lang or detect_language(safe.text, accepted_language())
        return {
            "suggestions": [],
            "warning": secret_warning(lang, kinds),
            "index_id": index_id,
        }
    found = suggester.suggest(query.q, query.lang, query.limit)
    return {"suggestions": [_presented(each) for each in found], "index_id": index_id}


def _presented(suggestion: Suggestion) -> dict[str, Any]:
    return {
        "text": suggestion.text,
        "html": marked(suggestion.text, suggestion.marks),
        "article_id": suggestion.article_id,
        "lang": suggestion.lang,
        "url": article_url(suggestion.article_id, suggestion.lang, suggestion.section),
    }


def _id(index: Index) -> str:
    return index.manifest.index_id
