"""The ways to read a question: alone, or together with the one it goes on from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from indexer import Encoder, Lang
from indexer.encoder import Vectors
from server.engine.conversation import antecedent, leans
from server.engine.domain import Turn
from server.engine.safety import screen
from server.engine.understanding import Understanding, Understood


@dataclass(frozen=True, slots=True)
class Asked:
    """A question without its secrets, whose kinds are told, and the ways to read it.

    `leaning` tells that by its words it goes on from the one before, `unread` is the question where
    what was read as pinyin may be none.
    """

    text: str
    secrets: tuple[str, ...]
    alone: Understood
    together: Understood | None
    unread: Understood | None = None
    leaning: bool = False

    @property
    def readings(self) -> tuple[Understood, ...]:
        """The readings to search by; none where there is a secret, or nothing is asked."""
        if self.secrets or not self.alone.text:
            return ()
        if self.together is not None and self.alone.bare:
            # What names a product and no more asks what was asked before.
            return (self.together,)
        ways = (self.alone, self.unread, self.together)
        return tuple(way for way in ways if way is not None)


class QueryVectors:
    """The vectors of the texts that some questions are searched by, encoded in one go."""

    def __init__(self, encoder: Encoder | None) -> None:
        self._encoder = encoder
        self._texts: dict[str, int] = {}
        self._vectors: Vectors | None = None

    def want(self, texts: Iterable[str]) -> None:
        """Remember `texts`."""
        for text in texts:
            self._texts.setdefault(text, len(self._texts))

    def encode(self) -> None:
        """Encode all that is remembered."""
        if self._encoder is not None and self._texts:
            self._vectors = self._encoder.encode(list(self._texts), "query")

    def of(self, texts: Sequence[str]) -> Vectors | None:
        """Return the vectors of `texts`, shape (texts, dimension); None without an encoder."""
        if self._vectors is None:
            return None
        return self._vectors[[self._texts[text] for text in texts]]


def read(
    understanding: Understanding,
    text: str,
    lang: Lang | None,
    product: str | None,
    conversation: Sequence[Turn],
) -> Asked:
    """Return the question alone and, in a conversation, together with the one before it.

    Which of the two holds is decided by how sure an answer each has (`Assistant`): much that goes
    on from another question shows it by no word ("怎么赎回", "an hour later still nothing").
    """
    safe = screen(text)
    alone, *others = understanding.readings(safe.text, lang, product)
    unread = others[0] if others else None
    together = None
    before = antecedent(conversation)
    leaning = alone.bare or leans(alone.text, list(alone.tokens))
    # A story tells of itself what it is about.
    if before is not None and len(alone.pieces) == 1:
        # It was screened when it was asked; but who calls us may not have kept it so.
        earlier = screen(before.text)
        if not earlier.blocked:
            joined = understanding.together(earlier.text, safe.text)
            together = understanding.understand(joined, lang, product)
            if leaning:
                # Who asked about one product goes on to.
                alone = replace(alone, product=together.product)
            if not alone.bare:
                # What was asked before tells the subject, and most of the words; what it is asked
                # about now must not drown in them.
                together = replace(together, pieces=(together.text, alone.text))
    kinds = tuple(kind.value for kind in safe.kinds)
    return Asked(safe.text, kinds, alone, together, unread, leaning)
