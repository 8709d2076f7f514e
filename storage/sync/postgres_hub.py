"""A hub in a PostgreSQL database. Nothing of ours runs there: tables, one statement per push, no functions.

What a reader sees of an origin is always a whole beginning of its chain, because a head moves only together with its
batch. No serials, NOTIFY, advisory locks or transaction ids, and each statement names the station: it carries to
engines that spread stations over machines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from core.answers import InvalidInput
from storage.event_log import Head, Origin
from storage.sync.batch import BatchBroken, BatchHead, head_of
from storage.sync.protocol import NOTHING, PASSWORD, Answer, Offer, Offers, Reach, durable_seconds, reached

if TYPE_CHECKING:
    from storage.sync.postgres_link import Link

_URL = re.compile(
    r"(?P<kind>postgres(?:ql)?://)(?:(?P<user>[^@/:]*)(?::(?P<password>[^@/]*))?@)?(?P<place>[^@?]*)(?:\?(?P<more>.*))?"
)
_SECRET = {"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"}
_TRIES = 3
_AHEAD, _FARTHEST, _MOST_AHEAD = 64 * 1024, 4 * 1024 * 1024, 1000
_T = TypeVar("_T")

_HEADS = "SELECT desk, epoch, seq, hash FROM motcua.head WHERE station = %s ORDER BY desk, epoch"
_TILED = """
SELECT coalesce(sum(last_seq - first_seq + 1), 0)::bigint FROM motcua.batch
WHERE station = %s AND desk = %s AND epoch = %s
"""
_SPOILT = """
SELECT desk, epoch, first_seq FROM motcua.batch WHERE station = %s
AND sha256(substring(data FOR greatest(octet_length(data) - 32, 0)))
    <> substring(data FROM greatest(octet_length(data) - 31, 1))
