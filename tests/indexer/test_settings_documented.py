"""Every setting is documented as the table in the code has it."""

from pathlib import Path

from indexer.settings import markdown_table


def test_the_documentation_is_made_from_the_table() -> None:
    readme = Path(__file__).parents[2] / "server" / "README.md"
    assert markdown_table() in readme.read_text(encoding="utf-8")
