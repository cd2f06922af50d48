import importlib
import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import store
from indexer import vectors as vectors_module
from indexer.article import LANGS, Article
from indexer.build import ModelChoice, Report
from indexer.build import build as build_with
from indexer.encoder import Role, Vectors
from indexer.knowledge import KnowledgeBase, read_knowledge_base
from indexer.lexicon import Lexicon
from indexer.passages import Passage, passages
from indexer.store import Index, current_id, open_index
from indexer.text import Tokenizer
from tests.fakes import FakeEncoder
from tests.indexer.bases import CHOICE, article, base
from tests.indexer.conftest import WriteFiles

# The package's attribute of this name is the function.
module = importlib.import_module("indexer.build")


def build(
    kb: KnowledgeBase, root: Path, encoder: FakeEncoder | None = None, **options: Any
) -> Report:
    return build_with(kb, root, encoder or FakeEncoder(), CHOICE, **options)


def edited(kb: KnowledgeBase, number: int, **changes: Any) -> KnowledgeBase:
    """Return `kb` with the changes made in its article at the place `number`."""
    articles = list(kb.articles)
    articles[number] = replace(articles[number], **changes)
    return replace(kb, articles=tuple(articles))


def pieces(articles: Sequence[Article]) -> list[Passage]:
    return [passage for article in articles for passage in passages(article)]


def texts(kb: KnowledgeBase) -> set[str]:
    return {passage.text for passage in pieces(kb.articles)}


