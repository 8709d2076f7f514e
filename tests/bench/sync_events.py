"""A station's work as stored events with a valid chain, made fast: what desks exchange when they are measured.

A dossier is received with its receipt (one command, two events), the receipt is printed, a step is noted, a fee paid,
the result made ready and handed out: seven events. Dossiers overlap as at a counter: `OPEN_AT_ONCE` are under way.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.moments import LEGAL_TIME
from core.record import Event, body_hash, canonical, chain_hash, header_bytes, salt_for
from storage.event_log import Head, Origin, StoredEvent

OPEN_AT_ONCE = 200
_SECRET = bytes(range(32))
_LAW = "60a80a993e8c26904fc55e216ac997581dfb5e0ec31cf80c48cd62ed341d012f"
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
_MIDDLE = ("Thị Hồng", "Văn", "Gia", "Ngọc", "Hữu", "Thị Thu", "Minh", "Quốc", "Thanh", "Đức")
_GIVEN = ("Đào", "Bảo", "Đạt", "Ánh", "Phúc", "Hà", "Tuấn", "Dũng", "Thảo", "Ơn", "Linh", "Quỳnh")
_STREETS = ("Ông Ích Khiêm", "Núi Thành", "Tôn Đức Thắng", "Nguyễn Tất Thành", "Trưng Nữ Vương", "Lê Duẩn")


@dataclass(frozen=True, slots=True)
class Writer:
    """Whose chain is written: its origin, unit, officer, and the head that it goes on from."""

    origin: Origin
    unit: str
    officer: str
    head: Head
    begin: datetime
    secret: bytes = _SECRET


def applicant(picked: random.Random) -> dict[str, Any]:
    """A citizen with the fields that a counter takes down."""
    name = f"{picked.choice(_FAMILY)} {picked.choice(_MIDDLE)} {picked.choice(_GIVEN)}"
    return {
        "kind": "citizen",
        "name": name,
        "number": f"048{picked.choice('01')}{picked.randrange(50, 99)}{picked.randrange(10**6):06d}",
        "phone": f"0905{picked.randrange(10**6):06d}",
        "birth": f"{picked.randrange(1950, 2004)}-{picked.randrange(1, 13):02d}-{picked.randrange(1, 29):02d}",
        "address": f"{picked.randrange(1, 400)} {picked.choice(_STREETS)}, phường Hòa Hải, thành phố Đà Nẵng",
    }


def work(writer: Writer, events: int, seed: int = 7) -> Iterator[StoredEvent]:
    """At least `events` stored events that go on from the writer's head, up to the end of the last command."""
    picked = random.Random(seed)
    previous, seq, hlc = writer.head.hash, writer.head.seq, int(writer.begin.timestamp() * 1000) << 16
    made = 0
    for at, members in _commands(writer, picked):
        for position, (dossier, kind, body, name, parents) in enumerate(members):
            seq, hlc = seq + 1, max(int(at.timestamp() * 1000) << 16, hlc + 1)
            event = Event(
                event_id=name, entity=dossier, kind=kind, version=1, at=at, by=writer.officer, unit=writer.unit,
                desk=writer.origin.desk, epoch=writer.origin.epoch, seq=seq, hlc=hlc, parents=parents,
                group=(position, len(members)), body=body,
            )  # fmt: skip
            header, packed = header_bytes(event), canonical(body)
            salt = salt_for(writer.secret, name)
            digest = body_hash(salt, packed)
            previous = chain_hash(previous, header, digest)
            yield StoredEvent(header, digest, salt, packed, previous)
            made += 1
        if made >= events:
            return


_Member = tuple[str, str, dict[str, Any], str, tuple[str, ...]]


def _commands(writer: Writer, picked: random.Random) -> Iterator[tuple[datetime, list[_Member]]]:
    """Endless: one command after the other, each a minute or less after the one before."""
    at = writer.begin
    lives: list[Iterator[list[_Member]]] = []
    number = 0
    while True:
        at += timedelta(seconds=picked.randrange(5, 40))
        if len(lives) < OPEN_AT_ONCE:
            number += 1
            lives.append(_life(number, at, picked))
            place = len(lives) - 1
        else:
            place = picked.randrange(len(lives))
        members = next(lives[place], None)
        if members is None:
            lives[place] = lives[-1]
            lives.pop()
            continue
        yield at, members


def _life(number: int, at: datetime, picked: random.Random) -> Iterator[list[_Member]]:
    dossier, last = _uuid(at, picked), ""

    def member(kind: str, body: dict[str, Any]) -> _Member:
        nonlocal last
        parents, last = (last,) if last else (), _uuid(at, picked)
        return dossier, kind, body, last, parents

    due = (at + timedelta(days=7)).astimezone(LEGAL_TIME).replace(hour=17, minute=0, second=0).isoformat()
    person = applicant(picked)
    body = {
        "procedure": "temporary-residence", "variant": "standard", "applicant": person, "channel": "counter",
        "matter": {"new_address": person["address"], "stay_until": "2028-04-20"}, "papers": ["CT01", "lawful-dwelling"],
        "version": _LAW, "receipt_number": f"T48.99-{at:%y%m%d}-{1 + number % 9999:04d}", "return_by": "counter",
    }  # fmt: skip
    yield [member("received", body), member("letter_issued", {"letter": "receipt", "promised_at": due})]
    yield [member("letter_printed", {"letter": "receipt", "issue": last})]
    yield [member("step_completed", {"step": "Thẩm tra hồ sơ"})]
    yield [member("payment_received", {"amount": "15000", "method": "cash"})]
    yield [
        member(
            "result_ready", {"due_at": due, "judged": "on_time", "law": _LAW, "shelf": f"C{picked.randrange(1, 30)}"}
        )
    ]
    taker = {"capacity": "self", "channel": "counter", "taker": person["name"], "taker_number": person["number"]}
    yield [member("result_returned", taker)]


def _uuid(at: datetime, picked: random.Random) -> str:
    noise = picked.getrandbits(74)
    text = f"{int(at.timestamp() * 1000):012x}7{noise >> 62:03x}{8 + (noise >> 60 & 3):x}{noise & (1 << 60) - 1:015x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
