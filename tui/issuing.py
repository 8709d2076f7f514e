"""Which paper a dossier gets when one is asked for: the one that waits, a marked copy, or one that is issued now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from core.answers import Refusal
from core.document import plain
from core.dossier import Dossier
from core.issued import Letter
from core.letters import receipt_text
from core.moments import legal_day
from core.standing import standing
from storage.desk import Desk
from storage.glyphs import lacking
from storage.kept import kept
from storage.manner import HANDED_OUT, SHEET, Manner
from storage.officers import Officer
from storage.press import Plate, Press
from storage.settings import Settings
from storage.spool import Job, Spool
from tui.i18n import language
from tui.papers import paper_of
from tui.slips import printed_before, receipt_kind, receipt_slip


@dataclass(frozen=True, slots=True)
class Doubt:
    """What an officer is asked before a paper is issued.

    `appointment` rests on a limit nobody verified, for this `reason` («» where it does not); `characters` are in no
    font of ours.
    """

    appointment: datetime | None
    reason: str
    characters: str


def doubt_of(desk: Desk, dossier_id: str, kind: str = "receipt") -> Doubt | None:
    """What to ask before a paper is issued; None where nothing is doubtful, or it is the same paper again."""
    dossier = desk.dossier(dossier_id)
    wanted = None if dossier is None else _wanted(desk, dossier, kind, None)
    if dossier is None or wanted is None or isinstance(wanted, Refusal) or wanted.waiting or wanted.seen:
        return None
    stands = standing(dossier, desk.law)
    reason = ""
    if wanted.promised_at and not wanted.signed and stands.deadline is not None and stands.deadline.unverified:
        version = stands.version
        told = (version.unverified_reason if language() == "vi" else version.unverified_reason_en) if version else None
        reason = told or "–"
    characters = " ".join(lacking(wanted.says(Press(desk.folder))))
    return Doubt(wanted.promised_at, reason, characters) if reason or characters else None


@dataclass(frozen=True, slots=True)
class Copy:
    """A paper that somebody saw come out, marked as a copy: nothing is issued, and nobody is asked about it."""

    letter: str
    content: bytes
    manner: Manner


@dataclass(frozen=True, slots=True)
class Ready:
    """A paper that may go to the printer; `remarks`: what its making had to tell."""

    paper: Job | Copy
    remarks: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A paper as things stand: the job that nobody has confirmed, the print that somebody saw, and how it is made.

    `make` takes the press, its number in the register and the letter that it is a copy of, or is once more; `says`
    gives all its words. `keeps`: a copy is what was issued, stamped; else it says what holds now. `signed`: a leader
    has signed its date. `stale`: the unconfirmed job that is no longer true. `elsewhere`: another desk issued it, and
    nobody has seen it come out there.
    """

    kind: str
    waiting: Job | None
    seen: Letter | None
    make: Callable[[Press, str, Letter | None], Plate]
    says: Callable[[Press], str]
    promised_at: datetime | None = None
    symbol: str | None = None
    keeps: bool = True
    signed: bool = False
    stale: Job | None = None
    elsewhere: Letter | None = None


def prepare(
    desk: Desk,
    officer: Officer,
    dossier_id: str,
    kind: str,
    how: Manner | Settings,
    *,
    confirmed: bool = False,
) -> Ready | Refusal:
    """A paper of a dossier (`receipt` or one of DOSSIER_LETTERS), to be printed.

    `how`: as it is asked for; by the settings: as it came before, else as the desk usually has it. One that was issued
    and not seen is the same paper again, or is replaced where it is wanted in another manner; one that somebody saw
    comes as a copy.
    `confirmed`: the officer was asked what `doubt_of` says. Refusals: `dossier_unknown`, `no_receipt`,
    `letter_not_due`, `unverified_unconfirmed` and the desk's own.
    """
    dossier = desk.dossier(dossier_id)
    if dossier is None:
        return Refusal("dossier_unknown")
    wanted = _wanted(desk, dossier, kind, officer)
    if isinstance(wanted, Refusal):
        return wanted
    waiting, manner = wanted.waiting, how if isinstance(how, Manner) else None
    if waiting is not None and manner in (None, waiting.manner):
        return Ready(waiting)
    if isinstance(how, Settings):
        how = how.manner(dossier.applicant.get("kind")) if kind in HANDED_OUT else SHEET
    if wanted.seen is not None:
        return _copy(desk, wanted, wanted.seen, manner, how)
    press, elsewhere = Press(desk.folder, how), wanted.elsewhere
    replaced = waiting or wanted.stale or elsewhere
    job = Spool(desk).issue(
        officer,
        dossier_id,
        wanted.kind,
        lambda number: wanted.make(press, number, elsewhere),
        wanted.promised_at,
        symbol=wanted.symbol,
        confirmed=confirmed or wanted.signed or (waiting is not None and _was_confirmed(dossier, waiting)),
        replaces=replaced.issue if replaced is not None else None,
        number=elsewhere.number if elsewhere is not None else None,
    )
    return job if isinstance(job, Refusal) else Ready(job, tuple(press.problems))


def _was_confirmed(dossier: Dossier, job: Job) -> bool:
    return any(event.event_id == job.issue and bool(event.body.get("confirmed")) for event in dossier.events)


