"""What is made of an index is made anew for the next."""

from pathlib import Path

from indexer import Article
from server.web.kept import kept
from tests.web.centre import app_over, build_index, open_assistant
from tests.web.reading import read


def test_shelves_follow_the_index(tmp_path: Path) -> None:
    build_index(tmp_path, (Article("one", "en", "One", body="Text.", tags=("first",)),))
    assistant = open_assistant(tmp_path)
    client = app_over(assistant).test_client()
    assert "/en/topics/first" in read(client, "/en/").links
    build_index(tmp_path, (Article("two", "en", "Two", body="Text.", tags=("second",)),))
    assert assistant.refresh()
    page = read(client, "/en/")
    assert "/en/topics/second" in page.links
    assert "/en/topics/first" not in page.links
    read(client, "/en/topics/first", 404)


def test_a_thing_is_made_once_for_an_index(tmp_path: Path) -> None:
    build_index(tmp_path, (Article("one", "en", "One", body="Text."),))
    made: list[str] = []
    with app_over(open_assistant(tmp_path)).test_request_context():
        for _ in range(3):
            kept("thing", lambda index: made.append(index.manifest.index_id))
    assert len(made) == 1


def test_an_empty_index_has_a_home(tmp_path: Path) -> None:
    build_index(tmp_path, ())
    client = app_over(open_assistant(tmp_path)).test_client()
    assert "全部文章（0 篇）" in read(client, "/zh/").text
