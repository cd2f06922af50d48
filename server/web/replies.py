"""An answer in words: what a chat shows of it, and what the transcript keeps."""

from collections.abc import Mapping
from typing import Any

from indexer import Lang
from server.web.texts import texts


def said(presented: Mapping[str, Any]) -> str:
    """Return what POST /v1/ask has answered, as Markdown, less the choices of a clarification.

    The answers that belong together stand one below the other under their questions.
    """
    if "warning" in presented:
        return str(presented["warning"]["message"])
    decision = presented["decision"]
    if decision == "answer":
        return _answers(presented)
    if decision == "clarify":
        return texts(language(presented))["did_you_mean"]
    return str(presented["handoff"]["message"])


def language(presented: Mapping[str, Any]) -> Lang:
    """Return the language that an answer with choices is in."""
    shown = [*presented["clarify"], *presented["answers"]]
    lang: Lang = shown[0]["lang"] if shown else "en"
    return lang


def _answers(presented: Mapping[str, Any]) -> str:
    answers = {item["id"]: item for item in presented["answers"]}
    together = [answers[i] for i in presented.get("together", ()) if i in answers]
    if len(together) < 2:
        return str(presented["answers"][0]["answer"])
    return "\n\n".join(f"**{item['question']}**\n\n{item['answer']}" for item in together)
