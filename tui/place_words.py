"""Why a dossier stands where it does in the queue, in words and as JSON; and the station's order in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.moments import LEGAL_TIME, legal_day
from core.place import Grounds, decided_by, grounds, terms
from core.queue import NEVER, Bounds, Lane, QueueOrder, Urgency
from core.queue_order import order_row
from core.states import State
from storage.desk import Desk
from storage.queries import Row
from storage.queue_order import Shifted
from tui.dates import day_long, epoch_end_long, epoch_long, moment_long
from tui.i18n import tr
from tui.screens.queue_rows import QueueSource, RowWords, last_moment, short_number


@dataclass(frozen=True, slots=True)
class Placed:
    """A row with its neighbours in a list of the queue, by the bounds and the order of one moment."""

    row: Row
    above: Row | None
    below: Row | None
    at: Bounds

    @property
    def grounds(self) -> Grounds:
        row = self.row
        return grounds(row["lane"], row["binding_at"], bool(row["by_date"]), self.at)

    @property
    def terms(self) -> tuple[str, ...]:
        return terms(self.row.urgency, self.at.order)

    def decided(self, other: Row) -> str:
        """The term by which the other one stands before or after."""
        return decided_by(self.row.place(self.at), other.place(self.at), self.terms)


def placed(row: Row, source: QueueSource, at: Bounds) -> Placed:
    """The row among those of the list."""
    above, below = source.before(row, 1), source.after(row, 1)
    return Placed(row, above[-1] if above else None, below[0] if below else None, at)


def place_json(found: Placed) -> dict[str, Any]:
    """`show`'s `place`: bucket, lane and bound, the terms with this row's values, the neighbours."""
    why = found.grounds
    return {
        "urgency": why.urgency.value,
        "lane": why.lane.name.lower(),
        "bound": why.bound,
        "bound_at": _iso(why.bound_at),
        "terms": [{"term": name, "value": _value(found.row, name)} for name in found.terms],
        "above": _neighbour(found, found.above),
        "below": _neighbour(found, found.below),
    }


def place_lines(found: Placed, words: RowWords, desk: Desk) -> Iterator[str]:
    """Bucket and why, what is left, what decides within it, and the neighbours."""
    row, why, order = found.row, found.grounds, found.at.order
    number = order.buckets.index(why.urgency) + 1
    yield tr("place.bucket", word=tr(f"urgency.{why.urgency}"), number=number, count=len(order.buckets))
    yield f"- {tr(f'place.lane.{_lane(row, why)}')}"
    yield f"- {_cut(row, why)}"
    if why.lane in (Lane.UNSETTLED, Lane.SETTLED, Lane.DECLARED) and row["binding_at"] < NEVER:
        yield f"- {words.left(row)}"
    basis = desk.law.cited("one_apology", legal_day(desk.now()))
    if why.urgency is Urgency.APOLOGY_OWED and basis:
        yield f"- {tr('place.apology', basis=basis)}"
    told = [f"{place}. {_told(row, name)}" for place, name in enumerate(found.terms[1:], start=1)]
    yield tr("place.terms", terms="; ".join(told))
    for side, other in (("above", found.above), ("below", found.below)):
        yield tr(f"place.{side}.none") if other is None else _beside(found, side, other)
    own = order_row(desk.law, desk.identity.unit, legal_day(desk.now()))
    if own is None:
        yield tr("place.order.default")
    else:
        yield tr("place.order.own", day=f"{own.valid_from:%d/%m/%Y}", basis=own.basis)


def order_words(order: QueueOrder) -> str:
    """«Nợ thư xin lỗi > … ; trong nhóm: hạn, rồi lúc nhận»."""
    buckets = " > ".join(tr(f"urgency.{word}") for word in order.buckets)
    return tr("order.words", buckets=buckets, ties=", ".join(tr(f"order.{name}") for name in order.ties))


def shifted_words(one: Shifted) -> str:
    """«7 → 3  260521-0001 Đặng Thị Đào · Ngày tới»."""
    row = one.row
    who = f"{short_number(row['receipt_number'])} {row['applicant_name']}"
    return f"{one.before} → {one.after}  {who} · {tr(f'urgency.{row.urgency}')}"


def _lane(row: Row, why: Grounds) -> str:
    """Why its lane is that one: no limit runs yet, or only a part of one."""
    if why.lane is Lane.SETTLED and row["state"] == State.SUBMITTED:
        return "answer"
    if why.lane is Lane.SETTLED and row.is_step:
        return "step"
    undated = why.lane is Lane.UNSETTLED and row["binding_at"] >= NEVER
    return "undated" if undated else why.lane.name.lower()


def _cut(row: Row, why: Grounds) -> str:
    if why.bound is None or why.bound_at is None:
        due = "place.no_due" if row["binding_at"] >= NEVER else "place.due"
        return tr(due, due=_due(row["binding_at"], "–"))
    bound = datetime.fromtimestamp(why.bound_at, LEGAL_TIME)
    key = "place.after" if why.urgency is Urgency.NORMAL else f"place.cut.{why.bound}"
    ends = why.bound not in ("now", "today")
    day = day_long(last_moment(why.bound_at).date() if ends else bound.date())
    return tr(key, due=_due(row["binding_at"], "–"), day=day, moment=moment_long(bound))


def _beside(found: Placed, side: str, other: Row) -> str:
    name = found.decided(other)
    who = f"{short_number(other['receipt_number'])} {other['applicant_name']}"
    return tr(f"place.{side}", who=who, why=tr(f"place.by.{name}", value=_told(other, name)))


def _told(row: Row, name: str) -> str:
    """A term with the row's value, for people."""
    if name == "urgency":
        return tr(f"urgency.{row.urgency}")
    if name == "id":
        return tr("order.id")
    known = int(row[name])
    value = epoch_long(known) if name == "received_at" else _due(known, tr("left.not_running"))
    return f"{tr(f'order.{name}')} {value}"


def _value(row: Row, name: str) -> str | None:
    if name == "urgency":
        return row.urgency.value
    return row.id if name == "id" else _iso(int(row[name]))


def _neighbour(found: Placed, other: Row | None) -> dict[str, Any] | None:
    if other is None:
        return None
    return {"id": other.id, "receipt_number": other["receipt_number"], "decided_by": found.decided(other)}


def _due(seconds: int, never: str) -> str:
    return never if seconds >= NEVER else epoch_end_long(seconds)


def _iso(seconds: int | None) -> str | None:
    return None if seconds is None or seconds >= NEVER else datetime.fromtimestamp(seconds, LEGAL_TIME).isoformat()
