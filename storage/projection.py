"""Events → the tables that screens read; dropped and rebuilt at any time to the same rows on every desk."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from core.authority import OFFICER_KINDS, Authority, officers_by
from core.citizen import citizen_deadline
from core.desks import Desks
from core.dossier import Dossier, fold
from core.events import DOSSIER_KINDS
from core.law import Law
from core.queue_order import KIND
from core.record import Event, Places
from core.standing import standing
from storage.database import Connection, roomy
from storage.destroyed import remove_bodies
from storage.dossier_row import COLUMNS, dossier_row
from storage.event_log import EventLog, entities
from storage.found_by import search_words
from storage.handed import COLUMNS as HANDOVER_COLUMNS
from storage.handed import handover_of, shifts_of, write_handover
from storage.judging import Judging
from storage.lawbook.contested import LawConflict, law_conflicts
from storage.lawbook.contradiction import contradictions
from storage.lawbook.station import LAW_KINDS, LawEvent, founding_of, law_events, law_of
from storage.ledgers import LEDGERS, write_ledgers
from storage.passage import PASSAGE_TABLES, drop_passage, write_passage
from storage.shifting import Shift, shift
from storage.tally import COLUMNS as TALLY_COLUMNS
from storage.tally import drop_tally, write_tally
from storage.voices import AREAS, voices_of, write_voices
from storage.voices import SHARED as VOICES

_UPSERT = f"""
INSERT INTO dossier ({", ".join(COLUMNS)}) VALUES ({", ".join("?" * len(COLUMNS))})
ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])}
RETURNING rowid
"""
_WORDS = """
SELECT dossier.id, words FROM dossier_text JOIN dossier ON dossier.rowid = dossier_text.rowid ORDER BY dossier.id
"""
_AT_ONCE = 1000
_READ_AT_ONCE = 200
_MAY_MOVE = LAW_KINDS - {KIND} | {"officer_added", "officer_changed", "station_founded", "stations_united"}
_OFFICER_FACTS = frozenset({"code", "name", "roles", "verifier"})
_RANGES = {
    "law": "entity = 'calendar' OR (entity >= 'catalogue:' AND entity < 'catalogue;')",
    "officer": "entity >= 'officer:' AND entity < 'officer;' AND kind IN ('officer_added', 'officer_changed')",
    "unit": "entity >= 'unit:' AND entity < 'unit;'",
}
_SHARED = {
    "dossier": ", ".join(COLUMNS),
    "officer": "id, code, name, roles, active, verifier, only_at, signs",
    "desk": "id, number, sign_key, seal_key",
    "handover": HANDOVER_COLUMNS,
    "tally": TALLY_COLUMNS,
    **VOICES,
    **LEDGERS,
    **PASSAGE_TABLES,
}


class Projection:
    """Keeps the tables at the log's heels, always inside the transaction that moved the log.

    `own`: whose tables they are; a desk that was revoked goes on with its own work before it.
    """

    def __init__(self, connection: Connection, log: EventLog, own: str | None = None) -> None:
        self._db = connection
        self._log = log
        self._own = own
        self._judging = Judging(connection, log)
        self._law: tuple[object, Law] | None = None
        self._laws: dict[int, Law] = {}
        self._law_places: list[tuple[int, str, int, int]] = []
        self._law_conflicts: list[LawConflict] = []
        self._authority: tuple[object, Authority] | None = None

    def law(self) -> Law:
        """The law that the station's log holds now."""
        mark = (self.desks(), [self._mark(part) for part in _RANGES])
        if self._law is None or self._law[0] != mark:
            judged = self.law_events()
            self._law = (mark, law_of(judged))
            self._laws, self._law_places = {}, [one.event.order for one in judged]
            amended = [(one.event, one.rows) for one in judged if one.problem is None]
            self._law_conflicts = law_conflicts(amended) + contradictions(judged)
        return self._law[1]

    def law_for(self, dossier: Dossier) -> Law:
        """The law that the dossier is explained by: of an ended one, as it stood before the event that ended it."""
        return self._law_for(dossier, self.law())

    def _law_for(self, dossier: Dossier, law: Law) -> Law:
        if dossier.ending is None:
            return law
        known = bisect_left(self._law_places, dossier.ending.place)
        if known == len(self._law_places):
            return law
        if known not in self._laws:
            self._laws[known] = law_of(self.law_events()[:known])
        return self._laws[known]

    def law_events(self) -> list[LawEvent]:
        """The law's events in order, each judged by what stood before it."""
        return law_events(
            self._of("law"), self.authority().may_for_all, founding_of(self._of("unit"), self.desks().founding)
        )

    def law_conflicts(self) -> list[LawConflict]:
        """What desks amended apart and nobody has amended again: the same rows, and rows that make no law together."""
        self.law()
        return self._law_conflicts

    def _law_before(self, written: Iterable[Event]) -> Law:
        """The law as it was without these events: what they say again had been said before."""
        new = {event.order for event in written}
        law, officers, unit = (self._of(part, new) for part in _RANGES)
        desks = self._judging.desks_without(new)
        authority = Authority(officers, desks.trusting(self._own))
        return law_of(law_events(law, authority.may_for_all, founding_of(unit, desks.founding)))

    def desks(self) -> Desks:
        """What the station thinks of its desks, by all that is known here."""
        return self._judging.desks()

    def authority(self) -> Authority:
        """Who may what, by all events on officers and desks known here."""
        desks = self.desks()
        mark = (desks, self._mark("officer"))
        if self._authority is None or self._authority[0] != mark:
            self._authority = (mark, Authority(self._of("officer"), desks.trusting(self._own)))
        return self._authority[1]

    def dossier(self, dossier_id: str, *, as_here: bool = False) -> Dossier | None:
        """The folded dossier; None where nothing is known of it. `as_here`: with what of this desk's waits."""
        events = self._log.events_of(dossier_id)
        authority = self.authority()
        waiting = authority.desks.waiting - {self._own} if as_here else authority.desks.waiting
        return fold(dossier_id, events, authority.may, waiting) if events else None

    def explained(self, dossiers: Iterable[str]) -> Iterator[tuple[Dossier, Law]]:
        """The folded dossiers of these ids that are known, in their order, each with the law that it is explained by.

        Who may what and the law are read once for all: for one after another, that costs as much as the folds.
        """
        law, authority, names = self.law(), self.authority(), iter(dossiers)
        while some := list(islice(names, _READ_AT_ONCE)):
            known = self._log.events_of_each(some)
            for name in some:
                if name in known:
                    dossier = fold(name, known[name], authority.may, authority.desks.waiting)
                    yield dossier, self._law_for(dossier, law)

    def apply(self, events: Iterable[Event]) -> list[str]:
        """Project what the events touch; answers the ids of the dossiers whose rows were written."""
        written = self._completed(list(events))
        touched = entities(written)
        dossiers = dict.fromkeys(entity for entity in touched if is_dossier(entity))
        moved: list[str] = []
        shifts: list[str] = []
        for event in written:
            if event.kind in OFFICER_KINDS:
                officer = event.entity.partition(":")[2]
                dossiers.update(dict.fromkeys(self._acted_on_by(officer)))
                shifts += shifts_of(self._db, officer) + voices_of(self._db, officer)
        rejudged = self._judging.changed_by(written)
        refolded = [entity for desk in rejudged for entity in self._judging.touched_by(desk)]
        dossiers.update(dict.fromkeys(entity for entity in refolded if is_dossier(entity)))
        stations = [entity for entity in touched + refolded + shifts if not is_dossier(entity)]
        moving = any(event.kind in _MAY_MOVE for event in written) or any(map(_is_law, refolded))
        if moving and self._any_open():
            with roomy(self._db):
                shift = self.shift(self._law_before(written), self.law())
                shift.write(self._db)
            moved = [move.dossier for move in shift.moves]
            dossiers.update(dict.fromkeys(shift.others))
        for entity in dict.fromkeys(stations):
            self._station(entity)
        fresh: dict[str, list[Event]] = {}
        whole = bool(written) and written[-1].group[0] == written[-1].group[1] - 1
        for event in written if whole else ():
            fresh.setdefault(event.entity, []).append(event)
        self._project_all(dossiers, fresh)
        return list(dict.fromkeys([*dossiers, *moved]))

    def refold(self, touched: Iterable[str]) -> None:
        """Project these entities anew: their events may wait no longer for what stands beside."""
        entities = set(touched)
        for entity in sorted(entities):
            if not is_dossier(entity):
                self._station(entity)
        self._project_all(sorted(filter(is_dossier, entities)), {})

    def shift(self, before: Law, after: Law) -> Shift:
        """What one law instead of the other moves among the open dossiers."""
        return shift(self._db, before, after)

    def _completed(self, events: list[Event]) -> list[Event]:
        """The events and, where one completes a command that began in an earlier call, its other members."""
        found = list(events)
        for index, event in enumerate(events):
            position, size = event.group
            begun = index - size + 1
            if position == size - 1 and (begun < 0 or events[begun].group_key != event.group_key):
                found = self._log.group_of(event) + found
                self._law = self._authority = None
                self._judging.forget()
        return found

    def rebuild(self) -> None:
        """Drop every row and project the whole log again."""
        self._law = self._authority = None
        self._judging.forget()
        for table in (*_SHARED, "dossier_text"):
            self._db.execute(f"DELETE FROM {table}")
        rows = self._db.execute("SELECT DISTINCT entity FROM event ORDER BY entity").fetchall()
        for (entity,) in rows:
            if not is_dossier(entity):
                self._station(entity)
        self._project_all([entity for (entity,) in rows if is_dossier(entity)], {})

    def dump(self) -> Iterator[str]:
        """The shared tables, a JSON line a row, in order: equal on any two desks with the same events."""
        for table, columns in _SHARED.items():
            for row in self._db.execute(f"SELECT {columns} FROM {table} ORDER BY id"):
                yield json.dumps([table, *row], ensure_ascii=False)
        for row in self._db.execute(_WORDS):
            yield json.dumps(["words", *row], ensure_ascii=False)

    def _project_all(self, dossiers: Iterable[str], fresh: Mapping[str, list[Event]]) -> None:
        """Write the rows of the dossiers; `fresh`: events just written, all there are of a dossier that is new.

        The words of many go after their rows: a row written in between would let the index of words be stored as
        far as it is, each time.
        """
        law, authority, names = self.law(), self.authority(), iter(dossiers)
        while some := list(islice(names, _AT_ONCE)):
            words: list[tuple[int, str]] = []
            for dossier_id in some:
                events = fresh.get(dossier_id, [])
                if not events or self._log.count_of(dossier_id) != len(events):
                    events = self._log.events_of(dossier_id)
                words += self._project(fold(dossier_id, events, authority.may, authority.desks.waiting), law)
            for rowid, text in words:
                self._write_words(rowid, text)

    def _project(self, dossier: Dossier, law: Law) -> list[tuple[int, str]]:
        """Write the dossier's row; where it has one, its number with the words that it is found by."""
        if dossier.destroyed:
            remove_bodies(self._db, self._own, dossier.id, dossier.destroyed)
        write_ledgers(self._db, dossier)
        if dossier.state is None:
            self._drop(dossier.id)
            return []
        write_tally(self._db, dossier)
        write_passage(self._db, dossier)
        row = dossier_row(dossier, standing(dossier, law), citizen_deadline(dossier, law))
        (rowid,) = self._db.execute(_UPSERT, row).fetchone()
        return [(rowid, search_words(dossier))]

    def _write_words(self, rowid: int, words: str) -> None:
        before = self._db.execute("SELECT words FROM dossier_text WHERE rowid = ?", (rowid,)).fetchone()
        if before is None:
            self._db.execute("INSERT INTO dossier_text (rowid, words) VALUES (?, ?)", (rowid, words))
        elif before[0] != words:
            self._db.execute("UPDATE dossier_text SET words = ? WHERE rowid = ?", (words, rowid))

    def _drop(self, dossier_id: str) -> None:
        drop_tally(self._db, dossier_id)
        drop_passage(self._db, dossier_id)
        row = self._db.execute("DELETE FROM dossier WHERE id = ? RETURNING rowid", (dossier_id,)).fetchone()
        if row is not None:
            self._db.execute("DELETE FROM dossier_text WHERE rowid = ?", row)

    def _station(self, entity: str) -> None:
        kind, _, name = entity.partition(":")
        if kind in AREAS:
            write_voices(self._db, self._log, self.authority(), self._own, entity)
            return
        events = sorted(self._log.understood(entity), key=lambda event: event.order)
        desks = self.authority().desks
        if kind == "officer":
            self._officer(name, *officers_by(events, desks))
        elif kind == "desk":
            counting = (event for event in events if event.kind == "desk_enrolled" or not desks.is_revoked(event))
            self._desk(name, counting)
        elif kind == "shift":
            write_handover(self._db, name, handover_of(self._log, self.authority(), name))

    def _officer(self, officer: str, events: Iterable[Event], only_at: Mapping[str, str]) -> None:
        facts: dict[str, object] = {"active": True}
        for event in events:
            if event.kind in OFFICER_KINDS:
                facts.update(event.body)
        if not facts.keys() >= _OFFICER_FACTS:
            self._db.execute("DELETE FROM officer WHERE id = ?", (officer,))
            return
        values = (
            officer,
            facts["code"],
            facts["name"],
            json.dumps(facts["roles"]),
            facts["active"],
            facts["verifier"],
            only_at.get(officer),
            "deputy" if facts.get("signs") == "deputy" else "head",
        )
        self._db.execute("INSERT OR REPLACE INTO officer VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def _desk(self, desk: str, events: Iterable[Event]) -> None:
        facts: dict[str, object] = {}
        shared = 0
        for event in events:
            if event.kind == "desk_enrolled":
                facts.update(event.body)
            elif event.kind == "desk_renumbered" and event.desk == desk and facts:
                facts["number"] = event.body["number"]
            shared += event.kind == "station_key_shared"
        if facts:
            values = (desk, facts["number"], facts["sign_key"], facts["seal_key"], shared)
            self._db.execute("INSERT OR REPLACE INTO desk VALUES (?, ?, ?, ?, ?)", values)

    def _any_open(self) -> bool:
        return self._db.execute("SELECT 1 FROM dossier WHERE lane < 4 LIMIT 1").fetchone() is not None

    def _acted_on_by(self, officer: str) -> list[str]:
        if not self._db.execute("SELECT 1 FROM acted WHERE officer = ?", (officer,)).fetchone():
            return []
        kinds = ", ".join("?" * len(DOSSIER_KINDS))
        asked = f"SELECT DISTINCT entity FROM event WHERE officer = ? AND kind IN ({kinds})"
        return [row[0] for row in self._db.execute(asked, (officer, *DOSSIER_KINDS))]

    def _mark(self, part: str) -> object:
        """Count, last number and its hash: after a rollback the same number is given to another event."""
        return self._db.execute(f"SELECT count(*), max(n), hash FROM event WHERE {_RANGES[part]}").fetchone()

    def _of(self, part: str, without: Places = frozenset()) -> list[Event]:
        names = self._db.execute(f"SELECT DISTINCT entity FROM event WHERE {_RANGES[part]}").fetchall()
        found = [event for (name,) in names for event in self._log.understood(name, without)]
        return sorted(found, key=lambda event: event.order)


def is_dossier(entity: str) -> bool:
    """Whether an event's entity is a dossier, and no part of the station."""
    return ":" not in entity and entity != "calendar"


def _is_law(entity: str) -> bool:
    return entity == "calendar" or entity.startswith("catalogue:")
