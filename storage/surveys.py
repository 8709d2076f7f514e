"""The box of surveys at this desk, its codes, and what the answers of a period say."""

from __future__ import annotations

import json
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import blake2b, sha256

from core.answers import InvalidInput, Refusal
from core.events import KINDS
from core.moments import legal_day
from core.survey import CRITERIA, OVERALL, SATISFIED, Answer, OpenBox, code_text, shared_only
from storage.database import transaction
from storage.desk import Desk, Done
from storage.keys import derived
from storage.lawbook.figures import figure
from storage.officers import Officer

MOST_FORMS = 500
_RANDOM, _PROOF = 8, 4
_PLAIN = str.maketrans("01", "OI")
"""No code has a 0 or a 1: whoever copies one may take O and I for them."""
_TAKE = "INSERT INTO survey_box VALUES (?, ?)"
_EQUAL = "SELECT id FROM survey_box WHERE answer = ? ORDER BY id LIMIT 1"
_TAKE_CODE = "INSERT OR IGNORE INTO survey_box_code VALUES (?)"


@dataclass(frozen=True, slots=True)
class Box:
    """What waits at this desk: how many answers, how many must be there, and what would be left out of them now."""

    waiting: int
    least: int
    procedures_lost: int
    officers_lost: int

    @property
    def may_open(self) -> bool:
        return self.waiting >= self.least


def new_codes(desk: Desk, count: int) -> list[str]:
    """Codes for paper forms: random, with a proof by the station's key, kept nowhere. InvalidInput `survey_no_key`."""
    secret = next((one for one in reversed(_secrets(desk))), None)
    if secret is None:
        raise InvalidInput("survey_no_key")
    return [_grouped(body + _proof(secret, body)) for body in (_random(desk) for _ in range(count))]


def put_in(desk: Desk, officer: Officer, answer: Answer, code: str = "") -> Box | Refusal:
    """Put one answer into the box. No event is written, and neither who did it nor when is kept.

    Refusals: `survey_code_wrong`, `survey_code_used`, `procedure_unknown`; raises InvalidInput `officer_unknown`, ….
    """
    with transaction(desk.connection):
        refused = put_within(desk, officer, answer, code)
        return refused or box(desk)


def put_within(desk: Desk, officer: Officer, answer: Answer, code: str = "") -> Refusal | None:
    """`put_in` inside a transaction that the caller holds."""
    kind = KINDS["survey_answered"]
    if not kind.roles & officer.roles:
        return Refusal("role_missing", params={"kind": kind.name, "roles": ", ".join(sorted(kind.roles))})
    named = _named(desk, answer)
    if isinstance(named, Refusal):
        return named
    _forget_opened(desk)
    digest = ""
    if code.strip():
        known = _digest(desk, code)
        if known is None:
            return Refusal("survey_code_wrong")
        if _is_spent(desk, known):
            return Refusal("survey_code_used")
        digest = known
    lot = _lot(desk) or desk.entropy(16).hex()
    desk.connection.execute(_TAKE, (f"{lot}:{desk.entropy(16).hex()}", _content(named)))
    if digest:
        desk.connection.execute(_TAKE_CODE, (digest,))
    return None


def take_out(desk: Desk, officer: Officer, answer: Answer, code: str = "") -> Box | Refusal:
    """Take one answer that says just this out of the box again, and let its code be used once more.

    It needs no mark on any answer: of those that say the same it does not matter which one goes. Refusals:
    `survey_not_in_box` where the box was opened since, and those of `put_in`.
    """
    with transaction(desk.connection):
        kind = KINDS["survey_answered"]
        if not kind.roles & officer.roles:
            return Refusal("role_missing", params={"kind": kind.name, "roles": ", ".join(sorted(kind.roles))})
        named = _named(desk, answer)
        if isinstance(named, Refusal):
            return named
        _forget_opened(desk)
        found = desk.connection.execute(_EQUAL, (_content(named),)).fetchone()
        if found is None:
            return Refusal("survey_not_in_box")
        desk.connection.execute("DELETE FROM survey_box WHERE id = ?", found)
        digest = _digest(desk, code) if code.strip() else None
        if digest is not None:
            desk.connection.execute("DELETE FROM survey_box_code WHERE code = ?", (digest,))
        return box(desk)


def _content(answer: Answer) -> str:
    return json.dumps(asdict(answer), sort_keys=True)


