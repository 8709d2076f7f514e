"""No receipt number twice, over random days, undos, crashes, reopenings, copies put back and lost witnesses."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.decisions import TakeIn, Undo
from storage.database import DATABASE_NAME
from storage.desk import Desk, Done
from storage.numbers import close_days, gap_report
from storage.witness import WITNESS_NAME
from tests.conftest import NOW, officer

_FACTS = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
_STEPS = st.one_of(
    st.tuples(st.just("take"), st.just(0)),
    st.tuples(st.just("take"), st.integers(-3, 0)),
    st.tuples(st.just("undo"), st.just(0)),
    st.tuples(st.just("clock"), st.integers(-30, 30)),
    st.tuples(
        st.sampled_from(["reopen", "keep", "copy_back", "lose_witness", "stale_witness", "close_days"]), st.just(0)
    ),
    st.tuples(st.just("use_up"), st.sampled_from([498, 10_497])),
)


class Life:
    """One desk that is alone, what it ever told, and the faults that happen to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[str] = []
        self.hours = 0
        self.witness_before = b""
        self.last: str | None = None
        self.kept = (folder / DATABASE_NAME).read_bytes()
        self.desk = self.open()

    def open(self) -> Desk:
        desk = Desk.open(self.folder)
        desk.now = self.now
        return desk

    def now(self) -> datetime:
        return NOW + timedelta(hours=self.hours)

    def take(self, days: int) -> None:
        self.witness_before = (self.folder / WITNESS_NAME).read_bytes()
        at = self.now() + timedelta(days=days)
        done = self.desk.do(TakeIn(self.desk.new_id(), "received", at, _FACTS, imported=True), officer(self.desk))
        assert isinstance(done, Done), done
        self.last = done.dossiers[0]
        row = self.desk.row(self.last)
        assert row is not None
        if row["receipt_number"] is not None:
            self.told.append(row["receipt_number"])

    def undo(self, _: int) -> None:
        dossier = self.desk.dossier(self.last) if self.last else None
        if dossier is not None and dossier.state is not None:
            self.desk.do(Undo(dossier.id, dossier.events[0].event_id, self.now()), officer(self.desk))

    def clock(self, hours: int) -> None:
        self.hours += hours

    def reopen(self, _: int) -> None:
        self.desk.close()
        self.desk = self.open()

    def keep(self, _: int) -> None:
        self.desk.close()
        self.kept = (self.folder / DATABASE_NAME).read_bytes()
        self.desk = self.open()

    def copy_back(self, _: int) -> None:
        self.desk.close()
        for path in self.folder.glob(DATABASE_NAME + "*"):
            path.unlink()
        (self.folder / DATABASE_NAME).write_bytes(self.kept)
        self.desk = self.open()

    def lose_witness(self, _: int) -> None:
        self.desk.close()
        (self.folder / WITNESS_NAME).unlink()
        self.desk = self.open()

    def stale_witness(self, _: int) -> None:
        """As after a crash between the last number's commit and its witness."""
        self.desk.close()
        if self.witness_before:
            (self.folder / WITNESS_NAME).write_bytes(self.witness_before)
        self.desk = self.open()

    def close_days(self, _: int) -> None:
        close_days(self.desk)
        assert close_days(self.desk) == 0

    def use_up(self, last: int) -> None:
        """Today's series is nearly at its end."""
        number, day = self.desk.series.state().number, f"{self.now():%y%m%d}"
        used = "INSERT INTO series VALUES (?, ?, ?, 0) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)"
        self.desk.connection.execute(used, (number, day, last))
        self.desk.series.keep()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_STEPS, min_size=5, max_size=25))
def test_no_number_is_ever_given_twice(founded: Path, steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        shutil.copytree(founded, Path(root) / "desk")
        life = Life(Path(root) / "desk")
        try:
            for name, value in steps:
                getattr(life, name)(value)
            life.reopen(0)
            life.take(0)
            assert len(set(life.told)) == len(life.told)
            days = {life.now().date() - timedelta(days=back) for back in range(5)}
            asked = {code for day in days for code, _ in gap_report(life.desk, day).questions}
            assert not asked & {"twice", "shared"}
        finally:
            life.desk.close()
