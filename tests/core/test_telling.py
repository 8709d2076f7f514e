"""What citizens are to be told when, by which desk, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput, Refusal
from core.contact import channel_of
from core.decisions import Act
from core.intake import read_row
from core.message import SMS_LENGTH, Facts, Sending, compose, is_wording, plain, wording_on
from core.telling import ABOUT, NoteTold, Telling, tellings
from storage.lawbook import package_law
from storage.wording import LANGUAGES, OWN, Words, book
from tests.core.lives import ASKED, NOW, Life, at, begun, happen, received
from tests.core.writers import DOSSIER, Writer

TOLD = {"kind": "citizen", "name": "Đặng Thị Đào", "phone": "0905123456", "tell": "sms"}
UNIT, NUMBER = "Công an phường Hải Châu", "H30-001-260521-0001"
LONGEST = "H30.12.345-260521-10001"


def owed(life: Life, when: str | None = None) -> list[tuple[str, str, date | None]]:
    assert life.dossier is not None
    found = tellings(life.dossier, life.law, at(when) if when else life.now)
    return [(one.about, one.desk, one.until) for one in found]


def tell(life: Life, one: Telling, channel: str = "sms") -> Refusal | None:
    return life.do(NoteTold(DOSSIER, one.about, one.cause, channel, life.now))


def test_a_supplement_and_its_reminder() -> None:
    life = happen(received(), ASKED)
    last = date(2026, 6, 24)
    assert owed(life, "2026-06-16T23:00") == [("supplement", "a", last)]
    assert owed(life, "2026-06-17T00:00") == [("supplement", "a", last), ("reminder", "a", last)]
    assert owed(life, "2026-06-25T08:00") == [("supplement", "a", last)]
    life.now = at("2026-06-18T09:00")
    assert life.act("citizen_reminded", channel="counter") is None
    assert owed(life) == [("supplement", "a", last)]
    assert owed(happen(life, ("2026-06-19T10:00", "supplement_received"))) == []


@pytest.mark.parametrize(
    ("return_by", "about"), [(None, "ready"), ("counter", "ready"), ("post", "ready_post"), ("online", "ready_online")]
)
def test_a_result_is_told_as_it_comes(return_by: str | None, about: str) -> None:
    life = begun(**({"return_by": return_by} if return_by else {}))
    life.must("result_ready", shelf="B3")
    assert owed(life) == [(about, "a", None)]
    reminded = [(about, "a", None), ("uncollected", "a", None)] if about == "ready" else [(about, "a", None)]
    assert owed(life, "2026-06-05T08:00") == reminded


@pytest.mark.parametrize(
    ("kind", "fields", "left"),
    [
        ("result_returned", {}, []),
        ("handed_to_post", {"carrier": "VNPost"}, []),
        ("result_archived", {"shelf": "L7"}, []),
        ("reopened", {"reason": "làm lại"}, []),
        ("voided", {"reason": "trùng"}, []),
        ("result_corrected", {"reason": "sai", "fault": "station"}, []),
        ("noted", {"text": "gọi lại"}, ["ready"]),
    ],
)
def test_a_result_that_is_gone_is_not_told(kind: str, fields: dict[str, Any], left: list[str]) -> None:
    life = begun()
    life.must("result_ready")
    life.writer.write((kind, fields), at=life.now)
    assert [about for about, *_ in owed(life)] == left


def test_mail_that_came_back_is_told_as_lying_here() -> None:
    life = begun(return_by="post")
    life.must("result_ready")
    life.must("handed_to_post", carrier="VNPost")
    life.must("post_returned", shelf="H1")
    assert owed(life) == [("ready", "a", None)]


def test_a_refusal_is_a_result() -> None:
    life = begun()
    life.must("refused", reason="không đủ điều kiện")
    assert owed(life) == [("ready", "a", None)]


def test_an_apology_is_told_with_its_letter_until_the_new_date_has_come() -> None:
    life = begun()
    life.must("rescheduled", code="overload", days=3)
    assert owed(life) == []
    life.must("letter_issued", letter="apology", confirmed=True)
    assert owed(life) == [("apology", "a", date(2026, 6, 4))]
    assert owed(life, "2026-06-04T17:00") == []
    life.must("result_ready")
    assert [about for about, *_ in owed(life)] == ["ready"]


def test_what_was_told_is_told_once_by_whomever() -> None:
    life = happen(received(), ASKED)
    assert life.dossier is not None
    (one,) = tellings(life.dossier, life.law, life.now)
    assert tell(life, one, "phone") is None and owed(life) == []
    refused = tell(life, one)
    assert refused is not None and refused.code == "told_already"


def test_the_desk_that_wrote_tells_and_the_owner_reminds() -> None:
    life = received()
    other = Writer("b", "o2")
    other.learn(life.writer.seen.values())
    life.writer.learn(other.write(("supplement_requested", {"items": ["CT01"]}), at=at("2026-05-25T10:00")))
    assert [(about, desk) for about, desk, _ in owed(life, "2026-06-18T09:00")] == [
        ("supplement", "b"),
        ("reminder", "a"),
    ]


def test_only_a_working_officer_tells_by_phone_and_nobody_by_an_ordinary_act() -> None:
    life = begun()
    command = NoteTold(DOSSIER, "ready", "x", "phone", life.now)
    refused = life.do(command, "auditor")
    assert refused is not None and refused.code == "role_missing"
    assert life.do(command, "processing") is None
    with pytest.raises(InvalidInput, match="kind_unknown"):
        life.act("citizen_told", about="ready", cause="x", channel="sms")


def test_consent_is_a_yes_and_comes_with_an_address() -> None:
    def row(**more: str) -> str | None:
        facts = read_row({"procedure": "x", "applicant_name": "Lê An", **more}, lambda day: NOW).facts
        return facts["applicant"].get("tell")

    assert row() is None and row(tell="none", phone="0905123456") is None
    assert row(tell="SMS", phone="0905123456") == "sms" and row(tell="mail", email="a@b.vn") == "mail"
    for more in ({"tell": "sms", "email": "a@b.vn"}, {"tell": "mail", "phone": "0905123456"}):
        with pytest.raises(InvalidInput, match="tell_address_missing"):
            row(**more)
    with pytest.raises(InvalidInput, match="choice_unknown"):
        row(tell="fax", phone="0905123456")


def test_consent_is_corrected_and_taken_back() -> None:
    life = begun(applicant=TOLD)
    seen = []
    for new in ("none", "mail", "gì đó", "sms"):
        life.must("corrected", field="applicant.tell", new=new)
        assert life.dossier is not None
        seen.append(channel_of(life.dossier))
    assert seen == [None, "mail", None, "sms"]


STEPS = st.sampled_from(
    [
        ("supplement_requested", {"items": ["CT01"], "reason": "x", "leader": "L"}), ("supplement_received", {}),
        ("result_ready", {}), ("result_returned", {}), ("reopened", {"reason": "x"}),
        ("handed_to_post", {"carrier": "V"}), ("post_returned", {}), ("result_archived", {"shelf": "L"}),
        ("withdrawn", {}), ("citizen_reminded", {}), ("result_reminded", {}), ("refused", {"reason": "x"}),
        ("rescheduled", {"code": "overload", "days": 2}), ("letter_issued", {"letter": "apology", "confirmed": True}),
        ("corrected", {"field": "applicant.tell", "new": "none"}),
        ("corrected", {"field": "applicant.tell", "new": "sms"}),
        ("applicant_died", {"proof": "x"}), ("undo", {}), ("wait", {"days": 1}), ("wait", {"days": 15}),
        ("wait", {"hours": 1}),
    ]
)  # fmt: skip


@given(st.lists(STEPS, max_size=25))
def test_no_cause_is_told_twice_and_nobody_who_said_no_or_is_dead(steps: list[tuple[str, dict[str, Any]]]) -> None:
    life, sent = begun(applicant=TOLD), []
    for kind, fields in steps:
        if kind == "wait":
            life.later(**fields)
        elif kind == "undo":
            if (
                life.dossier is not None and life.dossier.events[-1].kind != "citizen_told"
            ):  # a desk wrote that: nobody takes it back
                life.undo()
        else:
            life.do(Act(DOSSIER, kind, life.now, fields))
        dossier = life.dossier
        if dossier is None or dossier.state is None:
            return
        said = [one for one in dossier.events if one.kind == "corrected" and one.event_id not in dossier.marks]
        agreed = said[-1].body["new"] == "sms" if said else True
        assert (channel_of(dossier) is not None) == agreed
        if agreed and dossier.died is None:
            for one in tellings(dossier, life.law, life.now):
                assert tell(life, one) is None
                sent.append(one.cause)
            assert life.dossier is not None and tellings(life.dossier, life.law, life.now) == ()
    assert len(sent) == len(set(sent))


def test_a_reminder_is_told_by_its_day() -> None:
    life = begun(applicant=TOLD)
    life.must("result_ready")
    causes = []
    for _ in range(5):
        assert life.dossier is not None
        for one in tellings(life.dossier, life.law, life.now):
            tell(life, one)
            causes.append(one.about)
        life.later(days=15)
    assert causes == ["ready", *["uncollected"] * 4]


# the words


def words(folder: Path = Path("/nowhere"), phone: str = "0236 3822 222") -> Words:
    (folder / "templates").mkdir(exist_ok=True) if folder.exists() else None
    if folder.exists():
        (folder / "templates" / "words.toml").write_text(f'office_phone = "{phone}"\n', encoding="utf-8")
    return Words(folder, UNIT, date(2026, 5, 21))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("about", ABOUT)
def test_every_text_message_is_one(tmp_path: Path, about: str, language: str) -> None:
    for number, unit in ((NUMBER, UNIT), (LONGEST, "Công an đặc khu Hoàng Sa, thành phố Đà Nẵng")):
        found = words(tmp_path)
        found._unit = unit
        text = found.text(about, language, "sms", number, date(2026, 6, 24)).text
        assert len(text) <= SMS_LENGTH and text.isascii() and number in text, (len(text), text)
        assert "http" not in text and "www" not in text
        mail = found.text(about, language, "mail", number, date(2026, 6, 24))
        assert mail.subject and "\n" not in mail.subject and unit in mail.text and "0236 3822 222" in mail.text


def test_words_name_neither_a_person_nor_a_procedure() -> None:
    titles = {version.title_vi for one in package_law().procedures for version in one.versions}
    for wording in book().wordings:
        for text in (wording.sms, wording.subject, wording.mail):
            assert not [title for title in titles if title.casefold() in text.casefold()]
            assert is_wording("sms", text)
    assert not is_wording("sms", "{name} ơi") and not is_wording("call", "{number}") and not is_wording("sms", "{")
    assert (
        not is_wording("sms", "{unit.__class__}")
        and not is_wording("sms", "{unit!r:>99}")
        and not is_wording("sms", " ")
    )


def test_without_a_day_or_a_phone_no_gap_is_left(tmp_path: Path) -> None:
    text = words(tmp_path, phone="").text("supplement", "vi", "sms", NUMBER, None).text
    assert text == f"Cong an phuong Hai Chau: Ho so {NUMBER} can bo sung giay to. Moi den noi nop ho so."


def test_a_long_unit_is_shortened_before_a_message_is_given_up() -> None:
    wording, shared = book().wordings[0], book().shared["vi"]
    found = compose(wording, shared, Facts(LONGEST, "Công an " + "x" * 35, None, "0236 3822 222"), "sms")
    assert found.text.startswith("CA x") and len(found.text) <= SMS_LENGTH
    with pytest.raises(InvalidInput, match="message_too_long"):
        compose(wording, shared, Facts(LONGEST, "x" * 80, None, ""), "sms")


@given(st.text())
def test_plain_text_takes_one_place_a_letter(text: str) -> None:
    assert plain(text).isascii() and not set(plain(text)) & set("[]{}~^\\|`")
    assert plain("Đặng «Đào» – ờ") == 'Dang "Dao" - o'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[vi.ready]\nsms = "{unit}: xong {number}."\n', None),
        ('[vi]\ncall = " Gọi {phone}."\n', None),
        ('[vi.ready]\nsms = "xong {number}"\nsubject = "x"\nmail = "Kính gửi {name}"\n', "4"),
        ('[vi.ready]\nsms = "{number\n', "2"),
        ('[vi.supplement]\nsms = "a"\n\n[vi.ready]\nsms = "' + "x" * 170 + '"\n', "5"),
        ('[vi.ready]\nsms = 5\n', "2"),
        ('[vi.reddy]\nsms = "xong"\n', "1"),
        ('[fr.ready]\nsms = "xong"\n', "1"),
        ('[vi]\ncall = "{number}"\n', "2"),
        ('[vi.ready]\ntext = "xong"\n', "2"),
    ],
)  # fmt: skip
def test_a_stations_own_words_come_first_and_broken_ones_are_named_by_their_line(
    tmp_path: Path, text: str, line: str | None
) -> None:
    ours = words(tmp_path).text("ready", "vi", "sms", NUMBER, None)
    (tmp_path / "templates" / OWN).write_text(text, encoding="utf-8")
    found = words(tmp_path)
    assert [(one.code, one.params.get("line")) for one in found.problems] == (
        [("template_broken", line)] if line else []
    )
    assert (found.text("ready", "vi", "sms", NUMBER, None) == ours) is (line is not None)


def test_a_message_waits_for_the_morning() -> None:
    sending = Sending(60, time(7), time(20), 72)
    for moment, expected in (("T06:59", "T07:00"), ("T07:00", "T07:00"), ("T19:59", "T19:59")):
        assert sending.next_time(at(f"2026-05-21{moment}")) == at(f"2026-05-21{expected}")
    assert sending.next_time(at("2026-05-21T20:00")) == at("2026-05-22T07:00")


def test_words_between_two_dates() -> None:
    old, new = book().wordings[0], replace(book().wordings[0], valid_from=date(2027, 1, 1), sms="mới")
    ended = replace(old, valid_to=date(2026, 12, 31))

    assert wording_on([ended, new], "ready", "vi", date(2026, 12, 31)) == ended
    assert wording_on([ended, new], "ready", "vi", date(2027, 1, 1)) == new
    with pytest.raises(InvalidInput, match="wording_missing"):
        wording_on([new], "ready", "vi", date(2026, 12, 31))
