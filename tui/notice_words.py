"""Notices in words: one line each, and the line in the foot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.moments import LEGAL_TIME
from core.notices import Notice, NoticeKind
from tui.dates import moment_short
from tui.i18n import tr
from tui.keys import KEYS
from tui.screens.queue_rows import last_moment, short_number

SIGNS = {
    NoticeKind.ROOM: "!",
    NoticeKind.NO_NUMBER: "!",
    NoticeKind.DUE: "=",
    NoticeKind.ANSWER: "=",
    NoticeKind.APOLOGY: "X",
    NoticeKind.ANSWER_OWED: "!",
    NoticeKind.CONFLICT: "?",
    NoticeKind.FEW_NUMBERS: "!",
    NoticeKind.SYNC: "!",
    NoticeKind.REPORT: "=",
    NoticeKind.READY: "v",
}
"""Apart without any colour; those of the queue where there is the same thing."""


def notice_words(notice: Notice) -> str:
    """What is so, and of whom or what."""
    subject = notice.subject
    who = " ".join(filter(None, (subject.number and short_number(subject.number), subject.name)))
    if notice.kind is NoticeKind.ROOM:
        return tr(f"notice.room.{subject.id}", size=notice.what)
    if notice.kind is NoticeKind.SYNC and not subject.at:
        return tr("notice.sync.never")
    if notice.kind is NoticeKind.REPORT:
        title = tr(f"report.{subject.name}")
        who = title if title != f"report.{subject.name}" else subject.name
    moment = last_moment(subject.at)
    return tr(
        f"notice.{notice.kind}",
        who=who,
        time=f"{datetime.fromtimestamp(subject.at, LEGAL_TIME):%H:%M}",
        day=f"{moment:%d/%m}",
        moment=moment_short(moment),
        count=notice.what,
    )


def fresh_line(new: Sequence[Notice]) -> str:
    """The most severe of what is new, how many more there are, and by which key they are read."""
    more = [tr("notice.more", count=len(new) - 1)] if len(new) > 1 else []
    return " · ".join([f"{SIGNS[new[0].kind]} {notice_words(new[0])}", *more, KEYS["notices"].label])


def unread_line(count: int) -> str:
    """How many wait to be read."""
    return tr("notice.unread", count=count, key=KEYS["notices"].label) if count else ""
