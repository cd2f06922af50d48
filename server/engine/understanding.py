"""What a question says: its language, product, search tokens, and whether it asks for a human."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indexer.article import Lang
from indexer.knowledge import products
from indexer.lexicon import Lexicon, Synonyms, Term
from indexer.spelling import Spelling
from indexer.text import Tokenizer, detect_language, normalise
from server.engine.correction import Correction, Corrector

_LATIN = re.compile("[a-z]")
# A synonym says the same, but the article that uses the asker's own word is the safer one.
_SYNONYM_WEIGHT = 0.6

# What asks for a human in any knowledge base; kb.toml adds its own phrases.
_HUMAN_PHRASES = (
    "转人工",
    "接人工",
    "找人工",
    "要人工",
    "人工服务",
    "真人客服",
    "talk to a human",
    "speak to a human",
    "talk to an agent",
    "speak to an agent",
    "talk to a person",
    "speak to someone",
    "real person",
    "human agent",
    "live agent",
)
# Asks for a human only where nothing else is said.
_HUMAN_WORDS = ("人工", "客服", "人工客服", "human", "agent", "operator")


@dataclass(frozen=True, slots=True)
class Understood:
    """A normalised question, its slips mended as `corrections` tell.

    `tokens` are its own words, `expanded` those and their synonyms, each with its weight (0..1];
    `product` is the one asked for or named.
    """

    text: str
    lang: Lang
    product: str | None
    tokens: dict[str, float]
    expanded: dict[str, float]
    wants_human: bool
    corrections: tuple[Correction, ...] = ()


class Understanding:
    """Understands questions with the words of one knowledge base. Thread-safe."""

    def __init__(self, knowledge: Mapping[str, Any], spelling: Spelling) -> None:
        lexicon = _lexicon(knowledge.get("lexicon", {}))
        settings = knowledge.get("settings", {})
        self.tokenizer = Tokenizer(lexicon.all_words())
        self._synonyms = Synonyms.of(lexicon)
        self._default_language: Lang = settings.get("default_language", "en")
        self._products = {
            normalise(alias): product.id
            for product in products(settings)
            for alias in (product.id, product.name, *product.aliases)
        }
        self._corrector = Corrector(spelling, self.tokenizer, self._names(lexicon))
        words = settings.get("handoff", {}).get("words", {})
        phrases = [*_HUMAN_PHRASES, *(phrase for group in words.values() for phrase in group)]
        self._human_phrases = tuple(dict.fromkeys(map(normalise, phrases)))
        self._human_tokens = frozenset(
            token for word in _HUMAN_WORDS for token in self.tokenizer.tokens(word)
        )

    def understand(self, text: str, lang: Lang | None, product: str | None) -> Understood:
        """Return what `text` says; `lang` and `product` are None where the asker named none."""
        corrected = self._corrector.correct(normalise(text))
        text = corrected.text
        tokens = dict.fromkeys(self.tokenizer.tokens(text), 1.0)
        expanded = dict(tokens)
        for term in self._synonyms.expand(text):
            for token in self.tokenizer.tokens(term):
                expanded.setdefault(token, _SYNONYM_WEIGHT)
        return Understood(
            text=text,
            lang=lang or detect_language(text, self._default_language),
            product=product or self._named_product(text),
            tokens=tokens,
            expanded=expanded,
            wants_human=self._wants_human(text, tokens),
            corrections=corrected.corrections,
        )

    def _named_product(self, text: str) -> str | None:
        """Return the product that `text` names; None where it names none or several."""
        named = {ident for alias, ident in self._products.items() if _contains(text, alias)}
        return named.pop() if len(named) == 1 else None

    def _wants_human(self, text: str, tokens: Iterable[str]) -> bool:
        if any(_contains(text, phrase) for phrase in self._human_phrases):
            return True
        said = set(tokens)
        return bool(said) and said <= self._human_tokens

    def _names(self, lexicon: Lexicon) -> Iterator[str]:
        """Yield what is spelt right though no article may use it.

        Not the lexicon's Chinese words: they include the very slips that users make.
        """
        yield from self._products
        yield from (normalise(word) for term in lexicon.glossary for word in (term.zh, term.en))
        yield from (word for word in map(normalise, lexicon.all_words()) if _LATIN.search(word))


def _contains(text: str, phrase: str) -> bool:
    """Tell whether `phrase` stands in `text`, its Latin words as whole ones."""
    if not phrase or phrase not in text:
        return False
    before = "(?<![a-z0-9])" if phrase[0].isascii() else ""
    after = "(?![a-z0-9])" if phrase[-1].isascii() else ""
    return re.search(before + re.escape(phrase) + after, text) is not None


def _lexicon(values: Mapping[str, Any]) -> Lexicon:
    return Lexicon(
        words=tuple(values.get("words", ())),
        synonyms=tuple(tuple(row) for row in values.get("synonyms", ())),
        glossary=tuple(Term(**row) for row in values.get("glossary", ())),
    )
