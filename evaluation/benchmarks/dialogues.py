"""Whether a question is understood with the turn before it: `… evaluation.benchmarks.dialogues`.

Each dialogue is asked turn by turn, as a bot would; then its last question once with the turns
before it and once alone. What follows up is to gain by them, a changed subject to lose nothing.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from evaluation.benchmarks.measuring import write
from evaluation.intervals import wilson
from server.engine import Answer, Assistant, Decision, Turn

_FOLDER = Path(__file__).parents[1] / "datasets" / "dialogues"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Earlier questions, oldest first, the last one, and the articles that answer that.

    `kind` is "follow_up", or "changed" where the last one is of another subject.
    """

    id: str
    kind: str
    turns: tuple[str, ...]
    text: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """The answers to a dialogue's last question, `alone` and `together` with what came before."""

    dialogue: Dialogue
    alone: Answer
    together: Answer


def read_dialogues(file: Path) -> list[Dialogue]:
    """Return the dialogues in `file`, JSON lines as datasets/dialogues/README.md tells."""
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Dialogue(
            row["id"],
            row["kind"],
            tuple(row["turns"]),
            row["text"],
            frozenset(row["article_id"].split("|")),
        )
        for row in rows
    ]


def ask(assistant: Assistant, dialogue: Dialogue) -> Asked:
    """Ask a dialogue turn by turn."""
    before: list[Turn] = []
    for text in dialogue.turns:
        answer = assistant.ask(text, conversation=before)
        first = answer.hits[0].article_id if answer.hits else None
        before.append(Turn(text, answer.decision, first))
    return Asked(
        dialogue,
        alone=assistant.ask(dialogue.text),
        together=assistant.ask(dialogue.text, conversation=before),
    )


def is_right(answer: Answer, dialogue: Dialogue) -> bool:
    """Tell whether the first hit is one of the dialogue's right articles."""
    return bool(answer.hits) and answer.hits[0].article_id in dialogue.right


def figures(asked: Sequence[Asked]) -> dict[str, Any]:
    """Return of each kind how many were asked, the share with the right article first, alone and
    together, and the share of direct answers and of right ones among these, together.
    """
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        kinds[one.dialogue.kind].append(one)
    values: dict[str, Any] = {}
    for kind, rows in sorted(kinds.items()):
        right = [is_right(one.together, one.dialogue) for one in rows]
        direct = [
            correct
            for one, correct in zip(rows, right, strict=True)
            if one.together.decision == Decision.ANSWER
        ]
        interval = wilson(sum(right), len(right))
        values[kind] = {
            "asked": len(rows),
            "alone": _share([is_right(one.alone, one.dialogue) for one in rows]),
            "together": _share(right),
            "interval_95": interval and [round(v, _DIGITS) for v in (interval.low, interval.high)],
            "answered": round(len(direct) / len(rows), _DIGITS),
            "answered_right": _share(direct),
        }
    return values


def misses(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return the dialogues whose last question did not find its article, with what it found."""
    return [
        {
            "id": one.dialogue.id,
            "turns": [*one.dialogue.turns, one.dialogue.text],
            "first": one.together.hits[0].article_id if one.together.hits else None,
            "decision": one.together.decision.value,
        }
        for one in asked
        if not is_right(one.together, one.dialogue)
    ]


def _share(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), _DIGITS) if values else None


@click.command()
@click.option("--index", type=click.Path(path_type=Path), default=Path("var/index"))
@click.option(
    "--dialogues", type=click.Path(path_type=Path, exists=True, file_okay=False), default=_FOLDER
)
def main(index: Path, dialogues: Path) -> None:
    """Ask an index the dialogues of each file in a folder; write results/dialogues.json."""
    assistant = Assistant.open(index)
    values: dict[str, Any] = {"model_id": assistant.index.manifest.model_id}
    for file in sorted(dialogues.glob("*.jsonl")):
        asked = [ask(assistant, dialogue) for dialogue in read_dialogues(file)]
        kinds = figures(asked)
        values[file.stem] = {**kinds, "missed": misses(asked)}
        click.echo(f"{file.stem}: {kinds}")
    click.echo(str(write("dialogues", values)))


if __name__ == "__main__":
    main()
