"""Files that somebody else has open: waited for on Windows, where that is in the way."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from storage import files
from storage.files import give_name, patiently, read_whole


def held(times: int) -> list[str]:
    """What `patiently` is asked for while a file is held for so many tries; empty once it answered."""
    left = ["held"] * times

    def act() -> list[str]:
        if left:
            left.pop()
            raise PermissionError(13, "in use")
        return left

    return patiently(act)


def test_a_file_that_is_held_for_a_moment_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "HELD_S", 60.0)
    assert held(3) == []


def test_what_may_not_be_is_told_in_the_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "HELD_S", 0.0)
    with pytest.raises(PermissionError):
        held(1)
    with pytest.raises(FileNotFoundError):
        read_whole(tmp_path / "none")


def test_a_reader_and_a_writer_of_one_file_come_past_each_other(tmp_path: Path) -> None:
    """Both for real: on Windows each would be refused now and then, while the other has the file open."""
    path, rounds = tmp_path / "motcua.witness", 40
    path.write_bytes(b"0")
    faults: list[OSError] = []

    def write() -> None:
        for number in range(rounds):
            fresh = tmp_path / "fresh"
            fresh.write_bytes(b"%d" % number)
            try:
                give_name(fresh, path)
            except OSError as fault:
                faults.append(fault)
            time.sleep(0.005)

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        assert int(read_whole(path)) < rounds
        time.sleep(0.001)
    writer.join()
    assert faults == [] and int(read_whole(path)) == rounds - 1


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere an open file is in nobody's way")
def test_an_open_file_is_replaced_once_it_is_closed(tmp_path: Path) -> None:
    path, fresh = tmp_path / "here", tmp_path / "fresh"
    path.write_bytes(b"old")
    fresh.write_bytes(b"new")
    reader = path.open("rb")
    closing = threading.Timer(0.2, reader.close)
    closing.start()
    give_name(fresh, path)
    closing.join()
    assert path.read_bytes() == b"new"
