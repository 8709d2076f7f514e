"""What the station thinks of its desks, and what their events are worth then: over values alone."""

from __future__ import annotations

from typing import Any

import pytest

from core.authority import Authority, officers_by
from core.desks import NO_DESKS, Desks, claims, known_desks
from core.dossier import fold
from core.record import Event
from core.signed import statement
from tests.core.writers import DOSSIER, RECEIVED, START, Writer

FOUNDED = {"code": "u", "name": "U", "desk": "a", "station_key": "k0", "admin_key": "ADMIN"}
JOIN = {"join_key": "J", "expires_at": "2026-05-21T09:00:00+07:00", "signature": "S", "proof": "P", "key": "k0"}


def event(kind: str, entity: str, desk: str, seq: int, body: dict[str, Any], epoch: int = 1) -> Event:
    return Event(f"{desk}{epoch}-{seq}", entity, kind, 1, START, "o", "u", desk, epoch, seq, seq, (), (0, 1), body)


def enrolled(desk: str, seq: int = 1, **more: Any) -> Event:
    body = {"number": 1, "sign_key": f"sign {desk}", "seal_key": f"seal {desk}", **more}
    return event("desk_enrolled", f"desk:{desk}", desk, seq, body)


STATION = (event("station_founded", "unit:u", "a", 1, FOUNDED), enrolled("a", 2), enrolled("b"), enrolled("c"))
CONFIRMED = event("desk_confirmed", "desk:b", "a", 5, {"signature": "S"})
REVOKED = event("desk_revoked", "desk:b", "a", 6, {"epoch": 1, "from_seq": 10, "signature": "S"})
CHANGED = event("station_key_changed", "unit:u", "a", 7, {"station_key": "k1", "signature": "S"})


def judged(*more: Event, failing: tuple[Event, ...] = ()) -> Desks:
    events = (*STATION, *more)
    return known_desks(events, {one.name for one in events} - {one.name for one in failing})


def states(desks: Desks) -> dict[str, str]:
    return {name: one.state for name, one in desks.known.items()}


@pytest.mark.parametrize(
    ("more", "failing", "state"),
    [
        ((), (), "unconfirmed"),
        ((CONFIRMED,), (), "confirmed"),
        ((CONFIRMED,), (CONFIRMED,), "unconfirmed"),
        ((REVOKED,), (), "revoked"),
        ((CONFIRMED, REVOKED), (), "revoked"),
        ((CONFIRMED, REVOKED), (REVOKED,), "confirmed"),
        ((CONFIRMED, event("desk_retired", "desk:b", "a", 8, {"signature": "S"})), (), "retired"),
    ],
)
def test_a_desk_is_what_the_holding_signatures_say(
    more: tuple[Event, ...], failing: tuple[Event, ...], state: str
) -> None:
    assert states(judged(*more, failing=failing)) == {"a": "confirmed", "b": state, "c": "unconfirmed"}
    assert states(judged(*reversed(more), failing=failing))["b"] == state


def test_before_the_founding_has_come_nobody_is_known() -> None:
    assert known_desks(STATION[1:], {one.name for one in STATION}) is NO_DESKS
    assert list(claims("st", STATION[1:])) == []


def test_a_code_confirms_one_desk_until_it_expires() -> None:
    first, second = enrolled("d", 20, admission=JOIN), enrolled("e", 21, admission=JOIN)
    assert states(judged(first, second)) | {"d": "confirmed", "e": "unconfirmed"} == states(judged(second, first))
    assert states(judged(first, failing=(first,)))["d"] == "unconfirmed"
    late = enrolled("d", 20, admission={**JOIN, "expires_at": "2026-05-21T07:59:59+07:00"})
    assert states(judged(late))["d"] == "unconfirmed"


