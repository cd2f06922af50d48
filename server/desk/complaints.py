"""The steps of a complaint, by product: kb.toml's `[[products.X.complaint]]`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indexer.article import LANGS


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the procedure; `text` by language is what the visitor is told of it."""

    id: str
    text: Mapping[str, str]


class UnknownStepError(Exception):
    """A ticket is to go to a step that its procedure does not have; `known` are those it has."""

    def __init__(self, step: str, known: tuple[str, ...]) -> None:
        self.step, self.known = step, known
        listed = ", ".join(known) or "none: it is no complaint, or its product has no procedure"
        super().__init__(f"There is no step '{step}' in this ticket's procedure; known: {listed}.")


def procedure(settings: Mapping[str, Any], product: str | None) -> tuple[Step, ...]:
    """Return the steps of `product`, in their order; () where kb.toml tells none."""
    table = settings.get("products", {}).get(product, {})
    return tuple(
        Step(step["id"], {lang: step[lang] for lang in LANGS})
        for step in table.get("complaint", ())
    )
