"""What was won and lost between two evaluations on disk, and the page and the command about it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evaluation import evaluate, files, summarise
from evaluation.cli import main
from evaluation.comparison import Comparison, ComparisonError, compare, tolerance
from evaluation.comparison_report import render_comparison
from evaluation.topics import Qrel
from tests.evaluation.conftest import ARTICLES, QRELS, TOLD, TOPICS
from tests.evaluation.pagereading import Page
from tests.evaluation.standins import ANSWER, FakeAssistant, Told

# t3 is answered now, t1 wrongly.
CHANGED = {
    **TOLD,
    "客服几点上班": Told(ANSWER, [("hours", 0.9)]),
    "矿工费谁收走了": Told(ANSWER, [("login", 0.8), ("fees", 0.7)]),
}
EVERY = ("Success@1", "Coverage", "FalseAnswers", "ECE")


def saved(folder: Path, told: dict[str, Told], qrels: list[Qrel] = QRELS) -> Path:
    evaluation = evaluate(FakeAssistant(ARTICLES, told), TOPICS, qrels)
    files.write(evaluation, summarise(evaluation), folder, "en")
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return saved(tmp_path / "a", TOLD), saved(tmp_path / "b", CHANGED)


@pytest.fixture
def comparison(folders: tuple[Path, Path]) -> Comparison:
    return compare(*map(files.read, folders), EVERY)


def test_topics_won_and_lost_by_article(comparison: Comparison) -> None:
    rows = [
        (row.article_id, [c.after.id for c in row.won], [c.after.id for c in row.lost], row.gain)
        for row in comparison.articles
    ]
    assert rows == [("fees", [], ["t1"], -3.0), ("hours", ["t3"], [], 1.0)]


def test_differences_overall_and_by_language(comparison: Comparison) -> None:
    overall = {d.measure.name: d for d in comparison.differences}
    assert overall["Success@1"].change == pytest.approx(0.0)
    assert overall["Coverage"].change == pytest.approx(1 / 5)
    assert {d.measure.name: d.change for d in comparison.slices["en"]}["Coverage"] == 0.0
    assert {d.measure.name: d.change for d in comparison.slices["zh"]}["Coverage"] == 0.5


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    evaluation = evaluate(FakeAssistant(ARTICLES, TOLD), TOPICS, QRELS)
    files.write(evaluation, summarise(evaluation), tmp_path, "en")
    assert list(files.read(tmp_path).judged) == evaluation.judged


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("Success@1=0", False),
        ("zh:Success@1=0.1", False),
        ("Precision@answered=0.05", True),
        ("Precision@answered=0.5", False),
        ("zh:Precision@answered=0.4", True),
        ("en:Precision@answered=0", False),
    ],
)
def test_a_tolerance_is_broken_by_a_larger_loss(
    folders: tuple[Path, Path], text: str, broken: bool
) -> None:
    found = compare(*map(files.read, folders), EVERY, [tolerance(text)])
    assert [b.tolerance.name for b in found.broken] == (
        [text.split("=", maxsplit=1)[0]] if broken else []
    )


@pytest.mark.parametrize("text", ["Success@1", "acc@1=0.1", "fr:ECE=0.1", "ECE=-0.1", "ECE=x"])
def test_what_is_no_tolerance_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no tolerance|no measure"):
        tolerance(text)


def test_runs_over_other_topics_are_refused(tmp_path: Path) -> None:
    first = files.read(saved(tmp_path / "a", TOLD))
    other = files.read(saved(tmp_path / "b", TOLD, [*QRELS[:-1], Qrel("t7", "login")]))
    with pytest.raises(ComparisonError, match=r"1 with other right articles \(t7\)"):
        compare(first, other)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["compare", *map(str, arguments)])


def test_the_command_tells_what_changed(folders: tuple[Path, Path]) -> None:
    result = run(*folders)
    assert result.exit_code == 0, result.output
    assert "1 topics won, 1 lost" in result.stdout
    assert "- t1  矿工费谁收走了" in result.stdout
    assert "answer fees (0.90) → answer login (0.80)" in result.stdout


def test_a_broken_tolerance_exits_with_1(folders: tuple[Path, Path]) -> None:
    result = run(*folders, "--tolerance", "Precision@answered=0.05")
    assert result.exit_code == 1
    assert "BROKEN Precision@answered: 0.1667 worse, 0.05 is allowed" in result.stdout
    held = run(*folders, "--tolerance", "Success@1=0.05", "--tolerance", "zh:Coverage=0")
    assert held.exit_code == 0
    assert "All 2 tolerances hold." in held.stdout


def test_json_is_all_and_nothing_else(folders: tuple[Path, Path]) -> None:
    result = run(*folders, "--json", "--tolerance", "Precision@answered=0.05")
    data = json.loads(result.stdout)
    assert data["measures"]["Coverage"]["change"] == pytest.approx(0.2)
    assert data["articles"][0] == {"article_id": "fees", "won": [], "lost": ["t1"]}
    assert data["broken"][0]["tolerance"] == "Precision@answered"


def test_bad_input_exits_with_2(folders: tuple[Path, Path], tmp_path: Path) -> None:
    missing = run(folders[0], tmp_path / "none")
    assert missing.exit_code == 2
    assert "faq-eval run" in missing.stderr
    (folders[1] / files.METRICS).write_text('{"format": 99}', encoding="utf-8")
    assert "is of format 99" in run(*folders).stderr
    assert run(*folders, "--tolerance", "x").exit_code == 2


def test_the_page_tells_the_verdict_and_every_changed_topic(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    page = tmp_path / "page" / "c.html"
    result = run(*folders, "--html", page, "--tolerance", "Precision@answered=0.05")
    assert str(page) in result.stdout
    html = page.read_text(encoding="utf-8")
    text = Page(html).text
    assert "Do not publish yet, a tolerance is broken" in text
    assert "Precision@answered is worse by 0.1667; 0.05 is allowed" in text
    assert "矿工费谁收走了 t1 answered right fees · 0.90 answered wrong login · 0.80" in text
    assert "先不要发布" in Page(html, "zh").text


def test_the_page_without_changes_and_without_tolerances(folders: tuple[Path, Path]) -> None:
    same = files.read(folders[0])
    text = Page(render_comparison(compare(same, same, EVERY), "en")).text
    assert "Every question ends as it did before." in text
    assert "No tolerance was stated" in text


def test_what_people_wrote_is_escaped_on_the_page(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    told = {**CHANGED, "客服几点上班": replace(CHANGED["客服几点上班"], searched=evil)}
    both = saved(tmp_path / "a", TOLD), saved(tmp_path / "b", told)
    html = render_comparison(compare(*map(files.read, both), EVERY), "en")
    assert "<script" not in html
    assert evil in Page(html).text
