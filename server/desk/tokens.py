"""What lets a visitor back to what is theirs, and the names that visitors are logged by.

A token is 256 random bits, told once; only its SHA-256 is kept, which nobody can turn back. A user
becomes HMAC-SHA256 under a key that lies beside the database, not in it: who gets hold of the
database alone cannot try out names.
"""

import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

KEY_FILE = "user-hash.key"
_KEY_BYTES = 32
# Compared with where there is nothing to compare with, so that both take the same time.
_NOBODY = hashlib.sha256(b"").hexdigest()


class KeyFileError(Exception):
    """The key of the user hashes cannot be read or made; the message says why and what to do."""


def new_token() -> str:
    """Return a token, 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Return what is kept of a token: 64 hexadecimal digits."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def matches(token: str, kept: str | None) -> bool:
    """Tell whether `token` is the one that `kept` was made of, in a time that tells nothing."""
    same = hmac.compare_digest(digest(token), kept or _NOBODY)
    return same and kept is not None


class UserHash:
    """Turns the ids of users into names for logs: the same id, the same name, and no way back.

    The key lies in `folder`, made where it is absent. Machines that share a database share it too.

    Raises:
        KeyFileError: the file cannot be read, made, or holds no key.
    """

    def __init__(self, folder: Path) -> None:
        self._key = _key(folder / KEY_FILE)

    def __call__(self, user: str | None) -> str | None:
        """Return 32 hexadecimal digits for `user`, None for nobody."""
        if not user:
            return None
        told = user.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, told, hashlib.sha256).hexdigest()[:32]

    def secret(self, purpose: str) -> str:
        """Return a secret for `purpose`, 64 hexadecimal digits, and no way back to the key."""
        return hmac.new(self._key, f"secret: {purpose}".encode(), hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        key = path.read_bytes()
    except OSError as error:
        raise KeyFileError(
            f"{path} cannot be read or made ({error.strerror}). Let the server's user write in the "
            "folder that FAQ_DATA names."
        ) from error
    if len(key) != _KEY_BYTES:
        raise KeyFileError(
            f"{path} holds no key of {_KEY_BYTES} bytes. Restore it; or delete it, and users get "
            "new names in the logs."
        )
    return key


def _make(path: Path) -> None:
    """Make the key as a whole or not at all; of several that try at once one succeeds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
