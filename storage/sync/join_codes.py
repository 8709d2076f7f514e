"""Join codes: 128 random bits that let one desk in at once, until they expire.

Everything is drawn from the code: the blob's name at the hub, the key that its content is encrypted with, and the
Ed25519 join key. The content holds the station's private keys and the admission: the join key's public half and the
expiry, signed by the admin's desk. The newcomer signs its own keys with the join key, so that every desk can follow
admin → join key → desk without asking anyone. A code made at another desk brings the keys alone.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.answers import InvalidInput, Refusal
from core.events import KINDS
from core.signed import statement
from storage.database import transaction
from storage.desk import Desk
from storage.keys import decrypt, derived, encrypt, sign, sign_public, signature_holds
from storage.officers import Officer
from storage.sync.enrolment import elsewhere, holds_admin_key, is_strict
from storage.sync.protocol import Hub

VALID_FOR = timedelta(hours=24)
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL", "011")
_SECRET, _CHECK, _GROUP = 16, 12, 4
_LENGTH = (_SECRET * 8 + _CHECK) // 5


@dataclass(frozen=True, slots=True)
class JoinCode:
    """What the admin reads out; `confirms`: whether the desk that comes with it is confirmed at once."""

    code: str
    expires_at: datetime
    confirms: bool


@dataclass(frozen=True, slots=True)
class Admission:
    """What a code opened: the station's private keys, the newest first, and the signed promise."""

    keys: tuple[bytes, ...]
    newest: str
    join_private: bytes
    expires_at: str
    signature: str

    @property
    def join_key(self) -> str:
        return sign_public(self.join_private).hex()

    def proof(self, station: str, desk: str, sign_key: str, seal_key: str) -> dict[str, str]:
        """What the enrolment carries so that every desk can check it."""
        said = statement("desk_admitted", station, desk=desk, sign_key=sign_key, seal_key=seal_key)
        return {
            "join_key": self.join_key,
            "expires_at": self.expires_at,
            "signature": self.signature,
            "proof": sign(self.join_private, said).hex(),
            "key": self.newest,
        }


def make_join_code(desk: Desk, hub: Hub, officer: Officer) -> JoinCode | Refusal:
    """Leave at the hub what a desk needs to join within a day.

    Refusals: `role_missing` (an admin's word), `join_code_no_key` (this desk holds no key of the station's yet),
    `admin_key_elsewhere` (under `strict_enrolment` no key goes out before the admin has confirmed).
    """
    if not officer.roles & KINDS["desk_confirmed"].roles:
        return Refusal("role_missing", params={"kind": "desk_confirmed", "roles": "admin"})
    desks = desk.projection.desks()
    own, ring = desks.known.get(desk.identity.desk), desk.keys()
    if own is None or not own.is_served or desks.station_key not in ring:
        return Refusal("join_code_no_key")
    if is_strict(desk) and not holds_admin_key(desk):
        return elsewhere(desk)
    secret, expires_at = desk.entropy(_SECRET), desk.now() + VALID_FOR
    admission = offered(desk, secret, expires_at)
    name = blob_name(secret)
    hub.put_blob(desk.identity.station, name, _closed(secret, desk.identity.station, admission))
    with transaction(desk.connection):
        values = (name, hub.url, admission.join_key, int(expires_at.timestamp()))
        desk.connection.execute("INSERT OR REPLACE INTO join_code VALUES (?, ?, ?, ?)", values)
    return JoinCode(shown(secret), expires_at, bool(admission.signature))


def offered(desk: Desk, secret: bytes, expires_at: datetime) -> Admission:
    """The admission behind a code, signed where this desk holds the admin's key."""
    keys, ring = desk.projection.desks().station_keys, desk.keys()
    join_private, expires = derived(secret, "join key"), expires_at.isoformat(timespec="seconds")
    signature = ""
    if holds_admin_key(desk):
        join_key = sign_public(join_private).hex()
        promise = statement("join_code", desk.identity.station, join_key=join_key, expires_at=expires)
        signature = sign(desk.identity.sign_private, promise).hex()
    held = tuple(ring[public] for public in reversed(keys) if public in ring)
    return Admission(held, keys[-1], join_private, expires, signature)


