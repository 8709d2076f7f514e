"""Write on a medium what the station's other desks may lack."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.answers import Refusal
from core.record import Event, read_event
from core.station import LogBundle
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.keys import seal_public
from storage.officers import Officer
from storage.sync.age import CannotOpen
from storage.sync.batch import BatchBroken, BatchHead, head_of, pack_compact, unpack
from storage.sync.batches import borders, cut_own, open_sealed
from storage.sync.bundle_file import MOST_PLAIN, Manifest, payload_of, read_part, spans_of, words_for, write_part
from storage.sync.bundle_hub import part_path
from storage.sync.bundle_medium import put_in_place, unfinished, write_through
from storage.sync.bundle_policy import Policy, policy_of
from storage.sync.enrolment import is_sealable, is_strict, receive_station_key, share_station_key
from storage.sync.exchange import alone
from storage.sync.heard import before, known_to_all
from storage.sync.tally import Progress, Tally

Since = datetime | int | str | None
"""None: what others may lack; «all»; a moment; or this desk's own events after that number, of others' as for None."""
_LAST_BUNDLE = "SELECT value FROM meta WHERE name = 'last_bundle'"
_SIZE = """
SELECT sum(length(header) + coalesce(length(body), 16) + 25) FROM event
WHERE origin = ? AND seq BETWEEN ? AND ?
"""
_HEAD_SIZE = 600
_HEAD = "SELECT head, signature FROM batch WHERE origin = ? AND first_seq = ?"
_SEALED = "SELECT min(first_seq) FROM sealed WHERE origin = ?"


@dataclass(frozen=True, slots=True)
class Exported:
    """A bundle that stands whole on its medium. `files`: name, SHA-256 and bytes of each; `words`: for the phone."""

    bundle: str
    files: tuple[tuple[str, str, int], ...]
    receiver: str
    events: int
    words: str
    policy: Policy


def export_bundle(
    desk: Desk,
    officer: Officer,
    path: Path,
    *,
    since: Since = None,
    progress: Progress | None = None,
) -> Exported | Refusal:
    """Write a bundle at `path` (F, F.002, …) for this station's desks; «done» only once it was read back whole.

    It holds what is not known to be at every other desk, or what `since` says. Refusals: of `policy_of`.
    Raises InvalidInput `bundle_exists`, `bundle_is_folder`, `bundle_medium_full`, `bundle_unwritable`,
    `bundle_not_read_back`, `founding_unreadable`, `sync_running`.
    """
    policy = policy_of(desk)
    if isinstance(policy, Refusal):
        return policy
    with alone(desk.folder):
        hand_keys_on(desk)
        cut_own(desk)
        return _write(desk, officer, path, policy, _parts(desk, _floors(desk, since)), Tally(progress))


def hand_keys_on(desk: Desk) -> None:
    """What every exchange does between taking and giving: the station's keys go round."""
    receive_station_key(desk)
    open_sealed(desk)
    share_station_key(desk)


def own_keys(desk: Desk) -> list[bytes]:
    """The raw X25519 keys by which this desk opens bundles."""
    return [*desk.keys().values(), desk.identity.seal_private]


def _readers(desk: Desk) -> list[bytes]:
    """The station's key, this desk's own, and those of the desks to which the station's key was sealed."""
    desks = desk.projection.desks()
    newest, strict = desk.station_key(), is_strict(desk)
    held = [one for one in desks.known.values() if one.is_served and one.newest_key == newest and is_sealable(one)]
    served = [one.seal_key for one in held if one.confirmed or not strict]  # what a desk says of its keys is its word
    own = seal_public(desk.identity.seal_private)
    return [own, *(key for key in map(bytes.fromhex, (newest, *sorted(served))) if key != own)]


def _floors(desk: Desk, since: Since) -> Mapping[Origin, int]:
    if isinstance(since, datetime):
        return before(desk, since)
    if isinstance(since, int):
        return {**known_to_all(desk), desk.identity.origin: since}
    return known_to_all(desk) if since is None else {}


def _parts(desk: Desk, floors: Mapping[Origin, int]) -> list[list[BatchHead]]:
    """The batches beyond what is known, as many to a file as it may hold."""
    parts: list[list[BatchHead]] = [[]]
    filled = 0
    for head, size in _batches(desk, floors):
        if parts[-1] and filled + size > MOST_PLAIN:
            parts.append([])
            filled = 0
        parts[-1].append(head)
        filled += size
    return parts


