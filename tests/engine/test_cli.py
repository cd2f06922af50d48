import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from indexer import Encoder, EncoderError
from indexer.store import Manifest
from server.engine import cli
from server.engine.assistant import Assistant
from tests.engine.centre import SCORER, SECRET
from tests.engine.test_presentation import ALWAYS
from tests.fakes import FakeEncoder


@pytest.fixture(autouse=True)
def _fake_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command opens an assistant as anybody does, but with these stand-ins."""

    def load(_: Manifest) -> Encoder:
        return FakeEncoder()

    monkeypatch.setattr("server.engine.assistant.load_encoder", load)
    monkeypatch.setattr("server.engine.assistant.bundled_scorer", lambda: SCORER)


def run(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(cli.main, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def asked(root: Path, *arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--index", root, "--json")
    assert result.exit_code == 0
    presented: dict[str, Any] = json.loads(result.stdout)
    return presented


def test_a_question_is_answered_on_the_terminal(index_root: Path) -> None:
    result = run("提现没到账怎么办", "--index", index_root)
    assert result.exit_code == 0
    assert result.stdout.startswith("answer (confidence 0.")
    assert "1. 提现没到账怎么办  [withdraw-late, 0." in result.stdout
    # The first in full, of the others their titles.
    assert "先看提现的交易哈希" in result.stdout
    assert result.stderr == ""


def test_a_handoff_shows_no_answer_as_if_it_were_one(index_root: Path) -> None:
    result = run("转人工，提现没到账怎么办", "--index", index_root)
    assert result.exit_code == 0
    assert result.stdout.startswith("handoff")
    assert "为您转接人工客服" in result.stdout
    assert "提现没到账怎么办  [withdraw-late" in result.stdout
    assert "先看提现的交易哈希" not in result.stdout


def test_json_is_what_the_server_returns(index_root: Path) -> None:
    result = run("提现没到账怎么办", "--index", index_root, "--json")
    presented = json.loads(result.stdout)
    assert presented.keys() == ALWAYS
    assert presented["answers"][0]["id"] == "withdraw-late"
    # Chinese is readable in it.
    assert "提现没到账怎么办" in result.stdout
    assert presented["took_ms"] > 0


def test_options_reach_the_assistant(index_root: Path) -> None:
    assert len(asked(index_root, "提现没到账怎么办", "-k", "2")["answers"]) == 2
    for lang in ("zh", "en"):
        first = asked(index_root, "TPWallet support 客服", "--lang", lang)["answers"][0]
        assert (first["id"], first["lang"]) == ("hours-tpwallet", lang)
    found = asked(index_root, "客服几点上班", "--product", "imwallet", "-k", "20")["answers"]
    assert found[0]["id"] == "hours-imwallet"
    assert "hours-tpwallet" not in {hit["id"] for hit in found}


def test_it_explains(index_root: Path) -> None:
    result = run("体现没到账", "--index", index_root, "--explain")
    assert result.exit_code == 0
    assert "corrected   体现 → 提现" in result.stdout
    assert "nearest rival of withdraw-late" in result.stdout


@pytest.mark.parametrize("output", [(), ("--json",), ("--explain",)])
def test_a_secret_is_warned_about_and_never_printed(
    index_root: Path, output: tuple[str, ...]
) -> None:
    result = run(f"我的助记词 {SECRET}", "--index", index_root, *output)
    assert result.exit_code == 0
    assert "blocked" in result.stdout
    assert "abandon" not in result.output


def test_without_an_index_it_says_how_to_build_one(tmp_path: Path) -> None:
    result = run("提现", "--index", tmp_path / "none")
    assert result.exit_code == 2
    assert "there is no index. Build it with `faq-index build" in result.stderr
    assert result.stdout == ""


def test_a_damaged_index_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "current").symlink_to("broken")
    result = run("提现", "--index", tmp_path)
    assert result.exit_code == 2
    assert "manifest.json is missing or damaged" in result.stderr


def test_a_bad_setting_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAQ_PORT", "eighty")
    result = run("提现")
    assert result.exit_code == 2
    assert "FAQ_PORT" in result.stderr


@pytest.mark.parametrize(
    "arguments", [(), ("提现", "-k", "0"), ("提现", "-k", "21"), ("提现", "--lang", "fr")]
)
def test_bad_options_are_bad_input(arguments: tuple[str, ...], index_root: Path) -> None:
    result = run(*arguments, "--index", index_root)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_the_index_comes_from_the_environment_too(
    index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAQ_INDEX", str(index_root))
    assert run("提现没到账怎么办").stdout.startswith("answer")


def test_lexical_answers_come_with_a_warning(
    index_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(_: Manifest) -> Encoder:
        raise EncoderError("The model 'x' cannot be loaded.")

    monkeypatch.setattr("server.engine.assistant.load_encoder", load)
    result = run("提现没到账怎么办", "--index", index_root, "--json")
    assert result.exit_code == 0
    assert "lexical answers only. The model 'x' cannot be loaded." in result.stderr
    # The warning does not spoil the JSON.
    assert json.loads(result.stdout)["decision"] == "answer"


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_shows_an_example(option: str) -> None:
    result = run(option)
    assert result.exit_code == 0
    assert "Examples:  faq-ask" in result.stdout


def test_a_question_that_is_empty_is_no_error(index_root: Path) -> None:
    assert asked(index_root, "")["handoff"]["reason"] == "empty_question"


def test_it_is_one_assistant_for_all(index_root: Path) -> None:
    """What is measured offline is the code that answers here: equal question, equal answer."""
    presented = asked(index_root, "助记词 提现 到账")
    assistant = Assistant.open(index_root, encoder=FakeEncoder(), scorer=SCORER)
    answer = assistant.ask("助记词 提现 到账")
    assert presented["decision"] == answer.decision
    assert presented["confidence"] == round(answer.confidence, 4)
