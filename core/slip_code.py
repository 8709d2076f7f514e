"""What the QR of a receipt says: a claim of few bytes, and the text that carries it through printer and scanner.

The text is `MC1:` and digits of 32 values, five bits each. They are letters that a QR's small alphabet has, without
vowels and D, W, Y: a scanner types them into a field where Telex or VNI is on, and nothing is there for it to put a
mark on. Upper and lower case are the same. Format 1 never changes; what must change is another version.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from core.answers import InvalidInput
from core.moments import LEGAL_TIME, legal_day
from core.numbers import day_text, read_number
from core.time_limit import Limit, Phase, Unit

VERSION = 1
SIGNATURE = 64
KEY_NAME = 4
RESTS_ON = ("law", "commitment", "promise", "events")
"""What the date rests on: the limit alone, the unit's own decision, an earlier promise, or what happened since."""
EVENTS = ("received", "supplement_received", "payment_received", "verification_completed", "resumed", "law", "other")
"""What starts a clock, or what a date waits for (`law`: a limit for the day of receipt)."""

_TEXT = re.compile(r"MC([0-9]+):(.*)")
_BLANK = "MCB:"
_AIM_PREFIX = re.compile(r"\s*\]Q\d")
_DIGITS = "0123456789BCFGHJKLMNPQRSTVXZ-./+"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_UNITS = (
    Unit.IMMEDIATE, Unit.WORKING_HOUR, Unit.HOUR, Unit.SAME_DAY, Unit.BY_TIME, Unit.WORKING_DAY, Unit.DAY, Unit.MONTH,
    Unit.YEAR,
)  # fmt: skip
_CUTOFF = 9
"""Beside the units: the same day with a time after which it is the next one."""
_TEST, _NUMBERED, _WRITTEN, _DUE, _STARTED, _RESTS = 1, 2, 4, 8, 16, 5
_FRACTION = 0x80
_PHRASES = (
    ", sửa đổi bởi ", "Xử lý vi phạm hành chính ", "của công dân Việt Nam ", "của người nước ngoài ",
    "Xuất cảnh, nhập cảnh ", "Xuất nhập cảnh ", "Nhập cảnh ", "Lý lịch tư pháp ", "Căn cước ", "công dân ", "Cư trú ",
    "Nghị định ", "Thông tư ", "Quyết định ", "Luật ", "khoản ", "điểm ", "Điều ", "; Đ.", ", Đ.", "Đ.", " NĐ ", " TT ",
    "/NĐ-CP", "/TT-BCA", "/QĐ-", "/QH1", "sửa đổi", "bổ sung", "Công an ", "/20",
)  # fmt: skip
_CODES = {phrase: chr(code) for code, phrase in enumerate(_PHRASES, start=1)}
_LONGEST_FIRST = sorted(_CODES, key=len, reverse=True)
_SPELLED = {ord(code): phrase for phrase, code in _CODES.items()}


@dataclass(frozen=True, slots=True)
class SlipClaim:
    """What a slip's QR says of the appointment; moments are whole minutes of legal time.

    `desk_key`: `key_name` of the key that signs. `receipt_number` None: the slip has none, and `dossier` is the
    dossier's id instead. `phases` have limits and starting events, no owners and no articles. `due_at` None:
    `waits_for` is one of EVENTS. `started`: the event and the moment that the limit counts from, where that is not
    the receipt. `article`: as printed.
    """

    unit: str
    desk_key: bytes
    receipt_number: str | None
    dossier: str | None
    received_at: datetime
    phases: tuple[Phase, ...]
    article: str
    due_at: datetime | None
    waits_for: str | None = None
    started: tuple[str, datetime] | None = None
    rests_on: str = "law"
    test: bool = False


@dataclass(frozen=True, slots=True)
class OpenedSlip:
    """A QR's text taken apart; whether `signature` is one over `signed`, only somebody with keys can say."""

    claim: SlipClaim
    signed: bytes
    signature: bytes


def key_name(public: bytes) -> bytes:
    """The short name of a desk's public key: enough to find it among a station's."""
    return hashlib.sha256(public).digest()[:KEY_NAME]


def to_minute(moment: datetime) -> datetime:
    """The whole minute that a moment lies in, in legal time."""
    return moment.astimezone(LEGAL_TIME).replace(second=0, microsecond=0)


def text_size(text: str) -> int:
    """How many bytes a text takes in a claim."""
    return len(_text(text))


