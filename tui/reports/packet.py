"""The inspection packet of the late ones: one .zip with the list, the letters, each limit explained, and the chain.

Who it is about is masked, and letters stay out, unless the inspection's order is named; then each dossier notes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from core.answers import Refusal
from core.decisions import Act
from core.dossier import Dossier
from core.moments import LEGAL_TIME
from core.standing import calendar_of, earliest, explained, standing
from storage.chains import first_breaks
from storage.desk import Desk, Done
from storage.files import in_place_of
from storage.kept import kept
from storage.late import Late, LateList
from storage.officers import Officer
from tui.dossier_words import event_words, kind_words, masked
from tui.explanation import explanation_lines
from tui.i18n import tr
from tui.reports import Report
from tui.reports.files import FORMATS, write

MAY_NAME = frozenset({"leader", "auditor"})
"""Who may hand out a packet that says whom the dossiers are about."""
_CHAIN = """
SELECT origin.desk, origin.epoch, event.seq, event.kind, lower(hex(event.hash)) FROM event
JOIN origin ON origin.no = event.origin WHERE event.entity = ? ORDER BY event.n
"""


def packet(desk: Desk, report: Report, facts: LateList, path: Path, officer: Officer, order: str = "") -> int | Refusal:
    """Write the packet and answer how many dossiers it has. Raises OSError where the file cannot be written.

    `order`: the number of the inspection's order; with it nothing is masked, and every dossier notes who exported it.
    """
    order = order.strip()
    if order and not officer.roles & MAY_NAME:
        return Refusal("packet_role", params={"roles": ", ".join(sorted(MAY_NAME))})
    files = dict(_files(desk, report, facts, order))
    listed = {name: sha256(content).hexdigest() for name, content in files.items()}
    about = {
        "report": "late",
        "from": facts.found.first.isoformat(),
        "to": facts.found.last.isoformat(),
        "unit": facts.found.unit,
        "made_at": facts.found.now.astimezone(LEGAL_TIME).isoformat(timespec="seconds"),
        "by": officer.code,
        "order": order or None,
        "identity": "shown" if order else "masked",
        "files": listed,
    }
    try:
        with in_place_of(path) as part:
            with ZipFile(part, "w", ZIP_DEFLATED) as bundle:
                bundle.writestr("manifest.json", _json(about))
                for name, content in files.items():
                    bundle.writestr(name, content)
            if order:
                _note(desk, facts, officer, order)
    except _Unnoted as problem:
        return problem.refusal
    return len(facts.rows)


class _Unnoted(Exception):
    """A dossier can't note that it is handed out."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def _note(desk: Desk, facts: LateList, officer: Officer, order: str) -> None:
    """That each dossier was handed out, before it is. Raises _Unnoted."""
    what = tr("packet.noted", order=order)
    notes = [Act(one.delay.id, "reader_noted", desk.now(), {"what": what}) for one in facts.rows]
    answers = desk.do_all(notes, officer)
    for one in answers:
        if not isinstance(one, Done):
            raise _Unnoted(one)


def _files(desk: Desk, report: Report, facts: LateList, order: str) -> Iterator[tuple[str, bytes]]:
    with TemporaryDirectory() as folder:
        for ending in FORMATS:
            made = Path(folder) / f"late{ending}"
            write(desk, report, facts, made)
            yield made.name, made.read_bytes()
    yield "late.json", _json(report.document(desk, facts))
    for one in facts.rows:
        dossier = desk.dossier(one.delay.id)
        if dossier is not None:
            yield from _of_dossier(desk, one, dossier, order)
    yield "chain.json", _json(_chain(desk, facts))


def _of_dossier(desk: Desk, one: Late, dossier: Dossier, order: str) -> Iterator[tuple[str, bytes]]:
    name = one.delay.receipt_number or one.delay.id
    yield f"{name}/trace.txt", "\n".join(_trace(desk, dossier, order)).encode() + b"\n"
    for letter in dossier.letters.values() if order else ():
        plate = kept(desk.connection, letter.issue)
        if plate is not None:
            yield f"{name}/{letter.kind}-{letter.issue}.pdf", plate.copy()


def _trace(desk: Desk, dossier: Dossier, order: str) -> Iterator[str]:
    """Whose it is (masked), the limit explained, what happened and who did it, and which letters there are."""
    applicant = dossier.applicant
    name, number = str(applicant.get("name", "")), applicant.get("number") or applicant.get("id_number")
    yield f"{dossier.receipt_number or dossier.id} · {name if order else _initials(name)} · " + (
        str(number or "–") if order else masked(number)
    )
    law = earliest(dossier, desk.law_for(dossier))
    reason, version = explained(dossier, law), standing(dossier, law).version
    yield ""
    if reason is None:
        yield tr("packet.no_trace")
    else:
        yield from explanation_lines(reason, calendar_of(dossier, law), version.basis if version else None)
    yield ""
    names = {one.id: one.name for one in desk.officers.all()}
    for event in dossier.events:
        mark = dossier.marks.get(event.event_id)
        words = event_words(event, names, version, whole=True) if order else kind_words(event)
        at = f"{event.at.astimezone(LEGAL_TIME):%d/%m/%Y %H:%M}"
        yield f"{at}  {words}  {names.get(event.by, event.by)}" + (f"  [{mark}]" if mark else "")
    yield ""
    for letter in dossier.letters.values():
        here = kept(desk.connection, letter.issue) is not None
        told = "here" if here and order else "masked" if here else "elsewhere"
        words = tr(f"packet.letter_{told}")
        at = f"{letter.issued_at.astimezone(LEGAL_TIME):%d/%m/%Y}"
        yield f"{_letter(letter.kind)}  {letter.number or '–'}  {at}  {words}"


def _letter(kind: str) -> str:
    """The letter's name; its kind where there is none."""
    words = tr(f"letter.{kind}")
    return kind if words == f"letter.{kind}" else words


def _initials(name: str) -> str:
    return " ".join(f"{word[0]}." for word in name.split())


def _chain(desk: Desk, facts: LateList) -> dict[str, Any]:
    """Whether every desk's chain holds to its head, and where these dossiers' events stand in it."""
    breaks = first_breaks(desk.connection, desk.log)
    return {
        "holds": not breaks,
        "heads": [
            {"desk": origin.desk, "epoch": origin.epoch, "seq": head.seq, "hash": head.hash.hex()}
            for origin, head in sorted(desk.log.heads().items(), key=lambda one: (one[0].desk, one[0].epoch))
        ],
        "events": [
            {"dossier": one.delay.id, "desk": row[0], "epoch": row[1], "seq": row[2], "kind": row[3], "hash": row[4]}
            for one in facts.rows
            for row in desk.connection.execute(_CHAIN, (one.delay.id,))
        ],
    }


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
