"""The same request at two desks: found among the open dossiers, and in digests of what is not here yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.dossier import Dossier
from core.duplicates import Case, Likeness, duplicates, person_key
from core.queue import Lane
from storage.database import Connection
from storage.desk import Desk
from storage.keys import derived
from storage.queries import Row

_SAME = """
SELECT {column}, procedure FROM dossier INDEXED BY {index} WHERE lane < 4 AND {column} IS NOT NULL
GROUP BY {column}, procedure HAVING count(*) > 1
"""
_INDEXES = {"applicant_number": "dossier_same_number", "person": "dossier_same_person"}
_GROUP = "lane < 4 AND {column} = ? AND procedure = ? ORDER BY received_at DESC LIMIT ?"
_OF_PERSON = "SELECT id FROM dossier INDEXED BY {index} WHERE {group}"
_PAGES = """
SELECT (SELECT sum(length(header) + length(body)) FROM event WHERE entity IN ({names})),
    (SELECT sum(length(applicant_name)) FROM dossier WHERE id IN ({names}))
"""
_CROWD = 100
"""Of one person's open dossiers for one procedure only so many of the newest are held against each other."""
_ELSEWHERE = """
SELECT DISTINCT elsewhere.desk FROM elsewhere LEFT JOIN dossier ON dossier.id = elsewhere.dossier
WHERE alike = ? AND dossier.id IS NULL
"""
_OPEN = "SELECT id, procedure, applicant_kind, applicant_number, applicant_name, birth FROM dossier WHERE lane < 4"
_PURPOSE = "digest of requests v1"
_SIZE = 10
_Known = tuple[Row, Dossier, Case]


@dataclass(frozen=True, slots=True)
class Repeat:
    """An open dossier that repeats another one, by desks that had not seen each other's.

    `other` is None where it is known only by the digest of the desk `desk`: its dossier could not be taken in yet.
    """

    row: Row
    other: Row | None
    desk: str


def find_repeats(desk: Desk) -> list[Repeat]:
    """What is open twice, until somebody judges that it is not the same; the later dossier first of each two."""
    found: dict[tuple[str, str], Repeat] = {}
    for column, index in _INDEXES.items():
        groups = desk.connection.execute(_SAME.format(column=column, index=index)).fetchall()
        for key in groups:
            known = list(_read(desk, _group(desk, column, *key)))
            for place, one in enumerate(known):
                other = next((older for older in known[place + 1 :] if _repeats(one, older)), None)
                if other is not None:
                    found.setdefault((one[0].id, other[0].id), Repeat(one[0], other[0], other[1].events[0].desk))
    return [*found.values(), *_elsewhere(desk)]


def repeats_of(desk: Desk, dossier_id: str) -> list[tuple[Row | None, str]]:
    """The dossiers that an open one may repeat, or that may repeat it, each with its desk; None: not here yet."""
    row = desk.row(dossier_id)
    if row is None or row["lane"] >= Lane.DONE:
        return []
    keys = [(column, row[column]) for column in _INDEXES if row[column] is not None]
    if not keys:
        return []
    near = {one.id: one for column, key in keys for one in _group(desk, column, key, row["procedure"])}
    known = {one[0].id: one for one in _read(desk, near.values())}
    own = known.pop(dossier_id, None)
    found: list[tuple[Row | None, str]] = []
    if own is not None:
        found += [(one[0], one[1].events[0].desk) for one in known.values() if _repeats(own, one)]
        found += [(None, name) for name in told_elsewhere(desk, own[2])]
    return found


def read_ahead(db: Connection, dossier_id: str) -> None:
    """Let the disk bring what showing a dossier reads of it and of its person: an old PC's takes 10 ms a page."""
    asked = f"SELECT procedure, {', '.join(_INDEXES)} FROM dossier WHERE id = ?"
    procedure, *keys = db.execute(asked, (dossier_id,)).fetchone() or (None,)
    names = {dossier_id}
    for (column, index), key in zip(_INDEXES.items(), keys, strict=False):
        if key is not None:
            same = _OF_PERSON.format(index=index, group=_GROUP.format(column=column))
            names |= {name for (name,) in db.execute(same, (key, procedure, _CROWD))}
    db.execute(
        _PAGES.format(names=", ".join(f"?{place}" for place in range(1, len(names) + 1))), tuple(names)
    ).fetchone()


