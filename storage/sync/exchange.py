"""One exchange of a desk with a hub: pull, hand the station's key on, push. One at a time per data folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from storage.database import officer_errors, transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.numbers import close_days, take_free_number
from storage.repeats import find_repeats
from storage.sync.auditing import audit_again, audited, is_due, mend
from storage.sync.batches import open_sealed
from storage.sync.comparing import compare, forget, held_of_others, note_set_back, note_taken, pending, recall, remember
from storage.sync.destroying import rewrite_destroyed
from storage.sync.digests import meet_digests
from storage.sync.enrolment import enrolment, receive_station_key, share_station_key
from storage.sync.folder_hub import FolderHub
from storage.sync.forking import EVIDENCE, heed_evidence, say_all_that_lies_beside, say_rest
from storage.sync.inbox import meet_inbox
from storage.sync.join_codes import tidy_join_codes
from storage.sync.merged import leave_merged
from storage.sync.postgres_hub import PostgresHub
from storage.sync.protocol import Hub, Reach
from storage.sync.pulling import Pull
from storage.sync.pushing import Push
from storage.sync.snapshot import is_wanted, make
from storage.sync.tally import Progress, Tally
from storage.sync.uniting import leave_unions

LOCK_NAME = "exchange.lock"
_WAIT_S = 30
_RECORD = """
INSERT INTO hub (url, known_since, last_try, last_contact, error, about, sent, received)
VALUES (:url, :now, :now, :contact, :error, :about, :sent, :received)
ON CONFLICT (url) DO UPDATE SET
    last_try = excluded.last_try, last_contact = coalesce(excluded.last_contact, last_contact), error = excluded.error,
    about = excluded.about,    sent = sent + excluded.sent, received = received + excluded.received
"""
_MEASURED = """
INSERT INTO hub (url, known_since, sent, received, durable_after, clock_offset)
VALUES (:url, :now, 0, 0, :durable_after, :offset)
ON CONFLICT (url) DO UPDATE SET durable_after = excluded.durable_after, clock_offset = excluded.clock_offset
"""


@dataclass(frozen=True, slots=True)
class HubReport:
    """What one exchange came to. `pending`: own events that the hub lacks; `behind`: its events that are not here.

    `conflicts`: the dossiers that wait for a person now, `repeats`: those that may be another desk's once more.
    `error` is the first problem; the rest was done.
    """

    url: str
    sent: int
    received: int
    duplicates: int
    pending: int
    behind: int
    conflicts: int
    repeats: int
    last_contact: datetime | None
    clock_offset_s: float | None
    error: Refusal | None


def open_hub(url: str) -> Hub:
    """The hub behind a URL; InvalidInput `hub_url_invalid`, which shows nothing that may be a secret."""
    kind, _, rest = url.partition(":")
    if kind in ("postgresql", "postgres"):
        return PostgresHub(url)
    if kind != "folder" or not rest:
        shown = "…" if "@" in kind else kind + ":…" if rest else url
        raise InvalidInput("hub_url_invalid", url=shown)
    return FolderHub(Path(rest).absolute())


def add_hub(desk: Desk, hub: Hub) -> None:
    """Remember a hub for every later exchange; of one that is known, what opens it now."""
    with transaction(desk.connection):
        asked = "INSERT OR IGNORE INTO hub (url, known_since, sent, received) VALUES (?, ?, 0, 0)"
        desk.connection.execute(asked, (hub.url, int(desk.now().timestamp())))
    remember(desk, hub)


_OF_A_HUB = ("hub", "accepted", "hub_memory", "destroyed_at", "join_code", "inbox", "station_read")


def leave_hub(desk: Desk, url: str) -> Refusal | None:
    """Exchange with a hub no more: what only it has accepted counts as being here alone. Refused: `hub_unknown`.

    What other stations left for this one there is read again by who comes back to it.
    """
    with alone(desk.folder), transaction(desk.connection):
        if url not in hub_urls(desk):
            return Refusal("hub_unknown", params={"url": url})
        for table in _OF_A_HUB:
            desk.connection.execute(f"DELETE FROM {table} WHERE url = ?", (url,))
    return None


def hub_urls(desk: Desk) -> list[str]:
    return [str(row[0]) for row in desk.connection.execute("SELECT url FROM hub ORDER BY url")]


def exchange(desk: Desk, hub: Hub, progress: Progress | None = None) -> HubReport:
    """Exchange with one hub. What stops it stands in the report; what had been taken or sent by then stays.

    Raises InvalidInput `sync_running` where another exchange of this folder goes on for too long.
    """
    tally = Tally(progress)
    pull, push = Pull(desk, hub, tally), Push(desk, hub, tally)
    problem: Refusal | None = None
    with alone(desk.folder):
        try:
            with officer_errors():
                problem = _meet(desk, hub, pull, push)
        except InvalidInput as error:
            problem = Refusal(error.code, params=error.params)
            note_taken(desk, hub.url, push.taken)
        if push.broken or (problem and problem.code in _AUDITED_AGAIN):
            audit_again(desk)
        return _record(desk, hub, pull, push, problem)


def _meet(desk: Desk, hub: Hub, pull: Pull, push: Push) -> Refusal | None:
    """Pull, hand keys on, push, compare; the first problem of all. Once a day everything is read again first."""
    recall(desk, hub)
    _look_at_the_clock(desk, hub)
    audit = is_due(desk, hub)
    if audit:
        forget(hub)
    mended = mend(desk, hub) if audit else None
    reaches = hub.heads(desk.identity.station, {} if audit else held_of_others(desk))
    note_set_back(desk, hub, reaches)
    evidence = hub.blobs(desk.identity.station, EVIDENCE)
    heed_evidence(desk, hub, evidence)
    _pull(pull, reaches, evidence)
    receive_station_key(desk)
    opened = open_sealed(desk)
    say_rest(desk)
    if audit:
        say_all_that_lies_beside(desk, hub, reaches)
    if enrolment(desk, desk.identity.desk) is None:  # a desk that is about to join has nothing to say yet
        return mended or pull.problem
    share_station_key(desk)
    tidy_join_codes(desk, hub)
    if pull.problem is None and not pull.behind:  # else another's claim to the number may be in what did not come
        take_free_number(desk, hub.url, reaches)
    close_days(desk)
    reaches = push.run(reaches)
    rewrite_destroyed(desk, hub)
    differs = compare(desk, hub, reaches)
    leave_unions(desk, hub)
    leave_merged(desk, hub)
    meet_inbox(desk, hub, again=audit)
    meet_digests(desk, hub)
    remember(desk, hub)
    if audit and opened:
        audited(desk, hub)
        if differs is None and is_wanted(desk, hub):
            make(desk, hub)
    return mended or push.broken or pull.problem or push.problem or differs


def _pull(pull: Pull, reaches: Mapping[Origin, Reach], evidence: Sequence[str]) -> None:
    """Where a line lets nothing in, what is here can still go out."""
    try:
        pull.run(reaches)
        pull.take_rests(evidence)
    except InvalidInput as error:
        if error.code not in UNREACHED:
            raise
        pull.problem = Refusal(error.code, params=error.params)


def exchange_all(desk: Desk, progress: Progress | None = None) -> list[HubReport]:
    """One exchange with every hub of the desk, by its URL."""
    return [exchange(desk, open_hub(url), progress) for url in hub_urls(desk)]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The folder's exchange lock; the system frees it when its process ends, however that happens."""
    from filelock import FileLock, Timeout

    try:
        with FileLock(folder / LOCK_NAME, timeout=_WAIT_S):
            yield
    except Timeout as error:
        raise InvalidInput("sync_running") from error
    except PermissionError as error:
        raise InvalidInput("data_read_only") from error