def files(root: Path) -> dict[str, tuple[bytes, int]]:
    """Return every file in `root` with its content and the time it was last changed."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file()
    }


def assert_vectors_fit(index: Index) -> None:
    expected = FakeEncoder().encode([p.text for p in index.passages], "passage")
    np.testing.assert_array_equal(index.vectors.take(np.arange(len(index.passages))), expected)


# What is embedded


def test_the_first_build_embeds_everything_once(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    kb = base(5)
    report = build(kb, tmp_path, encoder)
    assert sorted(encoder.seen) == sorted(texts(kb))
    assert (report.articles, report.passages) == (10, 30)
    assert report.embedded == len(encoder.seen)
    assert report.index_id == current_id(tmp_path)
    assert not report.unchanged
    assert report.warnings == ()
    assert report.seconds > 0
    assert_vectors_fit(open_index(tmp_path))


def test_a_text_that_stands_in_many_places_is_embedded_once(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    kb = KnowledgeBase(
        tuple(Article(f"a{n}", lang, "Fees", ("fees",), "Fees") for n in range(3) for lang in LANGS)
    )
    report = build(kb, tmp_path, encoder)
    assert encoder.seen == ["fees"]
    assert (report.embedded, report.passages) == (1, 18)
    assert_vectors_fit(open_index(tmp_path))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"body": "Press cancel instead."}, ["press cancel instead."]),
        ({"title": "A new title"}, ["a new title"]),
        (
            {"title": "A new title", "questions": ("How so?",), "body": "So."},
            ["a new title", "how so?", "so."],
        ),
        ({"questions": ()}, []),
        ({"tags": ("moved",)}, []),
        ({"product": "app", "priority": "urgent", "updated": "2024-05-01"}, []),
    ],
)
def test_one_edit_among_200_articles(
    tmp_path: Path, changes: dict[str, Any], expected: list[str]
) -> None:
    kb = base(100)
    first = build(kb, tmp_path)
    assert first.articles == 200
    encoder = FakeEncoder()
    after = edited(kb, 117, **changes)
    report = build(after, tmp_path, encoder)
    assert sorted(encoder.seen) == sorted(expected)
    assert report.embedded == len(expected)
    assert not report.unchanged
    assert report.index_id == current_id(tmp_path) != first.index_id
    index = open_index(tmp_path)
    assert index.articles[kb.articles[117].key] == after.articles[117]
    assert_vectors_fit(index)


def test_a_removed_article_costs_nothing_and_is_gone(tmp_path: Path) -> None:
    kb = base(4)
    build(kb, tmp_path)
    encoder = FakeEncoder()
    report = build(replace(kb, articles=kb.articles[1:]), tmp_path, encoder)
    index = open_index(tmp_path)
    assert encoder.seen == []
    assert (report.articles, len(index.articles)) == (7, 7)
    assert kb.articles[0].key not in index.articles
    assert_vectors_fit(index)


def test_another_model_embeds_everything(tmp_path: Path) -> None:
    kb = base(4)
    build(kb, tmp_path)
    encoder = FakeEncoder("fake@2", dimension=32)
    report = build(kb, tmp_path, encoder)
    assert sorted(encoder.seen) == sorted(texts(kb))
    assert (report.embedded, report.unchanged) == (len(texts(kb)), False)
    index = open_index(tmp_path)
    assert (index.manifest.model_id, index.manifest.dimension) == ("fake@2", 32)
    assert index.vectors.dimension == 32


def test_the_same_model_from_elsewhere_embeds_nothing_but_is_recorded(tmp_path: Path) -> None:
    kb = base(4)
    build(kb, tmp_path)
    choice = ModelChoice("elsewhere", "query: ", "passage: ")
    report = build_with(kb, tmp_path, FakeEncoder(), choice)
    manifest = open_index(tmp_path).manifest
    assert (report.embedded, report.unchanged) == (0, False)
    assert (manifest.model_source, manifest.query_prompt, manifest.passage_prompt) == (
        "elsewhere",
        "query: ",
        "passage: ",
    )


def test_full_embeds_everything_and_publishes(tmp_path: Path) -> None:
    kb = base(4)
    first = build(kb, tmp_path)
    encoder = FakeEncoder()
    report = build(kb, tmp_path, encoder, full=True)
    assert sorted(encoder.seen) == sorted(texts(kb))
    assert not report.unchanged
    assert report.index_id == current_id(tmp_path) != first.index_id
    assert open_index(tmp_path).manifest.previous == first.index_id


_EDITS = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=5), max_size=4
)


@settings(max_examples=10)
@given(edits=_EDITS)
def test_after_any_edits_the_index_is_that_of_a_fresh_build(
    tmp_path_factory: pytest.TempPathFactory, edits: list[list[tuple[int, int]]]
) -> None:
    root, known = tmp_path_factory.mktemp("edited"), set[str]()
    for edit in ([(0, 0)], *edits):
        articles = {(number, lang): edition for number, edition in edit for lang in LANGS}
        kb = KnowledgeBase(tuple(article(n, lang, e) for (n, lang), e in articles.items()))
        encoder = FakeEncoder()
        build(kb, root, encoder)
        assert set(encoder.seen) == texts(kb) - known
        known = texts(kb)
    fresh = tmp_path_factory.mktemp("fresh")
    build(kb, fresh)
    mine, theirs = open_index(root).manifest, open_index(fresh).manifest
    assert mine.files == theirs.files
    assert (mine.content, mine.rows) == (theirs.content, theirs.rows)


# What is left alone


def test_an_unchanged_knowledge_base_leaves_the_index_alone(tmp_path: Path) -> None:
    first = build(base(), tmp_path)
    before = files(tmp_path)
    encoder = FakeEncoder()
    report = build(base(), tmp_path, encoder)
    assert report.unchanged
    assert encoder.seen == []
    assert (report.index_id, report.embedded) == (first.index_id, 0)
    assert (report.articles, report.passages) == (first.articles, first.passages)
    after = files(tmp_path)
    del before[".lock"], after[".lock"]
    assert after == before
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "current", first.index_id}


def test_the_order_of_the_articles_does_not_matter(tmp_path: Path) -> None:
    build(base(), tmp_path)
    shuffled = list(base().articles)
    random.Random(5).shuffle(shuffled)
    assert build(KnowledgeBase(tuple(shuffled)), tmp_path).unchanged


def test_a_graph_is_left_alone_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of a graph follow from the timing of threads: they are no sign of a change."""
    monkeypatch.setattr(vectors_module, "HNSW_FROM", 10)
    build(base(60), tmp_path)
    assert open_index(tmp_path).manifest.vector_kind == "hnsw"
    assert build(base(60), tmp_path).unchanged
    monkeypatch.setattr(vectors_module, "HNSW_FROM", 10_000)
    report = build(base(60), tmp_path)
    assert (report.unchanged, report.embedded) == (False, 0)
    assert open_index(tmp_path).manifest.vector_kind == "flat"


