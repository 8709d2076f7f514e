"""The embedded hub: a folder that desks share (a share, a NAS, a synced directory). Nothing of ours runs there.

`STATION/origins/DESK-EPOCH/FIRSTSEQ.batch`, twelve digits; only its own desk writes an origin's files, whole and
never over a good one. A sync service's conflict copies are candidates too; other files are nobody's business.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.answers import InvalidInput
from storage.event_log import Origin
from storage.sync.batch import BatchBroken, BatchHead, read_head
from storage.sync.protocol import Answer, Offer, Offers

_NAME = re.compile(r"(\d{12})(?!\d).*batch")
_ORIGIN = re.compile(r"([0-9a-f-]{36})-(\d{1,9})")
_STATION = re.compile(r"[0-9a-f-]{36}")
_LARGEST = 512 * 1024 * 1024
_Seen = tuple[int, int, BatchHead | None]


class FolderHub:
    """A hub at `path`. Good files are read once for each time they change, as long as this object lives."""

    def __init__(self, path: Path) -> None:
        self._root = path
        self._seen: dict[Path, _Seen] = {}

    @property
    def url(self) -> str:
        return f"folder:{self._root}"

    def create(self) -> None:
        """Make the folder if it is not there; InvalidInput `hub_unreachable`, `hub_read_only`."""
        with _writing(self._root):
            self._root.mkdir(parents=True, exist_ok=True)

    def stations(self) -> list[str]:
        """The stations whose desks meet here."""
        return [name for name in self._names(self._root) if _STATION.fullmatch(name)]

    def origins(self, station: str) -> list[Origin]:
        found = (_ORIGIN.fullmatch(name) for name in self._names(self._root / station / "origins"))
        return [Origin(match[1], int(match[2])) for match in found if match]

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        """Batches from the last one that begins at or before `after` + 1 on; others can't hold anything newer."""
        folder = self._folder(station, origin)
        named = [(int(match[1]), name) for name in self._names(folder) if (match := _NAME.match(name))]
        begin = max((first for first, _ in named if first <= after + 1), default=0)
        batches: list[Offer] = []
        damaged: list[int] = []
        for first, name in named:
            if first < begin:
                continue
            head = self._head(folder / name)
            if head is None or head.first_seq != first:
                damaged.append(first)
            else:
                batches.append(Offer(str(folder / name), head))
        return Offers(tuple(batches), tuple(damaged))

    def fetch(self, offer: Offer) -> bytes:
        try:
            return Path(offer.place).read_bytes()
        except OSError as error:
            raise InvalidInput("hub_unreachable", url=self.url) from error

    def put(self, station: str, head: BatchHead, data: bytes) -> Answer:
        folder = self._folder(station, head.origin)
        path = folder / f"{head.first_seq:012}.batch"
        if not self._root.is_dir():
            raise InvalidInput("hub_unreachable", url=self.url)
        with _writing(self._root):
            folder.mkdir(parents=True, exist_ok=True)
            known = self._head(path) if path.exists() else None
            if known is not None:
                return Answer.DUPLICATE if known.end == head.end else Answer.FORK
            temporary = folder / f".{path.name}.tmp"
            _write_durably(temporary, data)
            _put_in_place(temporary, path)
            _sync_folder(folder)
        return Answer.OK

    def _folder(self, station: str, origin: Origin) -> Path:
        return self._root / station / "origins" / f"{origin.desk}-{origin.epoch}"

    def _names(self, folder: Path) -> list[str]:
        try:
            return sorted(path.name for path in folder.iterdir())
        except OSError as error:
            if (
                folder != self._root
                and self._root.is_dir()
                and isinstance(error, FileNotFoundError | NotADirectoryError)
            ):
                return []
            raise InvalidInput("hub_unreachable", url=self.url) from error

    def _head(self, path: Path) -> BatchHead | None:
        """The head of a good file; None for one that is torn, altered, gone or not to be read."""
        try:
            facts = path.stat()
            seen = self._seen.get(path)
            if seen is None or seen[:2] != (facts.st_size, facts.st_mtime_ns):
                good = facts.st_size <= _LARGEST
                seen = (facts.st_size, facts.st_mtime_ns, _good_head(path.read_bytes()) if good else None)
                self._seen[path] = seen
            return seen[2]
        except OSError as error:
            if not self._root.is_dir():
                raise InvalidInput("hub_unreachable", url=self.url) from error
            return None


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


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put_in_place(temporary: Path, path: Path) -> None:
    """Move without overwriting; a file that is there already is a torn one and gives way."""
    if not path.exists():
        try:
            os.link(temporary, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without links: only this desk writes here, one exchange at a time
            temporary.replace(path)
            return
        else:
            temporary.unlink()
            return
    temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    """Make the name durable, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
