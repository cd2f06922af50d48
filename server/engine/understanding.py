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
from server.engine.courtesy import Wrapped, unwrap
from server.engine.phrases import contains
from server.engine.pieces import pieces

_LATIN = re.compile("[a-z]")
# A synonym says the same, but the article that uses the asker's own word is the safer one.
_SYNONYM_WEIGHT = 0.6

# What joins a question to the one before it.
_CONNECTIVES = re.compile(r"换成|换|另外|还有|\b(?:same|ok|okay|now)\b")

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
    """A normalised question without courtesies around it, its slips mended as `corrections` tell.

    `tokens` are its own words, `expanded` those and their synonyms, each with its weight (0..1];
    `lang` is the language it is written in, `product` the one asked for or named, `pieces` what the
    encoder reads: the text and, where it is long, parts of it; `urgent` tells that it says that
    money is at stake now, `bare` that it names a product and asks nothing of it.
    """

    text: str
    lang: Lang
    product: str | None
    tokens: dict[str, float]
    expanded: dict[str, float]
    wants_human: bool
    corrections: tuple[Correction, ...] = ()
    pieces: tuple[str, ...] = ()
    urgent: bool = False
    bare: bool = False


class Understanding:
    """Understands questions with the words of one knowledge base. Thread-safe."""

    def __init__(self, knowledge: Mapping[str, Any], spelling: Spelling) -> None:
        lexicon = lexicon_of(knowledge.get("lexicon", {}))
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
        self._urgent_phrases = tuple(map(normalise, _urgent_words(settings)))
        self._human_tokens = frozenset(
            token for word in _HUMAN_WORDS for token in self.tokenizer.tokens(word)
        )

    def understand(
        self, text: str, lang: Lang | None = None, product: str | None = None
    ) -> Understood:
        """Return what `text` says.

        `lang` is the language of a text that shows none (None: that of the knowledge base), for a
        page in Chinese may well be asked in English. `product` is None where the asker chose none.
        """
        return self.readings(text, lang, product)[0]

    def readings(
        self, text: str, lang: Lang | None = None, product: str | None = None
    ) -> tuple[Understood, ...]:
        """Return what `text` says, and second what it says where its pinyin may be none."""
        wrapped = unwrap(normalise(text))
        corrected = self._corrector.correct(wrapped.asked)
        first = self._understood(wrapped, corrected.text, corrected.corrections, lang, product)
        if corrected.unread is None:
            return (first,)
        return first, self._understood(wrapped, corrected.unread, (), lang, product)

    def _understood(
        self,
        wrapped: Wrapped,
        mended: str,
        corrections: tuple[Correction, ...],
        lang: Lang | None,
        product: str | None,
    ) -> Understood:
        # Once more, for courtesies in pinyin are Chinese only now.
        whole = mended == wrapped.asked and not wrapped.before and not wrapped.after
        text = mended if whole else unwrap(mended).asked
        tokens = dict.fromkeys(self.tokenizer.tokens(text), 1.0)
        expanded = dict(tokens)
        for term in self._synonyms.expand(text):
            for token in self.tokenizer.tokens(term):
                expanded.setdefault(token, _SYNONYM_WEIGHT)
        return Understood(
            text=text,
            # Courtesies, too, show the language that somebody speaks: "请问 gas fee".
            lang=detect_language(
                f"{wrapped.before}{mended}{wrapped.after}", lang or self._default_language
            ),
            product=product or self._named_product(text),
            tokens=tokens,
            expanded=expanded,
            wants_human=self._wants_human(text, tokens),
            corrections=corrections,
            pieces=pieces(text),
            urgent=any(contains(text, phrase) for phrase in self._urgent_phrases),
            bare=self._is_bare(text),
        )

    def together(self, before: str, text: str) -> str:
        """Return the question that `text` makes with the one `before` it.

        A product that `text` names takes the place of the one that was named before.
        """
        before, text = unwrap(normalise(before)).asked, unwrap(normalise(text)).asked
        if self._named_product(text):
            for alias in sorted(self._products, key=len, reverse=True):
                before = _without(before, alias)
        return f"{before} {text}"

    def _named_product(self, text: str) -> str | None:
        """Return the product that `text` names; None where it names none or several."""
        named = {ident for alias, ident in self._products.items() if contains(text, alias)}
        return named.pop() if len(named) == 1 else None

    def _is_bare(self, text: str) -> bool:
        rest = text
        for alias in sorted(self._products, key=len, reverse=True):
            rest = _without(rest, alias)
        return rest != text and not self.tokenizer.tokens(_CONNECTIVES.sub(" ", rest))

    def _wants_human(self, text: str, tokens: Iterable[str]) -> bool:
        if any(contains(text, phrase) for phrase in self._human_phrases):
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


def _without(text: str, phrase: str) -> str:
    """Return `text` with each `phrase` that it contains taken out."""
    if not contains(text, phrase):
        return text
    return " ".join(text.replace(phrase, " ").split())


def _urgent_words(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the words of the priority rules whose priority is urgent."""
    for rule in settings.get("priority_rules", ()):
        if rule.get("priority") == "urgent":
            for words in rule.get("words", {}).values():
                yield from words


def lexicon_of(values: Mapping[str, Any]) -> Lexicon:
    """Return the lexicon that an index keeps as `values`."""
    return Lexicon(
        words=tuple(values.get("words", ())),
        synonyms=tuple(tuple(row) for row in values.get("synonyms", ())),
        glossary=tuple(Term(**row) for row in values.get("glossary", ())),
    )
