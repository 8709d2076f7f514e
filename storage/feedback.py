"""Feedback at a desk: written down, answered, read by list; what is owed, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.answers import InvalidInput, Refusal
from core.feedback import (
    LIMITS,
    NOTHING_KNOWN,
    AnswerFeedback,
    DestroyFeedback,
    Feedback,
    Owed,
    ReceiveFeedback,
    WithdrawFeedback,
    owed_by,
)
from core.moments import LEGAL_TIME, legal_day
from core.queue import midnight
from core.text import fold
from storage.database import transaction
from storage.desk import Desk, Done
from storage.lawbook.figures import figure_row
from storage.officers import Officer
from storage.voices import feedback_of

LISTS = ("owed", "open", "answered", "all")
_WHERE = {
    "owed": "answered_at IS NULL AND destroyed = 0 AND due IS NOT NULL",
    "open": "answered_at IS NULL AND destroyed = 0",
    "answered": "answered_at IS NOT NULL",
    "all": "TRUE",
}
_ROWS = """
SELECT id, kind, received_at, due, answered_at, dossier, outreach, procedure, officer, unit, destroyed FROM feedback
WHERE {where} ORDER BY {order} LIMIT ?
"""
_OF_A_DAY = """
SELECT id FROM feedback WHERE received_at >= ? AND received_at < ? AND ifnull(dossier, '') = ? AND destroyed = 0
"""
_WITHDRAWN = """
SELECT DISTINCT entity FROM event WHERE kind = 'feedback_withdrawn' AND substr(entity, -length(?1)) = ?1 LIMIT 2
"""
_BY_DUE = "answered_at IS NOT NULL, due IS NULL, due, received_at, id"
MOST = 500
"""Rows of a list that are shown."""


@dataclass(frozen=True, slots=True)
class FeedbackRow:
    """One feedback as lists have it; its words are its events'."""

    id: str
    kind: str
    received_at: datetime
    due: date | None
    answered_at: datetime | None
    dossier: str | None
    outreach: str | None
    procedure: str | None
    officer: str | None
    unit: str
    destroyed: bool

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and not self.destroyed

    def days_late(self, today: date) -> int:
        """Days past the day on which it was owed, until it was answered or until today; 0: none."""
        last = legal_day(self.answered_at) if self.answered_at is not None else today
        return max(0, (last - self.due).days) if self.due is not None and not self.destroyed else 0


def owed_for(desk: Desk, kind: str, at: datetime) -> Owed:
    """By when an answer is owed to what comes now, by the unit's law, else by what this version brings."""
    unit, day = desk.identity.unit, legal_day(at)
    for name in LIMITS:
        try:
            return owed_by(figure_row(desk.law, f"{name}.{kind}", unit, day), desk.law.calendar(unit), day)
        except InvalidInput:
            continue
    return NOTHING_KNOWN


def receive(desk: Desk, officer: Officer, given: ReceiveFeedback) -> Done | Refusal:
    """Write down what came, with the day until which an answer is owed.

    Refusals: those of the decision, `procedure_unknown`, and `feedback_repeated` where the same stands there of today.
    """
    with transaction(desk.connection):
        procedure = desk.law.find(given.procedure) if given.procedure else None
        if given.procedure and procedure is None:
            return Refusal("procedure_unknown", params={"procedure": given.procedure})
        known = _same(desk, given)
        if known is not None:
            return Refusal("feedback_repeated", params={"code": short(known)})
        named = replace(
            given,
            owed=owed_for(desk, given.kind, given.at),
            procedure=procedure.name if procedure else _procedure_of(desk, given.dossier),
        )
        return desk.do_within(named, officer)


def _procedure_of(desk: Desk, dossier: str) -> str:
    row = desk.row(dossier) if dossier else None
    return "" if row is None else str(row["procedure"])


def _same(desk: Desk, given: ReceiveFeedback) -> str | None:
    """What was written down on the same day in the same words, of the same dossier."""
    begin = midnight(legal_day(given.at))
    values = (begin, begin + 86_400, given.dossier)
    for (name,) in desk.connection.execute(_OF_A_DAY, values).fetchall():
        found = load(desk, name)
        if found is not None and fold(found.text("text")) == fold(given.text.strip()):
            return str(name)
    return None


def answer(desk: Desk, officer: Officer, name: str, text: str, way: str, at: datetime | None = None) -> Done | Refusal:
    """Write down what was answered."""
    found = load(desk, name)
    if found is None:
        return Refusal("feedback_unknown", params={"code": short(name)})
    return desk.do(AnswerFeedback(found, text, way, at or desk.now()), officer)


def destroy(desk: Desk, officer: Officer, name: str, reason: str) -> Done | Refusal:
    """Let its words be gone, here and at every desk and hub."""
    found = load(desk, name)
    if found is None:
        return Refusal("feedback_unknown", params={"code": short(name)})
    return desk.do(DestroyFeedback(found, reason, desk.now()), officer)


