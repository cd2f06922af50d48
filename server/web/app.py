"""The application factory."""

import importlib.metadata

from flask.json.provider import DefaultJSONProvider
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix

from indexer.settings import Settings, SettingsError
from server.desk import Desk
from server.engine import Assistant
from server.web import (
    api,
    articles,
    bodies,
    contact_page,
    conversations,
    cors,
    desk_metrics,
    desk_pages,
    desks,
    docs,
    errors,
    feedback,
    health,
    helpful,
    hooks,
    intake_form,
    keys,
    layout,
    limits,
    metrics,
    pages,
    queue,
    security,
    seo,
    sessions,
    suggest,
    ticket_pages,
)
from server.web.adapters import chatwoot, dify, rasa
from server.web.context import EXTENSION
from server.web.error_schemas import (
    ErrorResponse,
)
from server.web.watch import Watcher

# The parts of the interface, as /docs lists them.
_DESCRIBED = (
    api,
    suggest,
    articles,
    feedback,
    intake_form,
    queue,
    conversations,
    dify,
    rasa,
    chatwoot,
    health,
)


class _Json(DefaultJSONProvider):
    """Chinese as it is written, keys in the order of `faq-ask --json`."""

    ensure_ascii = False
    sort_keys = False


def create_app(
    settings: Settings | None = None, assistant: Assistant | None = None, desk: Desk | None = None
) -> OpenAPI:
    """Return the web application over the index and the database that `settings` name.

    Without an `assistant` one is opened: its encoder loads in the background, a watcher swaps to
    newly built indexes. Without a `desk` one is opened and started. Those that are given are left
    alone.

    Raises:
        StoreError: there is no index, or it is damaged or foreign.
        SettingsError: a setting of the server has no valid value.
        DatabaseError, KeyFileError, AddressError, SecretError: the desk cannot be opened.
    """
    settings = settings or Settings()
    app = OpenAPI(
        "server.web",
        info=Info(title="FAQ Assistant", version=_version()),
        security_schemes=docs.SECURITY_SCHEMES,
        doc_ui=False,  # its pages load scripts from elsewhere; ours is /docs
        validation_error_callback=errors.invalid,
        validation_error_model=ErrorResponse,
    )
    app.config["MAX_CONTENT_LENGTH"] = settings["max_body_bytes"]
    app.json = _Json(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    api_keys, rate_limits = keys.Keys(settings["api_keys"]), limits.RateLimits(settings)
    opened = assistant or open_assistant(settings, background=True)
    app.extensions[EXTENSION] = opened
    app.extensions[suggest.EXTENSION] = suggest.Suggestions(opened)
    opened_desk = desk or Desk.open(settings)
    # What comes first sees a request first, and its response last.
    cors.install(app, settings["cors_origins"])
    security.install(app, settings["hsts_seconds"])
    hooks.install(app, trust_ids=settings["trusted_proxies"] > 0)
    metrics.install(app, opened, settings["metrics_role"])
    bodies.install_address(app)
    limits.install(app, rate_limits)
    keys.install(app, api_keys)
    bodies.install_body(app)
    errors.install(app)
    desks.install(app, opened_desk)
    desk_metrics.install(app)
    chatwoot.install(app, settings)
    layout.install(app, settings["public_url"])
    sessions.install(app, opened_desk)
    for described in _DESCRIBED:
        app.register_api(described.blueprint)
    for plain in (pages, helpful, contact_page, ticket_pages, desk_pages, seo, docs):
        app.register_blueprint(plain.blueprint)
    if proxies := settings["trusted_proxies"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    if desk is None:
        opened_desk.start()
    if assistant is None:
        watch(app, settings["reload_seconds"])
    return app


def open_assistant(settings: Settings, *, background: bool = False) -> Assistant:
    """Return the assistant over the index that `settings` name; see `Assistant.open`.

    Raises:
        StoreError: there is no index, or it is damaged or foreign.
        SettingsError: a setting of the search has no valid value.
    """
    if settings["vectors"] != "faiss":
        raise SettingsError(f"vectors must be faiss, not '{settings['vectors']}'.")
    precision = settings["target_precision"]
    if not 0 < precision < 1:
        raise SettingsError(f"target_precision must be between 0 and 1, not {precision:g}.")
    return Assistant.open(settings["index"], background=background, target_precision=precision)


def watch(app: OpenAPI, seconds: float) -> Watcher:
    """Look for a new index every `seconds`, and prepare `app` for it."""
    suggestions: suggest.Suggestions = app.extensions[suggest.EXTENSION]
    counted: metrics.Metrics = app.extensions[metrics.EXTENSION]

    def swapped() -> None:
        counted.swapped()
        suggestions.prepare()

    watcher = Watcher(app.extensions[EXTENSION], seconds, swapped)
    watcher.start()
    return watcher


def _version() -> str:
    try:
        return importlib.metadata.version("faq-assistant")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
