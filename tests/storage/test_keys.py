"""Keys, seals, signatures and PINs."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.answers import InvalidInput
from storage.keys import (
    database_key,
    pin_holds,
    pin_verifier,
    seal,
    seal_public,
    sign,
    sign_public,
    signature_holds,
    unseal,
)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 10**6))
def test_only_the_keys_holder_opens_what_was_sealed_and_only_unchanged(secret: bytes, place: int) -> None:
    mine, other = os.urandom(32), os.urandom(32)
    sealed = seal(seal_public(mine), secret, os.urandom)
    assert unseal(mine, sealed) == secret
    changed = bytearray(sealed)
    changed[place % len(sealed)] ^= 1
    for key, box in ((other, sealed), (mine, bytes(changed)), (mine, sealed[:-1]), (mine, b"")):
        with pytest.raises(InvalidInput) as error:
            unseal(key, box)
        assert error.value.code == "seal_broken"


def test_two_seals_of_one_secret_look_different() -> None:
    key = os.urandom(32)
    assert seal(seal_public(key), b"x", os.urandom) != seal(seal_public(key), b"x", os.urandom)


def test_a_signature_holds_for_its_message_and_key_alone() -> None:
    mine, other = os.urandom(32), os.urandom(32)
    signature = sign(mine, b"head")
    assert signature_holds(sign_public(mine), signature, b"head")
    assert not signature_holds(sign_public(mine), signature, b"heap")
    assert not signature_holds(sign_public(other), signature, b"head")
    assert not signature_holds(sign_public(mine), b"short", b"head")
    assert not signature_holds(b"no key", signature, b"head")


def test_a_pin_is_kept_as_argon2id_with_a_salt_of_its_own() -> None:
    one, two = (pin_verifier("246810", os.urandom) for _ in range(2))
    assert one.startswith("$argon2id$") and one != two
    assert "246810" not in one
    assert pin_holds(one, "246810") and not pin_holds(one, "246811")
    assert not pin_holds("no verifier", "246810")


@pytest.mark.parametrize("pin", ["", "24", "246"])
def test_a_pin_of_less_than_four_characters_is_none(pin: str) -> None:
    with pytest.raises(InvalidInput) as error:
        pin_verifier(pin, os.urandom)
    assert error.value.code == "pin_too_short"


def test_the_key_file_is_private_and_made_once(tmp_path: Path) -> None:
    key = database_key(tmp_path, create=True)
    path = tmp_path / "motcua.key"
    if sys.platform == "win32":  # closed for this machine instead
        assert key.hex() not in path.read_text("ascii")
    else:
        assert stat.S_IMODE(path.stat().st_mode) & 0o037 == 0
    assert database_key(tmp_path, create=True) == database_key(tmp_path) == key


@pytest.mark.parametrize("content", ["", "zz", "00ff", "é"])
def test_an_unreadable_key_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "motcua.key").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInput) as error:
        database_key(tmp_path)
    assert error.value.code == "key_unreadable"


def test_a_folder_that_is_a_file_takes_no_key(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput) as error:
        database_key(tmp_path / "file", create=True)
    assert error.value.code == "data_read_only"