def claim_bytes(claim: SlipClaim) -> bytes:
    """The one canonical form of a claim, which is what a desk signs."""
    number = claim.receipt_number
    name = claim.dossier if number is None else number
    compact = _compact_id(claim.dossier) if number is None else _compact_number(claim)
    flags = (
        _TEST * claim.test
        | _NUMBERED * (number is not None)
        | _WRITTEN * (compact is None)
        | _DUE * (claim.due_at is not None)
        | _STARTED * (claim.started is not None)
        | RESTS_ON.index(claim.rests_on) << _RESTS
    )
    received = _minutes(claim.received_at)
    out = bytes((VERSION, flags)) + claim.desk_key + received.to_bytes(4, "big") + _text(claim.unit)
    out += _text(name or "") if compact is None else compact
    out += _number(len(claim.phases)) + b"".join(map(_phase, claim.phases)) + _text(claim.article)
    if claim.started is not None:
        kind, moment = claim.started
        out += bytes((EVENTS.index(kind),)) + _signed(_minutes(moment) - received)
    if claim.due_at is not None:
        return out + _signed(_minutes(claim.due_at) - received)
    return out + bytes((EVENTS.index(claim.waits_for or "other"),))


def read_claim(content: bytes) -> SlipClaim:
    """The claim behind its bytes; InvalidInput `slip_newer` for another version, `slip_broken` for what is no claim."""
    if content[:1] and content[0] > VERSION:
        raise InvalidInput("slip_newer")
    try:
        claim = _Reader(content).claim()
        canonical = claim_bytes(claim)
    except (ValueError, IndexError, ArithmeticError, InvalidInput) as error:
        raise InvalidInput("slip_broken") from error
    if canonical != content:
        raise InvalidInput("slip_broken")
    return claim


def slip_text(claim: SlipClaim, sign: Callable[[bytes], bytes]) -> str:
    """The text of the QR; `sign` gives the signature over the bytes."""
    signed = claim_bytes(claim)
    return f"MC{VERSION}:{to_digits(signed + sign(signed))}"


def open_slip(text: str) -> OpenedSlip:
    """A QR's text as a scanner types it, or as it was pasted in several lines.

    Raises InvalidInput `slip_not_code` (nothing of ours), `slip_newer`, `slip_broken`.
    """
    found = _TEXT.fullmatch(as_scanned(text))
    if found is None:
        raise InvalidInput("slip_not_code")
    if found[1] != str(VERSION):
        raise InvalidInput("slip_newer")
    content = from_digits(found[2])
    signed, signature = content[:-SIGNATURE], content[-SIGNATURE:]
    return OpenedSlip(read_claim(signed), signed, signature)


def blank_text(number: str) -> str:
    """The code of a blank receipt, which says its number and no more: nothing is known yet that could be signed."""
    return f"{_BLANK}{to_digits(number.encode())}"


def read_blank(text: str) -> str | None:
    """The number behind a blank receipt's code; None for any other text."""
    found = as_scanned(text)
    if not found.startswith(_BLANK):
        return None
    try:
        number = from_digits(found.removeprefix(_BLANK)).decode()
    except (InvalidInput, UnicodeDecodeError):
        return None
    return number if read_number(number) else None


def is_blank_code(text: str) -> bool:
    """Whether it begins as a blank receipt's code does, be it whole or not."""
    return as_scanned(text).startswith(_BLANK)


def as_scanned(text: str) -> str:
    """What a scanner typed, without its own prefix, blanks and case."""
    return "".join(_AIM_PREFIX.sub("", text, count=1).split()).upper()


def dossier_named(text: str) -> str | None:
    """The receipt number, or for want of one the dossier's id, that a slip's QR names, be it signed or not.

    A blank receipt's code names its number. None: it is no such text. To find a dossier is not to believe the slip.
    """
    if ":" not in text:
        return None
    if (blank := read_blank(text)) is not None:
        return blank
    try:
        claim = open_slip(text).claim
    except InvalidInput:
        return None
    return claim.receipt_number or claim.dossier


