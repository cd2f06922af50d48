"""The pipeline from a knowledge base to a published index; embeds only what changed."""

import datetime
import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer import store
from indexer.article import LANGS, Article, Lang
from indexer.encoder import Encoder, Vectors
from indexer.knowledge import KnowledgeBase
from indexer.lexical import BM25
from indexer.passages import Passage, passages
from indexer.spelling import Spelling
from indexer.store import Manifest, StoreError
from indexer.text import Tokenizer
from indexer.vectors import FaissVectors

# Progress is told as (what is done, how much of it, of how much).
Progress = Callable[[str, int, int], None]

# Long enough for the encoder to sort texts of one length into its batches, short enough to see
# progress.
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """How the encoder is loaded again for queries: recorded in the index."""

    source: str
    query_prompt: str | None = None
    passage_prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did; `unchanged` when the current index held just that and was left alone."""

    index_id: str
    articles: int
    passages: int
    embedded: int
    seconds: float
    unchanged: bool
    warnings: tuple[str, ...] = ()


def build(
    base: KnowledgeBase,
    root: Path,
    encoder: Encoder,
    model: ModelChoice,
    *,
    full: bool = False,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Build the index of the knowledge base `base` under `root` and make it the current one.

    Passages whose text the current index holds already, from the same model, are not embedded
    again, unless `full`.

    Raises:
        StoreError: another build is at work on `root`.
    """
    start = time.perf_counter()
    articles = sorted(base.articles, key=lambda article: (LANGS.index(article.lang), article.id))
    items = [passage for article in articles for passage in passages(article)]
    with store.building(root) as folder:
        old, warnings = _known_vectors(root, encoder.model_id) if not full else ({}, ())
        vectors, embedded = _embed(items, encoder, old, progress)
        tokenizer = Tokenizer(base.lexicon.all_words())
        lexical = _lexical(tokenizer, items, progress)
        searcher = FaissVectors.build(vectors)
        searcher.save(folder / store.VECTORS)
        for lang, index in lexical.items():
            index.save(folder / store.lexical_file(lang))
        spelling = Spelling.of((passage.text for passage in items), tokenizer)
        spelling.save(folder / store.SPELLING)
        store.write_articles(folder, iter(articles))
        store.write_passages(folder, iter(items))
        store.write_knowledge(folder, _knowledge(base))
        manifest = _manifest(root, folder, articles, items, encoder, model, searcher)
        # A damaged index holds nothing that could be left alone.
        unchanged = not full and not warnings and _content(root) == manifest.content
        if not unchanged:
            store.carry_calibration(root, folder, encoder.model_id)
            store.publish(root, folder, manifest)
    return Report(
        index_id=store.current_id(root) or manifest.index_id,
        articles=len(articles),
        passages=len(items),
        embedded=embedded,
        seconds=time.perf_counter() - start,
        unchanged=unchanged,
        warnings=warnings,
    )


def _known_vectors(root: Path, model_id: str) -> tuple[dict[str, Vectors], tuple[str, ...]]:
    """Return the current index's vectors by content hash; a damaged index is worth a warning."""
    if store.current_id(root) is None:
        return {}, ()
    try:
        index = store.open_index(root)
    except StoreError as error:
        return {}, (f"{error} Everything is embedded again.",)
    if index.manifest.model_id != model_id:
        return {}, ()
    matrix = index.vectors.take(np.arange(len(index.passages)))
    return {p.content_hash: matrix[row] for row, p in enumerate(index.passages)}, ()


def _embed(
    items: list[Passage], encoder: Encoder, known: dict[str, Vectors], progress: Progress
) -> tuple[Vectors, int]:
    """Return the vectors of `items`, shape (len(items), dimension), and how many were computed."""
    missing = {p.content_hash: p.text for p in items if p.content_hash not in known}
    # Texts of one length batch without padding.
    order = sorted(missing, key=lambda content: (-len(missing[content]), content))
    vectors = dict(known)
    for begin in range(0, len(order), _BLOCK):
        block = order[begin : begin + _BLOCK]
        progress("embed", begin, len(order))
        computed = encoder.encode([missing[content] for content in block], "passage")
        vectors.update(zip(block, computed, strict=True))
    progress("embed", len(order), len(order))
    matrix = np.empty((len(items), encoder.dimension), dtype=np.float32)
    for row, passage in enumerate(items):
        matrix[row] = vectors[passage.content_hash]
    return matrix, len(order)


def _lexical(tokenizer: Tokenizer, items: list[Passage], progress: Progress) -> dict[Lang, BM25]:
    documents: dict[Lang, list[list[str]]] = {lang: [] for lang in LANGS}
    for number, passage in enumerate(items):
        if number % _BLOCK == 0:
            progress("tokenise", number, len(items))
        documents[passage.lang].append(tokenizer.tokens(passage.text))
    progress("tokenise", len(items), len(items))
    return {lang: BM25.build(texts) for lang, texts in documents.items()}


def _knowledge(base: KnowledgeBase) -> dict[str, Any]:
    return {"lexicon": asdict(base.lexicon), "settings": base.settings}


def _rows(items: Iterable[Passage]) -> dict[Lang, tuple[int, int]]:
    """Return each language's range of rows; passages come sorted by language."""
    rows: dict[Lang, tuple[int, int]] = {}
    start = 0
    counts = [passage.lang for passage in items]
    for lang in LANGS:
        rows[lang] = (start, start + counts.count(lang))
        start = rows[lang][1]
    return rows


def _content(root: Path) -> str | None:
    index_id = store.current_id(root)
    try:
        return store.read_manifest(root / index_id).content if index_id else None
    except StoreError:
        return None


def _manifest(
    root: Path,
    folder: Path,
    articles: list[Article],
    items: list[Passage],
    encoder: Encoder,
    model: ModelChoice,
    searcher: FaissVectors,
) -> Manifest:
    files = store.checksums(folder)
    # The vectors are left out: they follow from the rest, and a graph's bytes from thread timing.
    parts = [files[name] for name in sorted(files) if name != store.VECTORS]
    identity = json.dumps([store.FORMAT, *parts, encoder.model_id, asdict(model), searcher.kind])
    content = hashlib.sha256(identity.encode()).hexdigest()
    now = datetime.datetime.now(datetime.UTC)
    return Manifest(
        format=store.FORMAT,
        index_id=f"{now:%Y%m%dT%H%M%S%f}-{content[:8]}",
        created=now.isoformat(timespec="seconds"),
        content=content,
        previous=store.current_id(root),
        model_id=encoder.model_id,
        model_source=model.source,
        query_prompt=model.query_prompt,
        passage_prompt=model.passage_prompt,
        dimension=encoder.dimension,
        vector_kind=searcher.kind,
        articles=len(articles),
        passages=len(items),
        rows=_rows(items),
        files=files,
    )
