"""Builds in processes that are killed: `python -m tests.indexer.building_process`.

Reads an order (JSON) per line and answers each with a line: what became of the building process. It
forks a process for every order, so that the imports and jieba's dictionary are paid for once. Run
anew, this would take seconds for every kill.
"""

import importlib
import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from indexer.build import build
from indexer.encoder import Role, Vectors
from indexer.text import Tokenizer
from tests.fakes import FakeEncoder
from tests.indexer.bases import CHOICE, base

# So few articles in each language that a build is over soon.
COUNT = 2

# Every step that changes what is on the disk, as CPython's audit events name them.
_STEPS = {
    "fcntl.flock",
    "open",
    "os.chmod",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.symlink",
}


class SlowEncoder(FakeEncoder):
    """Takes its time, so that many kills fall into it."""

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        time.sleep(0.004)
        return super().encode(texts, role)


def before_each_step(root: str, act: Callable[[], None]) -> None:
    """Call `act` before every file step below `root`, and before every fsync."""
    fsync = os.fsync

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _STEPS:
            return
        paths = [str(a) for a in arguments if isinstance(a, str | os.PathLike)]
        if event == "fcntl.flock" or any(root in path for path in paths):
            act()

    def on_fsync(descriptor: int) -> None:
        act()
        fsync(descriptor)

    sys.addaudithook(on_event)
    vars(os)["fsync"] = on_fsync


def kill_at(step: int) -> Callable[[], None]:
    """Return an action that kills this process when it is called for the `step`-th time."""
    count = itertools.count(1)

    def act() -> None:
        if next(count) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return act


def run(order: dict[str, Any]) -> None:
    """Build `builds` editions from `edition` on over what is in `root`.

    `kill_at` is the file step before which the process kills itself; `slow` has it rest at each.
    """
    root = Path(order["root"])
    pause = random.Random(order["edition"])
    if order.get("kill_at"):
        before_each_step(str(root), kill_at(order["kill_at"]))
    elif order.get("slow"):
        before_each_step(str(root), lambda: time.sleep(pause.uniform(0, 0.001)))
    for edition in range(order["edition"], order["edition"] + order["builds"]):
        build(base(COUNT, edition), root, SlowEncoder(), CHOICE)


def obey(order: dict[str, Any]) -> str:
    """Fork, run the order, kill it in time, and return 'killed', 'done' or 'failed'."""
    process = os.fork()
    if process == 0:
        status = 1
        try:
            run(order)
            status = 0
        finally:
            os._exit(status)
    if order.get("kill_after"):
        time.sleep(order["kill_after"])
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return "killed"
    return "failed" if os.WEXITSTATUS(status) else "done"


def main() -> None:
    """Obey orders until there are no more."""
    importlib.import_module("faiss")
    shared = Tokenizer()
    shared.tokens("先读词典 stem")
    # A tokenizer of its own would take each build longer than everything that can be spoilt.
    importlib.import_module("indexer.build").__dict__["Tokenizer"] = lambda words: shared
    for line in sys.stdin:
        sys.stdout.write(obey(json.loads(line)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
