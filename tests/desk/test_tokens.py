"""Tokens open what is theirs; users are hashed under a key that is made once."""

import hashlib
import hmac
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.desk.tokens import (
    KEY_FILE,
    KeyFileError,
    UserHash,
    digest,
    matches,
    new_token,
)
from tests.desk.at_once import at_once


def test_a_token_cannot_be_guessed_and_stands_in_an_address_as_it_is() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 43 and token.isascii() for token in tokens)
    assert all(set(token) <= set("-_") | {c for c in token if c.isalnum()} for token in tokens)


@given(st.text(st.characters(exclude_categories=())))
def test_a_token_matches_its_own_digest_alone(text: str) -> None:
    assert matches(text, digest(text))
    assert not matches(text + "x", digest(text))
    assert not matches(text, None)


def test_nothing_opens_what_has_no_token() -> None:
    assert not matches("", None)


@given(st.text(st.characters(exclude_categories=()), min_size=1))
def test_a_user_is_a_keyed_hash(tmp_path_factory: pytest.TempPathFactory, user: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "users"
    hashed = UserHash(folder)(user)
    key = (folder / KEY_FILE).read_bytes()
    whole = hmac.new(key, user.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    assert hashed == whole[:32]


def test_nobody_has_no_hash(tmp_path: Path) -> None:
    users = UserHash(tmp_path)
    assert users(None) is None
    assert users("") is None


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    before = os.umask(0)
    try:
        first = UserHash(folder)("ann")
    finally:
        os.umask(before)
    assert UserHash(folder)("ann") == first
    assert UserHash(tmp_path / "other")("ann") != first
    assert stat.S_IMODE((folder / KEY_FILE).stat().st_mode) == 0o600
    assert [each.name for each in folder.iterdir()] == [KEY_FILE]


def test_secrets_of_the_key_differ_by_purpose_and_stay(tmp_path: Path) -> None:
    first = UserHash(tmp_path).secret("sessions")
    assert UserHash(tmp_path).secret("sessions") == first
    assert UserHash(tmp_path).secret("other") != first
    assert (tmp_path / KEY_FILE).read_bytes().hex() not in first


def test_a_key_that_is_none_is_told_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(KeyFileError, match="holds no key of 32 bytes"):
        UserHash(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == b"short"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeyFileError, match="FAQ_DATA"):
        UserHash(tmp_path / "file")


def test_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    imports = "from pathlib import Path\nfrom server.desk.tokens import UserHash"
    said = at_once(imports, 'print(UserHash(Path(sys.argv[1]))("ann"))', str(tmp_path))
    assert {output.strip() for _, output, _ in said} == {UserHash(tmp_path)("ann")}, said
