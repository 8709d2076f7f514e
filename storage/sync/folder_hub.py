"""The embedded hub: a folder that desks share (a share, a NAS, a synced directory). Nothing of ours runs there.

`STATION/origins/DESK-EPOCH/FIRSTSEQ.batch`, twelve digits, put in place whole and never over a good one, and
`STATION/blobs/KIND-NAME`. A sync service's conflict copies are candidates too; other files are nobody's business.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from core.answers import InvalidInput
from core.record import NO_HASH
from storage.event_log import Head, Origin
from storage.files import give_name, patiently, read_whole
from storage.sync.batch import BatchBroken, BatchHead, head_of, read_head
from storage.sync.protocol import NOTHING, Answer, Offer, Offers, Reach, answer, durable_seconds, reached

_NAME = re.compile(r"(\d{12})(?!\d).*batch")
_ORIGIN = re.compile(r"([0-9a-f-]{36})-(\d{1,10})")
_STATION = re.compile(r"[0-9a-f-]{36}")
_BLOB = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_DURABLE = "durable-after"
_LARGEST = 512 * 1024 * 1024
_MISSING = (FileNotFoundError, NotADirectoryError)


class FolderHub:
    """A hub at `path`. Good files are read once for each time they change, as long as its `memory` is kept."""

    def __init__(self, path: Path) -> None:
        self._root = path
        self.memory: dict[str, str] = {}
        self._heads: dict[str, tuple[str, BatchHead | None]] = {}

    @property
    def url(self) -> str:
        return f"folder:{self._root}"

    def create(self, durable_after: int | None = None) -> None:
        """Make the folder if it is not there; InvalidInput `hub_unreachable`, `hub_read_only`."""
        with _writing(self._root):
            self._root.mkdir(parents=True, exist_ok=True)
            if durable_after is not None:
                write_whole(self._root / _DURABLE, str(durable_after).encode())

    def stations(self) -> list[str]:
        """The stations whose desks meet here."""
        return [name for name in self._names(self._root) if _STATION.fullmatch(name)]

    def heads(self, station: str, held: Mapping[Origin, Head]) -> dict[Origin, Reach]:
        return {origin: self._reached(station, origin, held.get(origin)) for origin in self._origins(station)}

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        """Batches from the last one that begins at or before `after` + 1 on, and those whose end may lie behind it."""
        named = self._named(station, origin)
        begin = max(0, sum(first <= after + 1 for first, _ in named) - 1)
        while begin and not self._ends_before(named[begin - 1], named[begin]):
            begin -= 1
        batches: list[Offer] = []
        damaged: list[int] = []
        for first, path in named[begin:]:
            head = self._good(first, path)
            if head is None:
                damaged.append(first)
            else:
                batches.append(Offer(str(path), head))
        return Offers(tuple(batches), tuple(damaged))

    def fetch(self, offer: Offer) -> bytes:
        try:
            return _read(Path(offer.place))
        except OSError as error:
            raise InvalidInput("hub_unreachable", url=self.url) from error

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        if not self._root.is_dir():
            raise InvalidInput("hub_unreachable", url=self.url)
        said = self._placed(station, head)
        if said is Answer.OK:
            folder = self._folder(station, head.origin)
            with _writing(self._root):
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{head.first_seq:012}.batch"
                if not _write_new(path, data, lambda: self._head(path) is not None):
                    return self._placed(station, head)  # somebody else was faster
        return said

    def rewrite(self, station: str, offer: Offer, data: bytes) -> None:
        with _writing(self._root):
            write_whole(Path(offer.place), data)

    def put_blob(self, station: str, name: str, data: bytes) -> None:
        if not self._root.is_dir():
            raise InvalidInput("hub_unreachable", url=self.url)
        path = self._blob(station, name)
        with _writing(self._root):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)

    def get_blob(self, station: str, name: str) -> bytes | None:
        try:
            return _read(self._blob(station, name))
        except OSError as error:
            if self._root.is_dir() and isinstance(error, _MISSING):
                return None
            raise InvalidInput("hub_unreachable", url=self.url) from error

    def delete_blob(self, station: str, name: str) -> None:
        with _writing(self._root):
            patiently(lambda: self._blob(station, name).unlink(missing_ok=True))

    def blobs(self, station: str, prefix: str) -> list[str]:
        names = self._names(self._root / station / "blobs")
        return [name for name in names if name.startswith(prefix) and _BLOB.fullmatch(name)]

    def now(self) -> datetime | None:
        return None

    def durable_after(self) -> int:
        try:
            return durable_seconds((self._root / _DURABLE).read_text("ascii"))
        except (OSError, ValueError):
            return durable_seconds(None)

    def _origins(self, station: str) -> list[Origin]:
        found = (_ORIGIN.fullmatch(name) for name in self._names(self._root / station / "origins"))
        return [Origin(match[1], int(match[2])) for match in found if match]

    def _reached(self, station: str, origin: Origin, held: Head | None) -> Reach:
        """Where the chain ends; read from what is held on, and from its beginning where that is not there."""
        for start in (held, NOTHING):
            if start is not None:
                offers = self.offers(station, origin, start.seq)
                head = reached(offers.batches, start)
                if head is not None:
                    claimed = [one.head.last for one in offers.batches]
                    return Reach(head, max([head.seq, *claimed, *offers.damaged]))
        return Reach(NOTHING, 0)

    def _placed(self, station: str, head: BatchHead) -> Answer:
        """What the files that are there say to a batch."""
        before = self.offers(station, head.origin, max(0, head.first_seq - 2)).batches
        follows = head.prev == NO_HASH if head.first_seq == 1 else False
        follows = follows or any((one.head.last, one.head.end) == (head.first_seq - 1, head.prev) for one in before)
        if follows and not any(one.head.last >= head.first_seq for one in before):
            return Answer.OK
        offers = self.offers(station, head.origin, 0).batches
        ends = {one.head.last: one.head.end for one in offers} | {0: NO_HASH}
        own = next((one.head for one in offers if one.head.first_seq == head.first_seq), None)
        if own is not None and (own.last, own.end, own.prev) == (head.last, head.end, head.prev):
            return Answer.DUPLICATE
        chain = reached(offers, NOTHING) or NOTHING
        apart = any(one.head.first_seq == head.last + 1 and one.head.prev != head.end for one in offers)
        if chain.seq < head.first_seq and (own is not None or apart):
            return Answer.FORK
        return answer(head, chain.seq, ends.get)

    def _folder(self, station: str, origin: Origin) -> Path:
        return self._root / station / "origins" / f"{origin.desk}-{origin.epoch}"

    def _blob(self, station: str, name: str) -> Path:
        if not _BLOB.fullmatch(name):
            raise ValueError(name)
        return self._root / station / "blobs" / name

    def _named(self, station: str, origin: Origin) -> list[tuple[int, Path]]:
        folder = self._folder(station, origin)
        return [(int(match[1]), folder / name) for name in self._names(folder) if (match := _NAME.match(name))]

    def _names(self, folder: Path) -> list[str]:
        try:
            return sorted(path.name for path in folder.iterdir())
        except OSError as error:
            missing = isinstance(error, _MISSING)
            if missing and folder != self._root and self._root.is_dir():
                return []
            raise InvalidInput("hub_unreachable", url=self.url) from error

    def _ends_before(self, earlier: tuple[int, Path], later: tuple[int, Path]) -> bool:
        """Whether two files that lie side by side are of one line: where lines parted they overlap."""
        head = self._good(*earlier)
        return head is not None and head.last < later[0] and self._good(*later) is not None

    def _good(self, first: int, path: Path) -> BatchHead | None:
        head = self._head(path)
        return head if head is not None and head.first_seq == first else None

    def _head(self, path: Path) -> BatchHead | None:
        """The head of a good file; None for one that is torn, altered, gone or not to be read."""
        try:
            facts = path.stat()
            mark = f"{facts.st_size} {facts.st_mtime_ns}"
            place = str(path)
            known = self._heads.get(place)
            if known is None or known[0] != mark:
                known = mark, _remembered(self.memory.get(place), mark)
                if known[1] is None:
                    known = mark, _good_head(_read(path))
                self._heads[place] = known
                if known[1] is not None:
                    self.memory[place] = _memory(mark, known[1])
            return known[1]
        except OSError as error:
            if not self._root.is_dir():
                raise InvalidInput("hub_unreachable", url=self.url) from error
            return None


def _read(path: Path) -> bytes:
    """A file's bytes. What is no file, or larger than any of ours, counts as missing: a pipe would be waited for."""
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode) or facts.st_size > _LARGEST:
        raise FileNotFoundError(path)
    return read_whole(path)


