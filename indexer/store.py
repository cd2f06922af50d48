"""Indexes on disk: `<root>/<index id>/…` and the link `<root>/current`.

Every file of an index is named here and nowhere else. An index is written beside its place, synced,
and published by renames: a reader sees all of it or nothing.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from indexer.article import LANGS, Article, Lang, Section, twin_language
from indexer.lexical import BM25
from indexer.passages import Passage
from indexer.spelling import Spelling
from indexer.vectors import FaissVectors

FORMAT = 1

CURRENT = "current"
MANIFEST = "manifest.json"
VECTORS = "vectors.faiss"
PASSAGES = "passages.jsonl"
ARTICLES = "articles.jsonl"
KNOWLEDGE = "knowledge.json"
LEXICAL = "lexical"
SPELLING = f"{LEXICAL}/spelling.json"
CALIBRATION = "calibration.json"

# Stands in the manifest beside the keys of Manifest: the SHA-256 of all of them.
_CHECKSUM = "checksum"
_LOCK = ".lock"
_NEXT = f".{CURRENT}"
_BUILDING = ".building-"
_REBUILD = "Build it again with `faq-index build --full`"


class StoreError(Exception):
    """An index is missing, damaged, foreign or being built; the message says which and the fix."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index is: made when, from how much, by which model, and its files' SHA-256 sums.

    `content` is equal exactly where the content and the model are; `previous` the index that was
    current before. `rows` gives each language's half-open range of passage numbers.
    """

    format: int
    index_id: str
    created: str
    content: str
    previous: str | None
    model_id: str
    model_source: str
    query_prompt: str | None
    passage_prompt: str | None
    dimension: int
    vector_kind: str
    articles: int
    passages: int
    rows: dict[Lang, tuple[int, int]]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Index:
    """An open index. A passage's place in `passages` is its row in `vectors`."""

    manifest: Manifest
    folder: Path
    articles: dict[tuple[str, Lang], Article]
    passages: tuple[Passage, ...]
    vectors: FaissVectors
    lexical: dict[Lang, BM25]
    spelling: Spelling
    knowledge: dict[str, Any]

    def find(self, article_id: str, lang: Lang) -> Article | None:
        """Return the article in `lang` where it exists, else in the other language, else None."""
        found = (self.articles.get((article_id, each)) for each in (lang, twin_language(lang)))
        return next((article for article in found if article), None)

    def rows(self, lang: Lang) -> range:
        """Return the rows of the passages in `lang`."""
        return range(*self.manifest.rows[lang])


def lexical_file(lang: Lang) -> str:
    """Return the name of the lexical index of `lang`."""
    return f"{LEXICAL}/{lang}.npz"


def current_id(root: Path) -> str | None:
    """Return the id of the index that serves, None when there is none."""
    try:
        return (root / CURRENT).readlink().name
    except OSError:
        return None


def open_index(root: Path) -> Index:
    """Return the current index under `root`, every file checked against its manifest.

    Raises:
        StoreError: there is none, or it is damaged or foreign.
    """
    while True:
        index_id = current_id(root)
        if index_id is None:
            raise StoreError(
                f"{root}: there is no index. Build it with `faq-index build --index {root}`."
            )
        try:
            return _open(root / index_id)
        except StoreError:
            # Two builds later an index is dropped, even while it is being opened.
            if current_id(root) == index_id:
                raise


