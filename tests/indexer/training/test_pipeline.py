"""The steps of the README in their order, as a user runs them, from text to a card."""

import json
from pathlib import Path

import pytest

from indexer.identity import BUNDLED, source_of
from indexer.training import alignment, card, figures, joint, publish, start, vocabulary
from tests.indexer.training.conftest import call
from tests.indexer.training.corpus import write_rows


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Return a question set."""
    folder = tmp_path / "asked"
    rows = [("open", "打开钱包"), ("change", "更改密码")]
    write_rows(folder / "corpus.jsonl", [{"_id": i, "text": t, "lang": "zh"} for i, t in rows])
    write_rows(folder / "queries.jsonl", [{"_id": "q", "text": "open the wallet", "lang": "en"}])
    (folder / "qrels.tsv").write_text("query\tdoc\tgrade\nq\topen\t1\n")
    return folder


@pytest.fixture
def model(data: Path, start: Path, teacher: Path, tmp_path: Path) -> Path:
    """Return the folder of a model that was distilled, contrasted and published."""
    distilled, run = tmp_path / "distil", tmp_path / "run"
    common = ("--data", data, "--teacher", teacher, "--threads", 1)
    call(
        joint.main, *common, "--start", start, "--out", distilled, "--steps", 3,
        "--parallel", 8, "--intents", 0,
    )  # fmt: skip
    call(publish.main, distilled, "--start", start, "--out", tmp_path / "distilled")
    clusters = data / "clusters" / "train.jsonl"
    call(
        joint.main, *common, "--start", tmp_path / "distilled", "--out", run, "--steps", 3,
        "--intents", 4, "--clusters", clusters, "--held", data / "held.jsonl",
    )  # fmt: skip
    call(publish.main, run, "--start", tmp_path / "distilled", "--out", tmp_path / "model")
    return tmp_path / "model"


def test_from_text_to_a_model_with_its_card(
    model: Path, start: Path, data: Path, questions: Path, tmp_path: Path
) -> None:
    found = tmp_path / "figures.json"
    told = call(
        figures.main, f"before={start}", model, "--clusters", data / "held.jsonl", "--set", questions,
        "--out", found, "--threads", 1,
    )  # fmt: skip
    measured = json.loads(found.read_text())
    assert measured.keys() == {"before", "model"}
    assert measured["model"].keys() == {"clusters", "asked"}
    assert measured["model"]["asked"].keys() == {"en-zh"}
    assert "model asked {'en-zh': " in told
    call(
        card.main, model, "--figures", found, "--run", tmp_path / "run", "--version", "7",
        "--before", "It was distilled alone first.",
    )  # fmt: skip
    page = (model / "README.md").read_text()
    assert "# faq-minilm-zh-en, version 7\n" in page
    assert "1 layers,\n32 dimensions" in page
    assert "It was distilled alone first." in page
    assert "- steps: 3\n- seed: 1\n" in page
    assert "- sizes.clusters: 4\n" in page
    assert "- share: 1.0\n" in page
    assert "40 Chinese–English pairs, 8 pairs of one language, 12 clusters" in page
    figure = measured["model"]["clusters"]["near"]
    before = measured["before"]["clusters"]["near"]
    assert f"| clusters | near | {before:.1f} | {figure:.1f} |\n" in page
    assert card.faults(model) == []
    assert "as the card says" in call(card.main, model, "--check")
    with (model / "config.json").open("a") as file:
        file.write(" ")
    (model / "strange.txt").touch()
    (model / "tokenizer.json").unlink()
    assert call(card.main, model, "--check", status=1).splitlines() == [
        f"{model / 'config.json'}: changed",
        f"{model / 'strange.txt'}: not in the card",
        f"{model / 'tokenizer.json'}: missing",
    ]


def test_two_models_of_one_name_and_a_missing_one_are_refused(start: Path) -> None:
    assert "Two models are called start" in call(figures.main, start, start, status=2)
    assert "nowhere is no folder" in call(figures.main, "x=nowhere", status=2)


def test_a_card_needs_figures_and_a_check_needs_a_card(start: Path) -> None:
    assert "--figures" in call(card.main, start, status=2)
    assert "README.md cannot be read" in call(card.main, start, "--check", status=2)


@pytest.mark.parametrize("step", [vocabulary, alignment, start, joint, publish, figures, card])
def test_every_step_has_help_and_stands_in_the_readme(step: object) -> None:
    told = call(step.main, "--help")
    assert "Options:" in told
    readme = Path(card.__file__).with_name("README.md").read_text()
    assert f"python -m {step.__name__} " in readme


@pytest.mark.bundled_model
def test_the_bundled_model_is_as_its_card_says() -> None:
    bundled = Path(source_of(BUNDLED))
    assert card.faults(bundled) == []
    assert sum(file.stat().st_size for file in publish.model_files(bundled)) <= publish.LARGEST
