"""Bundles: what goes in, who opens them, who may make them, and that taking one in is a pull like any other."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.answers import InvalidInput, Refusal
from core.decisions import Undo
from core.record import Draft
from core.station import AllowBundles
from core.text import fold
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import Origin, epoch_ms, unlocked
from storage.founding import found
from storage.keys import seal_public, sign, sign_public
from storage.sync.age import CannotOpen, bech32, decrypt, encrypt
from storage.sync.auditing import audit_again
from storage.sync.batch import BatchBroken, BatchHead, head_of, pack, pack_compact, unpack
from storage.sync.bundle_export import export_bundle, exports
from storage.sync.bundle_file import read_part, words_for
from storage.sync.bundle_hub import BundleHub
from storage.sync.bundle_import import import_bundle, imports
from storage.sync.bundle_policy import Policy, allow, policy_of, read_policy
from storage.sync.desk_life import confirm_desk, revoke_desk
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.joining import start_desk
from storage.verification import verify
from tests.storage.bundles import DECISION, allowed, export, policy, refused, take
from tests.storage.stranger import Stranger
from tests.storage.sync_desks import START, UNIT, Station, act, dump, new_desk, officer_of, take_in


@pytest.fixture
def ready(station: Station) -> Station:
    return allowed(station)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


def keys(desk: Desk) -> list[bytes]:
    return [*desk.keys().values(), desk.identity.seal_private]


def own_head(desk: Desk) -> BatchHead:
    """The desk's first own batch."""
    asked = "SELECT head, signature FROM batch WHERE origin = ? AND first_seq = 1"
    return head_of(*desk.connection.execute(asked, (desk.log.number(desk.identity.origin),)).fetchone())


def test_nothing_is_exported_where_the_founding_cannot_be_read(ready: Station, stick: Path) -> None:
    """Found by history 621246: nobody knows there to which key the bundle is to be sealed."""
    desk = ready.desks[1]
    with transaction(desk.connection), unlocked(desk.connection):
        desk.connection.execute("UPDATE event SET body = '{}' WHERE kind = 'station_founded'")
        desk.projection.rebuild()
    with pytest.raises(InvalidInput, match="founding_unreadable"):
        export(desk, stick / "b")
    assert not list(stick.iterdir())
    audit_again(desk)
    exchange(desk, ready.hub)
    assert export(desk, stick / "b").events


def test_age_keys_are_written_as_age_writes_them() -> None:
    every = bytes.fromhex("00443214c74254b635cf84653a56d7c675be77df")
    assert bech32("abcdef", every) == "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"  # BIP 173
    assert bech32("a", b"") == "a12uel5l"


def test_what_is_sealed_to_a_raw_key_opens_with_its_other_half_only() -> None:
    one, two = bytes(range(32)), bytes(range(1, 33))
    sealed = encrypt(b"secret", [seal_public(one)])
    assert decrypt(sealed, [two, one]) == b"secret"
    for content, code in ((sealed, "bundle_wrong_receiver"), (sealed[:100], "bundle_damaged"), (b"", "bundle_damaged")):
        with pytest.raises(CannotOpen, match=code):
            decrypt(content, [two])


def test_the_words_are_256_that_cannot_be_mistaken_without_their_marks() -> None:
    words = files("storage.sync").joinpath("words.txt").read_text("utf-8").split()
    assert len(words) == len({fold(word) for word in words}) == 256
    assert words_for([b"one"]) == words_for([b"one"]) != words_for([b"two"])
    assert len(words_for([b"one"]).split()) == 6


