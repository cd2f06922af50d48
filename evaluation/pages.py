"""HTML pages that need no network and no script: one file, both languages, its own style alone."""

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evaluation.texts import HTML_LANG, ReportLang, Words

# Of a list of steps so many are read; the others are folded up.
SHOWN_STEPS = 12


def render_page(template: str, lang: ReportLang, words: Words, **values: Any) -> str:
    """Return `template` filled in, `lang` on show; everything that people wrote is escaped."""
    hidden = "en" if lang == "zh" else "zh"
    style = _environment().get_template("page.css").render(hidden=hidden, shown_steps=SHOWN_STEPS)
    return (
        _environment()
        .get_template(template)
        .render(
            lang=lang,
            html_lang=HTML_LANG,
            t=words,
            shown_steps=SHOWN_STEPS,
            style=Markup(style),  # noqa: S704 - our own file
            style_hash=_hash(style),
            **values,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("evaluation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda v: "–" if v is None else f"{100 * v:.1f}%"
    environment.filters["number"] = lambda v: "–" if v is None else f"{v:.3f}"
    environment.filters["signed"] = _signed
    return environment


def _signed(value: float | None, digits: int = 2) -> str:
    """Return `value` with its sign; nothing that rounds to 0 is negative."""
    return "–" if value is None else f"{round(value, digits) + 0.0:+.{digits}f}".replace("-", "−")


def _hash(style: str) -> str:
    """Return the hash by which the page's Content-Security-Policy lets its own style through."""
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
