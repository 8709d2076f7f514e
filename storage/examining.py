"""What is wrong with this desk, part by part: what it can tell by itself, without asking a hub or a printer to act."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from storage.desk import SILENT, Desk
from storage.messages import count_failed
from storage.numbers import gap_report
from storage.outbox import hubs
from storage.printing import printers
from storage.repeats import find_repeats
from storage.room import room_warnings
from storage.series import REVOKED
from storage.settings import load_settings
from storage.sync.batches import has_sealed
from storage.sync.desk_life import desk_facts
from storage.transfers import incoming
from storage.verification import verify

AHEAD = 60
"""Days ahead in which the calendar should be known: most limits end there."""

_BEGINLESS = """
SELECT count(*) FROM waiting WHERE instr(entity, ':') = 0 AND NOT EXISTS (SELECT 1 FROM dossier WHERE id = entity)
"""


def examine(desk: Desk) -> Iterator[tuple[str, list[Refusal]]]:
    """Part by part what is wrong with it, as soon as it was looked at; nothing is written.

    Each sentence says how it is mended. Where the database or the history in it does not hold that is all: the rest
    rests on it.
    """
    for part, look in _PARTS.items():
        try:
            found = list(look(desk))
        except InvalidInput as error:
            found = [Refusal(error.code, params=error.params)]
        yield part, found
        if any(one.code in ("database_damaged", "history_broken") for one in found):
            return


def _history(desk: Desk) -> Iterator[Refusal]:
    verdict = verify(desk)
    for one in verdict.breaks:
        params = {"desk": one.origin.desk, "epoch": str(one.origin.epoch), "seq": str(one.seq)}
        yield Refusal("history_broken", params=params)
    if verdict.projection is False:
        yield Refusal("tables_differ")
    if verdict.key is False:
        yield Refusal("key_differs")


def _settings(desk: Desk) -> Iterable[Refusal]:
    load_settings(desk.folder)
    return ()


def _hubs(desk: Desk) -> Iterator[Refusal]:
    known = hubs(desk)
    if not known:
        yield Refusal("desk_without_hub")
    now = desk.now().timestamp()
    for hub in known:
        if hub.error:
            yield Refusal(hub.error, params={"url": hub.url, **hub.about})
        elif hub.last_contact is None or now - hub.last_contact > SILENT.total_seconds():
            yield Refusal("hub_silent", params={"url": hub.url})


def _clock(desk: Desk) -> Iterator[Refusal]:
    state = desk.sync_state()
    if state.clock:
        yield Refusal("clock_off", params={"minutes": str(int(abs(state.clock_offset_s or 0)) // 60)})


def _numbers(desk: Desk) -> Iterator[Refusal]:
    wanted = desk.series.state().wanted
    if wanted is not None:
        yield Refusal("number_ended" if wanted == REVOKED else "number_wanted")
    questions = len(gap_report(desk, legal_day(desk.now())).questions)
    if questions:
        yield Refusal("numbers_asked", params={"count": str(questions)})


def _merge(desk: Desk) -> Iterator[Refusal]:
    waiting = desk.connection.execute("SELECT count(*) FROM dossier WHERE in_conflict = 1").fetchone()[0]
    if waiting:
        yield Refusal("conflicts_wait", params={"count": str(waiting)})
    repeats = len(find_repeats(desk))
    if repeats:
        yield Refusal("repeats_wait", params={"count": str(repeats)})
    offers = len(incoming(desk))
    if offers:
        yield Refusal("transfers_wait", params={"count": str(offers)})
    beginless = desk.connection.execute(_BEGINLESS).fetchone()[0]
    if beginless:
        yield Refusal("events_wait", params={"count": str(beginless)})
    standing = next((one.known.state for one in desk_facts(desk) if one.known.id == desk.identity.desk), None)
    if standing == "unconfirmed":
        yield Refusal("desk_unconfirmed")
    if standing != "revoked" and has_sealed(desk):
        yield Refusal("bodies_sealed")  # a desk that was revoked gets no key any more


def _printer(desk: Desk) -> Iterator[Refusal]:
    settings, known = load_settings(desk.folder), printers()
    if known and settings.printer and settings.printer not in known:
        yield Refusal("printer_unknown", params={"printer": settings.printer})
    for state, code in (("issued", "papers_unprinted"), ("sent", "papers_unanswered")):
        asked = "SELECT count(*) FROM print_job WHERE state = ?"
        count = desk.connection.execute(asked, (state,)).fetchone()[0]
        if count:
            yield Refusal(code, params={"count": str(count)})


def _messages(desk: Desk) -> Iterator[Refusal]:
    failed = count_failed(desk.connection)
    if failed:
        yield Refusal("messages_failed", params={"count": str(failed)})


def _calendar(desk: Desk) -> Iterator[Refusal]:
    today = legal_day(desk.now()).toordinal()
    calendar = desk.law.calendar(desk.identity.unit)
    if calendar.unconfirmed(today, today + AHEAD):
        yield Refusal("calendar_unsure", params={"days": str(AHEAD)})


_PARTS: dict[str, Callable[[Desk], Iterable[Refusal]]] = {
    "history": _history,
    "room": room_warnings,
    "settings": _settings,
    "hubs": _hubs,
    "clock": _clock,
    "numbers": _numbers,
    "merge": _merge,
    "printer": _printer,
    "messages": _messages,
    "calendar": _calendar,
}
"""In the order in which they are looked at: what stops all work first."""
