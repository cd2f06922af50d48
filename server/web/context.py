"""What every view needs: the assistant behind the app and the language of the reader."""

from typing import cast

from flask import current_app, request

from indexer import LANGS, Lang
from server.engine import Assistant

EXTENSION = "faq_assistant"


def assistant() -> Assistant:
    """Return the assistant that the current app answers with."""
    return cast(Assistant, current_app.extensions[EXTENSION])


def default_language() -> Lang:
    """Return the knowledge base's own language, for readers who ask for none that it has."""
    settings = assistant().index.knowledge.get("settings", {})
    return cast(Lang, settings.get("default_language", "en"))


def accepted_language() -> Lang:
    """Return the language that the reader's Accept-Language asks for."""
    best = request.accept_languages.best_match(LANGS)
    return cast(Lang, best) if best else default_language()
