"""What commands on a data folder share: opening it, the acting officer, rows and moments as JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from core.queue import NEVER
from core.states import PORTAL_STATUS, State
from core.text import clean_line
from storage.desk import Desk
from storage.folder import default_folder
from storage.officers import Officer
from storage.queries import Row
from storage.revoked import without_effect
from tui.cli.output import Problem


@contextmanager
def open_desk(args: argparse.Namespace) -> Iterator[Desk]:
    """The desk of `--data`, MOTCUA_DATA or the machine's folder, closed at the end."""
    desk = Desk.open(data_folder(args))
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def no_desk_sends() -> Iterator[None]:
    """A hub out of reach is told without the promise that a desk sends what it has later."""
    try:
        yield
    except InvalidInput as error:
        if error.code != "hub_unreachable":
            raise
        raise Problem(error.code, error.params, words="hub_out_of_reach") from error


def data_folder(args: argparse.Namespace) -> Path:
    return Path(args.data) if args.data else default_folder()


def row_count(text: str) -> int:
    """The type of `--limit`: a whole number, not negative."""
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


def acts(parser: argparse.ArgumentParser, *, again: bool = False) -> None:
    """`--as` for commands by which an officer acts. `again`: of an action whose command takes it before its name."""
    unsaid = argparse.SUPPRESS if again else None
    parser.add_argument("--as", dest="officer", metavar="OFFICER", default=unsaid)


def acting_officer(args: argparse.Namespace, desk: Desk) -> Officer:
    """The officer of `--as` (or the folder's only one) whose PIN in MOTCUA_PIN, or typed, holds."""
    officer = named_officer(desk, args.officer)
    refused = desk.officers.sign_in(officer, secret("MOTCUA_PIN", f"PIN {officer.code}: "))
    if refused:
        raise Problem.of(refused)
    return officer


def named_officer(desk: Desk, name: str | None, *, gone: bool = False) -> Officer:
    """An officer by id, short code or unique name; naming none or several is wrong usage. `gone`: see `find`."""
    found = desk.officers.find(None if name is None else clean_line(name), gone=gone)
    if isinstance(found, Refusal):
        raise Problem.of(found)
    return found


def secret(variable: str, prompt: str) -> str:
    """A secret from the environment, else typed unseen at a terminal; never from an argument."""
    value = os.environ.get(variable)
    if value:
        return value
    if not sys.stdin.isatty():
        raise Problem("pin_missing", {"variable": variable}, status=2)
    import getpass

    return getpass.getpass(prompt)


def dossier_id(desk: Desk, code: str) -> str:
    """The dossier behind CODE, or the problem that it is unknown or not unique."""
    found = desk.queries.find(clean_line(code))
    if isinstance(found, Refusal):
        from tui.number_words import told_apart  # what words need costs every command's start

        raise Problem.of(without_effect(desk, code) or told_apart(desk, found))
    return found


def moment_text(seconds: int | None) -> str | None:
    """Epoch seconds as ISO 8601 in legal time; None for none and for «never»."""
    if seconds is None or seconds >= NEVER:
        return None
    return datetime.fromtimestamp(seconds, LEGAL_TIME).isoformat()


def row_json(desk: Desk, row: Row) -> dict[str, Any]:
    """The contract's row of `queue` and `search`."""
    officer = desk.officers.get(str(row["officer"]))
    return {
        "receipt_number": row["receipt_number"],
        "official_number": row["official_number"],
        "id": row.id,
        "procedure": row["procedure"],
        "applicant_name": row["applicant_name"],
        "state": row["state"],
        "status": PORTAL_STATUS.get(State(row["state"])),
        "received_at": moment_text(row["received_at"]),
        "due_at": moment_text(row["due_at"]),
        "promised_at": moment_text(row["promised_at"]),
        "binding_at": moment_text(row["binding_at"]),
        "officer": officer.code if officer else row["officer"],
        "urgency": row.urgency.value,
        "apology_owed_by": moment_text(row["apology_by"]),
        "in_conflict": bool(row["in_conflict"]),
        "sync": desk.sync_of(row.id),
    }
