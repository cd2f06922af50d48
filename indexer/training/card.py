"""Writes and checks a model's card: `python -m indexer.training.card MODEL --run RUN …`.

Everything in it comes from files: the plan of the run, what was published of it, the figures that
figures.py wrote, and the hashes of the model's own files.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from indexer.training.command import READ, READ_FOLDER, Step
from indexer.training.data import DataError
from indexer.training.plan import PLAN
from indexer.training.publish import CARD, TRAINING, hashes

Figures = Mapping[str, Mapping[str, Mapping[str, float]]]

_HASH_LINE = re.compile(r"^    ([0-9a-f]{64})  (.+)$", re.MULTILINE)
_PAGE = """\
---
license: apache-2.0
language: [zh, en]
library_name: sentence-transformers
pipeline_tag: sentence-similarity
base_model: sentence-transformers/all-MiniLM-L6-v2
---
# {name}, version {version}

A sentence encoder for Chinese and English in one space, made for FAQ retrieval: {layers} layers,
{dimension} dimensions (L2-normalised; compare with the inner product), {parameters} million
parameters in half precision. It reads up to {tokens} tokens of lower-cased, NFKC, simplified text
(convert traditional characters first). No prompt is needed.

    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer("{folder}")
    model.encode(["提现没有到账怎么办", "my withdrawal never arrived"])

## How it was made

By `indexer/training`, whose README holds the commands: a Unigram vocabulary of {pieces:,} pieces;
body and English embeddings of all-MiniLM-L6-v2 (Apache-2.0), which is also the teacher; Chinese
embeddings at the English ones that IBM model 1 aligns them with; then steps that each hold the
teacher's space, contrast paraphrases in both languages with near misses, and bring questions to
their answers.{before}

{plan}

## Data

{read}Every source and its licence: `indexer/training/SOURCES.md`. The clusters are this project's
own (Apache-2.0). Nothing was fitted on the sets below.

## Figures

Per cent, of the bare encoder, by `python -m indexer.training.figures`; "zh-en" is the share of
Chinese questions whose nearest English text is the right one, "near" the AUC of paraphrases against
near misses, "auroc" that of questions which something answers against others.

{figures}

## Limits

- Chinese and English only. Other scripts are mostly unknown to it.
- Most of the parallel text is documentation, much of it machine-translated: colloquial Chinese,
  slang and names are its weaker side.
- A vector says what a text is about better than what it denies: look at "near" before you trust a
  threshold, and calibrate on your own questions.
- Long answers are summarised coarsely; texts beyond {tokens} tokens are cut.

## Files

SHA-256; `python -m indexer.training.card {folder} --check` compares.

{hashes}
"""


def write_card(
    folder: Path, *, name: str, version: str, figures: Figures, run: Path | None, before: str = ""
) -> None:
    """Write the card of the model in `folder`.

    `figures` are those of figures.py: model, set, figure; `run` the folder of the run that made
    the model, None if it is lost; `before` tells what was done before that run.

    Raises:
        DataError: a file that the card tells of is missing or broken.
    """
    config = _json(folder / "config.json")
    plan = _json(run / PLAN) if run else {}
    published = _json(folder / TRAINING) if (folder / TRAINING).exists() else {}
    weights = (folder / "model.safetensors").stat().st_size
    page = _PAGE.format(
        name=name,
        version=version,
        layers=config["num_hidden_layers"],
        dimension=config["hidden_size"],
        parameters=f"{weights / 2e6:.0f}",
        tokens=_json(folder / "sentence_bert_config.json")["max_seq_length"],
        folder=folder.as_posix() if not folder.is_absolute() else folder.name,
        pieces=config["vocab_size"],
        before=f" {before.strip()}" if before.strip() else "",
        plan=_plan({**plan, **published}) or "The run's plan was not kept.",
        read=_read(plan.get("read", {})),
        figures=_table(figures),
        hashes=_hash_lines(folder),
    )
    (folder / CARD).write_text(page, encoding="utf-8")


def faults(folder: Path) -> list[str]:
    """Return how the files in `folder` differ from the hashes in its card; empty if they do not.

    Raises:
        DataError: there is no card.
    """
    try:
        page = (folder / CARD).read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder / CARD} cannot be read ({error}).") from error
    told = {path: digest for digest, path in _HASH_LINE.findall(page)}
    found = hashes(folder)
    return [
        f"{folder / path}: "
        + ("not in the card" if path not in told else "missing" if path not in found else "changed")
        for path in sorted(told.keys() | found.keys())
        if told.get(path) != found.get(path)
    ]


def _plan(plan: Mapping[str, Any]) -> str:
    """Return the run's numbers as list lines, in the order of the plan."""
    flat = {
        f"{name}.{inner}" if inner else name: value
        for name, one in plan.items()
        if name != "read"
        for inner, value in (one.items() if isinstance(one, Mapping) else (("", one),))
    }
    return "\n".join(f"- {name}: {value}" for name, value in flat.items())


def _read(counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    return (
        f"{counts['parallel']:,} Chinese–English pairs, {counts['pairs']:,} pairs of one language, "
        f"{counts['clusters']:,} clusters of paraphrases.\n"
    )


def _table(figures: Figures) -> str:
    """Return a Markdown table: a row for each set and figure, a column for each model."""
    models = list(figures)
    names = dict.fromkeys((s, f) for sets in figures.values() for s in sets for f in sets[s])
    lines = [
        "| set | figure | " + " | ".join(models) + " |",
        "|---|---|" + "---:|" * len(models),
    ]
    for one, figure in names:
        values = [figures[model].get(one, {}).get(figure) for model in models]
        cells = ["" if value is None else f"{value:.1f}" for value in values]
        lines.append(f"| {one} | {figure} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _hash_lines(folder: Path) -> str:
    return "\n".join(f"    {digest}  {path}" for path, digest in hashes(folder).items())


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read ({error}).") from error


@click.command(cls=Step)
@click.argument("model", type=READ_FOLDER)
@click.option("--figures", type=READ, help="What figures.py wrote.")
@click.option("--run", type=READ_FOLDER, help="Folder of the run that made the model.")
@click.option("--name", default="faq-minilm-zh-en", show_default=True)
@click.option("--version", default="4", show_default=True)
@click.option("--before", default="", help="A sentence on what was done before the run.")
@click.option("--check", is_flag=True, help="Write nothing; compare the files with the card.")
def main(
    model: Path,
    figures: Path | None,
    run: Path | None,
    name: str,
    version: str,
    before: str,
    *,
    check: bool,
) -> None:
    """Write the card of MODEL: how it was made, data, figures, limits, hashes."""
    if check:
        differences = faults(model)
        click.echo("\n".join(differences) if differences else "Every file is as the card says.")
        click.get_current_context().exit(int(bool(differences)))
    if figures is None:
        raise click.UsageError("Name the figures with --figures; figures.py writes them.")
    write_card(model, name=name, version=version, figures=_json(figures), run=run, before=before)
    click.echo(str(model / CARD))


if __name__ == "__main__":
    main()
