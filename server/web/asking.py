"""From a question to the JSON of its answer, whatever index comes or goes meanwhile."""

import time
from typing import Any

from indexer import Lang
from server.engine import Assistant
from server.engine.presentation import IndexSwappedError, present
from server.web.hooks import note


def ask(
    assistant: Assistant,
    question: str,
    lang: Lang | None = None,
    product: str | None = None,
    top_k: int = 5,
    conversation_id: str | None = None,
) -> dict[str, Any]:
    """Return the answer to `question` in the shape of POST /v1/ask."""
    start = time.perf_counter()
    while True:
        answer = assistant.ask(question, lang, product, top_k)
        took_ms = (time.perf_counter() - start) * 1000
        try:
            presented = present(assistant, answer, took_ms=took_ms, conversation_id=conversation_id)
        except IndexSwappedError:
            # Builds take seconds, answers milliseconds: the next try comes before the next swap.
            continue
        note(answer)
        return presented
