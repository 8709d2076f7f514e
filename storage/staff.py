"""Take on an officer: known to the whole station, able to sign in at this desk at once."""

from __future__ import annotations

from collections.abc import Iterable

from core.answers import Refusal
from core.station import AddOfficer
from storage.database import transaction
from storage.desk import Desk
from storage.folder import write_meta
from storage.keys import pin_verifier, seal
from storage.officers import Officer, short_code


def add_officer(desk: Desk, admin: Officer, name: str, roles: Iterable[str], pin: str) -> Officer | Refusal:
    """Add an officer by an admin's word. A desk that can't unseal verifiers yet keeps this one's for itself.

    Raises InvalidInput `pin_too_short`.
    """
    verifier = pin_verifier(pin, desk.entropy)
    sealed = seal(bytes.fromhex(desk.station_key()), verifier.encode(), desk.entropy).hex()
    officer = desk.new_id()
    with transaction(desk.connection):
        code = short_code(name, {one.code for one in desk.officers.all()})
        command = AddOfficer(officer, code, name, tuple(dict.fromkeys(roles)), sealed, desk.now())
        answer = desk.do_within(command, admin)
        if isinstance(answer, Refusal):
            return answer
        if desk.identity.station_private is None:
            write_meta(desk.connection, {f"verifier:{officer}": verifier})
    added = desk.officers.get(officer)
    assert added is not None
    return added