def redeem(hubs: Sequence[Hub], station: str, code: str, now: datetime, *, test: bool) -> tuple[Hub, Admission]:
    """The first hub where the code's blob lies, with what it holds. A test station's clock is not the hub's.

    Raises InvalidInput `join_code_mistyped`, `join_code_unknown` (never made here, or used and tidied away),
    `join_code_expired`.
    """
    secret = read_code(code)
    for hub in hubs:
        sealed = hub.get_blob(station, blob_name(secret))
        if sealed is not None:
            admission = _opened(secret, station, sealed)
            theirs = None if test else hub.now()
            if max(now, theirs or now) > datetime.fromisoformat(admission.expires_at):
                raise InvalidInput("join_code_expired")
            return hub, admission
    raise InvalidInput("join_code_unknown")


def refuse_other_station(desk: Desk, admission: Admission) -> None:
    """A code that an admin signed lets into his station alone: InvalidInput `join_code_other_station`."""
    if not admission.signature:
        return
    promise = statement(
        "join_code", desk.identity.station, join_key=admission.join_key, expires_at=admission.expires_at
    )
    try:
        admin, signature = bytes.fromhex(desk.projection.desks().admin_key or ""), bytes.fromhex(admission.signature)
    except ValueError:
        admin = signature = b""
    if not signature_holds(admin, signature, promise):
        raise InvalidInput("join_code_other_station")


def refuse_used(desk: Desk, admission: Admission) -> None:
    """A code lets one desk in: InvalidInput `join_code_used`."""
    if admission.join_key in _came(desk):
        raise InvalidInput("join_code_used")


def tidy_join_codes(desk: Desk, hub: Hub) -> None:
    """Delete at the hub the codes made here that have expired or that a desk has come with."""
    rows = desk.connection.execute("SELECT name, join_key, expires_at FROM join_code WHERE url = ?", (hub.url,))
    came, now = _came(desk), desk.now().timestamp()
    for name, join_key, expires_at in rows.fetchall():
        if join_key in came or expires_at < now:
            hub.delete_blob(desk.identity.station, name)
            with transaction(desk.connection):
                desk.connection.execute("DELETE FROM join_code WHERE name = ?", (name,))


def _came(desk: Desk) -> set[str]:
    """The join keys that desks enrolled with, signed by the admin or not."""
    events = [event for name in desk.projection.desks().known for event in desk.log.understood(f"desk:{name}")]
    admissions = [event.body.get("admission") or {} for event in events if event.kind == "desk_enrolled"]
    return {str(one["join_key"]) for one in admissions if one.get("join_key")}


def shown(secret: bytes) -> str:
    """The code in groups of letters that can't be taken for one another, with a check of its own."""
    value = int.from_bytes(secret, "big") << _CHECK | _check(secret)
    letters = "".join(_LETTERS[value >> place * 5 & 31] for place in reversed(range(_LENGTH)))
    return "-".join(letters[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))


def read_code(text: str) -> bytes:
    """The bits behind a code however it was typed; InvalidInput `join_code_mistyped`."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_MISREAD)
    letters = [letter for letter in plain if not letter.isspace() and letter not in "-–—_."]
    if len(letters) != _LENGTH or not set(letters) <= set(_LETTERS):
        raise InvalidInput("join_code_mistyped")
    value = 0
    for letter in letters:
        value = value << 5 | _LETTERS.index(letter)
    secret = (value >> _CHECK).to_bytes(_SECRET, "big")
    if _check(secret) != value & (1 << _CHECK) - 1:
        raise InvalidInput("join_code_mistyped")
    return secret


def blob_name(secret: bytes) -> str:
    """The blob's name at the hub: it tells nobody the code."""
    return f"join-{derived(secret, 'name')[:_SECRET].hex()}"


def _check(secret: bytes) -> int:
    return int.from_bytes(hashlib.sha256(secret).digest()[:2], "big") >> 16 - _CHECK


def _closed(secret: bytes, station: str, admission: Admission) -> bytes:
    content: Mapping[str, object] = {
        "expires_at": admission.expires_at,
        "keys": [key.hex() for key in admission.keys],
        "newest": admission.newest,
        "signature": admission.signature,
    }
    return encrypt(derived(secret, "content"), json.dumps(content).encode(), station.encode())


def _opened(secret: bytes, station: str, sealed: bytes) -> Admission:
    try:
        content = json.loads(decrypt(derived(secret, "content"), sealed, station.encode()))
        keys = tuple(bytes.fromhex(key) for key in content["keys"])
        datetime.fromisoformat(content["expires_at"])
        join = derived(secret, "join key")
        return Admission(keys, content["newest"], join, content["expires_at"], content["signature"])
    except (InvalidInput, ValueError, KeyError, TypeError) as error:
        raise InvalidInput("join_code_unknown") from error
