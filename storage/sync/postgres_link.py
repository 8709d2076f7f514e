"""A connection to a PostgreSQL hub that never hangs, and what its faults mean to the people at a desk.

The only module that imports psycopg at its top: whoever needs it imports this one when needed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from core.answers import InvalidInput

SILENCE_S = 30
"""How long a server may move no byte. Not a limit on a statement: a slow line is not a dead one."""
_BEAT_S = 1.0
_DEFAULTS = {
    "connect_timeout": ("PGCONNECT_TIMEOUT", "10"),
    "application_name": ("PGAPPNAME", "motcua"),
    "keepalives_idle": ("", "10"),
    "keepalives_interval": ("", "5"),
    "keepalives_count": ("", "3"),
    "tcp_user_timeout": ("", str(SILENCE_S * 1000)),
}
_BY_STATE = {
    "25006": "hub_read_only",
    "42501": "hub_read_only",
    "3D000": "hub_no_database",
    "3F000": "hub_not_prepared",
    "42P01": "hub_not_prepared",
    "53300": "hub_unreachable",
    "55P03": "hub_unreachable",
}
_BY_CLASS = {
    "08": "hub_unreachable",
    "28": "hub_password_wrong",
    "40": "hub_unreachable",
    "53": "hub_full",
    "57": "hub_unreachable",
}
_BAD_VALUE = re.compile(
    r'invalid (integer value|port number|"?\w+"? value)|weak sslmode|could not parse network address|'
    r"definition of service .* not found"
)
"""What libpq says of a value in the URL that it will never take, before or while it looks for a server."""


class Link(psycopg.Connection[tuple[Any, ...]]):
    """A connection that gives a silent server up, however alive its machine is."""

    def wait(self, gen: Any, *_: Any, **__: Any) -> Any:
        return super().wait(_watched(gen), _BEAT_S)


def connect(url: str, password: str | None) -> Link:
    """Open a connection with libpq's own meaning of the URL; raises psycopg.Error.

    A password that the URL leaves out is that of MOTCUA_HUB_PASSWORD, else this one, else as libpq finds it.
    """
    try:
        asked: dict[str, Any] = dict(conninfo_to_dict(url))
    except UnicodeDecodeError as error:
        raise psycopg.ProgrammingError("not UTF-8") from error
    if not asked.get("password"):
        asked["password"] = os.environ.get("MOTCUA_HUB_PASSWORD") or password
    for name, (variable, value) in _DEFAULTS.items():
        if variable not in os.environ:
            asked.setdefault(name, value)
    # No server-side prepared statements: behind a pooler the next statement may meet another server process.
    return Link.connect(autocommit=True, prepare_threshold=None, **asked)


def problem(error: psycopg.Error, url: str) -> InvalidInput:
    """What a fault means, in the desk's words; never a word of the server's, which may name what is private."""
    state = error.sqlstate
    if state is None:
        return InvalidInput(_unconnected(error), url=url)
    code = _BY_STATE.get(state) or _BY_CLASS.get(state[:2])
    return InvalidInput(code, url=url) if code else InvalidInput("hub_failed", url=url, state=state)


def is_lost(error: psycopg.Error) -> bool:
    """Whether a new connection may do better: this one's server went, or serves no writer any more."""
    return error.sqlstate is None or error.sqlstate[:2] in ("08", "57") or error.sqlstate == "25006"


def is_race(error: psycopg.Error) -> bool:
    """Whether the same statement may be said again at once: a serialisable server chose another writer."""
    return error.sqlstate in ("40001", "40P01")


def _unconnected(error: psycopg.Error) -> str:
    """libpq gives no code for what went wrong while connecting, only its words."""
    words, attempt = str(error), error.pgconn
    if isinstance(error, psycopg.ProgrammingError) or _BAD_VALUE.search(words):
        return "hub_url_invalid"
    if "SSL" in words or "certificate" in words:
        return "hub_not_trusted"
    if "database" in words and "does not exist" in words:
        return "hub_no_database"
    named = "authentication failed" in words or "no pg_hba.conf entry" in words or "does not exist" in words
    if ("FATAL" in words and named) or (attempt is not None and attempt.needs_password):
        return "hub_password_wrong"
    return "hub_unreachable"


def _watched(gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
    """The same conversation, broken off after SILENCE_S beats in which nothing could be read or written."""
    waits = next(gen)
    silent = 0
    while True:
        ready = yield waits
        silent = 0 if ready else silent + 1
        if silent >= SILENCE_S / _BEAT_S:
            gen.close()
            raise psycopg.OperationalError("the server is silent")
        try:
            waits = gen.send(ready)
        except StopIteration as done:
            return done.value
