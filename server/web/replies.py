"""An answer in words: what a chat shows of it, and what the transcript keeps."""

import datetime as dt
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
        return texts(presented["lang"])["did_you_mean"]
    return str(presented["handoff"]["message"])


def who_is_there(reachable: Mapping[str, Any], lang: Lang) -> str:
    """Return in words who can be reached now, or when; "" where nothing is known of it.

    `reachable` has `channels_open` and `opens_at?`, as hand-offs and tickets do.
    """
    told = texts(lang)
    if names := [channel["name"] for channel in reachable["channels_open"]]:
        separator = "、" if lang == "zh" else ", "
        return told["ticket.open_now"].format(channels=separator.join(dict.fromkeys(names)))
    if "opens_at" in reachable:
        at = dt.datetime.fromisoformat(reachable["opens_at"])
        zone = at.isoformat()[-6:]
        return told["ticket.open_later"].format(when=f"{at:%Y-%m-%d %H:%M} (UTC{zone})")
    return ""


def _answers(presented: Mapping[str, Any]) -> str:
    answers = {item["id"]: item for item in presented["answers"]}
    together = [answers[i] for i in presented.get("together", ()) if i in answers]
    if len(together) < 2:
        return str(presented["answers"][0]["answer"])
    return "\n\n".join(f"**{item['question']}**\n\n{item['answer']}" for item in together)
