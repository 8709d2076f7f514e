"""The handover sheet in words: titles, the lines of each section, what is restated, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from core.answers import Refusal
from core.forms import money_words
from core.handover import Handed
from core.moments import legal_day
from core.readback import COUNT, FORMS, GROUP, MONEY, NUMBERS, REASON, Ask, Told, read_asks, told
from core.sheet import ACTIONS
from core.standing import explained, version_of
from storage.desk import Desk
from storage.past_handovers import PastHandover
from tui.dates import day_short, moment_short
from tui.dossier_words import method_words
from tui.explanation import one_line
from tui.forecast import hours_words
from tui.i18n import in_language, tr


@cache
def action_words() -> dict[str, tuple[str, ...]]:
    """What each next action is called, in both languages: a restatement may be in either."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(ACTIONS, ())
    for language in ("vi", "en"):
        with in_language(language):
            found = {action: (*words, tr(f"next.{action}")) for action, words in found.items()}
    return found


def section_title(name: str) -> str:
    return tr(f"handover.{name}")


def heading(section: Mapping[str, Any]) -> str:
    """A section's title with how many lines it has, or papers; the summary's with the moment since which it counts."""
    name, items = section["name"], section["items"]
    since = items[0].get("since") if name == "summary" and items else None
    if since is None:
        return f"{section_title(name)} ({sum(item.get('originals', 1) for item in items)})"
    return tr("handover.since", title=section_title(name), at=moment_short(datetime.fromisoformat(since)))


def summary_line(items: Iterable[Mapping[str, Any]]) -> str:
    """What happened in the shift, in one line."""
    return " · ".join(f"{tr('kind.' + item['kind'])} {item['count']}" for item in items) or tr("handover.quiet")


def item_line(desk: Desk, section: str, item: Mapping[str, Any]) -> str:
    """One line of a section: what the program knows, or a dossier with its next action."""
    if "next_action" in item and "id" in item:
        return "  ".join(cell for cell in dossier_cells(desk, item) if cell)
    words = _LINES.get(section)
    return tr("handover.pending", events=item["events"]) if words is None else words(item)


def _summary(item: Mapping[str, Any]) -> str:
    return f"{tr('kind.' + item['kind'])}: {item['count']}"


def _fee(item: Mapping[str, Any]) -> str:
    return f"{tr('method.' + item['method'])}: {money(item['amount'])}"


def _forms(item: Mapping[str, Any]) -> str:
    day = day_short(date.fromisoformat(item["day"]))
    return tr(
        "handover.forms_of", day=day, left=item["left"], open=item["open"], used=item["used"], voided=item["voided"]
    )


def _outage(item: Mapping[str, Any]) -> str:
    first, last = (moment_short(datetime.fromisoformat(item[name])) for name in ("first", "last"))
    return tr("handover.entered_later", count=item["entered_later"], first=first, last=last)


def _degraded(item: Mapping[str, Any]) -> str:
    part = tr(f"degraded.{item['part']}")
    count = f" ({item['count']})" if item["count"] > 1 else ""
    since = "" if item["since"] is None else f", {moment_short(datetime.fromisoformat(item['since']))}"
    return part + count + since


def _changed(item: Mapping[str, Any]) -> str:
    since = moment_short(datetime.fromisoformat(item["since"]))
    name = section_title(item["section"])
    return tr("handover.change", name=name, now=item["now"], added=item["added"], gone=item["gone"], since=since)


def change_line(item: Mapping[str, Any]) -> str:
    """What came and went since the last handover, without how many there are now."""
    since = moment_short(datetime.fromisoformat(item["since"]))
    return tr("readback.change", added=item["added"], gone=item["gone"], since=since)


def _contingency(item: Mapping[str, Any]) -> str:
    return tr(f"if.{item['if']}", count=item["count"])


def _readback(item: Mapping[str, Any]) -> str:
    number = item.get("receipt_number") or item["item"]
    action = f": {tr('next.' + item['next_action'])}" if "next_action" in item else ""
    return f"{number}{action}"


_LINES = {
    "summary": _summary,
    "fees": _fee,
    "forms": _forms,
    "outage": _outage,
    "degraded": _degraded,
    "changed": _changed,
    "contingencies": _contingency,
    "notes": lambda item: str(item["text"]),
    "readback": _readback,
}


def money(amount: str) -> str:
    """A sum of money as people read it."""
    return money_words(int(Decimal(amount)))


