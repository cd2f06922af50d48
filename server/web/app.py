"""The application factory."""

import importlib.metadata

from flask.json.provider import DefaultJSONProvider
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI

from indexer.settings import Settings
from server.engine import Assistant
from server.web import api, articles, bodies, docs, errors, health, hooks, pages
from server.web.context import EXTENSION
from server.web.schemas import ErrorResponse
from server.web.watch import Watcher


class _Json(DefaultJSONProvider):
    """Chinese as it is written, keys in the order of `faq-ask --json`."""

    ensure_ascii = False
    sort_keys = False


def create_app(settings: Settings | None = None, assistant: Assistant | None = None) -> OpenAPI:
    """Return the web application over the index that `settings` names.

    Without an `assistant` one is opened: its encoder loads in the background, a watcher swaps to
    newly built indexes. An assistant that is given is left alone.

    Raises:
        StoreError: there is no index, or it is damaged or foreign.
    """
    settings = settings or Settings()
    app = OpenAPI(
        "server.web",
        info=Info(title="FAQ Assistant", version=_version()),
        security_schemes={},  # left out, they would be null, which OpenAPI does not allow
        doc_ui=False,  # its pages load scripts from elsewhere; ours is /docs
        validation_error_callback=errors.invalid,
        validation_error_model=ErrorResponse,
    )
    app.config["MAX_CONTENT_LENGTH"] = settings["max_body_bytes"]
    app.json = _Json(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if assistant is None:
        assistant = Assistant.open(settings["index"], background=True)
        Watcher(assistant, settings["reload_seconds"]).start()
    app.extensions[EXTENSION] = assistant
    hooks.install(app)
    bodies.install(app)
    errors.install(app)
    for described in (api, articles, health):
        app.register_api(described.blueprint)
    for plain in (pages, docs):
        app.register_blueprint(plain.blueprint)
    return app


def _version() -> str:
    try:
        return importlib.metadata.version("faq-assistant")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that is not installed
        return "0"
