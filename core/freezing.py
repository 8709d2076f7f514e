"""A report that is sent: frozen as it was then, with who sent it; what came out later is named in the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from core.answers import Refusal
from core.moments import legal_day
from core.record import Draft

KIND = "report_frozen"


@dataclass(frozen=True, slots=True)
class FreezeReport:
    """Keep a report as it is told now. `document`: its JSON, packed (`storage.frozen`); `text_sha256`: of what it
    unpacks to. `scope`: the unit that it is of, None: the whole station; `reading`: "" where there is no choice."""

    name: str
    first: date
    last: date
    scope: str | None
    reading: str
    rules: int
    document: str
    text_sha256: str
    at: datetime
    note: str = ""


def entity(unit: str) -> str:
    """The aggregate of what a unit has sent: apart from the unit's own, which every reading of the law goes through."""
    return f"reports:{unit}"


def decide_freeze(command: FreezeReport, unit: str, now: datetime) -> tuple[Draft, ...] | Refusal:
    """The event; a period that has not begun has nothing to send."""
    if command.first > legal_day(now):
        return Refusal("report_not_begun", params={"first": f"{command.first:%d/%m/%Y}"})
    body: dict[str, object] = {
        "report": command.name,
        "from": command.first.isoformat(),
        "to": command.last.isoformat(),
        "rules": command.rules,
        "document": command.document,
        "sha256": command.text_sha256,
    }
    body |= {"scope": command.scope} if command.scope else {}
    body |= {"reading": command.reading} if command.reading else {}
    body |= {"note": command.note.strip()} if command.note.strip() else {}
    return (Draft(entity(unit), KIND, command.at, body),)


def digest(text: str) -> str:
    """The SHA-256 (hex) of a report's text."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A dossier that counts otherwise in a sent period than what was sent; no columns: it does not count."""

    id: str
    was: tuple[int, ...]
    now: tuple[int, ...]


def adjustments(
    sent: Mapping[str, Sequence[int]], known: Mapping[str, Sequence[int]], pending: frozenset[int]
) -> Iterator[Adjustment]:
    """What differs, by dossier. One that was `pending` and is past its date by now did not change: only time passed."""
    for name in sorted({*sent, *known}):
        was, now = tuple(sent.get(name, ())), tuple(known.get(name, ()))
        if was != now and not (was[:1] == now[:1] and {*was[1:], *now[1:]} <= pending):
            yield Adjustment(name, was, now)
