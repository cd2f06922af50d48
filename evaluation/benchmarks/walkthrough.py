"""Runs the walkthrough of evaluation/README.md and writes what came out into it.

In a folder of its own: a copy of the articles and of an index. Blocks marked `console` are run, the
line in a block marked `yaml` is added to the questions of the article that its comment names.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

README = Path(__file__).parents[1] / "README.md"
EXAMPLE = README.parent / "example.csv"
_BLOCK = re.compile(
    r"(?P<open>```(?P<kind>console|yaml)\n)(?P<body>.*?)(?P<close>```\n)", re.DOTALL
)
_MARK = "--8<--"


def commands(body: str) -> list[str]:
    """Return the commands of a console block, without their prompt."""
    return [line[2:] for line in body.splitlines() if line.startswith("$ ")]


def run(body: str, folder: Path) -> str:
    """Return a console block with the output of its commands, run one behind the other."""
    wanted = commands(body)
    # `$?` in a command is the exit status of the one before it.
    script = "".join(f"echo '{_MARK}'; (exit $last); {each}; last=$?\n" for each in wanted)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(  # noqa: S603 - what the README says
        ["/bin/bash", "-c", f"last=0\n{script}"],
        cwd=folder,
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outputs = done.stdout.split(f"{_MARK}\n")[1:]
    return "".join(f"$ {each}\n{out}" for each, out in zip(wanted, outputs, strict=True))


def edit(body: str, folder: Path) -> None:
    """Add the last line of a yaml block to the questions of the article that its first names."""
    lines = body.splitlines()
    file = folder / lines[0].removeprefix("# ")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("questions:\n", f"questions:\n{lines[-1]}\n", 1), encoding="utf-8")


def filled(readme: str, folder: Path) -> str:
    """Return the README with every console block as it comes out in `folder`."""

    def each(match: re.Match[str]) -> str:
        if match["kind"] == "yaml":
            edit(match["body"], folder)
            return match[0]
        click.echo(match["body"].splitlines()[0], err=True)
        return match["open"] + run(match["body"], folder) + match["close"]

    return _BLOCK.sub(each, readme)


@click.command(epilog="Example:  python -m evaluation.benchmarks.walkthrough --index var/index")
@click.option("--kb", type=click.Path(path_type=Path), default=Path("kb"), show_default=True)
@click.option("--index", type=click.Path(path_type=Path), default=Path("var/index"))
def main(kb: Path, index: Path) -> None:
    """Run every command of evaluation/README.md on a copy of KB and INDEX; write the outputs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(kb, folder / "kb")
        shutil.copytree(index, folder / "var" / "index", symlinks=True)
        for calibration in folder.glob("var/index/*/calibration.json"):
            calibration.unlink()
        shutil.copy(EXAMPLE, folder / "questions.csv")
        datasets = README.parent / "datasets"
        shutil.copytree(datasets, folder / "evaluation" / "datasets")
        click.echo(run("$ faq-index build\n", folder), err=True)
        README.write_text(filled(README.read_text(encoding="utf-8"), folder), encoding="utf-8")


if __name__ == "__main__":
    main()