def _open(folder: Path) -> Index:
    manifest = read_manifest(folder)
    _verify(folder, manifest)
    try:
        return Index(
            manifest=manifest,
            folder=folder,
            articles={a.key: a for a in map(_article, _read_jsonl(folder / ARTICLES))},
            passages=tuple(Passage(**values) for values in _read_jsonl(folder / PASSAGES)),
            vectors=FaissVectors.load(folder / VECTORS),
            lexical={lang: BM25.load(folder / lexical_file(lang)) for lang in LANGS},
            spelling=Spelling.load(folder / SPELLING),
            knowledge=json.loads((folder / KNOWLEDGE).read_text(encoding="utf-8")),
        )
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise StoreError(f"{folder} cannot be read: {error}. {_REBUILD}.") from error


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the index in `folder`.

    Raises:
        StoreError: it is missing, damaged or of another format.
    """
    file = folder / MANIFEST
    try:
        text = file.read_text(encoding="utf-8")
        values = json.loads(text)
    except (OSError, ValueError) as error:
        raise StoreError(f"{file} is missing or damaged. {_REBUILD}.") from error
    found = values.get("format") if isinstance(values, dict) else None
    if found != FORMAT:
        raise StoreError(f"{file} is of format {found}, this program reads {FORMAT}. {_REBUILD}.")
    values.pop(_CHECKSUM, None)
    if set(values) != {field.name for field in fields(Manifest)}:
        raise StoreError(f"{file} is damaged: its keys are not a manifest's. {_REBUILD}.")
    if text != _manifest_text(values):
        raise StoreError(f"{file} is damaged: its checksum is wrong. {_REBUILD}.")
    rows = {lang: (start, stop) for lang, (start, stop) in values["rows"].items()}
    return Manifest(**{**values, "rows": rows})


def write_articles(folder: Path, articles: Iterator[Article]) -> None:
    """Write the articles of an index that is being built."""
    _write_jsonl(folder / ARTICLES, (asdict(article) for article in articles))


def write_passages(folder: Path, passages: Iterator[Passage]) -> None:
    """Write the passages of an index that is being built, in the order of their vectors."""
    _write_jsonl(folder / PASSAGES, (asdict(passage) for passage in passages))


def write_knowledge(folder: Path, knowledge: dict[str, Any]) -> None:
    """Write the lexicon and settings of an index that is being built."""
    (folder / KNOWLEDGE).write_text(_json(knowledge), encoding="utf-8")


@contextlib.contextmanager
def building(root: Path) -> Iterator[Path]:
    """Give a fresh folder to build an index in; it is gone afterwards unless it was published.

    Raises:
        StoreError: another build is at work on `root`.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"{root}: no index can be written here ({error}). Name another --index."
        ) from error
    with _locked(root):
        _tidy(root)
        folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=root))
        try:
            (folder / LEXICAL).mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that `folder` must hold, by name."""
    names = [VECTORS, PASSAGES, ARTICLES, KNOWLEDGE, SPELLING, *map(lexical_file, LANGS)]
    return {name: _sha256(folder / name) for name in names}


def publish(root: Path, folder: Path, manifest: Manifest) -> None:
    """Make the finished index in `folder` the current one; keep the one before, drop older ones."""
    (folder / MANIFEST).write_text(_manifest_text(asdict(manifest)), encoding="utf-8")
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)
    folder.rename(root / manifest.index_id)
    _sync(root)
    _point(root, manifest.index_id)
    _tidy(root)


def write_calibration(root: Path, text: str) -> Path:
    """Give the current index the calibration `text`, in one step, and return its file.

    Raises:
        StoreError: there is no index, or a build is at work on `root`.
    """
    if current_id(root) is None:
        raise StoreError(
            f"{root}: there is no index. Build it with `faq-index build --index {root}`."
        )
    with _locked(root):
        folder = root / str(current_id(root))
        next_file = folder / f".{CALIBRATION}"
        next_file.write_text(text, encoding="utf-8")
        _sync(next_file)
        next_file.replace(folder / CALIBRATION)
        _sync(folder)
        return folder / CALIBRATION


def carry_calibration(root: Path, folder: Path, model_id: str) -> None:
    """Copy the current index's calibration into `folder`, where a new one of `model_id` is built.

    A calibration holds for one model: another one's is left behind.
    """
    index_id = current_id(root)
    if index_id is None:
        return
    with contextlib.suppress(StoreError, OSError):
        if read_manifest(root / index_id).model_id == model_id:
            shutil.copyfile(root / index_id / CALIBRATION, folder / CALIBRATION)


def roll_back(root: Path) -> str:
    """Make the index before the current one current again and return its id.

    Raises:
        StoreError: there is none before it, it is damaged, or a build is at work on `root`.
    """
    if current_id(root) is None:
        raise StoreError(
            f"{root}: there is no index. Build it with `faq-index build --index {root}`."
        )
    with _locked(root):
        index_id = str(current_id(root))
        previous = read_manifest(root / index_id).previous
        if previous is None or not (root / previous).is_dir():
            raise StoreError(f"{root}: there is no index before {index_id}. Nothing was changed.")
        _verify(root / previous, read_manifest(root / previous))
        _point(root, previous)
        return previous


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    """Let one process at a time change what is in `root`; the lock dies with its process."""
    try:
        lock = (root / _LOCK).open("w")
    except OSError as error:
        raise StoreError(
            f"{root}: no index can be written here ({error}). Name another --index."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(
                f"{root}: another build is at work. Wait for it, or name another --index."
            ) from error
        yield


def _tidy(root: Path) -> None:
    """Remove what killed builds left and every index but the current one and the one before it.

    An index whose publication was cut short before the link was swapped goes as well.
    """
    (root / _NEXT).unlink(missing_ok=True)
    for leftover in root.glob(f"{_BUILDING}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    index_id = current_id(root)
    try:
        keep = {index_id, read_manifest(root / index_id).previous} if index_id else set()
    except StoreError:
        return  # nobody knows which one was before a damaged index
    for other in root.iterdir() if index_id else ():
        if other.name in keep or other.is_symlink() or not (other / MANIFEST).is_file():
            continue
        # Renamed first: once removed in part, it would not be known as an index any more.
        discarded = root / f"{_BUILDING}{other.name}"
        with contextlib.suppress(OSError):
            other.rename(discarded)
        shutil.rmtree(discarded, ignore_errors=True)


def _point(root: Path, index_id: str) -> None:
    link = root / _NEXT
    link.unlink(missing_ok=True)
    link.symlink_to(index_id)
    link.replace(root / CURRENT)
    _sync(root)


def _verify(folder: Path, manifest: Manifest) -> None:
    for name, expected in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise StoreError(f"{file} is missing. {_REBUILD}.")
        if _sha256(file) != expected:
            raise StoreError(f"{file} is damaged: its checksum is wrong. {_REBUILD}.")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _manifest_text(values: dict[str, Any]) -> str:
    checksum = hashlib.sha256(_json(values).encode()).hexdigest()
    return _json({**values, _CHECKSUM: checksum})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _write_jsonl(file: Path, records: Iterator[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        for record in records:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def _read_jsonl(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _article(values: dict[str, Any]) -> Article:
    for name in ("questions", "tags", "related"):
        values[name] = tuple(values[name])
    values["sections"] = tuple(Section(**section) for section in values["sections"])
    return Article(**values)
