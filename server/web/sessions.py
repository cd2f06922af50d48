"""Agents' sessions on the pages: a signed cookie that names the key that was logged in with.

The cookie holds no key, only its name and a part of its hash, so that whoever takes the key out
of FAQ_API_KEYS ends its sessions. Pages alone look at it: the interface under /v1 wants the key
itself, so no other site can make a browser call it. Every form of a session carries a mark that
follows from the cookie, which no other site can know.
"""

import hashlib
import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, redirect, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response as BaseResponse

from indexer import Lang
from server.desk import Desk
from server.web.errors import ApiError
from server.web.keys import EXTENSION as KEYS
from server.web.keys import Key, Keys, Role, digest_of

_EXTENSION = "faq_sessions"
_COOKIE = "faq_agent"
_HOURS = 12
_ROLE: Role = "agent"

View = TypeVar("View", bound=Callable[..., Any])


def install(app: Flask, desk: Desk) -> None:
    """Let agents log in to `app`; sessions are signed with a secret of `desk`."""
    secret = desk.secret("agents' sessions")
    app.extensions[_EXTENSION] = URLSafeTimedSerializer(secret, salt="faq-agent")


def log_in(token: str, response: Response) -> bool:
    """Begin a session with an agent's key; False where `token` is none."""
    key = _keys().find(token.strip())
    if key is None or not key.may(_ROLE):
        return False
    response.set_cookie(
        _COOKIE,
        _signer().dumps([key.name, _mark(key)]),
        max_age=_HOURS * 3600,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
    )
    return True


def log_out(response: BaseResponse) -> None:
    """End the session."""
    response.delete_cookie(_COOKIE, httponly=True, samesite="Strict", secure=request.is_secure)


def agent() -> Key | None:
    """Return the key whose session the request belongs to, None where it belongs to none."""
    try:
        name, mark = _signer().loads(request.cookies.get(_COOKIE, ""), max_age=_HOURS * 3600)
    except (BadSignature, ValueError, TypeError):
        return None
    key = _keys().named(str(name))
    fits = key is not None and key.may(_ROLE) and hmac.compare_digest(_mark(key), str(mark))
    return key if fits else None


def for_agents(view: View) -> View:
    """Let only agents come to the page below; others are led to the log-in.

    What is posted has to carry the session's mark.
    """

    @wraps(view)
    def guarded(lang: Lang, **values: Any) -> Any:
        key = agent()
        if key is None:
            return redirect(f"/{lang}/desk/login", 303)
        if request.method == "POST" and not hmac.compare_digest(
            request.form.get("mark", "").encode(), form_mark().encode()
        ):
            raise ApiError(403, values={"role": _ROLE})
        g.api_key = key  # for the log
        return view(lang=lang, agent=key, **values)

    return cast(View, guarded)


def form_mark() -> str:
    """Return what the forms of this session carry: 64 hexadecimal digits."""
    told = request.cookies.get(_COOKIE, "").encode()
    return hmac.new(b"form", told, hashlib.sha256).hexdigest()


def _mark(key: Key) -> str:
    # Not the hash itself: a cookie may be seen by more eyes than the settings.
    return digest_of(key.digest)[:32]


def _signer() -> URLSafeTimedSerializer:
    return cast(URLSafeTimedSerializer, current_app.extensions[_EXTENSION])


def _keys() -> Keys:
    return cast(Keys, current_app.extensions[KEYS])