def test_what_has_to_be_signed_names_the_station_the_deed_and_the_keys() -> None:
    asked = {one.event[1]: one for one in claims("st", (*STATION, CONFIRMED, REVOKED, CHANGED))}
    assert {one.public for one in asked.values()} == {"ADMIN"}
    assert asked["a1-5"].message == statement("desk_confirmed", "st", desk="b", sign_key="sign b", seal_key="seal b")
    assert asked["a1-6"].message == statement("desk_revoked", "st", desk="b", epoch=1, from_seq=10)
    assert asked["a1-7"].message == statement("station_key_changed", "st", station_key="k1")
    promise, proof = claims("st", (*STATION, enrolled("d", 20, admission=JOIN)))
    assert (promise.public, promise.signature, proof.public, proof.signature) == ("ADMIN", "S", "J", "P")
    assert promise.message == statement("join_code", "st", join_key="J", expires_at=JOIN["expires_at"])
    assert proof.message == statement("desk_admitted", "st", desk="d", sign_key="sign d", seal_key="seal d")


def test_the_newest_station_key_and_who_has_it() -> None:
    desks = judged(CHANGED, share("b", "a", 8, key="k1"), share("c", "b", 9))
    assert desks.station_keys == ("k0", "k1")
    held = {name: one.newest_key for name, one in desks.known.items()}
    assert held == {"a": "k0", "b": "k1", "c": "k0"}, "another copy of the desk that made it may lack it"
    assert judged(CHANGED, failing=(CHANGED,)).station_keys == ("k0",)


def share(to: str, by: str, seq: int, **more: Any) -> Event:
    return event("station_key_shared", f"desk:{to}", by, seq, {"sealed": "00", **more})


def test_whom_an_earlier_release_gave_the_key_was_let_in() -> None:
    let_in = (share("b", "a", 8), share("c", "b", 9))
    assert states(judged(*let_in)) == states(judged(*reversed(let_in))) == dict.fromkeys("abc", "confirmed")
    assert states(judged(share("c", "b", 9))) == {"a": "confirmed", "b": "unconfirmed", "c": "unconfirmed"}
    assert states(judged(share("b", "a", 8, key="k0"))) == {"a": "confirmed", "b": "unconfirmed", "c": "unconfirmed"}
    after = judged(share("b", "a", 8), REVOKED, share("c", "b", 10))
    assert states(after) == {"a": "confirmed", "b": "revoked", "c": "unconfirmed"}


@pytest.mark.parametrize(("epoch", "seq", "works"), [(1, 9, True), (1, 10, False), (2, 1, False)])
def test_a_revocation_counts_from_its_place_on_in_the_desks_own_chain(epoch: int, seq: int, works: bool) -> None:
    officer = event("officer_changed", "officer:o", "a", 0, {"roles": ["leader"]})
    who = Authority([officer], judged(CONFIRMED, REVOKED))
    assert who.may(event("approved", "x", "b", seq, {}, epoch)) is works
    own = Authority([officer], judged(CONFIRMED, REVOKED).trusting("b"))
    assert own.may(event("approved", "x", "b", seq, {}, epoch)), "the desk itself goes on"


def test_the_earliest_of_two_revocations_counts() -> None:
    later = event("desk_revoked", "desk:b", "a", 9, {"epoch": 1, "from_seq": 30, "signature": "S"})
    assert judged(REVOKED, later).revoked == judged(later, REVOKED).revoked == {"b": (1, 10)}


def added(officer: str, desk: str, seq: int, *roles: str) -> Event:
    return event("officer_added", f"officer:{officer}", desk, seq, {"roles": list(roles)})


def test_an_unconfirmed_desks_own_officers_count_there_and_nowhere_else() -> None:
    rows = [added("boss", "a", 3, "admin"), added("own", "b", 3, "leader"),
            event("officer_changed", "officer:boss", "b", 4, {"roles": []})]  # fmt: skip
    who = Authority(rows, judged())
    place = (99, "", 0, 0)
    assert "leader" in who.roles("own", place, "b") and not who.roles("own", place, "a")
    assert who.roles("boss", place, "a") == who.roles("boss", place, "b") == {"admin"}
    assert officers_by(rows, judged())[1] == {"own": "b"}
    after = Authority(rows, judged(CONFIRMED))
    assert "leader" in after.roles("own", place, "a") and not after.roles("boss", place, "a")


