"""A desk's digest at a hub: keyed hashes of what is open at it, so that what cannot be taken in is still found.

canonical JSON: format, station, desk, seal, n · newline · n × (keyed hash (10), dossier id (16)) · Ed25519 (64)
"""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from core.duplicates import Case
from core.record import canonical
from storage.database import transaction
from storage.desk import Desk
from storage.keys import sign, signature_holds
from storage.repeats import digest_key, marks
from storage.sync.enrolment import sign_key
from storage.sync.protocol import Hub

_NAME = "digest-"
_FORMAT = 1
_DAYS = 60
_MOST = 5000
_MARK, _ID, _SIGNATURE = 10, 16, 64
_LARGEST = 1024 + _MOST * 2 * (_MARK + _ID) + _SIGNATURE
_DESKS = 100
_WRITTEN, _READ = "digest written", "digest read "
_OWN = """
SELECT id, procedure, applicant_kind, applicant_number, applicant_name, birth FROM dossier
WHERE lane < 4 AND desk = ? AND received_at >= ? ORDER BY received_at DESC, id LIMIT ?
"""


def meet_digests(desk: Desk, hub: Hub) -> None:
    """Leave this desk's digest where it changed, and keep of the others' what is not here."""
    if digest_key(desk) is None:
        return
    _write(desk, hub)
    own = _NAME + desk.identity.desk
    for name in [one for one in hub.blobs(desk.identity.station, _NAME) if one != own][:_DESKS]:
        _read(desk, hub, name)


def _write(desk: Desk, hub: Hub) -> None:
    stand = str(desk.log.last())
    before, _, digest = hub.memory.get(_WRITTEN, "").partition(" ")
    if before == stand:
        return
    data = _digest(desk)
    told = hashlib.sha256(data).hexdigest()
    if told != digest:
        hub.put_blob(desk.identity.station, _NAME + desk.identity.desk, data)
    hub.memory[_WRITTEN] = f"{stand} {told}"


def _digest(desk: Desk) -> bytes:
    key = digest_key(desk)
    assert key is not None
    since = int(desk.now().timestamp()) - _DAYS * 86_400
    entries: list[bytes] = []
    for name, procedure, kind, *person in desk.connection.execute(_OWN, (desk.identity.desk, since, _MOST)):
        number, applicant, birth = person
        case = Case(name, procedure, kind or "citizen", applicant, number, birth)
        entries += [mark + _bytes_of(name) for mark in marks(key, case)]
    head = {
        "format": _FORMAT,
        "station": desk.identity.station,
        "desk": desk.identity.desk,
        "seal": desk.station_key(),
        "n": len(entries),
    }
    signed = b"".join((canonical(head), b"\n", *entries))
    return signed + sign(desk.identity.sign_private, signed)


def _bytes_of(dossier: str) -> bytes:
    """An id is a UUID; of any other only its hash is told, so that it is nobody's."""
    try:
        return UUID(dossier).bytes
    except ValueError:
        return hashlib.blake2b(dossier.encode(), digest_size=_ID).digest()


def _read(desk: Desk, hub: Hub, name: str) -> None:
    data = hub.get_blob(desk.identity.station, name)
    if data is None or len(data) > _LARGEST:
        return
    told, of = hashlib.sha256(data).hexdigest(), name.removeprefix(_NAME)
    if hub.memory.get(_READ + of) == told:
        return
    entries = _entries(desk, of, data)
    if entries is None:
        return
    with transaction(desk.connection):
        desk.connection.execute("DELETE FROM elsewhere WHERE desk = ?", (of,))
        desk.connection.executemany(
            "INSERT OR IGNORE INTO elsewhere SELECT ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM dossier WHERE id = ?)",
            [(mark, dossier, of, dossier) for mark, dossier in entries],
        )
    hub.memory[_READ + of] = told


def _entries(desk: Desk, of: str, data: bytes) -> list[tuple[bytes, str]] | None:
    """What a digest holds; None where it is not that desk's, or hashed by a key that is not the station's now."""
    signed, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    key = sign_key(desk, of)
    if key is None or not signature_holds(key, signature, signed):
        return None
    head, _, rest = signed.partition(b"\n")
    try:
        found = json.loads(head)
        place = (found["format"], found["station"], found["desk"], found["seal"])
        whole = len(rest) == found["n"] * (_MARK + _ID)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if place != (_FORMAT, desk.identity.station, of, desk.station_key()) or not whole:
        return None
    parts = [rest[at : at + _MARK + _ID] for at in range(0, len(rest), _MARK + _ID)]
    return [(part[:_MARK], str(UUID(bytes=part[_MARK:]))) for part in parts]
