import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluation.benchmarks import dialogues, measuring
from evaluation.benchmarks.dialogues import ask, figures, is_right, misses, read_dialogues
from indexer import read_knowledge_base
from indexer.text import normalise
from server.engine import Assistant
from tests.engine.centre import SCORER, build_index
from tests.evaluation.madeup import write_lines
from tests.fakes import FakeEncoder

DATA = Path(dialogues.__file__).parents[1] / "datasets" / "dialogues"
KB = Path(dialogues.__file__).parents[2] / "kb"
ROWS = [
    {
        "id": "f1",
        "kind": "follow_up",
        "turns": ["TPWallet客服几点上班", "谢谢"],
        "text": "那IM钱包呢",
        "lang": "zh",
        "article_id": "hours-imwallet|hours-other",
    },
    {
        "id": "c1",
        "kind": "changed",
        "turns": ["TPWallet客服几点上班"],
        "text": "助记词丢了怎么办",
        "lang": "zh",
        "article_id": "mnemonic-lost",
    },
    {
        "id": "c2",
        "kind": "changed",
        "turns": ["TPWallet客服几点上班"],
        "text": "助记词丢了怎么办",
        "lang": "zh",
        "article_id": "another",
    },
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("dialogues") / "index"
    build_index(root)
    return root


@pytest.fixture
def assistant(root: Path) -> Assistant:
    return Assistant.open(root, encoder=FakeEncoder(), scorer=SCORER)


def test_the_last_question_is_asked_alone_and_together(
    assistant: Assistant, tmp_path: Path
) -> None:
    follow_up, *_ = read_dialogues(write_lines(tmp_path / "d.jsonl", ROWS))
    asked = ask(assistant, follow_up)
    assert asked.alone.query.conversation == ()
    assert [turn.text for turn in asked.together.query.conversation] == list(follow_up.turns)
    assert is_right(asked.together, follow_up)


def test_kinds_are_counted_apart(assistant: Assistant, tmp_path: Path) -> None:
    read = read_dialogues(write_lines(tmp_path / "d.jsonl", ROWS))
    asked = [ask(assistant, one) for one in read]
    values = figures(asked)
    assert [values[kind]["asked"] for kind in ("changed", "follow_up")] == [2, 1]
    assert values["follow_up"]["together"] == 1.0
    assert (values["changed"]["alone"], values["changed"]["together"]) == (0.5, 0.5)
    assert values["changed"]["answered_right"] == 0.5
    assert [row["id"] for row in misses(asked)] == ["c2"]
    assert misses(asked)[0]["first"] == "mnemonic-lost"


def test_the_command_measures_each_file(
    assistant: Assistant, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "RESULTS", tmp_path)
    monkeypatch.setattr(Assistant, "open", lambda _: assistant)
    folder = tmp_path / "sets"
    folder.mkdir()
    write_lines(folder / "a.jsonl", ROWS)
    write_lines(folder / "b.jsonl", ROWS[:1])
    options = ["--index", str(root), "--dialogues", str(folder)]
    result = CliRunner().invoke(dialogues.main, options)
    assert result.exit_code == 0, result.output
    values = json.loads((tmp_path / "dialogues.json").read_text(encoding="utf-8"))
    assert values["a"]["changed"]["asked"] == 2
    assert set(values["b"]) == {"follow_up", "missed"}


@pytest.mark.parametrize("file", sorted(DATA.glob("*.jsonl")), ids=lambda file: file.stem)
def test_our_dialogues_ask_for_articles_that_are_there(file: Path) -> None:
    articles = read_knowledge_base(KB).articles
    wordings = {normalise(text) for a in articles for text in (a.title, *a.questions)}
    rows = read_dialogues(file)
    assert len({one.id for one in rows}) == len(rows)
    for one in rows:
        assert one.right <= {article.id for article in articles}, one.id
        assert one.kind == {"f": "follow_up", "c": "changed"}[one.id[0]]
        if file.stem == "test":
            assert normalise(one.text) not in wordings, one.id


def test_the_datasheet_counts_them() -> None:
    sheet = (DATA / "README.md").read_text(encoding="utf-8")
    total = 0
    for file in DATA.glob("*.jsonl"):
        kinds = [one.kind for one in read_dialogues(file)]
        counts = f"{kinds.count('follow_up')} | {kinds.count('changed')}"
        assert f"| `{file.name}` | {counts} |" in sheet
        total += len(kinds)
    assert sheet.splitlines()[2].startswith(f"{total} conversations")
