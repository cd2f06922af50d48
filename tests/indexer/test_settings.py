import dataclasses
from pathlib import Path

import pytest

from indexer import settings as module
from indexer.settings import SETTINGS, Setting, Settings, SettingsError, markdown_table

NAMES = [setting.name for setting in SETTINGS]


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "faq.toml"

    def write(text):
        file.write_text(text, encoding="utf-8")
        return {"FAQ_CONFIG": str(file)}

    return write


def error_of(options=None, environment=None):
    with pytest.raises(SettingsError) as caught:
        Settings(options, environment or {})
    return str(caught.value)


def test_the_defaults():
    settings = Settings(environment={})

    assert settings["kb"] == Path("kb")
    assert settings["index"] == Path("var/index")
    assert settings["model"] == "bundled"
    assert settings["host"] == "127.0.0.1"
    assert settings["port"] == 8000
    assert settings["reload_seconds"] == 2.0
    assert isinstance(settings["reload_seconds"], float)


@pytest.mark.parametrize("setting", SETTINGS, ids=NAMES)
def test_every_setting_has_a_variable_a_valid_default_and_help(setting):
    assert setting.variable == f"FAQ_{setting.name.upper()}"
    kinds = {"path": Path, "text": str, "integer": int, "list": tuple}
    kinds |= dict.fromkeys(("number", "share"), float)
    assert isinstance(Settings(environment={})[setting.name], kinds[setting.kind])
    assert setting.help.endswith(".")


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


def test_an_option_wins_over_the_environment_over_the_file_over_the_default(config):
    environment = config("port = 1001\nthreads = 1002\nhost = 'file'\nmodel = 'file'\n")
    environment |= {"FAQ_PORT": "2001", "FAQ_THREADS": "2002", "FAQ_LOG_LEVEL": "DEBUG"}

    settings = Settings({"port": 3001, "host": None, "kb": Path("mine")}, environment)

    assert settings["port"] == 3001
    assert settings["threads"] == 2002
    assert settings["host"] == "file"
    assert settings["model"] == "file"
    assert settings["log_level"] == "DEBUG"
    assert settings["kb"] == Path("mine")
    assert settings["max_body_bytes"] == 65536


def test_an_empty_variable_is_none():
    assert Settings(environment={"FAQ_PORT": "", "FAQ_CONFIG": ""})["port"] == 8000


def test_the_environment_of_the_process_counts(monkeypatch):
    monkeypatch.setenv("FAQ_KB", "elsewhere")

    assert Settings()["kb"] == Path("elsewhere")


def test_a_file_may_have_a_byte_order_mark(config):
    assert Settings(environment=config("\ufeffport = 9000\n"))["port"] == 9000


@pytest.mark.parametrize("value", ["many", "80.5", "", "1e3", "0x50"])
def test_an_integer_that_is_none(value):
    assert error_of({"port": value}) == (
        f"port must be an integer, not '{value}' (--port). Port that the server listens on."
    )


def test_the_error_names_where_the_value_came_from(config):
    assert "must be a number, not 'soon' (FAQ_RELOAD_SECONDS)." in error_of(
        environment={"FAQ_RELOAD_SECONDS": "soon"}
    )
    environment = config("port = true\n")
    assert f"not 'True' ({environment['FAQ_CONFIG']})." in error_of(environment=environment)
    assert "(--max-body-bytes)" in error_of({"max_body_bytes": "x"})


@pytest.mark.parametrize("value", ["['a', 'b']", "{ a = 1 }", "[]"])
@pytest.mark.parametrize("name", ["host", "kb", "port", "reload_seconds"])
def test_several_values_where_one_is_wanted(config, name, value):
    error = error_of(environment=config(f"{name} = {value}\n"))

    assert error.startswith(f"{name} must be one value, not ")


def test_an_unknown_setting_in_the_file(config):
    environment = config("prot = 8000\n")

    error = error_of(environment=environment)

    assert error == (
        f"{environment['FAQ_CONFIG']}: unknown setting 'prot'. "
        f"Known ones: {', '.join(sorted(NAMES))}."
    )


@pytest.mark.parametrize("content", [b"port = \n", b"port = 1\nport = 2\n", b"\xff\xfe", None])
def test_a_file_that_cannot_be_read(tmp_path, content):
    file = tmp_path / "faq.toml"
    if content is not None:
        file.write_bytes(content)

    error = error_of(environment={"FAQ_CONFIG": str(file)})

    assert error.startswith(f"FAQ_CONFIG: {file} cannot be read (")
    assert error.endswith("Name a TOML file with lines such as port = 8000.")


def test_lists(config, monkeypatch):
    keys = Setting("keys", "list", "", "Keys.")
    monkeypatch.setattr(module, "SETTINGS", (*SETTINGS, keys))
    monkeypatch.setitem(module._BY_NAME, "keys", keys)

    assert Settings(environment={})["keys"] == ()
    assert Settings(environment={"FAQ_KEYS": " a, b,,"})["keys"] == ("a", "b")
    assert Settings(environment=config("keys = ['a, b', 'c']\n"))["keys"] == ("a, b", "c")


def test_the_table_for_the_documentation_has_a_row_for_each_setting():
    head, rule, *rows = markdown_table().splitlines()

    assert head.count("|") == rule.count("|") == 4
    assert len(rows) == len(SETTINGS)
    for setting, row in zip(SETTINGS, rows, strict=True):
        assert f"| `{setting.variable}` |" in row
        assert setting.help in row
        assert row.count("|") == 4


def test_a_setting_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        SETTINGS[0].default = "x"
