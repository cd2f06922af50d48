"""SIGKILL at any moment of a build: the index answers, as the old one or a complete new one."""

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import store
from indexer.build import build
from indexer.store import StoreError, current_id, open_index, roll_back
from tests.fakes import FakeEncoder
from tests.indexer.bases import CHOICE, base, edition_of
from tests.indexer.building_process import COUNT

_PROJECT = Path(__file__).parents[2]
_RANDOM_KILLS = 45

Order = Callable[..., str]


@pytest.fixture(scope="module")
def order() -> Iterator[Order]:
    """Return a function that has a build run in another process and tells how it ended."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.indexer.building_process"],
        cwd=_PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def order(root: Path, edition: int, builds: int = 1, **kill: Any) -> str:
            assert process.stdin
            assert process.stdout
            values = {"root": str(root), "edition": edition, "builds": builds, **kill}
            process.stdin.write(json.dumps(values) + "\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield order


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root with the editions 0 and 1, to be read only."""
    root = tmp_path_factory.mktemp("template")
    for edition in (0, 1):
        build(base(COUNT, edition), root, FakeEncoder(), CHOICE)
    return root


def assert_clean(root: Path) -> None:
    """Nothing lies in `root` but the current index and, perhaps, the one before it."""
    manifest = open_index(root).manifest
    expected = {".lock", store.CURRENT, manifest.index_id, manifest.previous}
    assert {path.name for path in root.iterdir()} <= expected


def visible(root: Path) -> dict[str, str]:
    """Return what lies in `root` and where its links lead, building folders left out."""
    return {
        path.name: str(path.readlink()) if path.is_symlink() else ""
        for path in root.iterdir()
        if not path.name.startswith(".building-")
    }


def assert_usable(order: Order, root: Path, edition: int, way: int) -> None:
    """Go on, in one of four ways, as if no build had been killed."""
    if way % 2:
        roll_back(root)
        edition -= 1
        assert edition_of(open_index(root)) == edition
    # A build that publishes clears up, and so does one that finds nothing to do.
    after = edition if way < 2 else 3
    assert order(root, after) == "done"
    assert edition_of(open_index(root)) == after
    assert_clean(root)


def test_killed_before_each_single_step(order: Order, template: Path, tmp_path: Path) -> None:
    ends = []
    for step in range(1, 1000):
        root = tmp_path / str(step)
        shutil.copytree(template, root, symlinks=True)
        end = order(root, edition=2, kill_at=step)
        edition = edition_of(open_index(root))
        ends.append((end, edition))
        if end == "done":
            break
        assert end == "killed"
        # While nothing but a building folder was left behind, one kill in five tells enough.
        if step % 5 == 0 or visible(root) != visible(template):
            assert_usable(order, root, edition, way=step % 4)
        shutil.rmtree(root)
    assert ends[-1] == ("done", 2)
    # The new edition appears at one step and never goes away again.
    editions = [edition for _, edition in ends]
    assert editions == sorted(editions)
    assert len(ends) > 40
    assert editions.count(1) > 20
    assert editions.count(2) > 5


def test_killed_while_the_first_index_is_built(order: Order, tmp_path: Path) -> None:
    # Every third step will do: the test above takes them all.
    for step in range(1, 1000, 3):
        root = tmp_path / str(step)
        end = order(root, edition=0, kill_at=step)
        if end == "done":
            break
        try:
            assert edition_of(open_index(root)) == 0
        except StoreError as error:
            # No index yet is said to be none; half of one would be said to be damaged.
            assert "there is no index" in str(error)  # noqa: PT017 - either outcome is right
            assert current_id(root) is None
        assert order(root, edition=1) == "done"
        assert edition_of(open_index(root)) == 1
        assert_clean(root)
        shutil.rmtree(root)
    assert step > 30


def test_killed_at_random_moments(order: Order, template: Path, tmp_path: Path) -> None:
    moments = random.Random(20240229)
    root = tmp_path / "index"
    shutil.copytree(template, root, symlinks=True)
    start = time.monotonic()
    assert order(root, 2, builds=4, slow=True) == "done"
    # Kills fall into the first build as often as into the second, on a slow machine too.
    longest = (time.monotonic() - start) / 2
    edition = 5
    leftovers = 0
    for _ in range(_RANDOM_KILLS):
        # Edition after edition, over the index that the last kill left.
        kill = {"slow": True, "kill_after": moments.uniform(0.001, longest)}
        assert order(root, edition + 1, builds=1000, **kill) == "killed"
        leftovers += any(root.glob(".building-*"))
        found = edition_of(open_index(root))
        assert found >= edition
        edition = found
    assert edition > 5  # builds went through in between
    assert leftovers > 0  # and kills fell into others
    assert order(root, edition + 1) == "done"
    assert edition_of(open_index(root)) == edition + 1
    assert_clean(root)
    roll_back(root)
    assert edition_of(open_index(root)) == edition