def to_digits(content: bytes) -> str:
    """Bytes as the letters that come through every scanner and every typing method."""
    count = -(-len(content) * 8 // 5)
    value = int.from_bytes(content, "big") << count * 5 - len(content) * 8
    return "".join(_DIGITS[value >> 5 * place & 31] for place in reversed(range(count)))


def from_digits(digits: str) -> bytes:
    """`to_digits` read back. Raises InvalidInput `slip_broken`."""
    value = 0
    for digit in digits:
        if digit not in _VALUES:
            raise InvalidInput("slip_broken")
        value = value << 5 | _VALUES[digit]
    size, spare = divmod(len(digits) * 5, 8)
    if spare >= 5 or value & (1 << spare) - 1:
        raise InvalidInput("slip_broken")
    return (value >> spare).to_bytes(size, "big")


def _minutes(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the eighth says that more follow."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _signed(value: int) -> bytes:
    return _number(2 * value if value >= 0 else -2 * value - 1)


def _text(text: str) -> bytes:
    """Length and UTF-8, each common phrase as one control character; such characters themselves can't be said."""
    if any(character < " " for character in text):
        raise ValueError("a control character in a slip's text")
    for phrase in _LONGEST_FIRST:
        text = text.replace(phrase, _CODES[phrase])
    written = text.encode()
    return _number(len(written)) + written


def _compact_id(dossier: str | None) -> bytes | None:
    digits = (dossier or "").replace("-", "")
    known = re.fullmatch("[0-9a-f]{32}", digits) and dossier == _uuid(digits)
    return bytes.fromhex(digits) if known else None


def _uuid(digits: str) -> str:
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _compact_number(claim: SlipClaim) -> bytes | None:
    """The last digits of a number of this unit and of the day of receipt; None for any other one."""
    begin = _beginning(claim.unit, claim.received_at)
    tail = (claim.receipt_number or "").removeprefix(begin)
    return _number(int(tail)) if re.fullmatch("[0-9]{4}|[1-9][0-9]{5}", tail) else None


def _beginning(unit: str, received_at: datetime) -> str:
    return f"{unit}-{day_text(legal_day(received_at))}-"


def _phase(phase: Phase) -> bytes:
    limit = phase.limit
    unit = _CUTOFF if limit.cutoff is not None else _UNITS.index(limit.unit)
    starts = 0 if phase.starts_on is None else EVENTS.index(phase.starts_on) + 1
    whole = limit.amount.denominator == 1
    out = bytes((unit | starts << 4 | _FRACTION * (not whole),)) + _number(limit.amount.numerator)
    if not whole:
        out += _number(limit.amount.denominator)
    moment = limit.cutoff or limit.time
    return out if moment is None else out + _number(60 * moment.hour + moment.minute)


class _Reader:
    """Reads a claim's bytes from the first to the last."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def claim(self) -> SlipClaim:
        version, flags = self._take(2)
        if version != VERSION:
            raise ValueError(version)
        desk_key = self._take(KEY_NAME)
        received = int.from_bytes(self._take(4), "big")
        received_at, unit = _moment(received), self._text()
        number, dossier = self._name(flags, unit, received_at)
        phases = tuple(self._phase() for _ in range(self._number()))
        article = self._text()
        started = (self._one_of(EVENTS), _moment(received + self._signed())) if flags & _STARTED else None
        due_at = _moment(received + self._signed()) if flags & _DUE else None
        waits_for = None if flags & _DUE else self._one_of(EVENTS)
        if self._at != len(self._content):
            raise ValueError("more than a claim")
        return SlipClaim(
            unit, desk_key, number, dossier, received_at, phases, article, due_at, waits_for, started,
            RESTS_ON[flags >> _RESTS & 3], bool(flags & _TEST),
        )  # fmt: skip

    def _name(self, flags: int, unit: str, received_at: datetime) -> tuple[str | None, str | None]:
        if flags & _WRITTEN:
            name = self._text()
            return (name, None) if flags & _NUMBERED else (None, name)
        if flags & _NUMBERED:
            return f"{_beginning(unit, received_at)}{self._number():04}", None
        return None, _uuid(self._take(16).hex())

    def _phase(self) -> Phase:
        (head,) = self._take(1)
        amount = Fraction(self._number(), self._number() if head & _FRACTION else 1)
        place, starts = head & 15, head >> 4 & 7
        unit = Unit.SAME_DAY if place == _CUTOFF else _UNITS[place]
        moment = None
        if place == _CUTOFF or unit is Unit.BY_TIME:
            moment = time(*divmod(self._number(), 60))
        limit = Limit(amount, unit, *((moment, None) if place == _CUTOFF else (None, moment)))
        return Phase(limit, None if starts == 0 else EVENTS[starts - 1])

    def _text(self) -> str:
        return self._take(self._number()).decode().translate(_SPELLED)

    def _one_of(self, words: Sequence[str]) -> str:
        return words[self._take(1)[0]]

    def _signed(self) -> int:
        value = self._number()
        return -(value + 1) // 2 if value & 1 else value // 2

    def _number(self) -> int:
        value = shift = 0
        while True:
            (byte,) = self._take(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 35:
                raise ValueError("a number beyond any")

    def _take(self, size: int) -> bytes:
        taken = self._content[self._at : self._at + size]
        if len(taken) != size:
            raise ValueError("cut off")
        self._at += size
        return taken


def _moment(minutes: int) -> datetime:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)).astimezone(LEGAL_TIME)
