"""An officer's intent: what the table of kinds allows is accepted and folds to what the table says, nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.answers import InvalidInput, Refusal
from core.authority import effective_roles
from core.bodies import fields_of
from core.citizen import citizen_deadline
from core.decisions import Act, TakeIn, Undo
from core.dossier import Dossier
from core.events import DOSSIER_KINDS, ENDING_KINDS, INTAKE_KINDS, KINDS, ROLES, Field, Kind
from core.moments import legal_day
from core.payments import as_credited
from core.queue import Lane
from core.results import results_refusal
from core.standing import standing
from core.states import State
from tests.core.lives import DOSSIER, DUE, LAW, Life, at, begun
from tests.core.writers import Writer

STORED: dict[str, Any] = {
    "text": "chữ", "moment": "2026-09-30T17:00:00+07:00", "date": "2026-06-30", "integer": 1, "amount": "20000",
    "flag": True, "list": ["x"],
}  # fmt: skip
NO_ACTS = (
    *("undone", "receipt_number_given", "transfer_accepted", "transferred", "transfer_followed"),
    "citizen_told",
)
BY_NAME = {"unit": "working_day", "field": "applicant.phone", "new": "0905123456", "signed_as": "head", "signer": "o1"}
BY_NAME |= {"answer": "took", "method": "cash", "purpose": "fine"}
CODES = {"delay_excused": "force_majeure", "stopped": "not_supplemented"}


def value_for(field: Field, kind: str) -> Any:
    if field.name == "code":
        return CODES.get(kind, "overload")
    return BY_NAME.get(field.name, STORED[field.type])


def given_fields(kind: Kind) -> tuple[Field, ...]:
    """What a person gives; a new appointment with its date, or with the days from which it is counted."""
    return tuple(field for field in fields_of(kind) if (kind.name, field.name) != ("rescheduled", "days"))


def expected(
    dossier: Dossier | None, name: str, roles: tuple[str, ...], fields: dict[str, Any], now: datetime
) -> str | None:
    """What the contract of kinds says of one attempt: the code of its refusal, or None."""
    kind, state = KINDS[name], dossier.state if dossier else None
    if name not in INTAKE_KINDS and state is None:
        return "dossier_unknown"
    if not kind.roles & effective_roles(roles):
        return "role_missing"
    if kind.legal_from is not None and state not in kind.legal_from:
        return "not_from_state"
    assert dossier is not None or name in INTAKE_KINDS
    if name == "supplement_requested" and dossier and dossier.supplements and not {"reason", "leader"} <= fields.keys():
        return "second_supplement"
    if name in ("rescheduled", "apology_proposed") and dossier:
        return expected_appointment(dossier, name, fields)
    if name == "apology_declined" and dossier and dossier.proposal is None:
        return "nothing_proposed"
    if name == "stopped" and "code" in fields and dossier:
        waits = citizen_deadline(dossier, LAW)
        if waits is None or not waits.stop_proposed(legal_day(now)):
            return "citizen_has_time"
    if name == "delay_excused" and not fields.keys() & {"basis", "code"}:
        return "excuse_without_basis"
    if name == "promised_earlier" and dossier:
        binding = standing(dossier, LAW).binding_at
        if binding is None or datetime.fromisoformat(fields["due_at"]) >= binding:
            return "promise_without_due" if binding is None else "promise_not_earlier"
    if name == "service_offered" and "reason" in fields:
        return "service_reason_unknown"
    if name == "conflict_resolved":
        return "not_the_branches"
    if dossier:
        credited = as_credited(dossier, name, fields)
        if isinstance(credited, Refusal):
            return credited.code
        fields = credited
    # results and papers held have tables of their own: test_results.py, test_custody.py
    refused = results_refusal(dossier, name, fields, now, LAW, effective_roles(roles)) if dossier else None
    return refused.code if refused else None


def expected_appointment(dossier: Dossier, name: str, fields: dict[str, Any]) -> str | None:
    stands = standing(dossier, LAW)
    if dossier.rescheduled_to is not None:
        return "already_rescheduled"
    if stands.lane is Lane.PAUSED or stands.binding_at is None:
        return "reschedule_without_due"
    late = name == "rescheduled" and datetime.fromisoformat(fields["due_at"]) <= stands.binding_at
    return "appointment_not_later" if late else None


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_walk_over_all_kinds_follows_the_table(data: st.DataObject) -> None:
    life = Life()
    names = st.sampled_from([name for name in DOSSIER_KINDS if name not in NO_ACTS])
    for _ in range(data.draw(st.integers(3, 14))):
        life.later(hours=3)
        before, name = life.dossier, data.draw(names)
        roles = data.draw(st.sampled_from([("front_desk",), ("processing",), ("leader", "admin"), ("auditor",)]))
        kind = KINDS[name]
        if name in INTAKE_KINDS:
            facts: dict[str, Any] = {"procedure": "permanent-residence", "applicant": {"name": "A"}}
            facts |= {"reason": "x"} if name == "not_accepted" else {}
            answer = life.ask(TakeIn(DOSSIER, name, life.now, facts), *roles)
        else:
            fields = {
                field.name: value_for(field, name)
                for field in given_fields(kind)
                if field.required or data.draw(st.booleans(), label=field.name)
            }
            facts = fields
            answer = life.ask(Act(DOSSIER, name, life.now, fields), *roles)
        code = expected(before, name, roles, facts, life.now)
        assert (answer.code if isinstance(answer, Refusal) else None) == code, name
        if isinstance(answer, Refusal):
            continue
        life.write(answer)
        after = life.dossier
        assert after is not None and after.marks == {}
        state = before.state if before else None
        moves = kind.state_after is not None and (kind.moves is None or state in kind.moves)
        assert after.state == (kind.state_after if moves else state)
        if name in ENDING_KINDS:
            assert after.ending is not None and after.ending.judged in ("early", "on_time", "late", "none")


@pytest.mark.parametrize("name", [name for name in DOSSIER_KINDS if name not in (*INTAKE_KINDS, *NO_ACTS)])
@pytest.mark.parametrize("role", ROLES)
def test_each_action_asks_its_roles(name: str, role: str) -> None:
    life = begun()
    fields = {field.name: value_for(field, name) for field in given_fields(KINDS[name])}
    answer = life.ask(Act(DOSSIER, name, life.now, fields), role)
    refused_for_role = isinstance(answer, Refusal) and answer.code == "role_missing"
    assert refused_for_role is not bool(KINDS[name].roles & effective_roles([role]))


def code(refused: Refusal | None) -> str | None:
    return refused.code if refused else None


def test_a_second_supplement_needs_a_reason_and_the_leaders_name() -> None:
    life = begun()
    life.must("supplement_requested", items=["CT01"])
    life.must("supplement_received", papers=["CT01"])
    assert code(life.act("supplement_requested", items=["ảnh"])) == "second_supplement"
    assert code(life.act("supplement_requested", items=["ảnh"], reason="thiếu ảnh")) == "second_supplement"
    assert life.act("supplement_requested", items=["ảnh"], reason="thiếu ảnh", leader="Đỗ Văn Lành") is None


def test_a_second_reschedule_is_refused_with_the_article() -> None:
    life = begun()
    life.must("rescheduled", due_at="2026-06-08T17:00:00+07:00", reason="đông hồ sơ")
    refused = life.act("rescheduled", due_at="2026-06-15T17:00:00+07:00", reason="vẫn đông")
    assert code(refused) == "already_rescheduled"
    assert refused is not None and refused.basis == "NĐ 118/2025/NĐ-CP (trước đó: Đ.19 NĐ 61/2018/NĐ-CP)"


def test_a_new_appointment_lies_ahead() -> None:
    assert code(begun().act("rescheduled", due_at="2026-05-21T09:00:00+07:00", reason="x")) == "appointment_past"


@pytest.mark.parametrize(
    ("roles", "when", "refusal"),
    [
        (("front_desk",), "2026-05-14T08:00", None),
        (("front_desk",), "2026-05-13T23:59", "too_far_back"),
        (("leader",), "2026-02-20T09:00", None),
        (("leader",), "2026-02-19T23:00", "too_far_back"),
        (("front_desk",), "2026-05-21T09:02", None),
        (("front_desk",), "2026-05-21T09:02:01", "in_the_future"),
        (("leader",), "2026-05-22T00:00", "in_the_future"),
    ],
)
def test_how_far_back_and_ahead_a_time_may_lie(roles: tuple[str, ...], when: str, refusal: str | None) -> None:
    body = {"procedure": "permanent-residence", "applicant": {"name": "A"}}
    assert code(Life().do(TakeIn(DOSSIER, "received", at(when), body), *roles)) == refusal


def test_an_import_may_be_of_any_age_and_is_marked() -> None:
    life = Life()
    body = {"procedure": "permanent-residence", "applicant": {"name": "A"}}
    assert life.do(TakeIn(DOSSIER, "received", at("2022-03-01T09:00"), body, imported=True)) is None
    assert life.dossier is not None and life.dossier.facts["imported"] is True
    future = TakeIn(DOSSIER, "received", at("2026-05-22T09:00"), body, imported=True)
    assert code(Life().do(future)) == "in_the_future"


def test_nothing_happens_before_receipt_nor_an_answer_before_its_request() -> None:
    life = begun()
    assert code(life.act("approved", at("2026-05-21T08:59"))) == "before_receipt"
    life.later(hours=2)
    life.must("supplement_requested")
    assert code(life.act("supplement_received", at("2026-05-21T10:00"))) == "before_request"
    life.must("supplement_received")
    life.must("suspended", reason="chờ xác minh")
    assert code(life.act("resumed", at("2026-05-21T10:59"))) == "before_request"


@pytest.mark.parametrize("slow", [timedelta(minutes=10), timedelta(days=1), timedelta(days=20000)])
def test_a_clock_that_is_slow_holds_up_nothing_that_another_desk_has_begun(slow: timedelta) -> None:
    life = begun()
    received = life.now
    life.now -= slow
    for kind in ("noted", "supplement_requested", "supplement_received", "result_ready", "result_returned"):
        life.must(kind, **({"text": "x"} if kind == "noted" else {}))
    dossier = life.dossier
    assert dossier is not None and dossier.state is State.RETURNED and dossier.marks == {}
    assert {event.at for event in dossier.events} == {received}, "at the earliest when what was seen had happened"


def test_a_receipt_from_a_fast_clock_can_be_mended_and_voided() -> None:
    now = at("2026-05-21T09:00")
    life = Life(now=now.replace(year=2099))
    assert life.take_in() is None
    life.now = now
    life.must("corrected", field="received_at", new=now.isoformat())
    assert life.dossier is not None and life.dossier.received_at == now
    life.must("voided", reason="nhập nhầm")


def test_what_was_handed_in_by_a_fast_clock_is_taken_in() -> None:
    life = Life(now=at("2026-05-21T09:00"))
    assert life.take_in("submitted", channel="online") is None
    life.now = at("2026-05-21T08:45")
    assert life.do(TakeIn(DOSSIER, "received", life.now, {})) is None
    life.must("result_ready")


def test_what_was_submitted_goes_on_into_the_receipt() -> None:
    life = Life()
    assert life.take_in("submitted", channel="online", papers=["CT01"], fee_paid="20000", matter={"house": "1"}) is None
    assert code(life.do(TakeIn(DOSSIER, "received", at("2026-05-21T08:00"), {}))) == "before_receipt"
    assert life.do(TakeIn(DOSSIER, "received", life.now, {"shelf": "B4"})) is None
    dossier = life.dossier
    assert dossier is not None and dossier.marks == {}
    assert dossier.applicant["name"] == "Đặng Thị Đào" and dossier.matter == {"house": "1"}
    assert dossier.facts["papers"] == ["CT01"] and dossier.facts["shelf"] == "B4"
    assert dossier.paid == [("20000", "")]


def test_who_was_sent_home_comes_back_without_the_reason() -> None:
    life = Life()
    assert life.take_in("guided", reason="thiếu giấy tờ", missing=["CT01"]) is None
    assert life.do(TakeIn(DOSSIER, "received", life.now, {})) is None
    assert life.dossier is not None and life.dossier.state is State.RECEIVED
    assert "reason" not in life.dossier.events[-1].body


def test_a_receipt_carries_number_version_and_case() -> None:
    life = begun()
    body = life.writer.seen["a-0001"].body
    version = LAW.version_on("permanent-residence", life.now.date())
    assert not isinstance(version, Refusal)
    assert body["receipt_number"] == "H30-001-260521-0001"
    assert body["version"] == version.row_hash
    assert body["variant"] == version.variants[0].code
    assert code(begun().take_in()) == "not_from_state"


def test_before_the_first_version_there_is_a_dossier_without_law() -> None:
    life = Life(now=at("2007-06-01T09:00"))
    assert life.take_in() is None
    assert "version" not in life.writer.seen["a-0001"].body
    assert code(Life().take_in(procedure="no-such")) == "procedure_unknown"
    assert code(Life().take_in(variant="no-such")) == "variant_unknown"


class TestEndings:
    @pytest.mark.parametrize(
        ("when", "judged"),
        [("2026-05-29T16:00", "early"), ("2026-06-01T07:30", "on_time"), ("2026-06-01T23:59", "on_time"),
         ("2026-06-02T00:00", "late")],
    )  # fmt: skip
    def test_day_limits_are_judged_by_date(self, when: str, judged: str) -> None:
        life = begun()
        life.now = at(when)
        life.must("result_ready")
        dossier = life.dossier
        assert dossier is not None and dossier.ending is not None
        assert (dossier.ending.judged, dossier.ending.due_at) == (judged, at("2026-06-01T17:00"))
        version = LAW.version_on("permanent-residence", at("2026-05-21T09:00").date())
        assert not isinstance(version, Refusal) and life.dossier is not None
        assert life.dossier.events[-1].body["law"] == version.row_hash

    @pytest.mark.parametrize(("when", "judged"), [("20:59", "early"), ("21:00", "on_time"), ("21:00:01", "late")])
    def test_hour_limits_are_judged_by_the_instant(self, when: str, judged: str) -> None:
        life = begun(procedure="foreigner-stay-declaration")
        life.now = at(f"2026-05-21T{when}")
        life.must("result_ready")
        assert life.dossier is not None and life.dossier.ending is not None
        assert life.dossier.ending.judged == judged

    def test_without_a_due_date_nothing_is_late(self) -> None:
        life = begun()
        life.must("supplement_requested")
        life.later(days=60)
        life.must("withdrawn")
        assert life.dossier is not None and life.dossier.ending is not None
        assert (life.dossier.ending.judged, life.dossier.ending.due_at) == ("none", None)


class TestUndo:
    def test_the_last_own_command_as_a_whole(self) -> None:
        life = begun()
        life.must("approved")
        assert life.undo() is None
        assert life.dossier is not None and life.dossier.outcome is None
        assert code(life.undo()) == "undo_not_last"

    def test_a_receipt_and_its_number(self) -> None:
        life = begun(fee_paid="20000")
        assert life.undo() is None
        assert life.dossier is not None and life.dossier.state is None and life.dossier.paid == []
        (voided,) = life.beside
        assert (voided.entity, voided.kind) == ("desk:a", "number_voided")
        assert voided.body["number"] == "H30-001-260521-0001"

    def test_not_anothers(self) -> None:
        life = begun()
        assert code(life.undo(officer="o2")) == "undo_not_own"

    def test_not_what_lies_deeper(self) -> None:
        life = begun()
        life.must("noted", text="x")
        assert code(life.do(Undo(DOSSIER, "a-0001", life.now))) == "undo_not_last"

    def test_not_without_a_role(self) -> None:
        life = begun()
        life.must("reader_noted", what="x")
        assert code(life.undo("auditor")) == "role_missing"

    def test_not_one_dossier_of_a_command_over_many(self) -> None:
        life = begun()
        drafts = (("assigned", {"to": "o2", "handover": "s"}), ("noted", {"text": "x"}))
        events = life.writer.write(*drafts)
        life.writer.seen.pop(events[1].event_id)
        assert code(life.do(Undo(DOSSIER, events[0].event_id, life.now))) == "undo_of_many"


class TestBodies:
    @pytest.mark.parametrize(
        ("kind", "fields", "problem"),
        [
            ("rescheduled", {"reason": "x"}, "field_missing"),
            ("rescheduled", {"reason": "x", "due_at": "mai"}, "field_invalid"),
            ("extended", {"amount": "3", "unit": "fortnight"}, "field_invalid"),
            ("noted", {"text": "x", "colour": "red"}, "field_unknown"),
            ("corrected", {"field": "receipt_number", "new": "1"}, "field_invalid"),
            ("corrected", {"field": "received_at", "new": "hôm qua"}, "field_invalid"),
            ("received", {}, "kind_unknown"),
            ("undone", {"group": "a-0001"}, "kind_unknown"),
            ("receipt_number_given", {"number": "T48.99-260521-0001"}, "kind_unknown"),
            ("officer_added", {}, "kind_unknown"),
        ],
    )
    def test_nothing_is_written_that_the_table_does_not_know(
        self, kind: str, fields: dict[str, Any], problem: str
    ) -> None:
        life = begun()
        with pytest.raises(InvalidInput) as error:
            life.act(kind, **fields)
        assert error.value.code == problem

    def test_a_correction_of_the_procedure_needs_one_in_force(self) -> None:
        life = begun()
        assert code(life.act("corrected", field="procedure", new="no-such")) == "procedure_unknown"
        assert code(life.act("corrected", field="variant", new="no-such")) == "variant_unknown"
        assert code(life.act("corrected", field="received_at", new="2026-05-22T09:00:00+07:00")) == "in_the_future"
        assert life.act("corrected", field="procedure", new="temporary-residence") is None


class TestConflicts:
    def quarrel(self) -> Life:
        life = begun()
        other = Writer("b", "o2", ahead=9)
        other.learn(life.writer.seen.values())
        life.must("result_ready")
        other.write(("refused", {"reason": "x"}))
        life.writer.learn(other.seen.values())
        return life

    def test_legal_effects_wait_and_notes_do_not(self) -> None:
        life = self.quarrel()
        assert code(life.act("result_returned")) == "in_conflict"
        assert life.act("noted", text="đã gọi") is None
        assert life.act("corrected", field="applicant.phone", new="0905123456") is None

    @pytest.mark.parametrize(
        ("branches", "keep"), [(["a-0002"], "a-0002"), (["a-0002", "b-0001", "a-0001"], "a-0002"),
                               (["a-0002", "b-0001"], "a-0001"), ([], "a-0002")],
    )  # fmt: skip
    def test_a_resolution_names_all_branches_and_nothing_else(self, branches: list[str], keep: str) -> None:
        assert code(self.quarrel().act("conflict_resolved", branches=branches, keep=keep)) == "not_the_branches"

    def test_a_resolution_lets_work_go_on(self) -> None:
        life = self.quarrel()
        life.must("conflict_resolved", branches=["a-0002", "b-0001"], keep="b-0001")
        assert life.dossier is not None and life.dossier.outcome == "refused"
        assert life.act("result_returned") is None


def test_who_is_unknown_stays_unknown() -> None:
    life = Life()
    moment: datetime = life.now
    assert code(life.do(Act(DOSSIER, "noted", moment, {"text": "x"}))) == "dossier_unknown"
    assert code(life.do(Undo(DOSSIER, "x", moment))) == "dossier_unknown"


UNVERIFIED = "driving-licence-exchange"
DUE_TEXT = DUE.isoformat()


def test_a_date_on_an_unverified_limit_is_printed_only_where_an_officer_confirms_it() -> None:
    life = begun(procedure=UNVERIFIED)
    promised = {"letter": "receipt", "promised_at": "2026-05-28T17:00:00+07:00"}
    refused = life.act("letter_issued", **promised)
    assert refused is not None and refused.code == "unverified_unconfirmed"
    assert "TT 12/2025/TT-BCA" in refused.params["reason"]
    assert code(life.act("letter_issued", **promised, confirmed=False)) == "unverified_unconfirmed"
    assert life.act("letter_issued", letter="receipt") is None
    assert life.act("letter_issued", **promised, confirmed=True) is None
    assert life.dossier is not None and life.dossier.events[-1].body["confirmed"] is True


def test_a_verified_limit_asks_for_no_confirmation() -> None:
    assert begun().act("letter_issued", letter="receipt", promised_at="2026-06-01T17:00:00+07:00") is None


def test_an_earlier_promise_handed_in_with_the_dossier_binds_and_is_undone_with_it() -> None:
    life = Life()
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "A"}}
    promise = {"due_at": "2026-05-28T15:00:00+07:00", "reason": "người già"}
    late = TakeIn(DOSSIER, "received", life.now, facts, along=(("promised_earlier", promise | {"due_at": DUE_TEXT}),))
    assert code(life.do(late)) == "promise_not_earlier" and life.dossier is None
    assert life.do(TakeIn(DOSSIER, "received", life.now, facts, along=(("promised_earlier", promise),))) is None
    assert life.dossier is not None
    assert standing(life.dossier, LAW).binding_at == at("2026-05-28T15:00")
    assert life.undo() is None
    assert life.dossier is not None and life.dossier.state is None


def test_a_promise_is_for_hours_in_which_somebody_is_received() -> None:
    life = begun()
    for due, expected in (
        ("2026-05-24T10:00:00+07:00", "promise_closed"),
        ("2026-05-25T12:00:00+07:00", "promise_closed"),
        ("2026-05-25T15:00:00+07:00", None),
    ):
        refused = life.act("promised_earlier", due_at=due, reason="khách đi xa")
        assert (refused.code if refused else None) == expected
