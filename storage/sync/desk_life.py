"""A desk's life in its station: what is known of each, and the admin's signed word on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.answers import Refusal
from core.desks import ConfirmDesk, Desks, KnownDesk, RetireDesk, RevokeDesk
from core.events import KINDS
from core.moments import LEGAL_TIME
from core.record import read_event
from core.signed import statement
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.folder import keep_station_key, read_identity, write_meta
from storage.keys import seal_public, sign
from storage.officers import Officer
from storage.sync.enrolment import elsewhere, holds_admin_key, is_sealable, is_strict, sealed_ring


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """One desk as it is known here: `epoch` and `seq` of its newest event that is here, `heard_at` when it wrote that.

    `officer`: who came with it, where that can be told. `station_key`: whether the newest key has come to it.
    """

    known: KnownDesk
    number: int
    admin: bool
    epoch: int
    seq: int
    heard_at: datetime | None
    officer: Officer | None
    station_key: bool


def desk_facts(desk: Desk) -> list[DeskFacts]:
    """Every desk that enrolled itself, by number."""
    desks = desk.projection.desks()
    numbers = _numbers(desk)
    came = _came_with(desk)
    found = []
    for name, known in desks.known.items():
        epochs = [origin for origin in desk.log.heads() if origin.desk == name]
        newest = max(epochs, key=lambda origin: origin.epoch, default=Origin(name, 1))
        seq = desk.log.last_seq(newest)
        found.append(
            DeskFacts(
                known=known,
                number=numbers.get(name, known.number),
                admin=name == desks.admin_desk,
                epoch=newest.epoch,
                seq=seq,
                heard_at=_written_at(desk, newest, seq),
                officer=came.get(name),
                station_key=known.newest_key == desks.station_key,
            )
        )
    return sorted(found, key=lambda one: (one.number, one.known.id))


_ENDING = 4


def find_desk(desk: Desk, text: str) -> str | Refusal:
    """The id behind a desk's id, a unique ending of it (four letters at least), or its number."""
    known = desk.projection.desks().known
    numbers = {name: number for name, number in _numbers(desk).items() if name in known}
    wanted = text.strip().lower()
    found = [name for name, number in numbers.items() if wanted == str(number)]
    found = found or [name for name in numbers if len(wanted) >= _ENDING and name.endswith(wanted)]
    if len(found) == 1:
        return found[0]
    return Refusal("desk_ambiguous" if found else "desk_unknown", params={"desk": text})


def confirm_desk(desk: Desk, officer: Officer, name: str) -> Refusal | None:
    """Sign a desk's keys: from now on what it did and does has its effect everywhere.

    Refusals: `role_missing`, `admin_key_elsewhere`, `desk_confirmed_already`, `desk_revoked_already`.
    """
    desks = desk.projection.desks()
    known = desks.known[name]
    refused = _not_admin(desk, officer, "desk_confirmed") or _ended(known, retired_too=False)
    if refused is None and known.confirmed:
        refused = Refusal("desk_confirmed_already")
    if refused:
        return refused
    signature = _signed(desk, "desk_confirmed", desk=name, sign_key=known.sign_key, seal_key=known.seal_key)
    answer = desk.do(ConfirmDesk(name, signature, desk.now()), officer)
    return answer if isinstance(answer, Refusal) else None


def revoke_desk(desk: Desk, officer: Officer, name: str, epoch: int, from_seq: int) -> Refusal | None:
    """From (epoch, from_seq) on nothing of the desk has an effect; what is sealed after it can't read.

    The station's key changes in the same command, the new one sealed to each desk that stays. Refusals:
    `role_missing`, `admin_key_elsewhere`, `desk_is_admins`, `desk_revoked_already` (from there or from before).
    """
    desks = desk.projection.desks()
    refused = _not_admin(desk, officer, "desk_revoked") or _own(desks, name)
    place = desks.known[name].revoked
    if refused is None and place is not None and place <= (epoch, from_seq):
        refused = Refusal("desk_revoked_already")
    if refused:
        return refused
    private = desk.entropy(32)
    station_key = seal_public(private).hex()
    command = RevokeDesk(
        desk=name,
        epoch=epoch,
        from_seq=from_seq,
        signature=_signed(desk, "desk_revoked", desk=name, epoch=epoch, from_seq=from_seq),
        station_key=station_key,
        key_signature=_signed(desk, "station_key_changed", station_key=station_key),
        sealed={one.id: sealed_ring(desk, one, private) for one in _staying(desk, desks) if one.id != name},
        at=desk.now(),
    )
    with transaction(desk.connection):
        answer = desk.do_within(command, officer)
        if isinstance(answer, Refusal):
            return answer
        keep_station_key(desk.connection, private)
        write_meta(desk.connection, {"station_private": private})
    desk.identity = read_identity(desk.connection)
    return None


def retire_desk(desk: Desk, officer: Officer, name: str) -> Refusal | None:
    """The desk's work has ended: it gets no keys any more, and its number is never given again.

    Refusals: `role_missing`, `admin_key_elsewhere`, `desk_is_admins`, `desk_revoked_already`, `desk_retired_already`.
    """
    desks = desk.projection.desks()
    refused = _not_admin(desk, officer, "desk_retired") or _own(desks, name)
    refused = refused or _ended(desks.known[name], retired_too=True)
    if refused:
        return refused
    answer = desk.do(RetireDesk(name, _signed(desk, "desk_retired", desk=name), desk.now()), officer)
    return answer if isinstance(answer, Refusal) else None


def _not_admin(desk: Desk, officer: Officer, kind: str) -> Refusal | None:
    """Both are asked: an admin's role, and the admin's private key, which one desk alone holds."""
    if not officer.roles & KINDS[kind].roles:
        return Refusal("role_missing", params={"kind": kind, "roles": "admin"})
    return None if holds_admin_key(desk) else elsewhere(desk)


def _own(desks: Desks, name: str) -> Refusal | None:
    return Refusal("desk_is_admins") if name == desks.admin_desk else None


def _ended(known: KnownDesk, *, retired_too: bool) -> Refusal | None:
    if known.revoked is not None:
        return Refusal("desk_revoked_already")
    return Refusal("desk_retired_already") if retired_too and known.retired else None


def _signed(desk: Desk, what: str, /, **facts: object) -> str:
    return sign(desk.identity.sign_private, statement(what, desk.identity.station, **facts)).hex()


def _staying(desk: Desk, desks: Desks) -> list[KnownDesk]:
    """Whom the new key is sealed to at once; this desk too, whose database may come back from before."""
    strict = is_strict(desk)
    known = [one for _, one in sorted(desks.known.items())]
    return [one for one in known if one.is_served and (one.confirmed or not strict) and is_sealable(one)]


def _numbers(desk: Desk) -> dict[str, int]:
    return dict(desk.connection.execute("SELECT id, number FROM desk").fetchall())


def _written_at(desk: Desk, origin: Origin, seq: int) -> datetime | None:
    stored = desk.log.stored(origin, seq - 1, 1) if seq else []
    if not stored:
        return None
    written = read_event(stored[0].header, None).hlc >> 16
    return datetime.fromtimestamp(written // 1000, LEGAL_TIME)


def _came_with(desk: Desk) -> dict[str, Officer]:
    """For each desk the officer who added himself there."""
    found: dict[str, Officer] = {}
    for officer in desk.officers.all():
        added = desk.log.understood(f"officer:{officer.id}")[0]
        if added.by == officer.id:
            found.setdefault(added.desk, officer)
    return found