def _group(desk: Desk, column: str, key: str, procedure: str) -> list[Row]:
    where, values = _GROUP.format(column=column), (key, procedure, _CROWD)
    return desk.queries.rows(where, values, desk.bounds(), by=_INDEXES[column])


def _read(desk: Desk, rows: Iterable[Row]) -> Iterator[_Known]:
    named = {row.id: row for row in rows}
    for dossier, _ in desk.explained(named):
        yield named[dossier.id], dossier, case_of(named[dossier.id], dossier.matter)


def _repeats(one: _Known, other: _Known) -> bool:
    """Whether two dossiers are most likely one request that two desks took in without telling each other."""
    first, second = one[1].events[0], other[1].events[0]
    apart = (first.desk, first.epoch) != (second.desk, second.epoch)
    judged = one[1].repeats.get(other[0].id, other[1].repeats.get(one[0].id))
    return apart and judged is not False and is_repeat(one[2], other[2])


def is_repeat(one: Case, other: Case) -> bool:
    """Whether two cases are most likely the same request."""
    return any(found.likeness is Likeness.REPEAT for found in duplicates(one, [other]))


def case_of(row: Row, matter: Mapping[str, Any]) -> Case:
    """A row as a case."""
    kind, number = row["applicant_kind"] or "citizen", row["applicant_number"]
    told = {name: str(text) for name, text in matter.items()}
    return Case(row.id, row["procedure"], kind, row["applicant_name"], number, row["birth"], told)


def alike(desk: Desk, new: Case) -> list[tuple[Case, Row]]:
    """The open dossiers that may be the new one's person's; a matter is only read where it can tell requests apart."""
    person = person_key(new.kind, new.name, new.birth)
    found = []
    for row in desk.queries.open_alike(new.number or "", person, desk.bounds()):
        dossier = desk.dossier(row.id) if row["procedure"] == new.procedure else None
        found.append((case_of(row, dossier.matter if dossier else {}), row))
    return found


def digest_key(desk: Desk) -> bytes | None:
    """The key of the station's digests; None while this desk lacks the station's."""
    keys = desk.keys()
    if not keys or not desk.log.count_of(f"unit:{desk.identity.unit}"):
        return None
    private = keys.get(desk.station_key())
    return None if private is None else derived(private, _PURPOSE)


def marks(key: bytes, case: Case) -> list[bytes]:
    """Keyed hashes of who and what for, by number and by name and birth: equal for what may be the same request."""
    if case.kind == "organisation":
        return []
    person = person_key(case.kind, case.name, case.birth)
    told = [f"{tag}\n{text}\n{case.procedure}" for tag, text in (("n", case.number), ("p", person)) if text]
    return [hashlib.blake2b(text.encode(), key=key, digest_size=_SIZE).digest() for text in told]


def told_elsewhere(desk: Desk, case: Case) -> list[str]:
    """The desks whose digests tell of the same request in a dossier that is not here."""
    if desk.connection.execute("SELECT 1 FROM elsewhere LIMIT 1").fetchone() is None:
        return []
    key = digest_key(desk)
    return [] if key is None else _desks_of(desk, marks(key, case))


def _elsewhere(desk: Desk) -> Iterator[Repeat]:
    if desk.connection.execute("SELECT 1 FROM elsewhere LIMIT 1").fetchone() is None:
        return
    key = digest_key(desk)
    if key is None:
        return
    for name, *facts in desk.connection.execute(_OPEN).fetchall():
        procedure, kind, number, applicant, birth = facts
        where = _desks_of(desk, marks(key, Case(name, procedure, kind or "citizen", applicant, number, birth)))
        row = desk.row(name) if where else None
        if row is not None:
            yield Repeat(row, None, where[0])


def _desks_of(desk: Desk, told: list[bytes]) -> list[str]:
    rows = [row for mark in told for row in desk.connection.execute(_ELSEWHERE, (mark,))]
    return list(dict.fromkeys(str(name) for (name,) in rows))
