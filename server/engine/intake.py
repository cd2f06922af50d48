"""The questions to ask before a hand-off, and whether what was answered can be taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from indexer.article import Lang
from server.engine.safety import Screened, screen

MAX_ANSWER = 2000

Kind = Literal["text", "choice", "transaction_hash", "address", "datetime"]


@dataclass(frozen=True, slots=True)
class IntakeQuestion:
    """A question in one language; only a `choice` has `choices`."""

    id: str
    kind: Kind
    text: str
    required: bool = False
    choices: tuple[str, ...] = ()


class Fault(StrEnum):
    """Why an answer cannot be taken."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    NOT_A_CHOICE = "not_a_choice"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the answer to the question `id`."""

    id: str
    fault: Fault


def intake_for(
    settings: Mapping[str, Any], tags: Iterable[str], lang: Lang
) -> tuple[IntakeQuestion, ...]:
    """Return the questions that fit a case with `tags`, in the order to ask them, each once.

    Those of kb.toml's `intake_default` where no tag has questions; none where kb.toml has none.
    """
    by_tag = settings.get("intake_for", {})
    wanted = [ident for tag in tags for ident in by_tag.get(tag, ())]
    wanted = wanted or list(settings.get("intake_default", ()))
    tables = settings.get("intake", {})
    return tuple(_question(i, tables[i], lang) for i in dict.fromkeys(wanted) if i in tables)


def every_question(settings: Mapping[str, Any], lang: Lang) -> tuple[IntakeQuestion, ...]:
    """Return all questions of kb.toml: a form may have been made for other tags."""
    return tuple(_question(i, table, lang) for i, table in settings.get("intake", {}).items())


def problems(
    settings: Mapping[str, Any],
    answers: Mapping[str, str],
    required: Iterable[IntakeQuestion] = (),
) -> tuple[Problem, ...]:
    """Return why `answers`, by question id, cannot be taken; () where they can.

    Any question of kb.toml may be answered, a choice in either language; of `required` those that
    are marked so must be. What a hash, an address or a time should look like is no reason to send a
    worried visitor back: see `extraction` for what can be read from them.
    """
    tables = settings.get("intake", {})
    found = [
        Problem(question.id, Fault.MISSING)
        for question in required
        if question.required and not answers.get(question.id, "").strip()
    ]
    for ident, answer in answers.items():
        if ident not in tables:
            found.append(Problem(ident, Fault.UNKNOWN))
        elif len(answer) > MAX_ANSWER:
            found.append(Problem(ident, Fault.TOO_LONG))
        elif answer.strip() and not _is_choice(tables[ident], answer.strip()):
            found.append(Problem(ident, Fault.NOT_A_CHOICE))
    return tuple(found)


def screened(settings: Mapping[str, Any], ident: str, answer: str) -> Screened:
    """Return `answer` to the question `ident` without its secrets.

    A transaction's hash looks exactly like a private key. The question says which of the two is
    meant, so it is read together with the answer; a word in the answer itself weighs more.
    """
    if settings.get("intake", {}).get(ident, {}).get("kind") != "transaction_hash":
        return screen(answer)
    label = "tx hash: "
    both = screen(label + answer)
    if not both.text.startswith(label):
        return screen(answer)
    return Screened(both.text.removeprefix(label), both.kinds)


def _question(ident: str, table: Mapping[str, Any], lang: Lang) -> IntakeQuestion:
    return IntakeQuestion(
        id=ident,
        kind=table.get("kind", "text"),
        text=table[lang],
        required=bool(table.get("required", False)),
        choices=tuple(table.get("choices", {}).get(lang, ())),
    )


def _is_choice(table: Mapping[str, Any], answer: str) -> bool:
    """Tell whether `answer` is one of the choices; anything is where there are none."""
    if table.get("kind") != "choice":
        return True
    return any(answer in group for group in table.get("choices", {}).values())
