"""What every view needs: the assistant behind the app, the reader's language, the request's id."""

import re
import uuid
from typing import cast

from flask import current_app, g, request

from indexer import LANGS, Lang
from server.engine import Assistant

EXTENSION = "faq_assistant"
TRUST_IDS = "FAQ_TRUST_REQUEST_IDS"
# An id that a proxy gave. Nothing else is taken over into logs: 64 digits could be a private key.
_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


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


def request_id() -> str:
    """Return the id of the current request, 32 hexadecimal digits."""
    # Requests that fail before they begin (a broken host name) have none yet.
    if "request_id" not in g:
        sent = request.headers.get("X-Request-ID", "") if current_app.config[TRUST_IDS] else ""
        g.request_id = sent.replace("-", "") if _UUID.fullmatch(sent) else uuid.uuid4().hex
    return str(g.request_id)
