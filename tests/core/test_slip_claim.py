"""What a dossier's slip claims, and that its date comes out again from what it says alone."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest

from core.dossier import Dossier
from core.law import Law
from core.moments import LEGAL_TIME
from core.record import Event
from core.slip_claim import claim_of, recounted, waits_for
from core.slip_code import SlipClaim, claim_bytes, read_claim, text_size
from core.standing import standing
from core.states import State
from core.time_limit import Limit, Phase, Unit
from storage.lawbook import package_law

UNIT = "G01.826.001"
LAW = package_law()


def dossier_of(procedure: str, received_at: datetime, variant: str | None = None) -> Dossier:
    return Dossier(
        "019e4842-d500-7b9e-869c-7922a00f25ef",
        state=State.RECEIVED,
        procedure=procedure,
        variant=variant,
        received_at=received_at,
        unit=UNIT,
        receipt_number=f"{UNIT}-{received_at:%y%m%d}-0042",
    )


def said(dossier: Dossier, law: Law = LAW) -> SlipClaim:
    claim = claim_of(dossier, law, unit=UNIT, desk_key=b"desk", test=False)
    assert read_claim(claim_bytes(claim)) == claim
    return claim


def happened(dossier: Dossier, kind: str, at: datetime, **body: object) -> None:
    event = Event(
        event_id=f"event-{len(dossier.clock_events)}", kind=kind, at=at, by="x", unit=UNIT, entity=dossier.id,
        body=body, desk="d", epoch=1, seq=len(dossier.clock_events) + 1, hlc=0, parents=(), group=(0, 1), version=1,
    )  # fmt: skip
    dossier.clock_events.append(event)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def every_case() -> Iterator[tuple[str, str, datetime]]:
    for procedure in LAW.procedures:
        for version in procedure.versions:
            day = max(version.valid_from, date(2010, 1, 4)) + timedelta(days=2)
            for hour in (9, 19):
                yield from (
                    (procedure.name, case.code, datetime.combine(day, time(hour, 5), tzinfo=LEGAL_TIME))
                    for case in version.variants
                )


def test_the_date_of_every_procedure_comes_out_again_from_its_claim_or_waits() -> None:
    waiting, dated = set(), 0
    for procedure, variant, received_at in every_case():
        dossier = dossier_of(procedure, received_at, variant)
        claim, due = said(dossier), standing(dossier, LAW).due_at
        assert claim.due_at == due and claim.article and claim.phases
        if due is None:
            waiting.add(claim.waits_for)
        else:
            dated += 1
            assert (claim.rests_on, recounted(claim, LAW)) == ("law", due)
    assert dated > 200 and waiting == {"payment_received", "verification_completed"}


def test_a_claim_says_limit_and_article() -> None:
    claim = said(dossier_of("permanent-residence", at("2026-11-20T09:05")))
    assert claim.phases == (Phase(Limit(Fraction(7), Unit.WORKING_DAY)),)
    assert claim.article == "Đ.22.3 Luật Cư trú 2020"
    assert claim.due_at == at("2026-12-02T17:00")


def test_a_payment_that_starts_the_clock_is_where_the_limit_counts_from() -> None:
    dossier = dossier_of("vehicle-first-registration", at("2026-11-20T09:05"), "certificate")
    assert said(dossier).waits_for == "payment_received"
    assert recounted(said(dossier), LAW) is None
    happened(dossier, "payment_received", at("2026-11-26T10:30"))
    claim = said(dossier)
    assert claim.started == ("payment_received", at("2026-11-26T10:30"))
    assert (claim.rests_on, recounted(claim, LAW)) == ("law", at("2026-11-30T17:00"))


def test_a_verification_that_starts_a_phase_is_no_receipt_that_the_off_hours_move() -> None:
    dossier = dossier_of("vehicle-certificate-reissue", at("2026-11-02T09:05"), "certificate")
    assert said(dossier).waits_for == "verification_completed"
    happened(dossier, "verification_completed", at("2026-11-20T09:00"))
    assert said(dossier).due_at == standing(dossier, LAW).due_at


def test_after_a_supplement_the_limit_counts_from_it() -> None:
    dossier = dossier_of("permanent-residence", at("2026-11-20T09:05"))
    happened(dossier, "supplement_requested", at("2026-11-23T09:00"))
    dossier.state = State.AWAITING_SUPPLEMENT
    assert (said(dossier).due_at, said(dossier).waits_for) == (None, "supplement_received")
    happened(dossier, "supplement_received", at("2026-11-26T10:30"))
    dossier.state = State.IN_PROGRESS
    claim = said(dossier)
    assert claim.started == ("supplement_received", at("2026-11-26T10:30"))
    assert (claim.rests_on, recounted(claim, LAW)) == ("law", claim.due_at)


@pytest.mark.parametrize(
    "moved",
    [
        (("rescheduled", "2026-11-25T10:00", {"due_at": "2026-12-10T17:00:00+07:00", "reason": "x"}),),
        (("extended", "2026-11-25T10:00", {"amount": "5", "unit": "working_day"}),),
        (("suspended", "2026-11-23T10:00", {}), ("resumed", "2026-11-26T10:00", {})),
    ],
)
def test_what_moved_the_date_makes_it_rest_on_events(moved) -> None:
    dossier = dossier_of("permanent-residence", at("2026-11-20T09:05"))
    before = said(dossier)
    for kind, moment, body in moved:
        happened(dossier, kind, at(moment), **body)
    claim = said(dossier)
    assert claim.rests_on == "events" and claim.due_at > before.due_at
    assert recounted(claim, LAW) == before.due_at


def test_an_earlier_promise_says_so() -> None:
    dossier = dossier_of("permanent-residence", at("2026-11-20T09:05"))
    dossier.promised_at = at("2026-11-27T15:00")
    assert (said(dossier).rests_on, said(dossier).due_at) == ("promise", at("2026-11-27T15:00"))


def test_seconds_are_not_printed_and_not_claimed() -> None:
    dossier = dossier_of("judicial-record", at("2026-11-20T09:05") + timedelta(seconds=41))
    claim = said(dossier)
    assert (claim.received_at.second, claim.due_at.second, claim.rests_on) == (0, 0, "law")


def test_what_no_law_is_known_for_waits_for_it() -> None:
    claim = said(dossier_of("no-such-procedure", at("2026-11-20T09:05")))
    assert (claim.phases, claim.article, claim.due_at, claim.waits_for) == ((), "", None, "law")
    assert recounted(claim, LAW) is None


def test_a_law_that_does_not_reach_counts_nothing() -> None:
    claim = said(dossier_of("permanent-residence", at("2026-11-20T09:05")))
    assert recounted(replace(claim, received_at=at("1975-04-30T11:30")), LAW) is None


def test_an_article_as_long_as_a_page_is_cut() -> None:
    law = replace(LAW, commitments=())
    version = law.version_on("permanent-residence", date(2026, 11, 20))
    long = "Quyết định của Công an thành phố Đà Nẵng về việc rút ngắn thời hạn " * 6
    case = replace(version.variants[0], phases=tuple(replace(one, basis=long) for one in version.variants[0].phases))
    procedure = replace(law.find("permanent-residence"), versions=(replace(version, variants=(case,)),))
    claim = said(dossier_of("permanent-residence", at("2026-11-20T09:05")), replace(law, procedures=(procedure,)))
    assert claim.article.startswith("Quyết định của Công an thành phố") and claim.article.endswith("…")
    assert 44 < text_size(claim.article) <= 48


@pytest.mark.parametrize(
    ("state", "waits"),
    [
        (State.AWAITING_SUPPLEMENT, "supplement_received"),
        (State.AWAITING_PAYMENT, "payment_received"),
        (State.SUSPENDED, "resumed"),
    ],
)
def test_a_clock_that_stands_still_waits_for_its_answer(state: State, waits: str) -> None:
    dossier = dossier_of("permanent-residence", at("2026-11-20T09:05"))
    dossier.state = state
    happened(dossier, "suspended", at("2026-11-20T10:00"))
    assert waits_for(dossier, LAW) == waits