def _look_at_the_clock(desk: Desk, hub: Hub) -> None:
    """Measure how far the hub's clock is ahead of this machine's, halfway between question and answer.

    A test station's clock says nothing of the machine; a desk's own is cut to whole seconds.
    """
    asked = datetime.now(LEGAL_TIME)
    theirs = None if desk.identity.test else hub.now()
    halfway = asked + (datetime.now(LEGAL_TIME) - asked) / 2
    offset = None if theirs is None else round((theirs - halfway).total_seconds(), 3)
    with transaction(desk.connection):
        values = {"url": hub.url, "offset": offset, "durable_after": hub.durable_after()}
        desk.connection.execute(_MEASURED, values | {"now": int(desk.now().timestamp())})


def _record(desk: Desk, hub: Hub, pull: Pull, push: Push, problem: Refusal | None) -> HubReport:
    now, url = desk.now(), hub.url
    moved = push.sent + push.duplicates + pull.received + pull.duplicates
    about = json.dumps(dict(problem.params)) if problem else None
    reached = problem is None or problem.code not in UNREACHED or moved > 0
    with transaction(desk.connection):
        values = {
            "url": url,
            "now": int(now.timestamp()),
            "contact": int(now.timestamp()) if reached else None,
            "error": problem.code if problem else None,
            "about": about,
            "sent": push.sent,
            "received": pull.received,
        }
        desk.connection.execute(_RECORD, values)
    asked = "SELECT last_contact, clock_offset FROM hub WHERE url = ?"
    contact, offset = desk.connection.execute(asked, (url,)).fetchone()
    conflicts = desk.connection.execute("SELECT count(*) FROM dossier WHERE in_conflict = 1").fetchone()[0]
    return HubReport(
        url=url,
        sent=push.sent,
        received=pull.received,
        duplicates=pull.duplicates + push.duplicates,
        pending=pending(desk, url),
        behind=pull.behind,
        conflicts=conflicts,
        repeats=len(find_repeats(desk)),
        last_contact=None if contact is None else datetime.fromtimestamp(contact, now.tzinfo),
        clock_offset_s=offset,
        error=problem,
    )


_AUDITED_AGAIN = frozenset({"history_broken", "founding_unreadable", "hub_took_not_all"})
UNREACHED = frozenset(
    {
        "hub_unreachable",
        "hub_read_only",
        "hub_full",
        "hub_failed",
        "hub_newer",
        "hub_no_database",
        "hub_not_prepared",
        "hub_not_trusted",
        "hub_password_wrong",
    }
)
"""Problems by which the hub could not be reached or could not take what it was given."""
