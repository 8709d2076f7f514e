"""Authors who write one dossier's history without a store: each knows what it wrote and what it has learned."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from core.moments import LEGAL_TIME
from core.record import Event, next_hlc

START = datetime(2026, 5, 21, 8, 0, tzinfo=LEGAL_TIME)
DOSSIER = "0197-dossier"
RECEIVED: dict[str, Any] = {
    "receipt_number": "H30-001-260521-0001",
    "procedure": "permanent-residence",
    "applicant": {"kind": "citizen", "name": "Đặng Thị Đào"},
}


class Writer:
    """One desk with one officer; `ahead` is how far its clock runs before the others', in ms."""

    def __init__(self, desk: str, by: str = "o1", ahead: int = 0) -> None:
        self.desk, self.by, self.ahead = desk, by, ahead
        self.seen: dict[str, Event] = {}
        self.seq = self.hlc = 0

    def learn(self, events: Iterable[Event]) -> None:
        """Take in what others wrote; a clock far in the future is not followed."""
        for event in events:
            self.seen.setdefault(event.event_id, event)
            if event.hlc >> 16 < 10**12:
                self.hlc = max(self.hlc, event.hlc)

    def heads(self) -> tuple[str, ...]:
        parents = {parent for event in self.seen.values() for parent in event.parents}
        return tuple(sorted(self.seen.keys() - parents))

    def write(self, *kinds: str | tuple[str, dict[str, Any]], at: datetime | None = None) -> list[Event]:
        """One command: its events stand together."""
        written: list[Event] = []
        for position, kind in enumerate(kinds):
            name, body = (kind, {}) if isinstance(kind, str) else kind
            self.seq += 1
            self.hlc = next_hlc(self.hlc, self.seq + self.ahead)
            event = Event(
                event_id=f"{self.desk}-{self.seq:04}",
                entity=DOSSIER,
                kind=name,
                version=1,
                at=at or START + timedelta(minutes=len(self.seen)),
                by=self.by,
                unit="H30-001",
                desk=self.desk,
                epoch=1,
                seq=self.seq,
                hlc=self.hlc,
                parents=self.heads(),
                group=(position, len(kinds)),
                body=body,
            )
            self.seen[event.event_id] = event
            written.append(event)
        return written


def everything(*writers: Writer) -> list[Event]:
    """What all of them wrote, each event once."""
    return list({event.event_id: event for writer in writers for event in writer.seen.values()}.values())


NOTES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("noted", {"text": "gọi lại"}),
    ("step_completed", {"step": "verify"}),
    ("corrected", {"field": "applicant.phone", "new": "0905123456"}),
    ("corrected", {"field": "applicant.name", "new": "Đặng Thị Đào Anh"}),
    ("corrected", {"field": "applicant.name", "new": "Đặng Thị Đào Ánh"}),
    ("delay_declared", {"reason": "đông hồ sơ"}),
    ("promised_earlier", {"due_at": "2026-05-29T17:00:00+07:00", "reason": "xong sớm"}),
    ("supplement_requested", {"items": ["CT01"]}),
    ("supplement_received", {"papers": ["CT01"]}),
    ("approved", {}),
    ("refused", {"reason": "thiếu điều kiện"}),
    ("result_ready", {}),
    ("withdrawn", {}),
    ("reopened", {"reason": "xét lại"}),
    ("assigned", {"to": "o2"}),
    ("letter_issued", {"letter": "receipt", "promised_at": "2026-06-01T17:00:00+07:00"}),
)


@st.composite
def histories(draw: st.DrawFn, authors: int = 3) -> list[Event]:
    """A dossier that two or three desks worked on, meeting now and then; one of them may be hours ahead."""
    writers = [
        Writer(f"desk{number}", f"o{number}", draw(st.sampled_from((0, 7, 10**13)))) for number in range(authors)
    ]
    writers[0].write(("received", RECEIVED))
    for writer in writers[1:]:
        writer.learn(writers[0].seen.values())
    for _ in range(draw(st.integers(1, 10))):
        writer = draw(st.sampled_from(writers))
        if draw(st.booleans()):
            writer.write(*draw(st.lists(st.sampled_from(NOTES), min_size=1, max_size=3)))
        else:
            writer.learn(draw(st.sampled_from(writers)).seen.values())
    return everything(*writers)
