"""A handover whose process is killed at statement after statement of each of its steps.

    python -m tests.storage.dying_handover FOLDER

FOLDER is a desk where hoa carries dossiers. A child of this process does a step on a copy of it and kills itself at one
of the step's SQL statements, or as soon as the step has returned; the copy must be as before the step or as after it,
whole, and the handover must go on from there to its end. Prints by step how many statements it has, and how many of
the deaths left it undone and done.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from storage.desk import Desk, Done
from storage.handover import (
    accept,
    answer_receiver,
    ask_sender,
    hand_over,
    handover_of,
    keep_said,
    said_so_far,
)
from storage.verification import verify
from tests.conftest import officer
from tests.readback import restated

_DEATHS = 3
"""At how many of a step's statements a process dies, beside the last ones."""


def signed(desk: Desk) -> None:
    if not desk.connection.execute("SELECT 1 FROM handover").fetchone():
        assert isinstance(hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"), "lời dặn"), str)


def asked(desk: Desk) -> None:
    found = handover_of(desk, _shift(desk))
    assert found is not None
    if not found.questions:
        assert isinstance(ask_sender(desk, officer(desk, "khai"), _shift(desk), found.dossiers[0], "ở đâu?"), Done)


def answered(desk: Desk) -> None:
    found = handover_of(desk, _shift(desk))
    assert found is not None
    for one in found.unanswered:
        assert isinstance(answer_receiver(desk, officer(desk, "hoa"), _shift(desk), one.id, "ngăn 3"), Done)


def said(desk: Desk) -> None:
    khai, shift = officer(desk, "khai"), _shift(desk)
    found = handover_of(desk, shift)
    for item, words in restated(desk, shift).items():
        if found is not None and found.accepted is None and item not in said_so_far(desk, khai, shift):
            keep_said(desk, khai, shift, item, words)


def accepted(desk: Desk) -> None:
    khai, shift = officer(desk, "khai"), _shift(desk)
    found = handover_of(desk, shift)
    assert found is not None
    if found.accepted is None:
        assert isinstance(accept(desk, khai, shift, said_so_far(desk, khai, shift)), Done)


STEPS: tuple[Callable[[Desk], None], ...] = (signed, asked, answered, said, accepted)


def _shift(desk: Desk) -> str:
    return str(desk.connection.execute("SELECT id FROM handover").fetchone()[0])


def picture(folder: Path) -> list[list[object]]:
    """All that a handover changes, of a desk whose history holds."""
    desk = Desk.open(folder)
    assert verify(desk).holds
    found = [
        [list(row) for row in desk.connection.execute(asked_for)]
        for asked_for in (
            "SELECT kind, count(*) FROM event GROUP BY kind ORDER BY kind",
            "SELECT id, officer FROM dossier ORDER BY id",
            "SELECT sender, receiver, accepted_by, questions FROM handover",
            "SELECT officer, item, said FROM readback ORDER BY item",
        )
    ]
    desk.close()
    return found


def _copied(folder: Path, scratch: Path) -> Path:
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(folder, scratch)
    return scratch


def _statements(folder: Path, step: Callable[[Desk], None]) -> int:
    desk, found = Desk.open(folder), []
    desk.connection.set_trace_callback(found.append)
    step(desk)
    desk.connection.set_trace_callback(None)
    desk.close()
    return len(found)


def _die(folder: Path, step: Callable[[Desk], None], at: int) -> None:
    """Do the step in a child that is killed at its statement `at`, or behind the last one."""
    child = os.fork()
    if child == 0:
        left = [at]
        desk = Desk.open(folder)

        def count(statement: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        desk.connection.set_trace_callback(count)
        step(desk)
        os.kill(os.getpid(), signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def _goes_on(folder: Path, last: list[list[object]]) -> None:
    desk = Desk.open(folder)
    for step in STEPS:
        step(desk)
    desk.close()
    assert picture(folder) == last


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place) / "desk"
        end = _copied(folder, Path(place) / "end")
        desk = Desk.open(end)
        for step in STEPS:
            step(desk)
        desk.close()
        last = picture(end)
        report = {}
        for step in STEPS:
            before = picture(folder)
            count = _statements(_copied(folder, scratch), step)
            after = picture(scratch)
            assert before != after
            undone = done = 0
            for at in sorted({*range(1, count, max(1, count // _DEATHS)), count - 1, count, count + 1}):
                _die(_copied(folder, scratch), step, at)
                now = picture(scratch)
                assert now in (before, after) or step is said, (step.__name__, at)
                undone += now == before
                done += now == after
                _goes_on(scratch, last)
            report[step.__name__] = [count, undone, done]
            _statements(folder, step)
    print(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