def test_two_desks_that_never_see_a_hub_meet_both_ways(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    take_in(one, "Nguyễn Văn An")
    take_in(two, "Đặng Thị Đào")
    export(one, stick / "there")
    told = take(two, stick / "there")
    assert (told.error, told.behind, told.conflicts) == (None, 0, 0)
    export(two, stick / "back")
    take(one, stick / "back")
    assert dump(one) == dump(two)
    assert verify(one).holds and verify(two).holds


def test_a_conflict_is_counted_and_both_see_it(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    dossier = take_in(one)
    export(one, stick / "first")
    take(two, stick / "first")
    act(one, dossier, "approved")
    act(two, dossier, "refused", reason="không đủ điều kiện")
    export(one, stick / "there")
    assert take(two, stick / "there").conflicts == 1
    export(two, stick / "back")
    assert take(one, stick / "back").conflicts == 1
    assert dump(one) == dump(two)


def test_a_third_desk_s_signed_batches_travel_along(ready: Station, stick: Path) -> None:
    one, two, three = ready.desks
    take_in(three, "Lò Văn Ba")
    export(three, stick / "a")
    take(one, stick / "a")
    export(one, stick / "b")
    assert take(two, stick / "b").error is None
    assert two.log.heads()[three.identity.origin] == one.log.heads()[three.identity.origin]


def test_what_came_by_a_bundle_goes_on_to_a_hub(ready: Station, stick: Path) -> None:
    one, two, three = ready.desks
    take_in(two, "Lò Văn Ba")
    export(two, stick / "a")
    take(one, stick / "a")
    ready.sync(0, 2)
    assert three.log.last_seq(two.identity.origin) == one.log.last_seq(two.identity.origin)
    assert dump(one) == dump(three)


def test_what_was_exported_cannot_be_undone(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    dossier = take_in(one)
    export(one, stick / "f")
    known = one.dossier(dossier)
    assert known is not None
    group = known.events[0].event_id
    assert one.do(Undo(dossier, group, one.now()), officer_of(one)) == Refusal("undo_left_desk")


def test_a_bundle_carries_what_was_never_heard_back_again_and_again(ready: Station, stick: Path) -> None:
    one, two, three = ready.desks
    take_in(one)
    lost = export(one, stick / "lost")
    second = export(one, stick / "second")
    assert second.events > lost.events > 0
    take(two, stick / "second")
    take(three, stick / "second")
    for desk, name in ((two, "from two"), (three, "from three")):
        export(desk, stick / name)
        take(one, stick / name)
    third = export(one, stick / "third")
    assert third.events < second.events
    for desk in (two, three):
        assert take(desk, stick / "third").error is None
        assert dump(one) == dump(desk)


def test_one_desk_that_was_not_heard_keeps_everything_in_the_bundle(ready: Station, stick: Path) -> None:
    one, two, three = ready.desks
    dossier = take_in(one)
    export(one, stick / "f")
    take(two, stick / "f")
    export(two, stick / "g")
    take(one, stick / "g")
    export(one, stick / "h")
    assert take(three, stick / "h").behind == 0 and three.dossier(dossier) is not None


def test_a_hub_counts_for_desks_that_were_never_heard_after_a_month(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    whole = export(one, stick / "f").events
    one.now = lambda: START + timedelta(days=29)
    assert export(one, stick / "g").events > whole
    one.now = lambda: START + timedelta(days=31)
    later = export(one, stick / "h")
    assert 0 < later.events < whole


def test_since_a_number_leaves_out_own_batches_up_to_it_and_none_of_others(ready: Station, stick: Path) -> None:
    one, other = ready.desks[0], ready.desks[1]
    take_in(other)
    ready.sync(1, 0)
    last = one.log.last_seq(one.identity.origin)
    asked = export(one, stick / "asked", since=0).events
    take_in(one)
    new = one.log.last_seq(one.identity.origin) - last
    assert export(one, stick / "later", since=last).events == asked - last + new
    assert read_part((stick / "later").read_bytes(), keys(one)).batches[0][0].first_seq == last + 1


def test_since_takes_everything_or_what_is_newer_than_a_moment(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    every = export(one, stick / "all", since="all").events
    assert every == sum(head.seq for head in one.log.heads().values()) - 1
    one.now = lambda: START + timedelta(days=2)
    take_in(one)
    newer = export(one, stick / "newer", since=START + timedelta(days=1))
    assert newer.events == 2
    assert export(one, stick / "none", since=START + timedelta(days=9)).events == 0


def test_a_gap_is_told_and_a_return_bundle_closes_it(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    take_in(one)
    export(one, stick / "first")
    one.now = lambda: START + timedelta(days=2)
    take_in(one)
    export(one, stick / "second", since=START + timedelta(days=1))
    told = take(two, stick / "second")
    assert (told.received, told.error and told.error.code) == (0, "bundle_gap") and told.behind > 0
    assert told.error is not None and told.error.params == {"count": str(told.behind)}
    assert told.behind == told.events - told.duplicates
    export(two, stick / "back")
    take(one, stick / "back")
    export(one, stick / "third")
    assert take(two, stick / "third").error is None
    assert two.log.last_seq(one.identity.origin) == one.log.last_seq(one.identity.origin) - 1


def test_a_stale_vector_never_replaces_a_newer_one(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    export(two, stick / "old")
    take_in(one)
    export(one, stick / "f")
    take(two, stick / "f")
    export(two, stick / "new")
    take(one, stick / "new")
    assert one.connection.execute("SELECT count(*) FROM heard").fetchone()[0] == 1
    vector = one.connection.execute("SELECT vector FROM heard").fetchall()
    take(one, stick / "old")
    assert one.connection.execute("SELECT vector FROM heard").fetchall() == vector


def test_the_same_batch_compact_or_sealed_holds_the_same_events(ready: Station) -> None:
    one = ready.desks[0]
    rows = one.connection.execute("SELECT head, signature FROM batch").fetchall()
    for row in rows:
        head = head_of(*row)
        events = one.log.stored(head.origin, head.first_seq - 1, head.n)
        compact = pack_compact(head, events)
        assert unpack(compact, {}).events == unpack(pack(head, events), one.keys()).events == events


def test_a_compact_batch_that_was_altered_anywhere_is_broken(ready: Station) -> None:
    one = ready.desks[0]
    head = own_head(one)
    compact = pack_compact(head, one.log.stored(head.origin, head.first_seq - 1, head.n))
    start = compact.index(head.signature) + len(head.signature)
    for place in range(0, len(compact), len(compact) // 150):
        altered = bytearray(compact)
        altered[place] ^= 1
        try:
            found = unpack(bytes(altered), {}).head
        except BatchBroken:
            continue
        assert place < start and not found.signed_by(sign_public(one.identity.sign_private))


def test_a_destroyed_body_travels_as_its_hash(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    head = own_head(one)
    one.connection.execute("UPDATE event SET body = NULL, salt = NULL")
    events = one.log.stored(head.origin, head.first_seq - 1, head.n)
    assert unpack(pack_compact(head, events), {}).events == events


def test_no_body_and_no_name_stands_readable_in_the_file(ready: Station, stick: Path) -> None:
    take_in(ready.desks[0], "Nguyễn Văn An")
    export(ready.desks[0], stick / "f")
    content = (stick / "f").read_bytes()
    for word in ("Nguyễn", UNIT, ready.desks[0].identity.desk, DECISION):
        assert word.encode() not in content


def test_a_joining_desk_is_confirmed_and_gets_the_key_by_the_stick(ready: Station, stick: Path, tmp_path: Path) -> None:
    """It writes for those who hold the key, and reads everything once the key came back, sealed to it."""
    one = ready.desks[0]
    newcomer = start_desk(tmp_path / "d3", new_desk(4), [ready.hub]).desk
    assert newcomer.keys() == {}
    dossier = take_in(newcomer)
    export(newcomer, stick / "out")
    told = take(one, stick / "out")
    assert told.error is None and told.received > 0 and one.dossier(dossier) is not None
    assert confirm_desk(one, officer_of(one), newcomer.identity.desk) is None
    export(one, stick / "back")
    assert take(newcomer, stick / "back").error is None
    assert newcomer.keys() == one.keys()
    assert newcomer.projection.desks().known[newcomer.identity.desk].state == "confirmed"
    assert verify(newcomer).holds
    newcomer.close()


def test_who_was_not_given_the_key_opens_nothing(ready: Station, stick: Path, tmp_path: Path) -> None:
    newcomer = start_desk(tmp_path / "d3", new_desk(4), [ready.hub]).desk
    ready.sync(1)  # which knows it now, and may not serve it
    export(ready.desks[1], stick / "f")
    assert refused(newcomer, stick / "f") == "bundle_wrong_receiver"
    newcomer.close()


def test_a_revoked_desk_does_not_open_what_is_written_afterwards(ready: Station, stick: Path) -> None:
    one, two, three = ready.desks
    export(one, stick / "before")
    for desk in (two, three):
        assert take(desk, stick / "before").error is None
    assert revoke_desk(one, officer_of(one), three.identity.desk, 1, 1) is None
    export(one, stick / "after")
    assert refused(three, stick / "after") == "bundle_wrong_receiver"
    assert take(two, stick / "after").error is None
    assert len(two.keys()) == 2 and two.keys() == one.keys()


def test_what_a_desk_says_of_its_keys_makes_it_no_reader_where_the_admin_confirms_each(
    ready: Station, stick: Path
) -> None:
    """Whoever writes to a hub may enrol and claim to have come with the newest key."""
    one, private = ready.desks[0], bytes(range(32))
    row = {"name": "strict_enrolment", "unit": UNIT, "value": "on", "valid_from": "2026-01-01",
           "basis": "QĐ 1", "verified": True}  # fmt: skip
    rows = [{"table": "policy", "key": f"{UNIT}/strict_enrolment/2026-01-01", "row": row}]
    with transaction(one.connection):
        draft = Draft("calendar", "calendar_amended", one.now(), {"rows": rows})
        one.projection.apply(one.log.append([draft], officer_of(one).id, epoch_ms(one.now())))
    stranger = Stranger("nobody")
    body = {"number": 9, "sign_key": sign_public(private).hex(), "seal_key": seal_public(private).hex()}
    stranger.write("desk:stranger", "desk_enrolled", body | {"admission": {"key": one.station_key()}})
    stranger.reach(one)
    export(one, stick / "f")
    with pytest.raises(CannotOpen, match="bundle_wrong_receiver"):
        read_part((stick / "f").read_bytes(), [private])
    assert take(ready.desks[1], stick / "f").error is None


def test_the_bundle_is_a_hub_that_can_only_be_read(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    export(one, stick / "f")
    hub = BundleHub(stick / "f", keys(one))
    station = one.identity.station
    assert (hub.url, hub.stations(), hub.blobs(station, ""), hub.now()) == ("bundle:f", [station], [], None)
    reaches = hub.heads(station, {})
    for origin, reach in reaches.items():
        assert reach.head.hash == one.log.hash_at(origin, reach.head.seq)
        offers = hub.offers(station, origin, 0)
        assert offers.damaged == () and hub.offers(station, origin, reach.head.seq).batches == ()
        for offer in offers.batches:
            assert unpack(hub.fetch(offer), {}).head == offer.head
    head = next(iter(hub.offers(station, one.identity.origin, 0).batches)).head
    for write in (
        lambda: hub.push(station, head, b""),
        lambda: hub.put_blob(station, "join-x", b""),
        lambda: hub.delete_blob(station, "join-x"),
        lambda: hub.rewrite(station, offers.batches[0], b""),
        hub.create,
    ):
        with pytest.raises(InvalidInput) as raised:
            write()
        assert raised.value.code == "hub_read_only"
    assert hub.get_blob(station, "join-x") is None and hub.heads("other", {}) == {}


def test_every_export_is_in_the_log_before_it_is_done(ready: Station, stick: Path) -> None:
    one, two = ready.desks[0], ready.desks[1]
    done = export(one, stick / "f")
    (event,) = exports(one)
    name, digest, size = done.files[0]
    content = (stick / "f").read_bytes()
    assert (name, digest, size) == ("f", hashlib.sha256(content).hexdigest(), len(content))
    assert event.entity == f"desk:{one.identity.desk}" and event.by == officer_of(one).id
    assert event.body == {"file": "f", "sha256": digest, "receiver": UNIT, "events": done.events}
    told = take(two, stick / "f")
    assert [row[2:] for row in imports(two)] == [("f", one.identity.desk, told.received)]
    assert told.words == done.words and told.bundle == done.bundle


def test_each_names_the_bundle_before_it(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    first = export(one, stick / "f")
    export(one, stick / "g")
    assert read_part((stick / "g").read_bytes(), keys(one)).manifest.previous == first.bundle


class TestPolicy:
    def test_without_a_decision_nothing_is_written_or_read(self, station: Station, stick: Path) -> None:
        desk = station.desks[0]
        done = export_bundle(desk, officer_of(desk), stick / "f")
        assert done == Refusal("bundles_not_allowed") and list(stick.iterdir()) == []

    @pytest.mark.parametrize(
        ("document", "code", "day"),
        [
            (policy(first="2026-11-24"), "bundles_not_yet", "24/11/2026"),
            (policy(first="2025-11-24", last="2026-11-22"), "bundles_expired", "22/11/2026"),
            (policy(first="2026-11-23", last="2026-11-23"), None, None),
        ],
    )
    def test_it_covers_days(self, station: Station, document: bytes, code: str | None, day: str | None) -> None:
        desk = station.desks[0]
        assert isinstance(allow(desk, officer_of(desk), document, None), Policy)
        found = policy_of(desk)
        if code is None:
            assert not isinstance(found, Refusal) and (found.decision, found.signed) == (DECISION, False)
        else:
            assert isinstance(found, Refusal) and (found.code, found.params["decision"]) == (code, DECISION)
            assert found.params.get("date") == day

    def test_the_latest_decision_counts_and_none_twice(self, station: Station) -> None:
        desk = station.desks[0]
        officer = officer_of(desk)
        allow(desk, officer, policy(), None)
        assert allow(desk, officer, policy(), None) == Refusal("bundle_policy_known")
        allow(desk, officer, policy(last="2026-11-22"), None)
        found = policy_of(desk)
        assert isinstance(found, Refusal) and found.code == "bundles_expired"

    def test_an_earlier_decision_is_taken_in_again_after_another(self, station: Station) -> None:
        desk = station.desks[0]
        officer, ended = officer_of(desk), policy(last="2026-11-22")
        for document in (policy(), ended, policy()):
            assert isinstance(allow(desk, officer, document, None), Policy)
        assert isinstance(policy_of(desk), Policy)
        assert allow(desk, officer, policy(), None) == Refusal("bundle_policy_known")
        assert isinstance(allow(desk, officer, ended, None), Policy)
        found = policy_of(desk)
        assert isinstance(found, Refusal) and found.code == "bundles_expired"

    def test_a_decision_on_other_units_is_refused_and_covers_nothing(self, station: Station) -> None:
        desk = station.desks[0]
        officer, other = officer_of(desk), policy(units=("T48.98",))
        allow(desk, officer, policy(), None)
        params = {"decision": DECISION, "unit": UNIT}
        assert allow(desk, officer, other, None) == Refusal("bundle_policy_other_unit", params=params)
        assert isinstance(policy_of(desk), Policy)
        done = desk.do(AllowBundles(base64.b64encode(other).decode(), "", desk.now()), officer)
        assert isinstance(done, Done) and policy_of(desk) == Refusal("bundles_other_unit", params=params)

    def test_only_an_admin_takes_one_in(self, station: Station) -> None:
        desk = station.desks[0]
        clerk = replace(officer_of(desk), given=("front_desk", "leader"))
        answer = allow(desk, clerk, policy(), None)
        assert isinstance(answer, Refusal) and answer.code == "role_missing"

    def test_at_a_station_without_a_city_key_an_unconfirmed_desk_allows_nothing(
        self, station: Station, tmp_path: Path
    ) -> None:
        newcomer = start_desk(tmp_path / "d3", new_desk(4), [station.hub]).desk
        assert allow(newcomer, officer_of(newcomer), policy(), None) == Refusal("bundle_policy_desk_waits")
        document = base64.b64encode(policy()).decode()
        done = newcomer.do(AllowBundles(document, "", newcomer.now()), officer_of(newcomer))
        exchange(newcomer, station.hub)
        station.sync(0)
        for desk in (newcomer, station.desks[0]):
            assert isinstance(done, Done) and policy_of(desk) == Refusal("bundles_not_allowed")
        newcomer.close()

    @pytest.mark.parametrize(
        "text",
        [
            b"", b"\xff", b"decision = 1", policy() + b"more = 1\n", policy(units=()), policy(first="2028-01-01"),
            policy().replace(b"2026-11-01", b"true"),
        ],
    )  # fmt: skip
    def test_what_is_no_decision_is_refused(self, text: bytes) -> None:
        with pytest.raises(InvalidInput) as raised:
            read_policy(text)
        assert raised.value.code == "bundle_policy_invalid"

    def test_a_decision_is_read(self) -> None:
        assert read_policy(policy()) == (DECISION, (UNIT,), date(2026, 11, 1), date(2027, 10, 31))


class TestCity:
    """A station that was founded with the city's key."""

    city = bytes(range(32))

    @pytest.fixture
    def desk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
        monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
        public = Ed25519PrivateKey.from_private_bytes(self.city).public_key().public_bytes_raw().hex()
        made = found(tmp_path / "city", replace(new_desk(1), city_key=public))
        yield made
        made.close()

    def test_the_city_s_signature_is_asked_for_and_checked(self, desk: Desk) -> None:
        officer = officer_of(desk)
        assert allow(desk, officer, policy(), None) == Refusal("bundle_policy_unsigned")
        assert allow(desk, officer, policy(), bytes(64)) == Refusal("bundle_policy_signature_wrong")
        assert isinstance(policy_of(desk), Refusal)
        assert isinstance(allow(desk, officer, policy(), sign(self.city, policy())), Policy)
        found = policy_of(desk)
        assert not isinstance(found, Refusal) and found.signed

    def test_an_event_without_the_signature_counts_for_nothing(self, desk: Desk) -> None:
        document = base64.b64encode(policy()).decode()
        done = desk.do(AllowBundles(document, bytes(64).hex(), desk.now()), officer_of(desk))
        assert isinstance(done, Done) and policy_of(desk) == Refusal("bundles_not_allowed")

    def test_what_the_city_replaced_is_brought_back_by_no_unconfirmed_desk(self, desk: Desk, tmp_path: Path) -> None:
        hub = FolderHub(tmp_path / "hub")
        hub.create()
        for document in (policy(), policy(last="2026-11-22")):
            assert isinstance(allow(desk, officer_of(desk), document, sign(self.city, document)), Policy)
        exchange(desk, hub)
        newcomer = start_desk(tmp_path / "newcomer", new_desk(2), [hub]).desk
        signature = sign(self.city, policy())
        answer = allow(newcomer, officer_of(newcomer), policy(), signature)
        assert answer == Refusal("bundle_policy_desk_waits")
        again = AllowBundles(base64.b64encode(policy()).decode(), signature.hex(), newcomer.now())
        assert isinstance(newcomer.do(again, officer_of(newcomer)), Done)
        for one in (newcomer, desk):
            exchange(one, hub)
            found = policy_of(one)
            assert isinstance(found, Refusal) and found.code == "bundles_expired"
        assert isinstance(allow(desk, officer_of(desk), policy(), signature), Policy)
        assert isinstance(policy_of(desk), Policy)
        newcomer.close()

    def test_a_signed_decision_comes_with_the_bundle(self, desk: Desk, tmp_path: Path) -> None:
        hub = FolderHub(tmp_path / "hub")
        hub.create()
        exchange(desk, hub)
        other = start_desk(tmp_path / "other", new_desk(2), [hub]).desk
        for one in (desk, other, desk):
            exchange(one, hub)
        allow(desk, officer_of(desk), policy(), sign(self.city, policy()))
        export(desk, tmp_path / "f")
        assert policy_of(other) == Refusal("bundles_not_allowed")
        assert take(other, tmp_path / "f").error is None
        assert not isinstance(policy_of(other), Refusal)
        other.close()


def test_nothing_is_touched_where_the_decision_is_not_known_here(ready: Station, stick: Path) -> None:
    """No city's key: this desk's own admin has to take the decision in first."""
    one, two = ready.desks[0], ready.desks[1]
    export(one, stick / "f")
    two.now = lambda: START + timedelta(days=400)
    heads = two.log.heads()
    answer = import_bundle(two, stick / "f")
    assert isinstance(answer, Refusal) and answer.code == "bundles_expired" and two.log.heads() == heads


def test_a_bundle_of_another_station_s_desk_is_refused(ready: Station, stick: Path, tmp_path: Path) -> None:
    other = found(tmp_path / "other", new_desk(1, unit="T48.98"))
    allow(other, officer_of(other), policy(units=("T48.98",)), None)
    export(other, stick / "f")
    assert refused(ready.desks[1], stick / "f") == "bundle_wrong_receiver"
    other.close()


def test_origins_are_told_by_spans(ready: Station, stick: Path) -> None:
    one = ready.desks[0]
    export(one, stick / "f")
    manifest = read_part((stick / "f").read_bytes(), keys(one)).manifest
    assert sum(last - first + 1 for _, _, first, last, _, _ in manifest.spans) == manifest.events
    for desk, epoch, first, last, prev, end in manifest.spans:
        hash_at = one.log.chain(Origin(desk, epoch))
        assert ((hash_at(first - 1) or b"").hex(), (hash_at(last) or b"").hex()) == (prev, end)
