"""What the first hour at a demo stands on: how far the officer is, and dossiers that fit what a lesson speaks of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from core.answers import Refusal
from core.decisions import Act
from core.queue import Worklist
from storage.demo_people import Person, card_qr
from storage.desk import Desk
from storage.officers import Officer
from storage.queries import QueueFilter, Row
from storage.regime import Meant, foresee

PROGRESS_NAME = "practice.json"
SAMPLE = Person(
    name="Nguyễn Thị Mẫu",
    sex="female",
    birth="1990-03-05",
    number="048190000001",
    old_number=None,
    address="Số 5 Trần Đại Nghĩa, phường Hòa Hải, thành phố Đà Nẵng",
    phone="0905000001",
    email=None,
    issued="2021-07-01",
)
"""Whose card lies on every practice desk: «mẫu» is a specimen."""
_LOOKED_AT = 40
_WHOLE_DAY = len("2000-01-01")
_GROWN_UP = "applicant_kind = 'citizen' AND length(applicant_number) = 12 AND length(birth) = 10 AND birth < '2000'"
_OPEN = f"""
state IN ('received', 'in_progress') AND channel = 'counter' AND lane = 1 AND in_conflict = 0 AND away IS NULL
AND unprinted = 0 AND {_GROWN_UP}
ORDER BY received_at DESC LIMIT ?
"""
_READY = f"""
state = 'result_ready' AND return_by = 'counter' AND at_post = 0 AND in_conflict = 0 AND originals = 0 AND {_GROWN_UP}
ORDER BY received_at DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a first hour stands, kept beside the demo's data and no part of the station's history.

    `since`: the desk's last event when the lesson began; `dossier`: the one that it speaks of; `passed`: how each
    lesson that is over ended, `done` or `skipped`.
    """

    lesson: str = ""
    step: int = 0
    since: int = 0
    dossier: str | None = None
    passed: Mapping[str, str] = field(default_factory=dict)
    off: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A dossier that a lesson speaks of; `card`: what a scanner reads of its applicant's card, if there is one."""

    dossier: str
    receipt_number: str
    name: str
    number: str
    card: str


def load_progress(folder: Path) -> Progress:
    """How far this demo's officer is; from the start where nobody began, or where the file says nothing."""
    try:
        kept = json.loads((folder / PROGRESS_NAME).read_text(encoding="utf-8"))
        return Progress(**kept)
    except (OSError, ValueError, TypeError):
        return Progress()


def save_progress(folder: Path, progress: Progress) -> None:
    """Keep it as far as the disk lets; what is lost is a place in a lesson."""
    with suppress(OSError):
        (folder / PROGRESS_NAME).write_text(json.dumps(asdict(progress), ensure_ascii=False), encoding="utf-8")


def find_example(desk: Desk, officer: Officer, kind: str) -> Example | None:
    """A dossier that fits, by one of EXAMPLES; None where none is left."""
    found = next(EXAMPLES[kind](desk, officer), None)
    return read_example(desk, found.id) if found is not None else None


def read_example(desk: Desk, dossier_id: str) -> Example | None:
    """The example that was found before; None where there is no such dossier."""
    dossier = desk.dossier(dossier_id)
    if dossier is None:
        return None
    known = {name: str(dossier.applicant.get(name) or "") for name in ("name", "sex", "birth", "number", "address")}
    card = card_qr(replace(SAMPLE, **known)) if len(known["birth"]) == _WHOLE_DAY else ""
    return Example(dossier_id, dossier.receipt_number or "", known["name"], known["number"], card)


def _allowing(kind: str, where: str, fields: Mapping[str, object]) -> Callable[[Desk, Officer], Iterator[Row]]:
    """Dossiers with which the officer may do this now."""

    def found(desk: Desk, officer: Officer) -> Iterator[Row]:
        for row in desk.queries.rows(where, (_LOOKED_AT,), desk.bounds()):
            if not isinstance(desk.would(Act(row.id, kind, desk.now(), fields), officer), Refusal):
                yield row

    return found


def _late(desk: Desk, officer: Officer) -> Iterator[Row]:
    """Dossiers that must be apologised for if they are not finished, as the queue has them."""
    meant = Meant(sign="leader" in officer.roles, code="awaiting_partner", days=3)
    for row in desk.queries.after(None, desk.bounds(), _LOOKED_AT, QueueFilter(worklist=Worklist.APOLOGISE_NOW)):
        if foresee(desk, officer, [row.id], meant)[0].after is not None:
            yield row


EXAMPLES: Mapping[str, Callable[[Desk, Officer], Iterator[Row]]] = {
    "open": _allowing("step_completed", _OPEN, {"step": "Thẩm tra"}),
    "incomplete": _allowing("supplement_requested", _OPEN, {"items": ["CT01"]}),
    "ready": _allowing("result_returned", _READY, {}),
    "late": _late,
}
