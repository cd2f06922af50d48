"""HTTP on top of the engine: the JSON interface and the help pages."""

from server.web.app import create_app

__all__ = ["create_app"]
