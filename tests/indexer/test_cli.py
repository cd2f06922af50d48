import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import cli, store
from indexer.encoder import EncoderError
from tests.fakes import FakeEncoder

ZH = "---\nid: fees\nlang: zh\ntitle: 什么是矿工费\nquestions: [gas费是啥]\n---\n付给网络的费用。\n"
EN = "---\nid: fees\nlang: en\ntitle: What is a network fee?\n---\nWhat the network charges.\n"
COMMANDS = ["build", "check", "show", "rollback"]


@pytest.fixture
def encoders(monkeypatch):
    """Replace the encoder; return the list of those that the command makes, with how."""
    made = []

    def make(name, **options):
        made.append((name, options, FakeEncoder()))
        return made[-1][2]

    monkeypatch.setattr(cli, "open_encoder", make)
    return made


@pytest.fixture
def kb(write_kb):
    return write_kb({"zh/fees.md": ZH, "en/fees.md": EN})


@pytest.fixture
def run(monkeypatch, tmp_path, kb):
    """Run a command in an empty folder, with the knowledge base and the index in their places."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(cli.main, words, catch_exceptions=False)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_the_help_of_every_command_has_an_example(run, command, flag):
    result = run(command, flag)

    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"faq-index {command}" in result.output.partition("Example")[2]


def test_the_help_names_every_command(run):
    assert all(command in run("--help").output for command in COMMANDS)
    assert list(cli.main.commands) == COMMANDS


@pytest.mark.parametrize(
    "words", [["none"], ["show"], ["build", "--none"], ["rollback", "extra"]], ids=" ".join
)
def test_a_wrong_command_line_is_bad_input(run, words):
    result = run(*words)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr


# build


def test_build_prints_what_it_did(run, encoders, tmp_path):
    result = run("build")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == f"index {store.current_id(tmp_path / 'var/index')}"
    assert lines[1:4] == ["articles 2", "passages 5", "re-embedded 5"]
    assert lines[4].startswith("seconds ")
    assert len(lines) == 5
    assert result.stderr == ""


def test_build_reports_as_json(run, encoders):
    report = json.loads(run("build", "--json").stdout)

    assert report["articles"] == 2
    assert report["passages"] == report["embedded"] == 5
    assert report["unchanged"] is False
    assert report["warnings"] == []


def test_a_second_build_changes_nothing_unless_it_is_full(run, encoders):
    first = run("build").stdout.splitlines()[0]

    again = run("build").stdout.splitlines()
    full = run("build", "--full").stdout.splitlines()

    assert again[0] == f"{first} (nothing changed)"
    assert again[3] == "re-embedded 0"
    assert full[0] != first
    assert full[3] == "re-embedded 5"


def test_only_what_changed_is_embedded_again(run, encoders, kb):
    run("build")
    (kb / "en/fees.md").write_text(EN.replace("charges", "asks"), encoding="utf-8")

    assert run("build").stdout.splitlines()[3] == "re-embedded 1"
    assert encoders[-1][2].seen == ["what the network asks."]


def test_build_takes_its_places_and_its_model_from_options_and_settings(
    run, encoders, kb, monkeypatch, tmp_path
):
    monkeypatch.setenv("FAQ_MODEL", "from-the-environment")
    monkeypatch.setenv("FAQ_MODEL_QUERY_PROMPT", "query: ")
    kb.rename(tmp_path / "mine")

    assert run("build", "--kb", "mine", "--index", "there").exit_code == 0
    assert run("build", "--kb", "mine/en", "--index", "one", "--model", "option").exit_code == 0

    prompts = {"query_prompt": "query: ", "passage_prompt": None}
    assert [made[:2] for made in encoders] == [
        ("from-the-environment", prompts),
        ("option", prompts),
    ]
    assert len(store.open_index(tmp_path / "there").articles) == 2
    assert len(store.open_index(tmp_path / "one").articles) == 1


def test_bad_sources_stop_a_build_before_the_model_is_loaded_and_leave_the_index(
    run, encoders, kb, tmp_path
):
    run("build")
    before = store.current_id(tmp_path / "var/index")
    encoders.clear()
    (kb / "a.csv").write_text("id,lang,title\nfees,en,Again\nx,fr,X\n", encoding="utf-8")
    (kb / "kb.toml").write_text("languages = 1\n", encoding="utf-8")

    result = run("build")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        "kb/a.csv:3",
        "kb/en/fees.md:1",
        "kb/kb.toml:1",
    ]
    assert encoders == []
    assert store.current_id(tmp_path / "var/index") == before
    assert len(store.open_index(tmp_path / "var/index").articles) == 2


def test_a_model_that_cannot_be_loaded_is_bad_input(run, monkeypatch):
    def refuse(name, **options):
        raise EncoderError(f"The model '{name}' cannot be loaded.")

    monkeypatch.setattr(cli, "open_encoder", refuse)

    result = run("build", "--model", "none")

    assert result.exit_code == 2
    assert result.stderr == "The model 'none' cannot be loaded.\n"


@pytest.mark.parametrize("command", [["build"], ["check"], ["show", "fees"], ["rollback"]])
def test_a_bad_setting_is_bad_input(run, encoders, monkeypatch, command):
    monkeypatch.setenv("FAQ_PORT", "x")

    result = run(*command)

    assert result.exit_code == 2
    assert result.stderr.startswith("port must be an integer, not 'x' (FAQ_PORT).")


def test_a_damaged_index_is_a_warning_and_everything_is_embedded_again(run, encoders, tmp_path):
    run("build")
    (tmp_path / "var/index/current" / store.VECTORS).write_bytes(b"")

    result = run("build", "--json")

    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: ")
    report = json.loads(result.stdout)
    assert report["embedded"] == 5
    assert len(report["warnings"]) == 1


# check


def test_check_of_a_clean_base(run):
    result = run("check")

    assert result.exit_code == 0
    assert result.stdout == "2 articles, 0 findings\n"
    assert json.loads(run("check", "--json").stdout) == []


def test_check_tells_findings_and_says_so_in_its_exit_status(run, kb):
    (kb / "en/fees.md").unlink()

    result = run("check")
    as_json = run("check", "--json")

    message = "there is no 'en' article with the id 'fees'. Translate it."
    assert result.exit_code == as_json.exit_code == 1
    assert result.stdout == (f"kb/zh/fees.md:1: missing-twin: {message}\n1 articles, 1 findings\n")
    assert json.loads(as_json.stdout) == [
        {"source": "kb/zh/fees.md:1", "rule": "missing-twin", "message": message}
    ]


def test_check_of_bad_sources(run, kb):
    result = run("check", "--kb", "none", "--json")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("none:1: no articles found. ")


# show


def test_show_prints_the_passages_of_an_article(run, encoders):
    run("build")

    result = run("show", "fees")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "fees (zh): 什么是矿工费  [kb/zh/fees.md:1]",
        "  title    fees:zh:t: 什么是矿工费",
        "  question fees:zh:q1: gas费是啥",
        "  section  fees:zh:s1: 付给网络的费用。",
        "fees (en): What is a network fee?  [kb/en/fees.md:1]",
        "  title    fees:en:t: what is a network fee?",
        "  section  fees:en:s1: what the network charges.",
    ]


def test_show_prints_json(run, encoders):
    run("build")

    found = json.loads(run("show", "fees", "--json").stdout)

    assert [passage["id"] for passage in found][:2] == ["fees:zh:t", "fees:zh:q1"]
    assert found[0]["kind"] == "title"


def test_show_of_an_unknown_article_is_a_finding(run, encoders):
    run("build")

    result = run("show", "none")
    as_json = run("show", "none", "--json")

    assert result.exit_code == as_json.exit_code == 1
    assert result.stderr.startswith("There is no article 'none' in index ")
    assert json.loads(as_json.stdout) == []


def test_show_without_an_index(run):
    result = run("show", "fees")

    assert result.exit_code == 2
    assert result.stderr.startswith("var/index: there is no index. Build it ")
    assert "`faq-index build" in result.stderr


# rollback


def test_rollback_serves_the_index_before(run, encoders, kb, tmp_path):
    run("build")
    first = store.current_id(tmp_path / "var/index")
    (kb / "en/fees.md").write_text(EN.replace("charges", "asks"), encoding="utf-8")
    run("build")

    result = run("rollback")

    assert result.exit_code == 0
    assert result.stdout == f"index {first}\n"
    assert store.current_id(tmp_path / "var/index") == first


def test_rollback_with_nothing_before(run, encoders, tmp_path):
    assert run("rollback").exit_code == 2
    run("build")
    before = store.current_id(tmp_path / "var/index")

    result = run("rollback")

    assert result.exit_code == 2
    assert "there is no index before" in result.stderr
    assert store.current_id(tmp_path / "var/index") == before


# The bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(("screen", "shown"), [(Terminal(), True), (io.StringIO(), False)])
def test_the_bar_shows_every_stage_where_a_person_looks(monkeypatch, screen, shown):
    monkeypatch.setattr(sys, "stderr", screen)
    bar = cli.Bar()

    for stage, done, total in [("embed", 0, 4), ("embed", 4, 4), ("tokenise", 2, 2), ("x", 0, 0)]:
        bar(stage, done, total)
    bar.close()

    told = screen.getvalue()
    assert ("embed: 100%" in told) == ("tokenise: 100%" in told) == ("4/4" in told) == shown
    assert shown or told == ""


# As a program


def test_the_module_is_the_command(kb, tmp_path):
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "indexer", "check", "--kb", str(kb)]

    ran = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "2 articles, 0 findings\n", "")