def dossier_cells(desk: Desk, item: Mapping[str, Any]) -> tuple[str, ...]:
    """Number, name, procedure, when due, next action."""
    due = item["due_at"]
    return (
        item["receipt_number"] or "–",
        item["applicant_name"],
        procedure_title(desk, item["procedure"]),
        moment_short(datetime.fromisoformat(due)) if due else "–",
        _next(item, legal_day(desk.now())),
    )


def _next(item: Mapping[str, Any], today: date) -> str:
    """What to do first, and when somebody looks again where that is neither today nor when it is due."""
    words = tr(f"next.{item['next_action']}")
    if "short_minutes" in item:
        words = tr("next.short", words=words, hours=hours_words(Fraction(item["short_minutes"], 60)))
    if item.get("originals", 1) > 1:
        words = tr("next.papers", words=words, count=item["originals"])
    check = item.get("next_check")
    if not check or check in (item["due_at"], today.isoformat()):
        return words
    return tr("next.keep_until", words=words, day=check_words(check))


def check_words(check: str) -> str:
    """A day, or a moment where an hour counts."""
    if "T" in check:
        return moment_short(datetime.fromisoformat(check))
    return day_short(date.fromisoformat(check))


def ask_words(ask: Ask) -> str:
    """What is to be restated, without the answer."""
    if ask.kind == GROUP:
        return tr("readback.group", count=ask.count)
    if ask.kind == COUNT:
        return tr("readback.count", what=section_title(ask.item.partition(":")[2]))
    if ask.kind == MONEY:
        return tr("readback.money", method=method_words(ask.item.partition(":")[2]))
    return tr("readback.forms") if ask.kind == FORMS else ask.number or ask.item


def said_words(said: str) -> str:
    """A restatement as it is shown: a chosen action by its name."""
    return tr(f"next.{said}") if said in ACTIONS else said


def expected_words(ask: Ask) -> str:
    """What the program knew of what was to be restated."""
    if ask.kind == MONEY:
        return money(ask.expected)
    return ask.expected if ask.kind in NUMBERS else tr(f"next.{ask.expected}")


def difference(one: Told) -> str:
    """A count that differed, beside what the program knew."""
    return tr("readback.difference", what=ask_words(one.ask), expected=expected_words(one.ask), said=one.said)


def question_lines(found: Handed) -> list[str]:
    """What was asked about a signed sheet, with the answer that was given."""
    numbers = {item["id"]: item["receipt_number"] for one in found.sections for item in one["items"] if "id" in item}
    return [
        tr("handover.unanswered", number=numbers.get(one.item) or one.item, question=one.text)
        if one.answer is None
        else tr("handover.asked", number=numbers.get(one.item) or one.item, question=one.text, answer=one.answer)
        for one in found.questions
    ]


def taken_lines(found: Handed) -> list[str]:
    """What was asked about a signed sheet, and what was counted otherwise than the program knew, with the reason."""
    said = found.readback
    differing = [difference(one) for one in told(read_asks(found.sections), said) if one.differs]
    why = [f"{tr('readback.why')}: {said[REASON]}"] if differing and REASON in said else []
    return question_lines(found) + differing + why


def due_reason(desk: Desk, dossier_id: str) -> str:
    """Why the dossier is due when it is, in one line; nothing where it has no due date."""
    dossier = desk.dossier(dossier_id)
    if dossier is None:
        return ""
    law = desk.law_for(dossier)
    reason, version = explained(dossier, law), version_of(dossier, law)
    case = version.variant(dossier.variant) if version else None
    if reason is None or case is None or not (reason.deadline.due_at or reason.deadline.running_step):
        return ""
    return one_line(reason, case.phases[0].limit)


def procedure_title(desk: Desk, name: str) -> str:
    """What people call the procedure today, or its last title."""
    found = desk.law.find(name)
    if found is None:
        return name
    version = desk.law.version_on(found, desk.now().date())
    shown = found.versions[-1] if isinstance(version, Refusal) else version
    return shown.title_en if tr("language.code") == "en" else shown.title_vi


def past_line(past: PastHandover, names: Mapping[str, str]) -> str:
    """A past handover in one line: who, when, what became of the lines that were to be kept in sight."""
    given = past.handed
    receiver = past.accepted_by or given.receiver
    who = tr("handover.who", sender=names.get(given.sender, given.sender), receiver=names.get(receiver, receiver))
    when = moment_short(given.given.at)
    state = "" if past.accepted_at else f" · {tr('handover.not_accepted')}"
    state += f" · {tr('handover.contested')}" if given.conflicts else ""
    return f"{when}  {who}{state}  {became_line(past.counts)}"


def became_line(counts: Mapping[str, int]) -> str:
    return " · ".join(f"{tr('became.' + name)} {count}" for name, count in counts.items()) or tr("handover.none")
