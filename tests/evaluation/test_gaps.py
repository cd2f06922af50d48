"""What the query log holds that nobody answered: found, grouped, and turned into advice."""

import datetime as dt
import json
import random
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from evaluation.cli import main
from evaluation.gapping import clusters, gaps, natural_likeness
from evaluation.logged import facts, labelled, misses, read_log
from indexer import open_index
from indexer.settings import Settings
from server.desk.querylog import READING
from server.engine import Assistant, HandoffReason
from server.engine import assistant as engine
from tests.evaluation.labelled import build_index, scorer
from tests.evaluation.logs import ANSWER, Said, write_log
from tests.evaluation.test_variants import ARTICLES
from tests.fakes import FakeEncoder

LOG = [
    Said("bake bread at home", user="u1"),
    Said("Bake bread at home", user="u2"),
    Said("bake rye bread at home", user="u3", day=2),
    Said("怎么烤面包", user="u4"),
    Said("withdrawal cancel now please", ANSWER, "arrive", votes=[False]),
    Said("lost mnemonic", ANSWER, "seed", votes=[True]),
    Said("lost mnemonic", ANSWER, "seed", votes=[True, False]),
    Said("miner fee", ANSWER, "fees"),
    Said("talk to a human", reason=HandoffReason.ASKED_FOR_HUMAN),
    # Once not answered, twice answered well: no gap.
    Said("提现多久", day=3),
    Said("提现多久", ANSWER, "arrive", votes=[True], day=3),
    Said("提现多久", ANSWER, "arrive", day=4),
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    build_index(tmp_path / "index", ARTICLES)
    monkeypatch.setattr(engine, "load_encoder", lambda manifest: FakeEncoder())
    monkeypatch.setattr(engine, "bundled_scorer", scorer)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "index"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return write_log(tmp_path, LOG)


def read(url: str) -> list:
    return read_log(Settings({"database": url}))


def test_misses_are_counted_by_what_was_asked(url: str) -> None:
    found = misses(read(url))
    told = [(miss.text, miss.asked, miss.ill_rated, miss.users) for miss in found]
    assert told == [
        ("Bake bread at home", 2, 0, 2),
        ("bake rye bread at home", 1, 0, 1),
        ("withdrawal cancel now please", 1, 1, 1),
        ("怎么烤面包", 1, 0, 1),
    ]


def test_votes_make_topics(url: str) -> None:
    topics, qrels = labelled(read(url))
    assert [(t.text, t.answerable, t.kind) for t in topics] == [
        ("lost mnemonic", True, "log"),
        ("提现多久", True, "log"),
    ]
    assert [qrel.article_id for qrel in qrels] == ["seed", "arrive"]
    assert [qrel.topic_id for qrel in qrels] == [topic.id for topic in topics]


def test_a_vote_below_an_article_is_no_question(tmp_path: Path) -> None:
    """Its line of the log holds the title, which nobody asked; a channel of that name may ask."""
    voted = [
        Said("Can I cancel?", ANSWER, "cancel", votes=[helpful], channel=READING, took_ms=0)
        for helpful in (True, False, False)
    ]
    asked = Said("bake bread", channel=READING)
    entries = read(write_log(tmp_path, [*voted, asked]))
    assert [entry.query for entry in entries] == ["bake bread"]
    assert labelled(entries) == ([], [])
    assert [miss.text for miss in misses(entries)] == ["bake bread"]


def test_a_part_of_the_log(url: str) -> None:
    settings = Settings({"database": url})
    second = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    entries = read_log(settings, since=second, until=second + dt.timedelta(days=1))
    assert [entry.query for entry in entries] == ["bake rye bread at home"]
    assert facts(entries, misses(entries)) == {
        "entries": 1,
        "since": "2026-11-02",
        "until": "2026-11-02",
        "missed": 1,
        "distinct": 1,
        "ill_rated": 0,
    }


def test_gaps_are_grouped_named_sized_and_advised(root: Path, url: str) -> None:
    assistant = Assistant.open(root, encoder=FakeEncoder())
    found = gaps(assistant, misses(read(url)), alike=0.7)
    told = [(gap.name, gap.asked, gap.langs, gap.advice) for gap in found]
    assert told == [
        ("Bake bread at home", 3, {"en": 3}, "article"),
        ("withdrawal cancel now please", 1, {"en": 1}, "wording"),
        ("怎么烤面包", 1, {"zh": 1}, "article"),
    ]
    assert found[1].nearest == "cancel"
    assert found[1].ill_rated == 1
    assert found[1].matched == "Can I cancel a withdrawal?"


def test_no_misses_are_no_gaps(root: Path) -> None:
    assert gaps(Assistant.open(root, encoder=FakeEncoder()), []) == []


def blobs(count: int, size: int, spread: float) -> np.ndarray:
    """Return `count` groups of unit vectors, `size` each, one behind the other."""
    rng = np.random.default_rng(4)
    centres = np.linalg.qr(rng.normal(size=(32, count)))[0].T
    points = np.repeat(centres, size, axis=0) + rng.normal(0, spread, (count * size, 32))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


def test_clusters_of_what_is_alike() -> None:
    found = clusters(blobs(6, 5, 0.05), 0.5)
    assert sorted(map(sorted, found)) == [list(range(n, n + 5)) for n in range(0, 30, 5)]
    assert clusters(np.array([[1.0, 0.0]]), 0.5) == [[0]]


def test_the_order_of_questions_changes_no_cluster() -> None:
    points = blobs(8, 4, 0.08)
    order = random.Random(2).sample(range(32), 32)
    shuffled = [sorted(order[n] for n in each) for each in clusters(points[order], 0.5)]
    assert sorted(shuffled) == sorted(map(sorted, clusters(points, 0.5)))


def test_the_index_tells_how_alike_is_alike(root: Path) -> None:
    likeness = natural_likeness(open_index(root))
    assert 0.3 <= likeness <= 0.9


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_gaps_on_the_command_line(root: Path, url: str) -> None:
    result = run("gaps", "--database", url, "--index", str(root), "--alike", "0.7")
    assert result.exit_code == 1, result.output
    assert "12 questions in the log, 5 not answered or rated ill" in result.stdout
    assert "1. Bake bread at home  (3: en 3)" in result.stdout
    assert "→ an alternate question for cancel" in result.stdout
    page = Path("var/gaps.html").read_text(encoding="utf-8")
    assert "bake rye bread at home" in page
    data = json.loads(
        run("gaps", "--database", url, "--index", str(root), "--json", "--least", "2").stdout
    )
    assert all(gap["asked"] >= 2 for gap in data["gaps"])
    quiet = run("gaps", "--database", url, "--index", str(root), "--since", "2026-12-01")
    assert quiet.exit_code == 0, quiet.output


def test_a_run_from_the_log(root: Path, url: str) -> None:
    result = run("run", "--log", "--database", url, "--index", str(root), "--out", "out")
    assert result.exit_code == 0, result.output
    metrics = json.loads(Path("out/metrics.json").read_text(encoding="utf-8"))
    assert metrics["overall"]["topics"] == 2
    assert metrics["overall"]["measures"]["Success@1"]["value"] == 1.0
    assert metrics["by_kind"].keys() == {"log"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run",), "Name a file of topics with --topics, or take them with --log"),
        (("run", "--log", "--topics", "x.csv"), "or take them with --log"),
        (("run", "--log", "--since", "2027-01-01"), "no answer that users voted for"),
        (("gaps", "--since", "yesterday"), "does not match the format"),
        (("gaps", "--database", "mysql://x/y"), "which is not known"),
    ],
)
def test_bad_input_exits_with_2(
    root: Path, url: str, arguments: tuple[str, ...], message: str
) -> None:
    database = () if "--database" in arguments else ("--database", url)
    result = run(*arguments, *database, "--index", str(root))
    assert result.exit_code == 2, result.output
    assert message in result.stderr


def test_help_of_every_command_has_examples() -> None:
    names = main.list_commands(None)  # type: ignore[arg-type]
    expected = ["calibrate", "compare", "gaps", "robustness", "run", "suggest", "twins"]
    assert names == expected
    for name in names:
        told = run(name, "--help")
        assert told.exit_code == 0
        assert "Examples:" in told.output
        assert "--json" in told.output
