"""Every setting, once: its name, type, default and what it does.

A command's option wins over the environment (`FAQ_<NAME>`), the environment over the TOML file that
`FAQ_CONFIG` names, the file over the default.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

PREFIX = "FAQ_"
CONFIG = "FAQ_CONFIG"

Kind = Literal["path", "text", "integer", "number", "share", "list"]


class SettingsError(Exception):
    """A setting has no valid value; the message names it, where it came from and the fix."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the table. `default` is given as it would stand in the environment."""

    name: str
    kind: Kind
    default: str
    help: str

    @property
    def variable(self) -> str:
        """The environment variable's name."""
        return PREFIX + self.name.upper()


SETTINGS: tuple[Setting, ...] = (
    Setting("kb", "path", "kb", "Folder or file with the articles."),
    Setting("index", "path", "var/index", "Folder that holds the indexes and the link `current`."),
    Setting(
        "model",
        "text",
        "bundled",
        "Encoder that a build uses: `bundled`, a folder, or a sentence-transformers name.",
    ),
    Setting(
        "model_query_prompt",
        "text",
        "",
        "Text in front of queries; empty: the model's own, or what its family (e5, bge) wants.",
    ),
    Setting("model_passage_prompt", "text", "", "The same, in front of passages."),
    Setting("host", "text", "127.0.0.1", "Address that the server listens on."),
    Setting("port", "integer", "8000", "Port that the server listens on."),
    Setting("threads", "integer", "8", "Requests that the server works on at a time."),
    Setting(
        "max_body_bytes", "integer", "65536", "Largest request body; a larger one is answered 413."
    ),
    Setting(
        "reload_seconds",
        "number",
        "2",
        "How often the server looks for a newly built index, and tries a failed encoder again "
        "(at the earliest after ten times as long).",
    ),
    Setting(
        "data",
        "path",
        "var",
        "Folder for what the server keeps, made where absent: its database, and the key that the "
        "ids of users are hashed with.",
    ),
    Setting(
        "database",
        "text",
        "sqlite:///var/faq.db",
        "Tickets, conversations and feedback: `sqlite:///` and a file (by default `faq.db` in "
        "`FAQ_DATA`), or `postgresql://user:password@host:5432/name`.",
    ),
    Setting(
        "vectors", "text", "faiss", "Where the vectors of a built index are searched: `faiss`."
    ),
    Setting(
        "target_precision",
        "share",
        "0.95",
        "Share of direct answers that shall be right: the higher, the more go to a person.",
    ),
    Setting(
        "api_keys",
        "list",
        "",
        "Keys that may call, as `name:role:hash` (roles: client, agent, admin); made by "
        "`faq-serve --new-key`.",
    ),
    Setting(
        "public_url",
        "text",
        "",
        "Address that visitors find the help pages at, such as `https://help.example`, for the "
        "sitemap and links in search engines; empty: the address that was asked.",
    ),
    Setting(
        "cors_origins",
        "list",
        "",
        "Sites that embed the search box, exactly as `https://www.example.com`.",
    ),
    Setting(
        "rate_limit",
        "text",
        "300/minute",
        "Requests that one address may send: limits such as `60/minute; 5/second`, or `off`.",
    ),
    Setting("rate_limit_suggest", "text", "900/minute", "The same, for suggestions while typing."),
    Setting(
        "rate_limit_write",
        "text",
        "10/minute; 60/hour",
        "The same, for tickets, messages and feedback.",
    ),
    Setting("rate_limit_key", "text", "6000/minute", "Requests that may be sent with one API key."),
    Setting(
        "rate_limit_store",
        "text",
        "memory://",
        "Where requests are counted: `memory://`, for each process, or `redis://host:6379/0`.",
    ),
    Setting(
        "trusted_proxies",
        "integer",
        "0",
        "Proxies in front of the server: so many addresses at the end of X-Forwarded-For are "
        "believed.",
    ),
    Setting(
        "hsts_seconds",
        "integer",
        "0",
        "Where all is served over https: how long browsers shall insist on it; 0: not said.",
    ),
    Setting("metrics_role", "text", "", "Role of the key that /metrics wants; empty: open to all."),
    Setting(
        "webhook_url",
        "text",
        "",
        "Address that events (ticket.created, …) are posted to; empty: none are sent.",
    ),
    Setting(
        "webhook_secret",
        "list",
        "",
        "Secrets `whsec_…` that webhooks are signed with (Standard Webhooks); several while "
        "one takes the place of another.",
    ),
    Setting(
        "keep_conversations_days",
        "integer",
        "30",
        "Days that a conversation is kept after its last turn; longer while its ticket is not "
        "solved.",
    ),
    Setting("keep_queries_days", "integer", "90", "Days that a line of the query log is kept."),
    Setting("keep_feedback_days", "integer", "365", "Days that feedback is kept."),
    Setting(
        "keep_tickets_days",
        "integer",
        "180",
        "Days after which a solved ticket loses what is personal: texts, contact, addresses.",
    ),
    Setting("keep_events_days", "integer", "7", "Days that a delivered webhook is kept."),
    Setting("chatwoot_url", "text", "", "Address of the Chatwoot server that the bot answers in."),
    Setting("chatwoot_token", "text", "", "Access token of the agent bot in Chatwoot."),
    Setting(
        "chatwoot_secret",
        "text",
        "",
        "Webhook secret of the agent bot in Chatwoot: calls that it has not signed are refused.",
    ),
    Setting("log_level", "text", "INFO", "DEBUG, INFO, WARNING or ERROR."),
    Setting("log_format", "text", "json", "`json`, a line for each event, or `text` for people."),
)

