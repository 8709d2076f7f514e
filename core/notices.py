"""What an officer is told unasked: which notices follow from what is so, which are new, what was told before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

AHEAD_S = 3_600
"""Before how many seconds what falls due is told."""
FAILING_S, SILENT_S = 30 * 60, 24 * 3_600
"""Seconds without a hub after which that is told: while exchanges fail, and where none is made at all."""
FEW_NUMBERS = 20
"""Receipt numbers that are left in the day's own range when that is told."""
KEPT = 100
"""Notices of an officer that are kept to be read."""


class NoticeKind(StrEnum):
    """The most severe first."""

    ROOM = "room"
    NO_NUMBER = "no_number"
    DUE = "due"
    ANSWER = "answer"
    APOLOGY = "apology"
    ANSWER_OWED = "answer_owed"
    CONFLICT = "conflict"
    FEW_NUMBERS = "few_numbers"
    SYNC = "sync"
    REPORT = "report"
    READY = "ready"


_ORDER = tuple(NoticeKind)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a notice is about: a dossier (`number`: its receipt number, or none yet), or another entity by its `name`.

    `at`: the moment that counts, in epoch seconds: when it is due, which date was missed, when the result was ready.
    """

    id: str
    number: str = ""
    name: str = ""
    at: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so for one officer at `now` (epoch seconds) on `day` (ISO), each list as far as it was read.

    `answers`: feedback whose answer is owed today or was before. `unanswered`: what came online and is to be answered
    within the hour, or was not. `owed` and `ready` are what came since the look before, `conflicts` what came or still
    is. `reports`: reports of a period that is over, not sent, whose sending day is near or gone. `short`: codes of what
    the disk lacks, each with its size in MB. `contact`: when a hub was last reached, or first known; None without one.
    """

    now: int
    day: str
    due: tuple[Subject, ...] = ()
    unanswered: tuple[Subject, ...] = ()
    owed: tuple[Subject, ...] = ()
    conflicts: tuple[Subject, ...] = ()
    ready: tuple[Subject, ...] = ()
    answers: tuple[Subject, ...] = ()
    reports: tuple[Subject, ...] = ()
    short: tuple[tuple[str, str], ...] = ()
    without_number: str | None = None
    numbers_left: int | None = None
    contact: int | None = None
    failing: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """`key`: the same thing is told once. `what`: a code or a number that its words need."""

    kind: NoticeKind
    key: str
    subject: Subject
    what: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as it stands in the log; `at` in epoch seconds."""

    notice: Notice
    at: int
    read: bool = False


@dataclass(frozen=True, slots=True)
class NoticeLog:
    """What one officer was told at a desk, the newest first; `standing`: the keys of what was so at the last look.

    `event`: up to which event of the desk was looked, `looked`: when, in epoch seconds; None before the first look.
    """

    told: tuple[Told, ...] = ()
    standing: frozenset[str] = frozenset()
    event: int | None = None
    looked: int | None = None

    @property
    def unread(self) -> int:
        """How many wait to be read."""
        return sum(not one.read for one in self.told)


def notices(facts: Facts) -> list[Notice]:
    """Everything that an officer should know of, the most severe first, what counts sooner before what counts later."""
    return sorted(_notices(facts), key=lambda one: (_ORDER.index(one.kind), one.subject.at, one.subject.id))


def tell(log: NoticeLog, facts: Facts, event: int) -> tuple[NoticeLog, list[Notice]]:
    """The log after a look, and what is new in it. `event`: the last one that the look has seen.

    A conflict that was decided may come again; whatever else is still in the log was told for good.
    """
    found = notices(facts)
    known = log.standing | {one.notice.key for one in log.told if one.notice.kind is not NoticeKind.CONFLICT}
    new = [one for one in found if one.key not in known]
    told = (*(Told(one, facts.now) for one in new), *log.told)[:KEPT]
    return NoticeLog(told, frozenset(one.key for one in found), event, facts.now), new


def read_all(log: NoticeLog) -> NoticeLog:
    """Everything in the log has been read."""
    return replace(log, told=tuple(replace(one, read=True) for one in log.told))


def _notices(facts: Facts) -> Iterator[Notice]:
    for code, size in facts.short:
        yield Notice(NoticeKind.ROOM, f"room {code} {facts.day}", Subject(code), size)
    if facts.without_number is not None:
        reason = facts.without_number
        yield Notice(NoticeKind.NO_NUMBER, f"no_number {reason} {facts.day}", Subject(reason), reason)
    if facts.numbers_left is not None and facts.numbers_left <= FEW_NUMBERS:
        yield Notice(NoticeKind.FEW_NUMBERS, f"few {facts.day}", Subject(""), str(facts.numbers_left))
    if facts.contact is not None and facts.now - facts.contact >= (FAILING_S if facts.failing else SILENT_S):
        yield Notice(NoticeKind.SYNC, f"sync {facts.contact}", Subject("", at=facts.contact))
    for kind, subjects in (
        (NoticeKind.DUE, [one for one in facts.due if facts.now <= one.at <= facts.now + AHEAD_S]),
        (NoticeKind.ANSWER, facts.unanswered),
        (NoticeKind.APOLOGY, facts.owed),
        (NoticeKind.ANSWER_OWED, facts.answers),
        (NoticeKind.REPORT, facts.reports),
        (NoticeKind.READY, facts.ready),
    ):
        for one in subjects:
            yield Notice(kind, f"{kind} {one.id} {one.at}", one)
    for one in facts.conflicts:
        yield Notice(NoticeKind.CONFLICT, f"{NoticeKind.CONFLICT} {one.id}", one)