def _batches(desk: Desk, floors: Mapping[Origin, int]) -> Iterator[tuple[BatchHead, int]]:
    """Each batch to send with at most how many bytes it is; what this desk cannot read itself ends its origin."""
    own = desk.identity.desk
    for origin in sorted(desk.log.heads(), key=lambda one: (one.desk != own, one.desk, one.epoch)):
        number = desk.log.number(origin)
        (sealed,) = desk.connection.execute(_SEALED, (number,)).fetchone()
        for first, last in borders(desk, origin):
            if sealed is not None and first >= sealed:
                break
            if last > floors.get(origin, 0):
                (size,) = desk.connection.execute(_SIZE, (number, first, last)).fetchone()
                head = head_of(*desk.connection.execute(_HEAD, (number, first)).fetchone())
                yield head, size + _HEAD_SIZE


def _write(
    desk: Desk, officer: Officer, path: Path, policy: Policy, parts: Sequence[Sequence[BatchHead]], tally: Tally
) -> Exported | Refusal:
    bundle, readers = desk.entropy(16).hex(), _readers(desk)
    paths = [part_path(path, number + 1) for number in range(len(parts))]
    tally.expect(sum(head.n for heads in parts for head in heads))
    told: list[tuple[str, str, int]] = []
    signed: list[bytes] = []
    bodies = []
    with unfinished(paths) as temporary:
        for number, heads in enumerate(parts):
            payload = payload_of(_packed(desk, heads, tally))
            manifest = _manifest(desk, policy, bundle, (number + 1, len(parts)), heads, payload)
            content = write_part(manifest, payload, desk.identity.sign_private, readers)
            write_through(temporary[number], content, lambda found: _holds(desk, found))
            name, digest = paths[number].name, hashlib.sha256(content).hexdigest()
            told.append((name, digest, len(content)))
            signed.append(manifest.signed())
            receiver = {"receiver": desk.identity.unit, "events": manifest.events}
            bodies.append({"file": name, "sha256": digest, **receiver})
        with transaction(desk.connection):
            done = desk.do_within(LogBundle(desk.identity.desk, tuple(bodies), desk.now()), officer)
            desk.connection.execute("INSERT OR REPLACE INTO meta VALUES ('last_bundle', ?)", (bundle,))
        if isinstance(done, Refusal):
            return done
        put_in_place(temporary, paths)
    events = sum(head.n for heads in parts for head in heads)
    return Exported(bundle, tuple(told), desk.identity.unit, events, words_for(signed), policy)


def _packed(desk: Desk, heads: Sequence[BatchHead], tally: Tally) -> Iterator[bytes]:
    for head in heads:
        yield pack_compact(head, desk.log.stored(head.origin, head.first_seq - 1, head.n))
        tally.add(head.n)


def _manifest(
    desk: Desk, policy: Policy, bundle: str, place: tuple[int, int], heads: Sequence[BatchHead], payload: bytes
) -> Manifest:
    previous = desk.connection.execute(_LAST_BUNDLE).fetchone()
    return Manifest(
        bundle=bundle,
        part=place[0],
        parts=place[1],
        station=desk.identity.station,
        desk=desk.identity.desk,
        epoch=desk.identity.epoch,
        created=desk.now().isoformat(timespec="seconds"),
        previous=str(previous[0]) if previous else "",
        events=sum(head.n for head in heads),
        holds=tuple((origin.desk, origin.epoch, head.seq) for origin, head in desk.log.heads().items()),
        spans=spans_of(heads),
        policy=policy.proof,
        sha256=hashlib.sha256(payload).hexdigest(),
    )


def _holds(desk: Desk, content: bytes) -> bool:
    """Whether a file that was read back opens, and every batch of it leads to its signed end."""
    try:
        part = read_part(content, own_keys(desk))
        for _, begin, end in part.batches:
            unpack(part.payload[begin:end], {})
    except (CannotOpen, BatchBroken):
        return False
    return True


def exports(desk: Desk) -> list[Event]:
    """Every bundle's file that a desk of the station is known to have written, in order."""
    rows = desk.connection.execute("SELECT header, body FROM event WHERE kind = 'bundle_exported'")
    return sorted((read_event(header, body) for header, body in rows), key=lambda event: event.order)