def box(desk: Desk) -> Box:
    """What waits in the box."""
    answers = _waiting(desk)
    kept = shared_only(answers, _figure(desk, "survey_shared_least"))
    lost = [
        sum(getattr(one, name) is not None for one in answers) - sum(getattr(one, name) is not None for one in kept)
        for name in ("procedure", "officer")
    ]
    return Box(len(answers), _figure(desk, "survey_box_least"), *lost)


def open_box(desk: Desk, officer: Officer) -> Done | Refusal:
    """Count what is in the box: one lot of answers without order, and apart from them the codes."""
    with transaction(desk.connection):
        return open_within(desk, officer)


def open_within(desk: Desk, officer: Officer) -> Done | Refusal:
    """`open_box` inside a transaction that the caller holds."""
    _forget_opened(desk)
    codes = [str(row[0]) for row in desk.connection.execute("SELECT code FROM survey_box_code")]
    command = OpenBox(
        _lot(desk) or desk.entropy(16).hex(),
        tuple(_waiting(desk)),
        tuple(codes),
        _figure(desk, "survey_box_least"),
        _figure(desk, "survey_shared_least"),
        desk.now(),
    )
    done = desk.do_within(command, officer)
    if isinstance(done, Done):
        desk.connection.execute("DELETE FROM survey_box")
        desk.connection.execute("DELETE FROM survey_box_code")
    return done


def is_taken(desk: Desk, content: bytes) -> bool:
    """Whether a file of answers was taken before; from now on it was. Inside a transaction that the caller holds."""
    name = f"survey_file:{sha256(content).hexdigest()}"
    known = desk.connection.execute("SELECT 1 FROM meta WHERE name = ?", (name,)).fetchone()
    desk.connection.execute("INSERT OR IGNORE INTO meta VALUES (?, 1)", (name,))
    return known is not None


def _lot(desk: Desk) -> str | None:
    """What the box's answers will be called together once it is opened; None of an empty one."""
    row = desk.connection.execute("SELECT id FROM survey_box LIMIT 1").fetchone()
    return None if row is None else str(row[0]).partition(":")[0]


def _is_opened(desk: Desk) -> bool:
    """Whether what lies in the box was counted already: a desk that came back from a backup has an older box."""
    lot = _lot(desk)
    return lot is not None and desk.log.count_of(f"survey:{lot}") > 0


def _forget_opened(desk: Desk) -> None:
    """Empty a box that was opened before this desk came back from a backup."""
    if _is_opened(desk):
        desk.connection.execute("DELETE FROM survey_box")
        desk.connection.execute("DELETE FROM survey_box_code WHERE code IN (SELECT code FROM survey_code)")


def _waiting(desk: Desk) -> list[Answer]:
    if _is_opened(desk):
        return []
    rows = desk.connection.execute("SELECT answer FROM survey_box ORDER BY id").fetchall()
    found = [json.loads(row[0]) for row in rows]
    return [Answer(**{**one, "points": tuple(one["points"])}) for one in found]


def _figure(desk: Desk, name: str) -> int:
    return int(figure(desk.law, name, desk.identity.unit, legal_day(desk.now())))


def _named(desk: Desk, answer: Answer) -> Answer | Refusal:
    """The answer with the procedure by our own name and the officer by id."""
    procedure, officer = answer.procedure, answer.officer
    if procedure is not None:
        found = desk.law.find(procedure)
        if found is None:
            return Refusal("procedure_unknown", params={"procedure": procedure})
        procedure = found.name
    if officer is not None:
        who = desk.officers.find(officer, gone=True)
        if isinstance(who, Refusal):
            return who
        officer = who.id
    return Answer(answer.overall, answer.points, answer.channel, procedure, officer)


# codes


def _secrets(desk: Desk) -> list[bytes]:
    """What codes are proved by: of each key of the station that this desk holds, the one in use last."""
    keys, now = desk.keys(), desk.station_key()
    ordered = sorted(keys, key=lambda public: (public == now, public))
    return [derived(keys[public], "survey codes") for public in ordered]


def _random(desk: Desk) -> str:
    return b32encode(desk.entropy(5)).decode()[:_RANDOM]


def _proof(secret: bytes, body: str) -> str:
    return b32encode(blake2b(body.encode(), key=secret, digest_size=5).digest()).decode()[:_PROOF]


def _grouped(code: str) -> str:
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def _digest(desk: Desk, code: str) -> str | None:
    """A code as it is kept once it is used up; None for one that this station has not made."""
    bare = code_text(code).translate(_PLAIN)
    body, proof = bare[:_RANDOM], bare[_RANDOM:]
    for secret in _secrets(desk):
        if len(bare) == _RANDOM + _PROOF and _proof(secret, body) == proof:
            return blake2b(bare.encode(), key=secret, digest_size=16).hexdigest()
    return None