DEFAULTS = {setting.name: setting.default for setting in SETTINGS}
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_DESCRIBED = {
    "integer": "an integer",
    "number": "a number",
    "share": "a number between 0 and 1, such as 0.95",
}


class Settings:
    """The values in force; `settings["port"]` has the type that the table gives it.

    Raises:
        SettingsError: a value is invalid, the file cannot be read, or names an unknown setting.
    """

    def __init__(
        self,
        options: Mapping[str, Any] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        environment = os.environ if environment is None else environment
        self._values = {s.name: _parsed(s, s.default, "the default") for s in SETTINGS}
        for name, value in _file_values(environment.get(CONFIG, "")).items():
            self._values[name] = _parsed(_BY_NAME[name], value, environment[CONFIG])
        for setting in SETTINGS:
            if value := environment.get(setting.variable):
                self._values[setting.name] = _parsed(setting, value, setting.variable)
        for name, value in (options or {}).items():
            if value is not None:
                self._values[name] = _parsed(_BY_NAME[name], value, f"--{name.replace('_', '-')}")
        # The database goes where the data go, unless it has an address of its own.
        if self._values["database"] == _BY_NAME["database"].default:
            self._values["database"] = f"sqlite:///{self._values['data'] / 'faq.db'}"

    def __getitem__(self, name: str) -> Any:
        return self._values[name]


def _file_values(path: str) -> dict[str, Any]:
    if not path:
        return {}
    try:
        values = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{CONFIG}: {path} cannot be read ({error}). Name a TOML file with lines such as "
            "port = 8000."
        ) from error
    for name in values:
        if name not in _BY_NAME:
            known = ", ".join(sorted(_BY_NAME))
            raise SettingsError(f"{path}: unknown setting '{name}'. Known ones: {known}.")
    return values


def _parsed(setting: Setting, value: Any, origin: str) -> Any:
    """Return `value`, from a text or a TOML value, in the type of `setting`."""
    text = str(value)
    if isinstance(value, list | dict) and setting.kind != "list":
        raise SettingsError(
            f"{setting.name} must be one value, not {text} ({origin}). {setting.help}"
        )
    try:
        if setting.kind == "integer":
            return int(text)
        if setting.kind == "number":
            return float(text)
        if setting.kind == "share":
            return _share(text)
    except ValueError as error:
        what = _DESCRIBED[setting.kind]
        raise SettingsError(
            f"{setting.name} must be {what}, not '{text}' ({origin}). {setting.help}"
        ) from error
    if setting.kind == "path":
        return Path(text)
    if setting.kind == "list":
        items = value if isinstance(value, list) else text.split(",")
        return tuple(str(item).strip() for item in items if str(item).strip())
    return text


def _share(text: str) -> float:
    value = float(text)
    if not 0 < value < 1:
        raise ValueError(f"{value} is no share")
    return value


def markdown_table() -> str:
    """Return the table of settings for the documentation."""
    rows = ["| setting | default | what it does |", "|---|---|---|"]
    rows += [f"| `{s.variable}` | `{s.default or ' '}` | {s.help} |" for s in SETTINGS]
    return "\n".join(rows)
