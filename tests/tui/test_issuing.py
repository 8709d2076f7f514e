"""A letter that desks print apart: one number, one original, a copy once anybody has seen it."""

from __future__ import annotations

from core.answers import Refusal
from storage.desk import Desk, Done
from storage.manner import SHEET
from storage.spool import Job, Spool
from tests.storage.sync_desks import Station, act, officer_of, take_in
from tui.issuing import Copy, Ready, prepare


def paper(desk: Desk, dossier: str, kind: str = "apology") -> Job | Copy:
    ready = prepare(desk, officer_of(desk), dossier, kind, SHEET)
    assert isinstance(ready, Ready)
    return ready.paper


def put_off(desk: Desk) -> str:
    dossier = take_in(desk)
    assert not isinstance(act(desk, dossier, "rescheduled", code="overload", days=3), Refusal)
    return dossier


def letters(desk: Desk, dossier: str) -> list[tuple[str | None, bool]]:
    folded = desk.dossier(dossier)
    assert folded is not None
    return [(one.number, one.printed) for one in folded.letters.values()]


def test_what_another_desk_issued_and_nobody_saw_is_the_same_original_here(station: Station) -> None:
    one, other, third = station.desks
    dossier = put_off(one)
    first = paper(one, dossier)
    station.sync(0, 1)
    again = paper(other, dossier)
    assert isinstance(again, Job) and again.content == first.content, "the same number, day, words and signature"
    station.sync(1, 2)
    assert paper(third, dossier).content == first.content
    station.sync(2, 0, 1)
    assert paper(one, dossier) == first, "here the one that waits, and nothing is issued again"
    assert {tuple(letters(desk, dossier)) for desk in station.desks} == {(("01/VBXL-Q1", False),)}


def test_it_is_a_copy_everywhere_once_it_was_seen_where_it_came_from(station: Station) -> None:
    one, other, _ = station.desks
    dossier = put_off(one)
    first = paper(one, dossier)
    assert isinstance(first, Job)
    station.sync(0, 1)
    paper(other, dossier)
    station.sync(1, 0)
    assert [job.issue for job in Spool(one).jobs()] == [first.issue], "it may have come out there: somebody says so"
    assert isinstance(Spool(one).confirm(officer_of(one), first), Done)
    station.sync(0, 1)
    for desk in (one, other):
        assert letters(desk, dossier) == [("01/VBXL-Q1", True)]
        assert isinstance(paper(desk, dossier), Copy)


def test_what_tells_how_things_stand_is_each_desks_own(station: Station) -> None:
    one, other, _ = station.desks
    dossier = put_off(one)
    paper(one, dossier, "explanation")
    station.sync(0, 1)
    paper(other, dossier, "explanation")
    assert letters(other, dossier) == [("01/GT-Q1", False), ("01/GT-Q2", False)]
