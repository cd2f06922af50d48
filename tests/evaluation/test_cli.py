"""`faq-eval run` over a small real index."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluation import files
from evaluation.cli import main
from indexer import Article, EncoderError, KnowledgeBase, ModelChoice, build
from server.engine import assistant as engine
from server.engine.scorer import LogisticModel, Scorer, Thresholds
from tests.fakes import FakeEncoder

MODEL = LogisticModel(intercept=-4.0, weights={"coverage": 8.0})
SITUATIONS = ("same", "cross", "lexical")
SCORER = Scorer(
    models=dict.fromkeys(SITUATIONS, MODEL),
    thresholds=dict.fromkeys(SITUATIONS, Thresholds(0.8, 0.5, 0.95, 100)),
)
ARTICLES = (
    Article("fees", "zh", "矿工费是什么？", body="付给矿工的钱。"),
    Article("fees", "en", "What is the miner fee?", body="What miners are paid."),
    Article("login", "en", "I cannot log in", body="Check the password."),
)
TOPICS = (
    "id;text;lang;article_id;kind\n1;矿工费;zh;fees;zh\n2;miner fee;en;fees;en\n"
    "3;cannot log in;;login;en\n4;bake bread;en;;far\n"
)

NAMES = (files.REPORT, files.METRICS, files.RUN, files.TREC_RUN, files.TREC_QRELS)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Build an index, and let the engine find the encoder and the scorer of these tests."""
    root = tmp_path / "index"
    build(KnowledgeBase(ARTICLES), root, FakeEncoder(), ModelChoice("given"))
    monkeypatch.setattr(engine, "load_encoder", lambda manifest: FakeEncoder())
    monkeypatch.setattr(engine, "bundled_scorer", lambda: SCORER)
    monkeypatch.chdir(tmp_path)
    return root


def run(index: Path, topics: str, *options: str) -> Result:
    file = index.parent / "topics.csv"
    file.write_text(topics, encoding="utf-8-sig")
    arguments = ["run", "--topics", str(file), "--index", str(index), *options]
    return CliRunner().invoke(main, arguments)


def test_run_prints_a_table_and_writes_the_files(index: Path) -> None:
    result = run(index, TOPICS, "--out", "out")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split()[:3] == ["slice", "n", "Success@1"]
    assert [line.split()[:3] for line in lines[1:4]] == [
        ["all", "4", "1.000"],
        ["en", "3", "1.000"],
        ["zh", "1", "1.000"],
    ]
    assert lines[-5:] == [str(Path("out") / name) for name in NAMES]
    assert result.stderr == ""
    metrics = json.loads(Path("out/metrics.json").read_text(encoding="utf-8"))
    assert metrics["overall"]["decisions"]["answer"] == 3
    assert metrics["by_direction"].keys() == {"en→en", "zh→zh"}
    assert len(Path("out/run.jsonl").read_text(encoding="utf-8").splitlines()) == 4


def test_two_runs_write_the_same_bytes(index: Path) -> None:
    for out in ("a", "b"):
        assert run(index, TOPICS, "--out", out).exit_code == 0
    for name in NAMES:
        assert Path("a", name).read_bytes() == Path("b", name).read_bytes()


def test_json_prints_the_metrics_and_nothing_else(index: Path) -> None:
    result = run(index, TOPICS, "--out", "out", "--json")
    assert result.stdout == Path("out/metrics.json").read_text(encoding="utf-8")


def test_the_report_speaks_the_language_that_was_asked_for(index: Path) -> None:
    run(index, TOPICS, "--out", "out", "--lang", "zh")
    assert '<html lang="zh-CN">' in Path("out/report.html").read_text(encoding="utf-8")


def test_bad_topics_exit_with_2_and_every_fault(index: Path) -> None:
    result = run(index, "id,text,lang,article_id\n1,,en,a\n2,x,fr,a\n", "--out", "out")
    assert result.exit_code == 2
    faults = result.stderr.splitlines()
    assert [":2: 'text' is missing" in faults[0], ":3: unknown language" in faults[1]] == [True] * 2
    assert not Path("out").exists()


def test_no_index_exits_with_2_and_says_how_to_build_one(index: Path) -> None:
    result = run(index, TOPICS, "--index", str(index.parent / "none"))
    assert result.exit_code == 2
    assert "faq-index build" in result.stderr


def test_a_folder_that_cannot_be_written_exits_with_2(index: Path) -> None:
    Path("taken").write_text("a file", encoding="utf-8")
    result = run(index, TOPICS, "--out", "taken")
    assert result.exit_code == 2
    assert "taken cannot be written to" in result.stderr
    assert "--out" in result.stderr


def test_an_expected_article_that_is_not_there_is_a_warning(index: Path) -> None:
    result = run(index, TOPICS + "5;lost;en;gone;\n", "--out", "out")
    assert result.exit_code == 0
    assert "Warning: the index has no article gone." in result.stderr


def test_a_missing_encoder_is_a_warning(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(manifest: object) -> FakeEncoder:
        raise EncoderError("no model here")

    monkeypatch.setattr(engine, "load_encoder", fail)
    result = run(index, TOPICS, "--out", "out", "--json")
    assert result.exit_code == 0
    assert "Warning: lexical answers only. no model here" in result.stderr
    assert json.loads(result.stdout)["lexical_only"] is True


def test_a_secret_in_a_topic_is_written_nowhere(index: Path) -> None:
    # The word list's own example: valid, and nobody's.
    secret = " ".join(["abandon"] * 11 + ["about"])
    result = run(index, TOPICS + f"5;is {secret} safe?;en;;\n", "--out", "out")
    assert result.exit_code == 0
    assert json.loads(Path("out/metrics.json").read_text())["overall"]["decisions"]["blocked"] == 1
    for name in (files.METRICS, files.RUN, files.REPORT):
        assert "abandon abandon" not in Path("out", name).read_text(encoding="utf-8")


def test_help_shows_an_example() -> None:
    result = CliRunner().invoke(main, ["run", "--help"])
    assert result.exit_code == 0
    assert "Examples:  faq-eval run --topics" in " ".join(result.output.split("\n"))
