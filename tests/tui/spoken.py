"""The line mode in a test: what an officer types goes in, what was said comes out."""

from __future__ import annotations

import io
from collections.abc import Callable

from storage.desk import Desk
from tests.conftest import officer
from tui.plain.home import run
from tui.plain.session import Session

LEFT = "Đã rời quầy"


def talk(desk: Desk, *typed: str, by: str = "tmd", clock: Callable[[], float] = lambda: 0.0) -> str:
    """A session of a signed-in officer, a line each; after the last one the input ends."""
    out = io.StringIO()
    session = Session(desk, io.StringIO("".join(f"{line}\n" for line in typed)), out, clock=clock)
    session.welcome(officer(desk, by))
    run(session)
    return out.getvalue()