def _is_spent(desk: Desk, digest: str) -> bool:
    asked = "SELECT 1 FROM survey_box_code WHERE code = ? UNION ALL SELECT 1 FROM survey_code WHERE code = ? LIMIT 1"
    return desk.connection.execute(asked, (digest, digest)).fetchone() is not None


# what they say


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of some answers: `steps` of each of the five, `overall` of all; `whole` of those with all nine marks.

    `points`, `squares`: sums over these; `marks`: of each criterion how many marked it and their sum.
    """

    name: str
    count: int
    steps: tuple[int, ...]
    whole: int
    points: int
    squares: int
    marks: tuple[tuple[int, int], ...]

    @property
    def overall(self) -> int:
        return sum(self.steps)

    @property
    def satisfied(self) -> int:
        return sum(self.steps[: len(SATISFIED)])


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The answers of the days `first` to `last`, and of them those of each unit, procedure, month and officer.

    `officer_least`: with fewer answers an officer is not told; `hidden`: how many officers that is, never one alone.
    `twice`: codes that were used at more desks than one. `waiting`: in this desk's box, in no figure.
    """

    first: date
    last: date
    unit: str | None
    total: Tally
    units: tuple[Tally, ...]
    procedures: tuple[Tally, ...]
    months: tuple[Tally, ...]
    officers: tuple[Tally, ...]
    officer_least: int
    hidden: int
    twice: int
    waiting: int


_SUMS = ", ".join(
    (
        "count(*)",
        *(f"total(overall = '{step}')" for step in OVERALL),
        *("count(points)", "total(points)", "total(points * points)"),
        *(f"count(c{place}), total(c{place})" for place in range(1, CRITERIA + 1)),
    )
)
_TALLIES = "SELECT {name}, {sums} FROM survey_answer WHERE day BETWEEN ? AND ? {unit} GROUP BY 1 ORDER BY 1"
_TWICE = "SELECT count(*) FROM (SELECT code FROM survey_code GROUP BY code HAVING count(*) > 1)"


def satisfaction(desk: Desk, first: date, last: date, unit: str | None = None) -> Satisfaction:
    """What the answers say whose boxes were opened on the days `first` to `last`."""
    least = _figure(desk, "survey_officer_least")

    def tallies(name: str) -> tuple[Tally, ...]:
        asked = _TALLIES.format(name=name, sums=_SUMS, unit="" if unit is None else "AND unit = ?")
        values = (first.isoformat(), last.isoformat(), *(() if unit is None else (unit,)))
        return tuple(_tally(row) for row in desk.connection.execute(asked, values))

    officers, hidden = _told([one for one in tallies("officer") if one.name], least)
    return Satisfaction(
        first,
        last,
        unit,
        next(iter(tallies("''")), _tally(("",) + (0,) * (9 + 2 * CRITERIA))),
        tallies("unit"),
        tallies("coalesce(procedure, '')"),
        tallies("substr(day, 1, 7)"),
        officers,
        least,
        hidden,
        int(desk.connection.execute(_TWICE).fetchone()[0]),
        box(desk).waiting,
    )


def _told(officers: Sequence[Tally], least: int) -> tuple[tuple[Tally, ...], int]:
    """Those of whom enough have spoken, and how many are hidden: never one alone, whom the total would give away."""
    told = [one for one in officers if one.count >= least]
    if len(officers) - len(told) == 1 and told:
        told.remove(min(told, key=lambda one: (one.count, one.name)))
    return tuple(told), len(officers) - len(told)


def _tally(row: Sequence[object]) -> Tally:
    name, *figures = row
    count, *rest = (int(figure) for figure in figures)  # type: ignore[call-overload]  # sums of whole numbers
    steps, (whole, points, squares), marks = rest[:5], rest[5:8], rest[8:]
    pairs = tuple(zip(marks[::2], marks[1::2], strict=True))
    return Tally(str(name or ""), count, tuple(steps), whole, points, squares, pairs)


_ANSWERS = """
SELECT day, unit, procedure, channel, overall, points, c1, c2, c3, c4, c5, c6, c7, c8, c9 FROM survey_answer
WHERE day BETWEEN ? AND ? ORDER BY day, id
"""


def answers(desk: Desk, first: date, last: date) -> list[tuple[object, ...]]:
    """The single answers of the days, without the officer that some name: a figure of many is told, never one."""
    days = (first.isoformat(), last.isoformat())
    return [tuple(row) for row in desk.connection.execute(_ANSWERS, days)]