def test_an_unconfirmed_desk_takes_no_officer_over_by_an_early_clock() -> None:
    rows = [added("boss", "b", 0, "auditor"), added("boss", "a", 3, "admin")]
    assert Authority(rows, judged()).roles("boss", (99, "", 0, 0), "a") == {"admin"}


def test_law_by_an_unconfirmed_desk_waits() -> None:
    rows = [added("own", "b", 3, "admin", "leader")]
    deed = event("calendar_amended", "calendar", "b", 5, {})
    deed = Event(*(getattr(deed, name) for name in Event.__struct_fields__[:5]), "own",
                 *(getattr(deed, name) for name in Event.__struct_fields__[6:]))  # fmt: skip
    assert Authority(rows, judged()).may(deed) and not Authority(rows, judged()).may_for_all(deed)
    assert Authority(rows, judged(CONFIRMED)).may_for_all(deed)


def anyone(_: Event) -> bool:
    return True


def marks(events: dict[str, Event], waiting: set[str]) -> dict[str, str]:
    folded = fold(DOSSIER, events.values(), anyone, waiting)
    return {events[name].kind: mark for name, mark in folded.marks.items()}


def test_legal_effects_of_an_unconfirmed_desk_on_others_dossiers_wait_and_nothing_else_does() -> None:
    one, two = Writer("a"), Writer("b")
    one.write(("received", RECEIVED))
    two.learn(one.seen.values())
    two.write("approved")
    two.write(("noted", {"text": "x"}))
    assert marks(two.seen, {"b"}) == {"approved": "unconfirmed"}
    assert marks(two.seen, {"a", "b"}) == {"approved": "unconfirmed"}, "whose it was first, of two"
    assert marks(two.seen, {"a"}) == marks(two.seen, set()) == {}


def test_waiting_effects_conflict_with_nothing_until_they_count() -> None:
    one, two = Writer("a"), Writer("b")
    one.write(("received", RECEIVED))
    two.learn(one.seen.values())
    one.write("approved")
    two.write(("refused", {"reason": "x"}))
    one.learn(two.seen.values())
    assert not fold(DOSSIER, one.seen.values(), anyone, {"b"}).conflicts
    assert fold(DOSSIER, one.seen.values(), anyone).conflicts


def test_what_began_at_an_unconfirmed_desk_keeps_what_it_was_taken_in_with() -> None:
    one, two = Writer("a"), Writer("b")
    two.write(("submitted", {name: RECEIVED[name] for name in ("procedure", "applicant")}))
    one.learn(two.seen.values())
    one.write(("received", RECEIVED))
    assert marks(one.seen, {"b"}) == {}
    two.learn(one.seen.values())
    two.write("approved")
    assert marks(two.seen, {"b"}) == {"approved": "unconfirmed"}


def test_a_destroyed_body_takes_part_in_nothing() -> None:
    one = Writer("a")
    one.write(("received", RECEIVED))
    (note,) = one.write(("noted", {"text": "bí mật"}))
    (phone,) = one.write(("corrected", {"field": "applicant.phone", "new": "0905"}))
    one.write(("body_destroyed", {"events": [note.event_id, phone.event_id], "reason": "x"}))
    folded = fold(DOSSIER, one.seen.values(), anyone)
    assert [folded.marks.get(name) for name in (note.event_id, phone.event_id)] == ["destroyed", "destroyed"]
    assert folded.destroyed == {note.event_id, phone.event_id} and "phone" not in folded.applicant
    assert "bí mật" not in str(folded.events)
    kept = fold(DOSSIER, one.seen.values(), lambda event: event.kind != "body_destroyed")
    assert kept.destroyed == frozenset() and kept.applicant["phone"] == "0905"
