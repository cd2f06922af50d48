"""What evaluation/README.md shows exists: its commands, their options, its example, its workflow."""

import re
import shlex
from pathlib import Path

import click
import pytest
import yaml

from evaluation.benchmarks.walkthrough import EXAMPLE, README, commands, edit, filled, run
from evaluation.cli import main
from evaluation.registry import MeasureError, measure
from evaluation.topics import read_topics
from indexer.cli import main as index_main

TEXT = README.read_text(encoding="utf-8")
WORKFLOW = README.parent / "publish.yml"


def shown() -> list[str]:
    lines = [line for line in TEXT.splitlines() if line.startswith(("$ faq-", "faq-"))]
    script = WORKFLOW.read_text(encoding="utf-8").replace("\\\n", " ")
    lines += [line.strip() for line in script.splitlines() if "run: faq-" in line]
    lines += [line.strip() for line in script.splitlines() if line.strip().startswith("faq-")]
    return [re.sub(r"^(\$ |- run: |run: )|\s*[|>#].*$", "", line) for line in lines]


@pytest.mark.parametrize("line", shown())
def test_every_command_shown_exists_with_its_options(line: str) -> None:
    program, name, *arguments = shlex.split(line)
    group = {"faq-eval": main, "faq-index": index_main}[program]
    # As the group calls it: a command keeps for good what its first context says of --help.
    above = click.Context(group, **group.context_settings)
    command = group.get_command(above, name)
    assert command is not None
    # Values are read by their options' own types; files need not exist.
    context = command.make_context(name, arguments, parent=above)
    assert context.params


def test_the_example_is_as_excel_writes_it_and_every_article_exists() -> None:
    content = EXAMPLE.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in content
    topics, qrels = read_topics(EXAMPLE)
    assert len(topics) > 20
    assert {topic.lang for topic in topics} == {"zh", "en"}
    known = {file.stem for file in Path("kb/articles/zh").glob("*.md")}
    assert {qrel.article_id for qrel in qrels} <= known
    asked = {topic.id: topic.text for topic in topics}
    for row in re.findall(r"(?m)^\| (\d+) \| (.+?) \|", TEXT):
        assert asked[row[0]] == row[1]


def test_the_measures_that_are_listed_are_known() -> None:
    table = TEXT[TEXT.index("| name | what | over |") : TEXT.index("`--measure nDCG@5`")]
    for name in re.findall(r"`([A-Za-z@0-9]+)`", table):
        try:
            measure(name.replace("@k", "@3"))
        except MeasureError:
            assert name == "@P50" or name.startswith("@")


def test_the_workflow_is_yaml_and_gates_before_it_publishes() -> None:
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["publish"]["steps"]
    names = [step.get("name") for step in steps]
    assert names.index("No worse than before") < names.index("Publish")
    gate = next(step for step in steps if step.get("name") == "No worse than before")
    assert "--tolerance" in gate["run"]


def test_the_walkthrough_puts_outputs_below_their_commands(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nquestions:\n  - one\n---\n", encoding="utf-8")
    readme = (
        "Text\n```console\n$ echo hello\nold output\n$ false\n$ echo $?\n```\n"
        "```yaml\n# a.md\nquestions:\n  - two\n```\n```console\n$ cat a.md\n```\n"
    )
    out = filled(readme, tmp_path)
    assert "$ echo hello\nhello\n$ false\n$ echo $?\n1\n```" in out
    assert "questions:\n  - two\n  - one" in out
    assert filled(out, tmp_path).count("hello\n") == out.count("hello\n")
    assert commands("$ a b\nx\n$ c\n") == ["a b", "c"]
    assert run("$ true\n", tmp_path) == "$ true\n"
    edit("# a.md\nquestions:\n  - three\n", tmp_path)
    assert "  - three\n  - two" in (tmp_path / "a.md").read_text(encoding="utf-8")
