"""The claim in a receipt's QR: every fact comes back, and whatever was changed is told."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from core.slip_code import (
    EVENTS,
    RESTS_ON,
    SlipClaim,
    claim_bytes,
    dossier_named,
    key_name,
    open_slip,
    read_claim,
    slip_text,
)
from core.time_limit import Limit, Phase, Unit

RECEIVED = datetime(2026, 11, 20, 9, 5, tzinfo=LEGAL_TIME)
CLAIM = SlipClaim(
    unit="G01.826.001",
    desk_key=b"\x01\x02\x03\x04",
    receipt_number="G01.826.001-261120-0042",
    dossier=None,
    received_at=RECEIVED,
    phases=(Phase(Limit(Fraction(7), Unit.WORKING_DAY)),),
    article="Đ.22.3 Luật Cư trú 2020",
    due_at=datetime(2026, 12, 1, 17, 0, tzinfo=LEGAL_TIME),
)
DOSSIER = "019e4842-d500-7b9e-869c-7922a00f25ef"
SIGNATURE = bytes(range(64))


def text_of(claim: SlipClaim) -> str:
    return slip_text(claim, lambda signed: SIGNATURE)


def minutes() -> st.SearchStrategy[datetime]:
    first, last = datetime(1997, 1, 1, tzinfo=LEGAL_TIME), datetime(2100, 1, 1, tzinfo=LEGAL_TIME)
    return st.integers(0, (last - first) // timedelta(minutes=1)).map(lambda count: first + timedelta(minutes=count))


def words() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40)


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    unit = draw(st.sampled_from(Unit))
    clock = draw(st.times()).replace(second=0, microsecond=0)
    if unit is Unit.IMMEDIATE:
        return Limit(Fraction(0), unit)
    if unit is Unit.SAME_DAY:
        return Limit(Fraction(1), unit, cutoff=draw(st.sampled_from((None, clock))))
    if unit is Unit.BY_TIME:
        return Limit(Fraction(draw(st.integers(0, 30))), unit, time=clock)
    parts = {Unit.WORKING_DAY: 2, Unit.HOUR: 60, Unit.WORKING_HOUR: 60}
    return Limit(Fraction(draw(st.integers(0, 300)), draw(st.integers(1, parts.get(unit, 1)))), unit)


@st.composite
def claims(draw: st.DrawFn) -> SlipClaim:
    unit, received = draw(words()), draw(minutes())
    own = st.integers(1, 9999).map(lambda tail: f"{unit}-{received:%y%m%d}-{tail:04}")
    past = st.integers(110_000, 999_999).map(lambda tail: f"{unit}-{received:%y%m%d}-{tail}")
    number = draw(st.one_of(own, past, words().filter(bool), st.none()))
    due = draw(st.one_of(st.none(), minutes()))
    began = st.tuples(st.sampled_from(EVENTS), minutes())
    phases = draw(st.lists(st.builds(Phase, limits(), st.sampled_from((None, *EVENTS[:-1]))), max_size=3))
    return SlipClaim(
        unit=unit,
        desk_key=draw(st.binary(min_size=4, max_size=4)),
        receipt_number=number,
        dossier=None if number else draw(st.one_of(st.uuids().map(str), words())),
        received_at=received,
        phases=tuple(phases),
        article=draw(
            st.one_of(words(), st.sampled_from(("", CLAIM.article, "Đ.1 NĐ 58/2026/NĐ-CP, sửa đổi bởi TT 1")))
        ),
        due_at=due,
        waits_for=None if due else draw(st.sampled_from(EVENTS)),
        started=draw(st.one_of(st.none(), began)),
        rests_on=draw(st.sampled_from(RESTS_ON)),
        test=draw(st.booleans()),
    )


@given(claims())
def test_every_fact_comes_back(claim: SlipClaim) -> None:
    assert read_claim(claim_bytes(claim)) == claim
    opened = open_slip(text_of(claim))
    assert (opened.claim, opened.signed, opened.signature) == (claim, claim_bytes(claim), SIGNATURE)


@given(st.binary(max_size=120))
def test_bytes_are_one_claim_in_its_canonical_form_or_none(content: bytes) -> None:
    try:
        claim = read_claim(content)
    except InvalidInput as problem:
        assert problem.code in ("slip_broken", "slip_newer")
    else:
        assert claim_bytes(claim) == content


@given(claims(), st.data())
def test_any_flipped_bit_is_another_claim_or_none(claim: SlipClaim, data: st.DataObject) -> None:
    content = claim_bytes(claim)
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    flipped = (int.from_bytes(content, "big") ^ 1 << bit).to_bytes(len(content), "big")
    try:
        assert read_claim(flipped) != claim
    except InvalidInput as problem:
        assert problem.code in ("slip_broken", "slip_newer")


@given(claims(), st.data())
def test_any_changed_character_changes_what_was_signed_or_its_signature(claim: SlipClaim, data: st.DataObject) -> None:
    text = text_of(claim)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.characters(exclude_categories=("Cs", "Zs", "Zl", "Zp", "Cc")))
    changed = text[:place] + letter + text[place + 1 :]
    if changed.upper() == text:
        return
    try:
        opened = open_slip(changed)
    except InvalidInput:
        return
    assert (opened.signed, opened.signature) != (claim_bytes(claim), SIGNATURE)


@given(claims())
def test_no_input_method_finds_a_letter_to_put_a_mark_on(claim: SlipClaim) -> None:
    """Telex and VNI work on vowels and D, Telex turns W into Ư; a QR has its small alphabet for the rest."""
    text = text_of(claim)
    assert not set(text) & set("AEIOUYDW ")
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@pytest.mark.parametrize(
    "typed",
    [
        lambda text: text.lower(),
        lambda text: text.swapcase(),
        lambda text: f"]Q1{text}\r\n",
        lambda text: f"  {text[:60]}\n  {text[60:]}\t",
    ],
)
def test_a_scan_is_read_in_either_case_with_what_scanners_add_and_in_several_lines(typed) -> None:
    assert open_slip(typed(text_of(CLAIM))).claim == CLAIM
    assert dossier_named(typed(text_of(CLAIM))) == "G01.826.001-261120-0042"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "slip_not_code"),
        ("G01.826.001-261120-0042", "slip_not_code"),
        ("https://dichvucong.gov.vn/p/home", "slip_not_code"),
        ("048185001234||Nguyễn Thị Ngọc Hương|01011985|Nữ|Hải Châu|15042021", "slip_not_code"),
        ("MC:123", "slip_not_code"),
        ("MC2:0123456789", "slip_newer"),
        ("MC1:", "slip_broken"),
        ("MC1:A", "slip_broken"),
        ("MC1:0", "slip_broken"),
        ("MC1:" + "0" * 200, "slip_broken"),
        ("MC1:" + "Z" * 20_000, "slip_newer"),
        (text_of(CLAIM) * 2, "slip_broken"),
        (text_of(CLAIM)[:-1], "slip_broken"),
        (text_of(CLAIM) + "0", "slip_broken"),
        ("\x00\x07\ud800", "slip_not_code"),
    ],
)
def test_what_is_no_code_of_ours_says_why(text: str, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        open_slip(text)
    assert dossier_named(text) is None


def test_a_slip_without_a_number_names_the_dossier() -> None:
    claim = replace(CLAIM, receipt_number=None, dossier=DOSSIER, due_at=None, waits_for="payment_received")
    assert dossier_named(text_of(claim)) == DOSSIER


@pytest.mark.parametrize(
    ("canonical", "other"),
    [
        ("01 0a", "01 8a"),
        ("05 07 0c", "05 8700 0c"),
        ("0c 15 32322e3320 0f", "11 15 32322e3320 4c75e1baad7420"),
    ],
)
def test_the_same_facts_in_another_form_are_no_claim(canonical: str, other: str) -> None:
    known, changed = bytes.fromhex(canonical), bytes.fromhex(other)
    content = claim_bytes(CLAIM)
    assert content.count(known) == 1
    with pytest.raises(InvalidInput, match="slip_broken"):
        read_claim(content.replace(known, changed))


def test_no_other_digit_anywhere_says_the_same() -> None:
    text = text_of(CLAIM)
    assert len(claim_bytes(CLAIM) + SIGNATURE) * 8 % 5, "the last digit has bits to spare"
    for place in range(len("MC1:"), len(text)):
        for digit in "0123456789BCFGHJKLMNPQRSTVXZ-./+":
            changed = text[:place] + digit + text[place + 1 :]
            if changed == text:
                continue
            try:
                opened = open_slip(changed)
            except InvalidInput:
                continue
            assert (opened.signed, opened.signature) != (claim_bytes(CLAIM), SIGNATURE), place


def test_a_later_format_is_told_from_a_broken_one() -> None:
    with pytest.raises(InvalidInput, match="slip_newer"):
        read_claim(b"\x02" + claim_bytes(CLAIM)[1:])
    with pytest.raises(InvalidInput, match="slip_broken"):
        read_claim(b"\x00" + claim_bytes(CLAIM)[1:])


def test_the_first_format_stays_what_it_is() -> None:
    """Slips of it are in people's hands: these bytes and this text must be read for ever."""
    assert claim_bytes(CLAIM).hex() == (
        "010a0102030401c8871d0b4730312e3832362e3030312a0105070c1532322e33200f0b32303230" "f6fe01"
    )  # fmt: skip
    claim = replace(
        CLAIM,
        receipt_number=None,
        dossier=DOSSIER,
        phases=(
            Phase(Limit(Fraction(1), Unit.SAME_DAY, cutoff=time(15, 30)), "payment_received"),
            Phase(Limit(Fraction(1, 2), Unit.WORKING_DAY), "verification_completed"),
        ),
        due_at=None,
        waits_for="verification_completed",
        started=("payment_received", RECEIVED + timedelta(hours=1)),
        test=True,
    )
    assert claim_bytes(claim).hex() == (
        "01110102030401c8871d0b4730312e3832362e303031019e4842d5007b9e869c7922a00f25ef"
        "023901a207c501020c1532322e33200f0b32303230027803"
    )


def test_no_amount_is_divided_by_nothing() -> None:
    content = bytearray(claim_bytes(replace(CLAIM, phases=(Phase(Limit(Fraction(1, 2), Unit.HOUR)),))))
    place = content.index(bytes((0x82, 1, 2)))
    content[place + 2] = 0
    with pytest.raises(InvalidInput, match="slip_broken"):
        read_claim(bytes(content))


def test_a_key_has_a_short_name() -> None:
    assert key_name(b"\x00" * 32).hex() == "66687aad"


def test_a_typical_claim_is_small() -> None:
    assert len(claim_bytes(CLAIM)) + len(SIGNATURE) <= 108
    assert len(text_of(CLAIM)) <= 178, "as many as version 7 of a QR holds at level M"
