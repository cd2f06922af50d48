import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import store
from indexer.article import LANGS, Article, Section
from indexer.build import build
from indexer.knowledge import KnowledgeBase
from indexer.store import StoreError, building, current_id, open_index, roll_back
from tests.fakes import FakeEncoder
from tests.indexer.bases import CHOICE, base, edition_of

Publish = Callable[[int], str]
REMEDY = "Build it again with `faq-index build --full`."


class KilledError(BaseException):
    """Ends a build where SIGKILL might; test_killed_builds.py does it in earnest."""


def indexes(root: Path) -> set[str]:
    """Return the ids of the indexes that lie in `root`."""
    folders = (file.parent for file in root.glob(f"*/{store.MANIFEST}"))
    return {folder.name for folder in folders if not folder.is_symlink()}


def names(root: Path) -> set[str]:
    """Return what lies in `root` beside the lock and the link."""
    return {path.name for path in root.iterdir()} - {".lock", store.CURRENT}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "var" / "index"


@pytest.fixture
def publish(root: Path) -> Publish:
    """Return a function that publishes an edition and returns the new index's id."""

    def publish(edition: int) -> str:
        return build(base(edition=edition), root, FakeEncoder(), CHOICE).index_id

    return publish


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a root with the editions 0 and 1, to be read only."""
    root = tmp_path_factory.mktemp("template")
    for edition in (0, 1):
        build(base(edition=edition), root, FakeEncoder(), CHOICE)
    return root


@pytest.fixture
def twice(template: Path, root: Path) -> Path:
    """Return a root with the editions 0 and 1."""
    shutil.copytree(template, root, symlinks=True)
    return root


@pytest.fixture
def current(twice: Path) -> Path:
    """Return the folder of the current index, edition 1."""
    return twice / str(current_id(twice))


def files_of(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def flip(file: Path, place: int, mask: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= mask
    file.write_bytes(content)


# What is published


def test_an_open_index_is_what_was_built(root: Path, publish: Publish) -> None:
    index_id = publish(3)
    index = open_index(root)
    assert edition_of(index) == 3
    assert index.folder == root / index_id
    assert index.manifest.index_id == index_id
    assert index.manifest.rows == {"zh": (0, 18), "en": (18, 36)}
    assert (index.manifest.articles, index.manifest.passages) == (12, 36)
    assert index.manifest.dimension == index.vectors.dimension == 64


def test_every_file_is_in_the_manifest(template: Path) -> None:
    index = open_index(template)
    assert {*index.manifest.files, store.MANIFEST} == set(files_of(index.folder))


def test_the_current_index_is_named_by_a_relative_link(root: Path, publish: Publish) -> None:
    index_id = publish(0)
    assert (root / store.CURRENT).readlink() == Path(index_id)
    moved = root.parent / "moved"
    root.rename(moved)
    assert edition_of(open_index(moved)) == 0


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_TITLE = _TEXT.filter(str.strip)
_ARTICLE = st.builds(
    Article,
    id=st.just("only"),
    lang=st.sampled_from(LANGS),
    title=_TITLE,
    questions=st.lists(_TITLE, max_size=2).map(tuple),
    body=_TEXT,
    tags=st.lists(_TEXT, max_size=2).map(tuple),
    product=st.none() | _TEXT,
    updated=st.none() | st.just("2024-02-29"),
    related=st.lists(_TEXT, max_size=2).map(tuple),
    source=_TEXT,
    sections=st.lists(st.builds(Section, heading=_TITLE, text=_TEXT), max_size=2).map(tuple),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(article=_ARTICLE)
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, article: Article
) -> None:
    root = tmp_path_factory.mktemp("index")
    build(KnowledgeBase((article,)), root, FakeEncoder(), CHOICE)
    assert list(open_index(root).articles.values()) == [article]


# What is refused


def test_no_index(tmp_path: Path) -> None:
    for root in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StoreError, match="there is no index") as caught:
            open_index(root)
        assert f"`faq-index build --index {root}`" in str(caught.value)
        assert current_id(root) is None


def test_a_link_that_leads_nowhere(root: Path) -> None:
    root.mkdir(parents=True)
    (root / store.CURRENT).symlink_to("gone")
    with pytest.raises(StoreError, match=r"gone/manifest\.json is missing") as caught:
        open_index(root)
    assert REMEDY in str(caught.value)


def test_a_damaged_byte_in_any_file(twice: Path, current: Path) -> None:
    for name in files_of(current):
        file = current / name
        size = file.stat().st_size
        for place in (0, 1, size // 3, size // 2, size - 2, size - 1):
            flip(file, place, 1)
            with pytest.raises(StoreError) as caught:
                open_index(twice)
            assert str(file) in str(caught.value)
            assert REMEDY in str(caught.value)
            flip(file, place, 1)
    assert edition_of(open_index(twice)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), mask=st.integers(1, 255))
def test_a_damaged_byte_anywhere(
    twice: Path, current: Path, data: st.DataObject, mask: int
) -> None:
    file = current / data.draw(st.sampled_from(files_of(current)))
    place = data.draw(st.integers(0, file.stat().st_size - 1))
    flip(file, place, mask)
    try:
        with pytest.raises(StoreError) as caught:
            open_index(twice)
    finally:
        flip(file, place, mask)
    assert str(file) in str(caught.value)
    assert REMEDY in str(caught.value)


@pytest.mark.parametrize("size", [0, 1, -1])
def test_a_cut_file(twice: Path, current: Path, size: int) -> None:
    for name in files_of(current):
        file = current / name
        whole = file.read_bytes()
        file.write_bytes(whole[:size])
        with pytest.raises(StoreError) as caught:
            open_index(twice)
        assert str(file) in str(caught.value)
        assert REMEDY in str(caught.value)
        file.write_bytes(whole)


def test_a_missing_file(twice: Path, current: Path) -> None:
    for name in files_of(current):
        file = current / name
        whole = file.read_bytes()
        file.unlink()
        with pytest.raises(StoreError, match="is missing") as caught:
            open_index(twice)
        assert str(file) in str(caught.value)
        assert REMEDY in str(caught.value)
        file.write_bytes(whole)


@pytest.mark.parametrize("found", [2, 0, None, "1", 1.5])
def test_a_manifest_of_another_format(twice: Path, current: Path, found: object) -> None:
    file = current / store.MANIFEST
    # Of another format nothing else may be expected, not even a checksum.
    file.write_text(json.dumps({"format": found, "novelty": []}), encoding="utf-8")
    expected = f"{file} is of format {found}, this program reads 1. "
    with pytest.raises(StoreError) as caught:
        open_index(twice)
    assert str(caught.value).startswith(expected)
    assert REMEDY in str(caught.value)


@pytest.mark.parametrize("text", ["[]", "null", '"manifest"', "", "{", "\udcff"])
def test_a_manifest_that_is_none(twice: Path, current: Path, text: str) -> None:
    file = current / store.MANIFEST
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(StoreError) as caught:
        open_index(twice)
    assert str(file) in str(caught.value)
    assert REMEDY in str(caught.value)


def test_keys_that_no_manifest_has(twice: Path, current: Path) -> None:
    file = current / store.MANIFEST
    values = json.loads(file.read_text(encoding="utf-8"))
    for changed in ({**values, "novelty": 1}, {k: v for k, v in values.items() if k != "rows"}):
        file.write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(StoreError, match="keys are not a manifest's") as caught:
            open_index(twice)
        assert str(file) in str(caught.value)


def test_a_manifest_without_its_checksum(twice: Path, current: Path) -> None:
    """Leaving a file out of the manifest would leave its damage unseen."""
    file = current / store.MANIFEST
    values = json.loads(file.read_text(encoding="utf-8"))
    del values["checksum"]
    values["files"] = {}
    file.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    with pytest.raises(StoreError, match="checksum is wrong"):
        open_index(twice)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (store.VECTORS, b"no vectors"),
        (store.lexical_file("zh"), b"no arrays"),
        (store.ARTICLES, b"no articles"),
        (store.PASSAGES, b'{"id": 1}\n'),
        (store.KNOWLEDGE, b"\xff"),
    ],
)
def test_a_foreign_file_whose_checksum_is_right(
    root: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    """The message still says what to do, whatever a faulty program wrote."""
    checksums = store.checksums

    def spoiled(folder: Path) -> dict[str, str]:
        (folder / name).write_bytes(content)
        return checksums(folder)

    monkeypatch.setattr(store, "checksums", spoiled)
    index_id = publish(0)
    with pytest.raises(StoreError, match="cannot be read") as caught:
        open_index(root)
    assert str(root / index_id) in str(caught.value)
    assert REMEDY in str(caught.value)


# Builds


def test_a_second_build_at_once_is_refused(root: Path, publish: Publish) -> None:
    publish(0)
    with building(root) as folder:
        with pytest.raises(StoreError, match="another build is at work") as caught:
            publish(1)
        assert str(root) in str(caught.value)
        assert folder.is_dir()  # the refused one cleaned nothing up
    assert edition_of(open_index(root)) == 0
    publish(1)
    assert edition_of(open_index(root)) == 1


def test_the_lock_is_given_back_when_a_build_fails(root: Path) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), building(root):
            raise ZeroDivisionError
    assert names(root) == set()


def test_building_cleans_up_after_killed_builds(twice: Path) -> None:
    leftover = twice / ".building-killed"
    (leftover / "lexical").mkdir(parents=True)
    (leftover / "vectors.faiss").write_bytes(b"half")
    with building(twice):
        assert not leftover.exists()
    assert names(twice) == indexes(twice)


@pytest.mark.parametrize("root", ["file", "file/below"])
def test_a_place_where_nothing_can_be_written(tmp_path: Path, root: str) -> None:
    (tmp_path / "file").write_text("in the way")
    with (
        pytest.raises(StoreError, match="no index can be written here") as caught,
        building(tmp_path / root),
    ):
        pass
    assert str(tmp_path / root) in str(caught.value)
    assert "--index" in str(caught.value)


def test_the_last_two_are_kept(root: Path, publish: Publish) -> None:
    ids = []
    for edition in range(4):
        ids.append(publish(edition))
        assert indexes(root) == set(ids[-2:])
        assert names(root) == indexes(root)
        assert edition_of(open_index(root)) == edition


def test_pruning_touches_nothing_else(twice: Path, publish: Publish, tmp_path: Path) -> None:
    (twice / "notes").mkdir()
    (twice / "notes" / "read.me").write_text("kept")
    (twice / "mine.txt").write_text("kept")
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(twice / str(current_id(twice)), elsewhere)
    (twice / "linked").symlink_to(elsewhere)
    publish(2)
    assert {"notes", "mine.txt", "linked"} < names(twice)
    assert (elsewhere / store.MANIFEST).is_file()


def test_everything_is_on_the_disk_before_it_is_named(
    root: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a name may only lead to what was synced before it was given."""
    steps: list[tuple[str, Path]] = []
    fsync, rename, swap = os.fsync, Path.rename, Path.replace

    def spy_fsync(descriptor: int) -> None:
        steps.append(("sync", Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    def spy_rename(self: Path, target: Path) -> Path:
        steps.append(("rename", self))
        return rename(self, target)

    def spy_replace(self: Path, target: Path) -> Path:
        steps.append(("swap", self))
        return swap(self, target)

    monkeypatch.setattr(os, "fsync", spy_fsync)
    monkeypatch.setattr(Path, "rename", spy_rename)
    monkeypatch.setattr(Path, "replace", spy_replace)
    index_id = publish(0)

    (rename_at,) = [n for n, (what, _) in enumerate(steps) if what == "rename"]
    (swap_at,) = [n for n, (what, _) in enumerate(steps) if what == "swap"]
    folder = steps[rename_at][1]
    before = {path for what, path in steps[:rename_at] if what == "sync"}
    everything = {folder / p.relative_to(root / index_id) for p in (root / index_id).rglob("*")}
    assert before == {folder, *everything}
    assert rename_at < swap_at
    assert ("sync", root) in steps[rename_at + 1 : swap_at]
    assert ("sync", root) in steps[swap_at + 1 :]


def test_a_crash_between_the_rename_and_the_link(
    twice: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = indexes(twice)

    def killed(root: Path, index_id: str) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(store, "_point", killed)
        with pytest.raises(KilledError):
            publish(2)
    (orphan,) = indexes(twice) - before
    assert edition_of(open_index(twice)) == 1

    # It stands in the way neither of a roll-back …
    roll_back(twice)
    assert edition_of(open_index(twice)) == 0
    assert (twice / orphan).is_dir()
    # … nor of a build, which removes it even if it finds nothing to do.
    publish(0)
    assert not (twice / orphan).exists()
    assert edition_of(open_index(twice)) == 0
    publish(2)
    assert edition_of(open_index(twice)) == 2
    roll_back(twice)
    assert edition_of(open_index(twice)) == 0


def test_a_crash_while_the_first_index_is_published(
    root: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(root: Path, index_id: str) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(store, "_point", killed)
        with pytest.raises(KilledError):
            publish(0)
    with pytest.raises(StoreError, match="there is no index"):
        open_index(root)
    index_id = publish(0)
    assert names(root) == {index_id}
    with pytest.raises(StoreError, match="no index before"):
        roll_back(root)


def test_a_crash_while_an_old_index_is_removed(
    twice: Path, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    rmtree = shutil.rmtree

    def killed(path: Path, *, ignore_errors: bool = False) -> None:
        if path.name.startswith(".building-") and (path / store.MANIFEST).is_file():
            (path / store.MANIFEST).unlink()  # nothing shows any more that this was an index
            raise KilledError
        rmtree(path, ignore_errors=ignore_errors)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", killed)
        with pytest.raises(KilledError):
            publish(2)
    assert edition_of(open_index(twice)) == 2
    publish(2)
    assert names(twice) == indexes(twice)
    assert len(indexes(twice)) == 2
    roll_back(twice)
    assert edition_of(open_index(twice)) == 1


@pytest.mark.parametrize("edition", [1, 2], ids=["unchanged", "changed"])
def test_a_link_that_was_not_swapped_in_is_removed(
    twice: Path, publish: Publish, edition: int
) -> None:
    (twice / ".current").symlink_to("gone")
    publish(edition)
    assert edition_of(open_index(twice)) == edition
    assert names(twice) == indexes(twice)


# Rolling back


def test_rolling_back_once_and_twice(root: Path, publish: Publish) -> None:
    first = publish(0)
    second = publish(1)
    assert roll_back(root) == first
    assert edition_of(open_index(root)) == 0
    assert indexes(root) == {first, second}
    with pytest.raises(StoreError, match=f"no index before {first}"):
        roll_back(root)
    assert edition_of(open_index(root)) == 0


def test_rolling_back_twice_after_three(root: Path, publish: Publish) -> None:
    _, second, _ = (publish(edition) for edition in range(3))
    assert roll_back(root) == second
    with pytest.raises(StoreError, match=f"no index before {second}. Nothing was changed"):
        roll_back(root)
    assert edition_of(open_index(root)) == 1


def test_a_build_after_a_roll_back_keeps_the_one_that_served(root: Path, publish: Publish) -> None:
    first, second = publish(0), publish(1)
    roll_back(root)
    third = publish(2)
    assert indexes(root) == {first, third}
    assert second not in names(root)
    assert roll_back(root) == first


def test_rolling_back_without_any_index(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        roll_back(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_rolling_back_to_a_damaged_index_is_refused(twice: Path, current: Path) -> None:
    (previous,) = indexes(twice) - {current.name}
    flip(twice / previous / store.PASSAGES, 5, 1)
    with pytest.raises(StoreError, match=f"{store.PASSAGES} is damaged"):
        roll_back(twice)
    assert current_id(twice) == current.name
    assert edition_of(open_index(twice)) == 1


def test_rolling_back_from_an_index_whose_files_are_damaged(twice: Path, current: Path) -> None:
    flip(current / store.VECTORS, 100, 1)
    roll_back(twice)
    assert edition_of(open_index(twice)) == 0


def test_no_rolling_back_while_a_build_is_at_work(twice: Path) -> None:
    """The build would drop the very index that was rolled back to."""
    with building(twice), pytest.raises(StoreError, match="another build is at work"):
        roll_back(twice)
    assert edition_of(open_index(twice)) == 1


# Readers


def test_a_reader_never_sees_half_an_index(twice: Path) -> None:
    done = threading.Event()
    failures: list[BaseException] = []
    seen: list[int] = []

    def read() -> Iterator[None]:
        last = 0
        while not done.is_set():
            edition = edition_of(open_index(twice))
            assert edition >= last
            last = edition
            seen.append(edition)
            yield

    def reader() -> None:
        try:
            for _ in read():
                pass
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=reader) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for edition in range(2, 22):
            build(base(edition=edition), twice, FakeEncoder(), CHOICE)
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert edition_of(open_index(twice)) == 21
    assert len(set(seen)) > 2


def test_an_index_that_is_dropped_while_it_is_opened(
    twice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two builds end between a reader's look at the link and its look at the files."""
    verify = store._verify
    builds = iter([2, 3])

    def slow(folder: Path, manifest: store.Manifest) -> None:
        monkeypatch.setattr(store, "_verify", verify)
        for edition in builds:
            build(base(edition=edition), twice, FakeEncoder(), CHOICE)
        verify(folder, manifest)

    monkeypatch.setattr(store, "_verify", slow)
    assert edition_of(open_index(twice)) == 3


def test_rows_of_a_language_without_articles(root: Path) -> None:
    articles = tuple(a for a in base().articles if a.lang == "en")
    build(replace(base(), articles=articles), root, FakeEncoder(), CHOICE)
    index = open_index(root)
    assert (index.rows("zh"), index.rows("en")) == (range(0), range(18))
    assert len(index.lexical["zh"]) == 0
