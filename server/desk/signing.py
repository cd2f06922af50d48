"""Signatures of webhooks, as Standard Webhooks 1.0 defines them (https://www.standardwebhooks.com).

    webhook-id         the idempotency key: the same whenever the same event is sent again
    webhook-timestamp  seconds since 1970, when this attempt was made
    webhook-signature  "v1," and the base64 of HMAC-SHA256(secret, "{id}.{timestamp}.{body}");
                       one for each secret, separated by spaces, while secrets are exchanged

A receiver compares the signature, refuses a timestamp more than five minutes off, and remembers the
ids that it has seen. Libraries for that exist in most languages.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence

_PREFIX = "whsec_"
_SIZES = range(24, 65)  # bytes, by the specification


class SecretError(Exception):
    """A signing secret is not of the form that receivers' libraries take."""


def read_secrets(values: Iterable[str]) -> tuple[bytes, ...]:
    """Return the keys that the texts "whsec_<base64>" stand for.

    Raises:
        SecretError: one has another form; it is not told back.
    """
    return tuple(_key(value) for value in values)


def _key(value: str) -> bytes:
    try:
        key = base64.b64decode(value.removeprefix(_PREFIX), validate=True)
    except ValueError:  # no base64
        key = b""
    if not value.startswith(_PREFIX) or len(key) not in _SIZES:
        raise SecretError(
            f"FAQ_WEBHOOK_SECRET must be '{_PREFIX}' and the base64 of {_SIZES[0]} to {_SIZES[-1]} "
            "random bytes, as Standard Webhooks has it; make one with: "
            f'echo "{_PREFIX}$(openssl rand -base64 32)"'
        )
    return key


def headers(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the headers to send with `body`; without `keys` there is no signature."""
    named = {"webhook-id": message_id, "webhook-timestamp": str(timestamp)}
    if keys:
        signed = f"{message_id}.{timestamp}.".encode() + body
        named["webhook-signature"] = " ".join(f"v1,{_signature(key, signed)}" for key in keys)
    return named


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
