"""An FAQ article, the unit that editors write and visitors are shown."""

from dataclasses import dataclass
from typing import Literal, get_args

Lang = Literal["zh", "en"]
Priority = Literal["urgent", "normal"]

LANGS: tuple[Lang, ...] = get_args(Lang)
PRIORITIES: tuple[Priority, ...] = get_args(Priority)


def twin_language(lang: Lang) -> Lang:
    """Return the other of the two languages."""
    return "en" if lang == "zh" else "zh"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a long article that answers one question: its heading."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """One answer in one language. Translations share `id`: the key is `(id, lang)`.

    `questions` are other wordings of the title. `sections` is empty for an article that is served
    whole; a long article is served section by section. Articles with the same `variant_of` answer
    the same question for different products. `source` is `FILE:LINE`, for messages.
    """

    id: str
    lang: Lang
    title: str
    questions: tuple[str, ...] = ()
    body: str = ""
    tags: tuple[str, ...] = ()
    product: str | None = None
    variant_of: str | None = None
    priority: Priority = "normal"
    updated: str | None = None
    related: tuple[str, ...] = ()
    source: str = ""
    sections: tuple[Section, ...] = ()

    @property
    def key(self) -> tuple[str, Lang]:
        """What is unique in a knowledge base."""
        return self.id, self.lang
