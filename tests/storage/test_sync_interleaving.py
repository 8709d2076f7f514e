"""However two or three desks interleave, crash and lose files: once the faults stop, they are one station."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.decisions import Undo
from storage.event_log import Head, Origin
from storage.sync.batch import BatchHead
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.protocol import Answer, Offer, Reach
from storage.verification import verify
from tests.storage.sync_desks import START, Station, act, copied, dump, entity_heads, found_station, officer_of, take_in

DESKS = st.integers(0, 2)
ACTS = (
    ("step_completed", {"step": "check"}),
    ("supplement_requested", {"reason": "thiếu giấy tờ"}),
    ("supplement_received", {}),
    ("approved", {}),
    ("refused", {"reason": "không đủ điều kiện"}),
    ("result_ready", {"shelf": "K1"}),
    ("result_returned", {"channel": "counter"}),
    ("withdrawn", {}),
    ("suspended", {"reason": "chờ"}),
    ("resumed", {}),
    ("noted", {"text": "gọi lại"}),
    ("corrected", {"field": "applicant.phone", "old": "0905123456", "new": "0914000111"}),
    ("corrected", {"field": "applicant.name", "new": "Nguyễn Văn Anh"}),
    ("original_taken", {"paper": "CT01"}),
)


class Crash(Exception):
    """The process is gone."""


class DyingHub(FolderHub):
    """A hub whose user dies at its n-th call, before or just after the call has had its effect."""

    def __init__(self, path: Path, calls: int, after: bool) -> None:
        super().__init__(path)
        self._left, self._after = calls, after

    def heads(self, station: str, held: Mapping[Origin, Head]) -> dict[Origin, Reach]:
        self._step()
        return super().heads(station, held)

    def fetch(self, offer: Offer) -> bytes:
        self._step()
        return super().fetch(offer)

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        if not self._after:
            self._step()
        said = super().push(station, head, data)
        if self._after:
            self._step()
        return said

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Crash


class Desks(RuleBasedStateMachine):
    template: Path

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.context = copied(self.template, self.root / "station")
        self.station: Station = self.context.__enter__()
        self.dossiers: list[str] = []

    @rule(number=DESKS, minutes=st.integers(0, 90))
    def takes_in(self, number: int, minutes: int) -> None:
        self.dossiers.append(take_in(self.station.desks[number], minutes=minutes))

    @precondition(lambda self: self.dossiers)
    @rule(number=DESKS, which=st.integers(0, 3), what=st.sampled_from(ACTS))
    def acts(self, number: int, which: int, what: tuple[str, dict[str, object]]) -> None:
        desk = self.station.desks[number]
        act(desk, self.dossiers[-1 - which % len(self.dossiers)], what[0], **what[1])

    @precondition(lambda self: self.dossiers)
    @rule(number=DESKS)
    def undoes(self, number: int) -> None:
        desk = self.station.desks[number]
        dossier = desk.dossier(self.dossiers[-1])
        if dossier is not None and dossier.events:
            last = dossier.events[-1]
            desk.do(Undo(dossier.id, desk.log.group_of(last)[0].event_id, desk.now()), officer_of(desk))

    @rule(number=DESKS, minutes=st.sampled_from([-1440, -5, 0, 3, 60, 600_000]))
    def clock_jumps(self, number: int, minutes: int) -> None:
        now = START + timedelta(minutes=minutes)
        self.station.desks[number].now = lambda: now

    @rule(number=DESKS)
    def syncs(self, number: int) -> None:
        self.station.sync(number)

    @rule(number=DESKS, calls=st.integers(0, 12), after=st.booleans())
    def dies_while_syncing(self, number: int, calls: int, after: bool) -> None:
        try:
            exchange(self.station.desks[number], DyingHub(self.root / "station" / "hub", calls, after))
        except Crash:
            self.station.reopen(number)

    @rule(which=st.integers(0, 99), share=st.floats(0, 1))
    def file_is_torn(self, which: int, share: float) -> None:
        path = self._file(which)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * share)])

    @rule(which=st.integers(0, 99), place=st.integers(0, 10_000), bit=st.integers(0, 7))
    def file_rots(self, which: int, place: int, bit: int) -> None:
        path = self._file(which)
        data = bytearray(path.read_bytes())
        if data:
            data[place % len(data)] ^= 1 << bit
            path.write_bytes(data)

    @rule(which=st.integers(0, 99), moved=st.booleans())
    def conflict_copy(self, which: int, moved: bool) -> None:
        path = self._file(which)
        copy = path.with_name(f"{path.name[:12]} (copy of {path.stem[12:]}).batch")
        if moved:
            path.replace(copy)
        else:
            shutil.copyfile(path, copy)

    @rule(which=st.integers(0, 99))
    def file_is_lost(self, which: int) -> None:
        self._file(which).unlink()

    @rule(which=st.integers(0, 99))
    def stray_file(self, which: int) -> None:
        self._file(which).with_name("Thumbs.db").write_bytes(b"junk")

    def _file(self, which: int) -> Path:
        files = self.station.files()
        return files[which % len(files)] if files else self._stray()

    def _stray(self) -> Path:
        path = self.root / "station" / "hub" / "stray"
        path.write_bytes(b"")
        return path

    def teardown(self) -> None:
        if not hasattr(self, "station"):
            return
        try:
            self._heals()
        finally:
            self.context.__exit__(None, None, None)
            shutil.rmtree(self.root)

    def _heals(self) -> None:
        before = [desk.log.heads()[desk.identity.origin].seq for desk in self.station.desks]
        for _ in range(2):
            self.station.sync(0, 1, 2)
        desks = self.station.desks
        assert desks[0].log.heads() == desks[1].log.heads() == desks[2].log.heads()
        assert dump(desks[0]) == dump(desks[1]) == dump(desks[2])
        assert entity_heads(desks[0]) == entity_heads(desks[1]) == entity_heads(desks[2])
        for desk, seq in zip(desks, before, strict=True):
            assert desk.log.heads()[desk.identity.origin].seq >= seq
            assert desk.identity.epoch == 1
            assert verify(desk).holds
        numbers = [row[0] for row in desks[0].connection.execute("SELECT receipt_number FROM dossier")]
        assert len(numbers) == len(set(numbers)) >= len(self.dossiers) - _undone(self.station)
        report = self.station.sync(0)[0]
        assert (report.sent, report.received, report.pending, report.behind) == (0, 0, 0, 0)


def _undone(station: Station) -> int:
    asked = "SELECT count(*) FROM event WHERE kind = 'undone'"
    return int(station.desks[0].connection.execute(asked).fetchone()[0])


def test_desks_always_end_as_one_station(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    monkeypatch.setenv("MOTCUA_NOW", START.isoformat())
    Desks.template = tmp_path_factory.mktemp("machine") / "station"
    found_station(Desks.template)
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Desks,
        settings=settings(
            max_examples=12,
            phases=[Phase.generate],
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=checks,
        ),
    )
