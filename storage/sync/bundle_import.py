"""Take in what another desk wrote on a medium: verified as any pull, in any order, as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.answers import InvalidInput, Refusal
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.keys import signature_holds
from storage.numbers import close_days, take_free_number
from storage.sync.batch import BatchBroken, unpack
from storage.sync.bundle_export import hand_keys_on, own_keys
from storage.sync.bundle_file import words_for
from storage.sync.bundle_hub import BundleHub, part_path
from storage.sync.bundle_policy import policy_brought, policy_of
from storage.sync.enrolment import enrolment, sign_key
from storage.sync.exchange import alone
from storage.sync.forking import is_known
from storage.sync.heard import hear
from storage.sync.protocol import NOTHING, first_difference
from storage.sync.pulling import Pull
from storage.sync.tally import Progress, Tally

_TAKEN = "INSERT INTO bundle_taken VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Imported:
    """What one import came to. `behind`: events of the bundle that need something from before them first.

    `missing`: numbers of files that are not there; `words` is None then. `error` is the first problem; whatever
    could be taken was taken.
    """

    bundle: str
    maker: str
    created: str
    parts: int
    missing: tuple[int, ...]
    events: int
    received: int
    duplicates: int
    behind: int
    conflicts: int
    words: str | None
    error: Refusal | None


def import_bundle(desk: Desk, path: Path, progress: Progress | None = None) -> Imported | Refusal:
    """Take a bundle in as a pull would: any order, again, in parts; nothing is touched where it is refused.

    Refusals: of `policy_of`. Raises InvalidInput of `BundleHub`, `bundle_other_station`, `bundle_from_unknown`,
    `bundle_signature_wrong`, `sync_running`, `station_founded_twice`.
    """
    with alone(desk.folder):
        hub = BundleHub(path, own_keys(desk))
        _known_maker(desk, hub)
        policy = policy_of(desk)
        if isinstance(policy, Refusal):
            policy = policy_brought(desk, hub.manifest.policy) or policy
        if isinstance(policy, Refusal):
            return policy
        known = _known_of(desk, hub)
        pull = Pull(desk, hub, Tally(progress))
        pull.run(hub.heads(desk.identity.station, desk.log.heads()))
        hand_keys_on(desk)
        if enrolment(desk, desk.identity.desk) is not None:
            take_free_number(desk, hub.url)
            close_days(desk)
        manifest = hub.manifest
        with transaction(desk.connection):
            hear(desk, manifest.desk, manifest.vector())
            now = int(desk.now().timestamp())
            values = (manifest.bundle, now, path.name, manifest.desk, pull.received)
            desk.connection.execute(_TAKEN, values)
        return _imported(desk, hub, pull, known)


def _known_maker(desk: Desk, hub: BundleHub) -> None:
    """The bundle is of this station and every file signed by the desk that it names; raises InvalidInput."""
    name = hub.manifest.desk
    if hub.manifest.station != desk.identity.station:
        raise InvalidInput("bundle_other_station")
    key = sign_key(desk, name) or _arriving_key(desk, hub)
    if key is None:
        raise InvalidInput("bundle_from_unknown")
    if not all(signature_holds(key, signature, signed) for signed, signature in hub.signatures):
        raise InvalidInput("bundle_signature_wrong")


def _arriving_key(desk: Desk, hub: BundleHub) -> bytes | None:
    """The key of a desk that is heard of for the first time, from its own first batch."""
    offers = hub.offers(desk.identity.station, Origin(hub.manifest.desk, 1), 0).batches
    try:
        arriving = [one.event for offer in offers[:1] for one in unpack(hub.fetch(offer), {}).events]
    except BatchBroken:
        return None
    return sign_key(desk, hub.manifest.desk, arriving)


def _known_of(desk: Desk, hub: BundleHub) -> int:
    """How many of the bundle's events are here already."""
    heads = desk.log.heads()
    known = 0
    for origin in hub.heads(desk.identity.station, {}):
        have = heads.get(origin, NOTHING).seq
        for offer in hub.offers(desk.identity.station, origin, 0).batches:
            known += max(0, min(have, offer.head.last) - offer.head.first_seq + 1)
    return known


def _imported(desk: Desk, hub: BundleHub, pull: Pull, known: int) -> Imported:
    manifest = hub.manifest
    conflicts = desk.connection.execute("SELECT count(*) FROM dossier WHERE in_conflict = 1").fetchone()[0]
    behind = hub.events - known - pull.received
    words = None if hub.missing or hub.problems else words_for([signed for signed, _ in hub.signatures])
    return Imported(
        bundle=manifest.bundle,
        maker=manifest.desk,
        created=manifest.created,
        parts=manifest.parts,
        missing=tuple(hub.missing),
        events=hub.events,
        received=pull.received,
        duplicates=known,
        behind=behind,
        conflicts=conflicts,
        words=words,
        error=_problem(desk, hub, pull, behind),
    )


def _problem(desk: Desk, hub: BundleHub, pull: Pull, behind: int) -> Refusal | None:
    """The first thing that somebody should do something about."""
    if hub.problems:
        return hub.problems[0]
    if pull.problem is not None:
        return pull.problem
    for origin in hub.heads(desk.identity.station, {}):
        offers = hub.offers(desk.identity.station, origin, 0).batches
        if first_difference(offers, desk.log.chain(origin)) is not None and not is_known(desk, hub, origin):
            return Refusal("hub_fork", params={"desk": origin.desk, "epoch": str(origin.epoch)})
    if hub.missing:
        names = ", ".join(part_path(Path(hub.url.partition(":")[2]), number).name for number in hub.missing)
        return Refusal("bundle_part_missing", params={"files": names})
    if pull.behind:
        return Refusal("bundle_gap", params={"count": str(behind)})
    return None


def imports(desk: Desk) -> list[tuple[str, int, str, str, int]]:
    """What was taken in here: bundle, moment (epoch seconds), file, the maker's desk, events received."""
    rows: list[tuple[str, int, str, str, int]] = desk.connection.execute(
        "SELECT bundle, at, file, desk, received FROM bundle_taken ORDER BY rowid"
    ).fetchall()
    return rows
