"""API keys: who calls, as what, and which operations want a role.

    @blueprint.get("/handoffs", responses={200: Queue, **ERRORS})
    @require_role("agent")
    def queue(query: QueueParameters) -> ...

The role is checked before the request is read, and `/openapi.json` says by itself that a key is
needed. Only hashes of keys are known here. A key is 256 random bits, which nobody can try out, so
one SHA-256 protects it as well as a slow hash would: that is for words that people think up.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, cast, get_args

from flask import Flask, current_app, g, request

from indexer.settings import SettingsError
from server.web.errors import ApiError

Role = Literal["client", "agent", "admin"]
# Each role may do what those before it may.
ROLES: tuple[Role, ...] = get_args(Role)

EXTENSION = "faq_keys"
SECURITY_SCHEME = "apiKey"
# Tells a key of ours from other bearer tokens, and lets scanners for leaked secrets find it.
_PREFIX = "faq_"
_ROLE = "__required_role__"
_ROW = re.compile(r"(?P<name>[A-Za-z0-9_.-]{1,40}):(?P<role>\w+):(?P<digest>[0-9a-f]{64})")

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is known: the name its owner goes by, what it may do, the SHA-256 of its text."""

    name: str
    role: Role
    digest: str

    def may(self, role: Role) -> bool:
        """Tell whether the key is good for what `role` may do."""
        return ROLES.index(self.role) >= ROLES.index(role)


class Keys:
    """The keys of FAQ_API_KEYS, rows of `name:role:hash`.

    Raises:
        SettingsError: a row is none, or two keys have one name.
    """

    def __init__(self, rows: Iterable[str]) -> None:
        self._keys = tuple(_key(number, row) for number, row in enumerate(rows, 1))
        names = [key.name for key in self._keys]
        for name in names:
            if names.count(name) > 1:
                raise SettingsError(
                    f"FAQ_API_KEYS has two keys with the name '{name}'. Give each its own name: "
                    "it is what limits and logs know the key by."
                )

    def find(self, token: str) -> Key | None:
        """Return the key that `token` is, in a time that tells nothing of the keys."""
        digest = digest_of(token)
        found = None
        for key in self._keys:
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    def named(self, name: str) -> Key | None:
        """Return the key that goes by `name`."""
        return next((key for key in self._keys if key.name == name), None)


def _key(number: int, row: str) -> Key:
    match = _ROW.fullmatch(row)
    if match is None or match["role"] not in ROLES:
        # Not the row: whoever mistook the two wrote the key itself there.
        raise SettingsError(
            f"FAQ_API_KEYS: key {number} is not name:role:hash with a role out of "
            f"{', '.join(ROLES)}. Make one with faq-serve --new-key NAME --role ROLE."
        )
    return Key(match["name"], cast(Role, match["role"]), match["digest"])


def digest_of(token: str) -> str:
    """Return what is kept of a key: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_key(name: str, role: Role) -> tuple[str, str]:
    """Return a new key and its row for FAQ_API_KEYS.

    Raises:
        SettingsError: `name` cannot be one.
    """
    token = _PREFIX + secrets.token_urlsafe(32)
    row = f"{name}:{role}:{digest_of(token)}"
    if not _ROW.fullmatch(row):
        raise SettingsError(
            f"'{name}' is no name for a key. Use up to 40 letters, digits, '.', '-' and '_'."
        )
    return token, row


def require_role(role: Role) -> Callable[[View], View]:
    """Let only callers with a key for `role` come to the view below.

    Others get 401 without a key that is known, 403 with one for less.
    """

    def mark(view: View) -> View:
        setattr(view, _ROLE, role)
        return view

    return mark


def required_role(app: Flask, endpoint: str | None) -> Role | None:
    """Return the role that the view at `endpoint` of `app` wants."""
    view = app.view_functions.get(endpoint or "")
    return cast("Role | None", getattr(view, _ROLE, None))


def current_key() -> Key | None:
    """Return the key that the current request was sent with, None where it is not known."""
    if "api_key" not in g:
        keys: Keys = current_app.extensions[EXTENSION]
        token = bearer_token()
        g.api_key = keys.find(token) if token else None
    return cast("Key | None", g.api_key)


def bearer_token() -> str | None:
    """Return the token of the header `Authorization: Bearer <token>`."""
    sent = request.authorization
    return sent.token if sent is not None and sent.type == "bearer" else None


def install(app: Flask, keys: Keys) -> None:
    """Check the role of every request to `app` whose view wants one."""
    app.extensions[EXTENSION] = keys
    app.before_request(_check)


def _check() -> None:
    role = required_role(current_app, request.endpoint)
    if role is None or request.method == "OPTIONS":
        return
    key = current_key()
    if key is None:
        raise ApiError(401, headers={"WWW-Authenticate": f'Bearer realm="{role}"'})
    if not key.may(role):
        raise ApiError(403, values={"role": role})