"""
_OFFERS = """
SELECT first_seq, head, signature FROM motcua.batch
WHERE station = %s AND desk = %s AND epoch = %s AND last_seq > %s ORDER BY first_seq
"""
_FETCH = """
SELECT first_seq, data FROM (
    SELECT first_seq, data, sum(octet_length(data)) OVER (ORDER BY first_seq) - octet_length(data) AS before
    FROM motcua.batch WHERE station = %s AND desk = %s AND epoch = %s AND first_seq >= %s ORDER BY first_seq LIMIT %s
) AS ahead WHERE before < %s ORDER BY first_seq
"""
_REWRITE = """
UPDATE motcua.batch SET data = %b
WHERE station = %s AND desk = %s AND epoch = %s AND first_seq = %s AND end_hash = %b
"""
_PUT_BLOB = """
INSERT INTO motcua.blob (station, name, data) VALUES (%s, %s, %b)
ON CONFLICT (station, name) DO UPDATE SET data = excluded.data
"""
_BLOBS = "SELECT name FROM motcua.blob WHERE station = %s AND left(name, %s) = %s"


class PostgresHub:
    """A hub at a libpq URL: TLS, fail-over and whatever else stands in it is libpq's.

    The connection is opened when first needed and kept; use by one thread at a time. Every call may raise
    InvalidInput `hub_unreachable`, `hub_not_prepared`, `hub_newer`, `hub_password_wrong`, `hub_not_trusted`,
    `hub_no_database`, `hub_url_invalid`, `hub_failed`; those that write also `hub_read_only` and `hub_full`.
    A password from the URL stays in `memory`, which a desk keeps in its encrypted database.
    """

    _link: Link | None = None
    _password: str | None = None

    def __init__(self, url: str) -> None:
        self._conninfo = url
        self._url, password = parted(url)
        self.memory: dict[str, str] = {} if password is None else {PASSWORD: password}
        self._ahead = _AHEAD
        self._read: dict[str, bytes] = {}

    def __del__(self) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The URL without anything secret."""
        return self._url

    def close(self) -> None:
        """Let the connection go; the next call opens a new one."""
        link, self._link = self._link, None
        self._ahead = _AHEAD
        if link is not None:
            link.close()

    def create(self, durable_after: int | None = None) -> None:
        """Make or upgrade the schema and the role for desks, as their owner; anyone else finds them ready.

        InvalidInput `hub_owner_needed` where they are not and this login may not make them.
        """
        from storage.sync.postgres_schema import prepare

        settings = {} if durable_after is None else {"durable_after": str(durable_after)}
        try:
            self._do(lambda link: prepare(link, self.url, settings), checked=False)
        except InvalidInput as error:
            self.close()
            if settings or error.code not in ("hub_owner_needed", "hub_read_only") or not self._is_ready():
                raise

    def durable_after(self) -> int:
        row = self._one("SELECT value FROM motcua.setting WHERE name = 'durable_after'")
        return durable_seconds(None if row is None else row[0])

    def stations(self) -> list[str]:
        """The stations whose desks meet here."""
        return [row[0] for row in self._rows("SELECT DISTINCT station FROM motcua.head ORDER BY station")]

    def heads(self, station: str, held: Mapping[Origin, Head]) -> dict[Origin, Reach]:
        """How far each origin's chain reaches. Of what the asker does not hold it is seen that no batch was lost.

        Whoever names nothing that is held has every batch's bytes looked at too, at the server.
        """
        spoilt: dict[Origin, set[int]] = {}
        for desk, epoch, first in [] if held else self._rows(_SPOILT, (station,)):
            spoilt.setdefault(Origin(desk, epoch), set()).add(first)
        found = {Origin(desk, epoch): Head(seq, digest) for desk, epoch, seq, digest in self._rows(_HEADS, (station,))}
        return {
            origin: Reach(
                head if origin in held else self._whole(station, origin, head, spoilt.get(origin, set())), head.seq
            )
            for origin, head in found.items()
        }

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        """The batches that hold events with `seq > after`, by their clear heads alone."""
        self._read.clear()
        batches: list[Offer] = []
        damaged: list[int] = []
        for first, head, signature in self._rows(_OFFERS, (station, origin.desk, origin.epoch, after)):
            try:
                read = head_of(head, signature)
            except BatchBroken:
                damaged.append(first)
                continue
            batches.append(Offer(_place(station, origin, first), read))
        return Offers(tuple(batches), tuple(damaged))

    def fetch(self, offer: Offer) -> bytes:
        """One batch's bytes. What follows it is read ahead, more each time, so that few round trips are needed."""
        if offer.place not in self._read:
            station, desk, epoch, first = offer.place.split("/")
            asked = (station, desk, int(epoch), int(first), _MOST_AHEAD, self._ahead)
            origin = Origin(desk, int(epoch))
            self._read = {_place(station, origin, row[0]): row[1] for row in self._rows(_FETCH, asked)}
            self._ahead = min(2 * self._ahead, _FARTHEST)
        if offer.place not in self._read:
            raise InvalidInput("hub_unreachable", url=self.url)
        return self._read.pop(offer.place)

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        """Store a batch where it follows the origin's head at once, in one transaction; else say where it stands."""
        from storage.sync.postgres_push import push

        return self._do(lambda link: push(link, station, head, data))

    def rewrite(self, station: str, offer: Offer, data: bytes) -> None:
        """Put a batch's bytes without destroyed bodies in the place of what it was."""
        head = offer.head
        place = (data, station, head.origin.desk, head.origin.epoch, head.first_seq, head.end)
        self._rows(_REWRITE, place)
        self._read.clear()

    def put_blob(self, station: str, name: str, data: bytes) -> None:
        """Keep a blob, over one of the same name."""
        self._rows(_PUT_BLOB, (station, name, data))

    def get_blob(self, station: str, name: str) -> bytes | None:
        row = self._one("SELECT data FROM motcua.blob WHERE station = %s AND name = %s", (station, name))
        return None if row is None else row[0]

    def delete_blob(self, station: str, name: str) -> None:
        """Drop a blob; nothing happens where there is none."""
        self._rows("DELETE FROM motcua.blob WHERE station = %s AND name = %s", (station, name))

    def blobs(self, station: str, prefix: str) -> list[str]:
        return sorted(row[0] for row in self._rows(_BLOBS, (station, len(prefix), prefix)))

    def now(self) -> datetime | None:
        """The server's clock."""
        row = self._one("SELECT clock_timestamp()")
        return None if row is None else row[0]

    def _whole(self, station: str, origin: Origin, head: Head, spoilt: set[int]) -> Head:
        if not spoilt and self._one(_TILED, (station, origin.desk, origin.epoch))[0] == head.seq:
            return head
        batches = self.offers(station, origin, 0).batches
        return reached([one for one in batches if one.head.first_seq not in spoilt], NOTHING) or NOTHING

    def _is_ready(self) -> bool:
        try:
            self._do(lambda link: None)
        except InvalidInput:
            return False
        return True

    def _one(self, query: str, asked: Any = ()) -> Any:
        rows = self._rows(query, asked)
        return rows[0] if rows else None

    def _rows(self, query: str, asked: Any = ()) -> list[Any]:
        from storage.sync.postgres_push import rows

        return self._do(lambda link: rows(link, query, asked))

    def _do(self, work: Callable[[Link], _T], *, checked: bool = True) -> _T:
        """Do what may be done twice; once more where a kept connection turns out to be gone."""
        import psycopg

        from storage.sync.postgres_link import is_lost, is_race, problem

        chance = 0
        while True:
            chance += 1
            kept = self._link is not None
            try:
                return work(self._opened(checked))
            except psycopg.Error as error:
                self.close()
                again = is_race(error) or (kept and is_lost(error))
                if chance == _TRIES or not again:
                    raise problem(error, self.url) from error

    def _opened(self, checked: bool) -> Link:
        from storage.sync.postgres_link import connect
        from storage.sync.postgres_schema import check_version

        if self._link is None or self._link.closed:
            self._password = self.memory.get(PASSWORD, self._password)
            link = connect(self._conninfo, self._password)
            try:
                if checked:
                    check_version(link, self.url)
            except BaseException:
                link.close()
                raise
            self._link = link
        return self._link


def parted(url: str) -> tuple[str, str | None]:
    """A URL without its secrets, and its password; InvalidInput `hub_url_invalid`, which shows none of it."""
    found = _URL.fullmatch(url)
    if found is None:
        raise InvalidInput("hub_url_invalid", url="postgresql://…")
    user = f"{found['user']}@" if found["user"] else ""
    pairs = [(unquote(pair.partition("=")[0]), pair) for pair in (found["more"] or "").split("&") if pair]
    more = "&".join(pair for name, pair in pairs if name not in _SECRET)
    said = [pair.partition("=")[2] for name, pair in pairs if name == "password"] or [found["password"]]
    password = unquote(said[-1]) if said[-1] else None
    return f"{found['kind']}{user}{found['place']}" + (f"?{more}" if more else ""), password


def _place(station: str, origin: Origin, first: int) -> str:
    return f"{station}/{origin.desk}/{origin.epoch}/{first}"
