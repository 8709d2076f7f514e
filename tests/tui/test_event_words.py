"""What a dossier's history says of every kind of event."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from core.bodies import CHOICES, fault
from core.events import DOSSIER_KINDS, KINDS, Field
from core.record import Event
from tests.conftest import NOW
from tui.dossier_words import event_words
from tui.i18n import in_language, tr

AT: datetime = NOW
_KEY = re.compile(r"\b[a-z_]+(?:\.[a-z_0-9]+)+\b")
"""A name in the catalogue that has no words there."""
_WORDS = {"judged": "early", "letter": "receipt", "unit": "working_day"}
_OF_KINDS = {
    ("citizen_told", "about"): ("ready", "supplement"),
    ("citizen_told", "channel"): ("sms", "mail", "phone"),
    ("corrected", "field"): ("applicant.phone", "shelf", "applicant.tell", "matter.plate", "fee_paid"),
    ("corrected", "new"): ("5",),
    ("transfer_offered", "unit"): ("H30-002",),
}
"""Where a field's words are others than in most kinds."""
_VALUES: dict[str, Any] = {
    "text": "Ổn",
    "moment": AT.isoformat(),
    "date": AT.date().isoformat(),
    "integer": 3,
    "amount": "20000",
    "flag": True,
    "list": ["Ổn"],
    "rows": [{"body": {"applicant": {"number": "048085001234"}}}],
    "object": {"number": "048085001234"},
}


def values(kind: str, field: Field) -> Sequence[Any]:
    """What may stand in a field."""
    if (kind, field.name) in _OF_KINDS:
        return _OF_KINDS[kind, field.name]
    return [*CHOICES.get(field.name, ()), _WORDS.get(field.name, _VALUES[field.type])]


@pytest.mark.parametrize("kind", DOSSIER_KINDS)
def test_every_field_is_told_in_words_or_not_at_all(kind: str) -> None:
    fields = KINDS[kind].fields
    body = {field.name: values(kind, field)[0] for field in fields}
    for field in fields:
        for value in values(kind, field):
            event = Event(
                "e", "d", kind, 1, AT, "o", "H30-001", "desk", 1, 1, 1, (), (1, 1), body | {field.name: value}
            )
            assert fault(event) is None
            for language in ("vi", "en"):
                with in_language(language):
                    told = event_words(event, {})
                assert not _KEY.search(told), told
                assert "{" not in told and "048085001234" not in told, told


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_kind_has_words(language: str) -> None:
    """Also those of the station: a shift counts what was done in it by kind."""
    with in_language(language):
        assert [kind for kind in KINDS if tr(f"kind.{kind}") == f"kind.{kind}"] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"field": "applicant.phone", "old": "0905", "new": "0906"}, "Điện thoại: 0905 → 0906"),
        ({"field": "applicant.number", "old": "048085001234", "new": "048085001235", "reason": "gõ nhầm"},
         "Số định danh: ••••••••1234 → ••••••••1235; gõ nhầm"),
        ({"field": "applicant.birth", "new": "1985-03-02"}, "Ngày sinh: 02/03/1985"),
        ({"field": "applicant.tell", "old": "none", "new": "sms"},
         "Báo tin cho người nộp (SMS, thư, không): không → SMS"),
        ({"field": "return_by", "new": "post"}, "Cách trả kết quả: Bưu chính"),
        ({"field": "received_at", "new": "2026-05-21T08:30:00+07:00"}, "Lúc tiếp nhận: 21/05 08:30"),
        ({"field": "received_at", "old": "?", "new": "2026-05-21T08:30:00+07:00"}, "Lúc tiếp nhận: ? → 21/05 08:30"),
        ({"field": "fee_paid", "old": "x", "new": "15000"}, "Phí đã nộp: x → 15.000đ"),
        ({"field": "matter.decision_number", "new": "15/QĐ"}, "Số quyết định: 15/QĐ"),
        ({"field": "matter.plate", "new": "43A-123"}, "Biển số: 43A-123"),
        ({"field": "matter.own", "new": "x"}, "matter.own: x"),
    ],
)  # fmt: skip
def test_a_correction_tells_what_was_and_what_is(body: dict[str, str], told: str) -> None:
    event = Event("e", "d", "corrected", 1, AT, "o", "H30-001", "desk", 1, 1, 1, (), (1, 1), body)
    assert event_words(event, {}) == f"Sửa thông tin: {told}"


def test_an_extension_tells_its_days_in_words() -> None:
    body = {"amount": "2", "unit": "working_day", "reason": "phức tạp"}
    event = Event("e", "d", "extended", 1, AT, "o", "H30-001", "desk", 1, 1, 1, (), (1, 1), body)
    assert event_words(event, {}) == "Gia hạn: 2 ngày làm việc; phức tạp"


def test_an_order_has_the_whole_number() -> None:
    body = {"field": "applicant.number", "new": "048085001235"}
    event = Event("e", "d", "corrected", 1, AT, "o", "H30-001", "desk", 1, 1, 1, (), (1, 1), body)
    assert event_words(event, {}, whole=True) == "Sửa thông tin: Số định danh: 048085001235"


def test_a_repeat_is_told_by_what_was_judged() -> None:
    said = [
        event_words(
            Event(
                "e",
                "d",
                "repeat_judged",
                1,
                AT,
                "o",
                "H30-001",
                "desk",
                1,
                1,
                1,
                (),
                (1, 1),
                {"other": "x", "same": same},
            ),
            {},
        )
        for same in (True, False)
    ]
    assert said == ["Xét nghi trùng: cùng một yêu cầu", "Xét nghi trùng: không phải một yêu cầu"]