@pytest.mark.parametrize(
    "changed",
    [
        replace(base(), settings={"products": {"app": {"name": "App"}}}),
        replace(base(), lexicon=Lexicon(words=("提现",))),
        replace(base(), lexicon=Lexicon(synonyms=(("fee", "cost"),))),
    ],
    ids=["settings", "words", "synonyms"],
)
def test_settings_and_lexicon_belong_to_the_content(tmp_path: Path, changed: KnowledgeBase) -> None:
    build(base(), tmp_path)
    report = build(changed, tmp_path)
    assert (report.unchanged, report.embedded) == (False, 0)
    assert build(changed, tmp_path).unchanged


def test_a_tokenizer_that_cuts_otherwise_makes_another_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer release of this program must not leave the old one's lexical index in place."""
    build(base(), tmp_path)

    class Shouting(Tokenizer):
        def tokens(self, text: str) -> list[str]:
            return [token.upper() for token in super().tokens(text)]

    monkeypatch.setattr(module, "Tokenizer", Shouting)
    report = build(base(), tmp_path)
    assert (report.unchanged, report.embedded) == (False, 0)
    assert "SET" in open_index(tmp_path).lexical["en"]


def test_two_builds_of_one_knowledge_base_have_the_same_content(tmp_path: Path) -> None:
    build(base(), tmp_path / "1")
    build(base(), tmp_path / "2")
    one, two = (open_index(tmp_path / name).manifest for name in "12")
    assert one.files == two.files
    assert one.content == two.content
    assert one.index_id != two.index_id
    build(base(edition=1), tmp_path / "2")
    assert open_index(tmp_path / "2").manifest.content != one.content


# What goes wrong


@pytest.mark.parametrize(
    "name",
    [store.MANIFEST, store.VECTORS, store.PASSAGES, store.ARTICLES, store.lexical_file("en")],
)
def test_a_damaged_index_is_replaced_with_a_warning(tmp_path: Path, name: str) -> None:
    first = build(base(), tmp_path)
    file = tmp_path / first.index_id / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    encoder = FakeEncoder()
    report = build(base(), tmp_path, encoder)
    (warning,) = report.warnings
    assert str(file) in warning
    assert "damaged" in warning
    assert warning.endswith("Everything is embedded again.")
    assert sorted(encoder.seen) == sorted(texts(base()))
    assert not report.unchanged
    assert report.index_id == current_id(tmp_path) != first.index_id
    assert_vectors_fit(open_index(tmp_path))
    assert build(base(), tmp_path).warnings == ()


def test_an_index_of_another_format_is_replaced_with_a_warning(tmp_path: Path) -> None:
    first = build(base(), tmp_path)
    (tmp_path / first.index_id / store.MANIFEST).write_text(json.dumps({"format": 0}))
    report = build(base(), tmp_path)
    assert "is of format 0" in report.warnings[0]
    assert report.embedded == len(texts(base()))
    assert open_index(tmp_path).manifest.index_id == report.index_id


def test_a_full_build_does_not_look_at_the_old_index(tmp_path: Path) -> None:
    first = build(base(), tmp_path)
    (tmp_path / first.index_id / store.MANIFEST).write_text("damaged")
    report = build(base(), tmp_path, full=True)
    assert report.warnings == ()
    assert open_index(tmp_path).manifest.index_id == report.index_id


