"""What a model is called, what it wants in front of a text, and how two of them are told apart."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

Role = Literal["query", "passage"]

BUNDLED = "bundled"
_BUNDLED_FOLDER = Path(__file__).parent / "model"

_INSTRUCT = "Instruct: Given a question, retrieve passages that answer it\nQuery: "

# Models that were trained with an instruction in front of the text, and whose files may not say so
# (model cards of intfloat/*e5* and BAAI/bge-*-v1.5): words of the name → query and passage prompt.
_KNOWN_PROMPTS: tuple[tuple[str, str, str], ...] = (
    ("e5-mistral", _INSTRUCT, ""),
    ("e5-large-instruct", _INSTRUCT, ""),
    ("e5", "query: ", "passage: "),
    ("bge-m3", "", ""),
    ("bge-small-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-base-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-large-en", "Represent this sentence for searching relevant passages: ", ""),
    ("bge-small-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-base-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    ("bge-large-zh", "为这个句子生成表示以用于检索相关文章：", ""),
)


def source_of(name: str) -> str:
    """Return the folder or the hub's name that the model `name` is loaded from."""
    return str(_BUNDLED_FOLDER) if name == BUNDLED else name


def prompts_of(name: str, own: dict[str, str], default: str | None = None) -> tuple[str, str]:
    """Return the query and the passage prompt that the model `name` wants.

    `own` are those of its files by purpose; `default` the purpose that serves where none is told.
    """
    query = own.get("query") or ""
    passage = own.get("document") or own.get("passage") or ""
    if query or passage:
        return query, passage
    if default and own.get(default):
        return own[default], own[default]
    words = f"-{re.sub('[^a-z0-9]+', '-', Path(name).name.lower())}-"
    return next(((q, p) for family, q, p in _KNOWN_PROMPTS if f"-{family}-" in words), ("", ""))


def model_id(name: str, source: str, prompts: Mapping[Role, str]) -> str:
    """Return an id that is equal exactly where model files and `prompts` are."""
    digest = hashlib.sha256(json.dumps(dict(prompts), sort_keys=True).encode())
    local = Path(source).is_dir()
    folder = Path(source) if local else _hub_snapshot(source)
    for inside, file in _model_files(folder) if folder else ():
        digest.update(inside.as_posix().encode())
        with file.open("rb") as stream:
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    label = Path(name).resolve().name if local and name != BUNDLED else name
    return f"{label}@{digest.hexdigest()[:16]}"


def _hub_snapshot(name: str) -> Path | None:
    """Return the folder in the hub's cache that a model was loaded from, None if it is unknown."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - late, as its user is

    # sentence-transformers looks for names without an owner under its own.
    repository = name if "/" in name else f"sentence-transformers/{name}"
    cache = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    for file in ("config.json", "modules.json"):
        found = try_to_load_from_cache(repository, file, cache_dir=cache)
        if isinstance(found, str):
            return Path(found).parent
    return None


def _model_files(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield the files that change a model's vectors: not its card, not hidden ones.

    Each comes with its path inside `folder` in front.
    """
    suffixes = {".safetensors", ".bin", ".json", ".txt", ".model"}
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in inside.parts)
        if file.suffix in suffixes and not hidden and file.is_file():
            yield inside, file