def take_back(desk: Desk, officer: Officer, name: str, reason: str) -> Done | Refusal:
    """What was written down by mistake is out of every list; refused once it is answered."""
    found = load(desk, name)
    if found is None:
        return Refusal("feedback_unknown", params={"code": short(name)})
    return desk.do(WithdrawFeedback(found, reason, desk.now()), officer)


def load(desk: Desk, name: str) -> Feedback | None:
    """The feedback of that id with its words."""
    return feedback_of(desk.log, desk.projection.authority(), name)


def find(desk: Desk, code: str) -> str | Refusal:
    """The id behind a code: an id or an ending of one, of what was withdrawn, too, where nothing else ends so.

    Refusals `feedback_unknown`, `feedback_ambiguous`.
    """
    found = ending_of(desk, "feedback", code)
    if not isinstance(found, Refusal) or found.code != "feedback_unknown" or not code.strip():
        return found
    rows = desk.connection.execute(_WITHDRAWN, (f"{code.strip().casefold()}",)).fetchall()
    return str(rows[0][0]).partition(":")[2] if len(rows) == 1 else found


def ending_of(desk: Desk, table: str, code: str) -> str | Refusal:
    """The one id of a table that ends so."""
    wanted = code.strip().casefold()
    asked = f"SELECT id FROM {table} WHERE substr(id, -length(?1)) = ?1 LIMIT 2"
    found = desk.connection.execute(asked, (wanted,)).fetchall() if wanted else []
    if len(found) == 1:
        return str(found[0][0])
    if not found:
        return Refusal("feedback_unknown" if table == "feedback" else "outreach_unknown", params={"code": code[:40]})
    return Refusal("feedback_ambiguous" if table == "feedback" else "outreach_ambiguous", params={"code": code[:40]})


def short(name: str) -> str:
    """What people call a feedback or an outreach by."""
    return name[-6:]


def listed(desk: Desk, name: str, most: int = MOST) -> list[FeedbackRow]:
    """One of LISTS, what is owed first on top."""
    order = "received_at DESC, id" if name in ("answered", "all") else _BY_DUE
    return list(_read(desk, _ROWS.format(where=_WHERE[name], order=order), (most,)))


def row_of(desk: Desk, name: str) -> FeedbackRow | None:
    """The one of that id."""
    return next(iter(_read(desk, _ROWS.format(where="id = ?", order="id"), (name, 1))), None)


def withdrawn_row(found: Feedback) -> FeedbackRow:
    """What was taken back as the row that it no longer is."""
    dossier, outreach, procedure, officer = (
        found.text(one) or None for one in ("dossier", "outreach", "procedure", "officer")
    )
    kind, received = found.text("kind"), found.received
    named = dossier, outreach, procedure, officer
    return FeedbackRow(found.id, kind, received.at, found.due, None, *named, received.unit, found.destroyed)


def of_dossier(desk: Desk, dossier: str) -> list[FeedbackRow]:
    """What was said of one dossier, the newest first."""
    return list(_read(desk, _ROWS.format(where="dossier = ?", order="received_at DESC, id"), (dossier, MOST)))


def of_outreach(desk: Desk, outreach: str) -> list[FeedbackRow]:
    """What was raised at a meeting."""
    return list(_read(desk, _ROWS.format(where="outreach = ?", order="received_at, id"), (outreach, MOST)))


def received_between(desk: Desk, first: date, last: date, unit: str | None = None) -> list[FeedbackRow]:
    """What came on the days `first` to `last`, in that order."""
    where, values = "received_at >= ? AND received_at < ?", [midnight(first), midnight(last + timedelta(days=1))]
    found = _read(desk, _ROWS.format(where=where, order="received_at, id"), (*values, -1))
    return [one for one in found if unit in (None, one.unit)]


def open_before(desk: Desk, day: date, unit: str | None = None) -> list[FeedbackRow]:
    """What came before `day` and is not answered now."""
    where = f"{_WHERE['open']} AND received_at < ?"
    found = _read(desk, _ROWS.format(where=where, order=_BY_DUE), (midnight(day), -1))
    return [one for one in found if unit in (None, one.unit)]


def due_until(desk: Desk, day: date, most: int) -> list[FeedbackRow]:
    """What is owed until `day` or was owed before it."""
    where = f"{_WHERE['owed']} AND due <= ?"
    return list(_read(desk, _ROWS.format(where=where, order="due, id"), (day.isoformat(), most)))


def _read(desk: Desk, asked: str, values: tuple[object, ...]) -> Iterable[FeedbackRow]:
    for id, kind, received, due, answered, dossier, outreach, procedure, officer, unit, gone in desk.connection.execute(
        asked, values
    ).fetchall():
        yield FeedbackRow(
            id,
            kind,
            datetime.fromtimestamp(received, LEGAL_TIME),
            date.fromisoformat(due) if due else None,
            datetime.fromtimestamp(answered, LEGAL_TIME) if answered is not None else None,
            dossier,
            outreach,
            procedure,
            officer,
            unit,
            bool(gone),
        )