class FailingEncoder(FakeEncoder):
    """Fails after some texts, as when the memory runs out."""

    def encode(self, texts: Sequence[str], role: Role) -> Vectors:
        vectors = super().encode(texts, role)
        if len(self.seen) > 20:
            raise MemoryError("no more")
        return vectors


def test_a_build_that_fails_leaves_the_old_index_serving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = build(base(), tmp_path)
    monkeypatch.setattr(module, "_BLOCK", 8)
    with pytest.raises(MemoryError):
        build(base(40, edition=1), tmp_path, FailingEncoder())
    assert current_id(tmp_path) == first.index_id
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "current", first.index_id}
    assert_vectors_fit(open_index(tmp_path))


def test_dates_and_times_in_kb_toml(tmp_path: Path, write_kb: WriteFiles) -> None:
    """TOML knows them and the index's JSON does not."""
    folder = write_kb(
        {
            "a.md": "---\nid: a\nlang: en\ntitle: A\n---\nB",
            "kb.toml": "since = 2024-02-29\n[hours]\nopen = 09:30:00\nat = 2024-02-29T01:02:03Z\n",
        }
    )
    kb = read_knowledge_base(folder)
    build(kb, tmp_path / "index")
    assert open_index(tmp_path / "index").knowledge["settings"] == {
        "since": "2024-02-29",
        "hours": {"open": "09:30:00", "at": "2024-02-29T01:02:03+00:00"},
    }
    assert build(kb, tmp_path / "index").unchanged


# How it is told, and the whole of it


def test_progress_runs_from_nothing_to_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BLOCK", 7)
    told: list[tuple[str, int, int]] = []
    report = build(base(), tmp_path, progress=lambda *step: told.append(step))
    stages = {stage: list(steps) for stage, steps in itertools.groupby(told, key=lambda s: s[0])}
    assert list(stages) == ["embed", "tokenise"]
    for stage, total in (("embed", report.embedded), ("tokenise", report.passages)):
        done = [step[1] for step in stages[stage]]
        assert {step[2] for step in stages[stage]} == {total}
        assert done == sorted(done)
        assert (done[0], done[-1]) == (0, total)
        assert len(done) > 3


def test_blocks_change_no_vector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 5)
    build(base(), tmp_path)
    assert_vectors_fit(open_index(tmp_path))


def test_each_language_has_its_rows(tmp_path: Path) -> None:
    build(base(3), tmp_path)
    index = open_index(tmp_path)
    assert [index.rows(lang) for lang in LANGS] == [range(9), range(9, 18)]
    for lang in LANGS:
        assert {index.passages[row].lang for row in index.rows(lang)} == {lang}
    keys = [(passage.lang, passage.article_id) for passage in index.passages]
    # An article's passages stand side by side.
    assert len([key for key, _ in itertools.groupby(keys)]) == len(set(keys)) == 6


def test_500_articles_from_jsonl(tmp_path: Path, write_kb: WriteFiles) -> None:
    articles = [article(number, lang) for number in range(250) for lang in LANGS]
    keys = ("id", "lang", "title", "questions", "body")
    lines = [json.dumps({k: getattr(a, k) for k in keys}, ensure_ascii=False) for a in articles]
    folder = write_kb({"all.jsonl": "\n".join(lines)})
    report = build(read_knowledge_base(folder), tmp_path / "index")
    assert (report.articles, report.passages) == (500, 1500)
    index = open_index(tmp_path / "index")
    assert set(index.articles) == {a.key for a in articles}
    tokenizer = Tokenizer()
    for item in articles[::25]:
        rows = index.rows(item.lang)
        passage = next(passages(item))
        query = FakeEncoder().encode([passage.text], "query")[0]
        scores, _ = index.vectors.search(query, 1, rows)
        assert scores[0] == pytest.approx(1.0, abs=1e-5)
        lexical = index.lexical[item.lang].scores(
            dict.fromkeys(tokenizer.tokens(passage.text), 1.0)
        )
        assert index.passages[rows.start + int(lexical.argmax())].article_id == item.id