def _memory(mark: str, head: BatchHead) -> str:
    return json.dumps([mark, head.signed().decode(), head.signature.hex()])


def _remembered(kept: str | None, mark: str) -> BatchHead | None:
    """The head of a file that was good and has not changed since."""
    if kept is None:
        return None
    known, signed, signature = json.loads(kept)
    return head_of(signed.encode(), bytes.fromhex(signature)) if known == mark else None


def _good_head(data: bytes) -> BatchHead | None:
    try:
        return read_head(data)
    except BatchBroken:
        return None


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise InvalidInput("hub_read_only", url=f"folder:{root}") from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InvalidInput("hub_full", url=f"folder:{root}") from error
        raise InvalidInput("hub_unreachable", url=f"folder:{root}") from error


def _write_new(path: Path, data: bytes, is_good: Callable[[], bool]) -> bool:
    """Durably, whole, over nothing but a damaged file; False where a good one is there already."""
    with _written(path, data) as temporary:
        put = _put_in_place(temporary, path, is_good)
    _sync_folder(path.parent)
    return put


def write_whole(path: Path, data: bytes) -> None:
    """Durably, whole, instead of what was there."""
    with _written(path, data) as temporary:
        give_name(temporary, path)
    _sync_folder(path.parent)


@contextmanager
def _written(path: Path, data: bytes) -> Iterator[Path]:
    """The bytes, durable, beside `path` under a name that no other writer takes; nothing stays there.

    Two desks may hand on the same batch at once, and a full hub is not to be filled with halves.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield temporary
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, path: Path, is_good: Callable[[], bool]) -> bool:
    if not path.exists():
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links: seldom do two write the same batch at once
            give_name(temporary, path)
            return True
        else:
            return True
    if is_good():
        return False
    give_name(temporary, path)
    return True


def _sync_folder(folder: Path) -> None:
    """Make the name durable, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
