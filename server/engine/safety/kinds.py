"""What the gate looks for and what it returns."""

from dataclasses import dataclass
from enum import StrEnum


class SecretKind(StrEnum):
    """A kind of secret; the value is what the HTTP interface calls it."""

    MNEMONIC = "mnemonic"
    PRIVATE_KEY = "private_key"
    EXTENDED_KEY = "extended_key"
    KEYSTORE = "keystore"
    CARD = "card"
    PASSWORD = "password"  # noqa: S105 - the name of a kind, not a password
    VERIFICATION_CODE = "verification_code"


@dataclass(frozen=True, slots=True)
class Screened:
    """A text without its secrets, and the kinds found, each once, in the order they stood.

    It never holds the text it was made from, so it can be logged and shown.
    """

    text: str
    kinds: tuple[SecretKind, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether a secret was found."""
        return bool(self.kinds)


@dataclass(frozen=True, slots=True)
class Span:
    """A secret at `start`..`end` (characters, end exclusive); the secret itself is not kept."""

    start: int
    end: int
    kind: SecretKind