def _copy(desk: Desk, wanted: _Wanted, seen: Letter, manner: Manner | None, usual: Manner) -> Ready:
    """In the manner of the original where none is asked for; what another desk issued is made anew."""
    original = kept(desk.connection, seen.issue)
    if original is not None and wanted.keeps and manner in (None, original.manner):
        return Ready(Copy(wanted.kind, original.copy(), original.manner))
    press = Press(desk.folder, manner or (original.manner if original is not None else usual))
    plate = wanted.make(press, seen.number or "", seen)
    return Ready(Copy(wanted.kind, plate.content, plate.manner), tuple(press.problems))


def _wanted(desk: Desk, dossier: Dossier, kind: str, officer: Officer | None) -> _Wanted | Refusal:
    return _receipt(desk, dossier) if kind == "receipt" else _letter(desk, dossier, kind, officer)


def _receipt(desk: Desk, dossier: Dossier) -> _Wanted | Refusal:
    if dossier.received_at is None:
        return Refusal("no_receipt")
    appointment, waiting = standing(dossier, desk.law).binding_at, waiting_slip(desk, dossier)
    return _Wanted(
        kind=receipt_kind(dossier),
        waiting=waiting,
        seen=printed_before(desk, dossier, appointment),
        make=lambda press, number, seen: press.receipt(receipt_slip(press, desk, dossier, copy_mark=seen is not None)),
        says=lambda press: receipt_text(receipt_slip(press, desk, dossier)),
        promised_at=appointment,
        keeps=False,
        stale=_unseen_slip(desk, dossier) if waiting is None else None,
    )


def _letter(desk: Desk, dossier: Dossier, kind: str, officer: Officer | None) -> _Wanted | Refusal:
    document = paper_of(desk, dossier, kind, Press(desk.folder), officer)
    if isinstance(document, Refusal):
        return document
    since, symbol = document.since, document.form.symbol

    def make(press: Press, number: str, again: Letter | None) -> Plate:
        by = officer if again is None else _issuer(desk, dossier, again.issue)
        made = desk.now() if again is None else again.issued_at
        now = paper_of(desk, dossier, kind, press, by, on=legal_day(made))
        assert not isinstance(now, Refusal)
        marks = (*now.marks, now.form.words["copy_mark"]) if again is not None and again.printed else now.marks
        return press.letters([replace(now, marks=marks, number=number if symbol else None)], made)

    unit = desk.identity.unit
    issued = [one for one in dossier.letters.values() if (one.kind, one.unit) == (kind, unit)]
    told = [one for one in issued if since is None or one.issued_at >= since]
    waiting = Spool(desk).job_of(dossier.id, kind)
    if waiting is not None and not any(waiting.issue in (one.issue, *one.replaced) for one in told if not one.printed):
        waiting = None  # of what happened before, or seen where another desk printed it
    true = waiting is None or _still_says(desk, dossier, waiting)
    seen = next((one for one in reversed(told) if one.printed and since is not None), None)
    elsewhere = told[-1] if told and seen is None and waiting is None and since is not None else None
    if elsewhere is not None and kept(desk.connection, elsewhere.issue) is not None:
        elsewhere = None
    return _Wanted(
        kind,
        waiting if true else None,
        seen,
        make,
        lambda press: plain(document),
        document.promises,
        symbol=symbol,
        signed=True,
        stale=None if true else waiting,
        elsewhere=elsewhere,
    )


def _still_says(desk: Desk, dossier: Dossier, waiting: Job) -> bool:
    """Whether a letter that nobody has seen yet would say the same, were it made today by who issued it."""
    plate = kept(desk.connection, waiting.issue)
    if plate is None:
        return True
    press = Press(desk.folder, plate.manner)
    now = paper_of(desk, dossier, waiting.letter, press, _issuer(desk, dossier, waiting.issue))
    return not isinstance(now, Refusal) and plate.says(now)


def _issuer(desk: Desk, dossier: Dossier, issue: str) -> Officer | None:
    return desk.officers.get(next((one.by for one in dossier.events if one.event_id == issue), ""))


def waiting_for(desk: Desk, dossier: Dossier, kind: str) -> Job | None:
    """The receipt or another paper of a dossier that was issued and that nobody has seen come out yet."""
    return waiting_slip(desk, dossier) if kind == "receipt" else Spool(desk).job_of(dossier.id, kind)


def waiting_slip(desk: Desk, dossier: Dossier) -> Job | None:
    """The receipt that nobody has seen come out yet, where it has the present appointment and the dossier's facts."""
    job = _unseen_slip(desk, dossier)
    plate = None if job is None else kept(desk.connection, job.issue)
    if plate is None:
        return job
    return job if plate.says_receipt(receipt_slip(Press(desk.folder, plate.manner), desk, dossier)) else None


def _unseen_slip(desk: Desk, dossier: Dossier) -> Job | None:
    """The receipt with the present appointment that nobody has seen come out yet."""
    job = Spool(desk).job_of(dossier.id, receipt_kind(dossier))
    appointment = standing(dossier, desk.law).binding_at
    issued = dossier.letters.get(job.issue) if job is not None else None
    return job if issued is not None and issued.promised_at == appointment else None
