"""Read-back: what the incoming officer restates of a sheet, and whether it is what the sheet says.

The few lines that need an act by a person are restated one by one; the rest by next action in one go; results and
papers that lie here as counts; money and stamped forms as they were counted, without having been told the sum.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from core.answers import InvalidInput, Refusal
from core.law import Law
from core.sheet import ACTIONS, WATCHERS
from core.text import fold

ONE, GROUP, COUNT, MONEY, FORMS = "one", "group", "count", "money", "forms"
NUMBERS = frozenset({COUNT, MONEY, FORMS})
"""What is counted: it may differ from what the program knows, with a reason."""
REASON = "reason"
"""The item under which a read-back says why something that was counted differs."""
CHOICES = 4
_COUNTED = ("ready", "held")
_MOST = 10
_AMOUNT = re.compile(
    r"(-?(?:[0-9]{1,3}(?:([., \u00a0\u202f])[0-9]{3})(?:\2[0-9]{3})*|[0-9]+))[ \u00a0]*(?:đ|d|đồng|dong|vnđ|vnd)?"
)
"""Digits, or groups of three with one sign between them: «60.5» is no sum."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to be restated. `item`: its key in a read-back; a dossier's id where `kind` is ONE.

    `expected`: the next action's code, a count, or a sum (đồng). `number`: what the citizen's receipt says.
    """

    item: str
    kind: str
    expected: str
    number: str | None = None
    count: int = 1


def most_one_by_one(law: Law, unit: str, day: date) -> int:
    """How many dossiers are restated one by one: the unit's policy; where its law holds none yet, the package's."""
    try:
        return int(law.policy("readback_most", unit, day))
    except InvalidInput:
        return _MOST


def asks(sections: Iterable[Mapping[str, Any]], moving: Iterable[str], most: int) -> list[Ask]:
    """What is to be restated of a sheet: up to `most` dossiers one by one, most severe first, the rest together.

    `moving`: the ids of the dossiers that change owner.
    """
    by_name = {one["name"]: one["items"] for one in sections}
    moves = set(moving)
    single: dict[str, Ask] = {}
    for name in WATCHERS:
        for item in by_name.get(name, ()):
            if len(single) < most and item["id"] in moves:
                single.setdefault(item["id"], _one(item))
    lying = {item["id"] for item in by_name.get("ready", ())}
    groups: dict[str, set[str]] = {}
    grouped: set[str] = set(single) | lying
    for name in (*WATCHERS, "waiting", "to_post", "post", "open"):
        for item in by_name.get(name, ()):
            if item["id"] in moves and item["id"] not in grouped:
                grouped.add(item["id"])
                groups.setdefault(item["next_action"], set()).add(item["id"])
    together = [Ask(f"{GROUP}:{action}", GROUP, action, count=len(ids)) for action, ids in groups.items()]
    return [*single.values(), *together, *_counts(by_name), *drawer_asks(by_name)]


def _one(item: Mapping[str, Any]) -> Ask:
    return Ask(item["id"], ONE, item["next_action"], item["receipt_number"])


def _counts(by_name: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Ask]:
    """Of papers in custody every paper is counted: one dossier may have several here."""
    found = [(name, sum(item.get("originals", 1) for item in by_name.get(name, ()))) for name in _COUNTED]
    return [Ask(f"{COUNT}:{name}", COUNT, str(count), count=count) for name, count in found if count]


def drawer_asks(by_name: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Ask]:
    """What is counted by the sections `fees` and `forms`: money by method, and stamped forms."""
    money = [Ask(f"{MONEY}:{one['method']}", MONEY, one["amount"]) for one in by_name.get("fees", ()) if _holds(one)]
    left = sum(int(one["left"]) for one in by_name.get("forms", ()))
    return money + ([Ask(FORMS, FORMS, str(left), count=left)] if left else [])


def _holds(fee: Mapping[str, Any]) -> bool:
    """Whether there is something to count: what came through the portal or by post never was in the drawer."""
    return fee["method"] not in ("exempt", "portal", "post") and Decimal(fee["amount"]) != 0


def readback_items(found: Iterable[Ask]) -> list[dict[str, Any]]:
    """The section `readback`: the keys that a read-back answers. Of money no sum is told before it is counted."""
    items: list[dict[str, Any]] = []
    for ask in found:
        acts = {"next_action": ask.expected} if ask.kind in (ONE, GROUP) else {}
        number = {"receipt_number": ask.number} if ask.kind == ONE else {}
        items.append({"item": ask.item, "ask": ask.kind, **number, **acts, "lines": ask.count})
    return items


def read_asks(sections: Sequence[Mapping[str, Any]]) -> list[Ask]:
    """What a signed sheet asks for; nothing where it was signed before there was a read-back."""
    by_name = {one["name"]: one["items"] for one in sections}
    drawer = {ask.item: ask for ask in (*_counts(by_name), *drawer_asks(by_name))}
    found = []
    for item in by_name.get("readback", ()):
        known = drawer.get(item["item"])
        expected = item.get("next_action") or (known.expected if known else "")
        found.append(Ask(item["item"], item["ask"], expected, item.get("receipt_number"), item["lines"]))
    return found


def restates(said: str, ask: Ask, words: Mapping[str, Sequence[str]]) -> bool:
    """Whether what was said is what the sheet says.

    Of an action its code, or at least two of its words in a row, without regard to diacritics, that fit no other
    action. `words`: what each action is called, in the interface's languages.
    """
    if ask.kind in NUMBERS:
        return read_amount(said) == Decimal(ask.expected)
    return said.strip() == ask.expected or action_of(said, words) == ask.expected


def action_of(said: str, words: Mapping[str, Sequence[str]]) -> str | None:
    """The one action that was meant: its whole name, or a part of at least two words that no other one's name has."""
    heard = _spaced(said)
    names = {action: [_spaced(one) for one in called] for action, called in words.items()}
    whole = [action for action, called in names.items() if heard in called]
    if not whole and len(heard.split()) >= 2:
        whole = [action for action, called in names.items() if any(f" {heard} " in f" {one} " for one in called)]
    return whole[0] if len(whole) == 1 else None


def _spaced(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def read_amount(said: str) -> Decimal | None:
    """A sum in đồng as people write it: «60.000», «60 000đ», «60,000 đồng», «60000»; None where it is none."""
    found = _AMOUNT.fullmatch(said.strip().lower())
    return None if found is None else Decimal(re.sub("[^0-9-]", "", found[1]))


def choices(shift: str, sheet_asks: Sequence[Ask]) -> list[tuple[str, ...]]:
    """For each ask of an action CHOICES codes to choose from, the right one among them; () for what is counted.

    Their order differs from one to the next, so that the same key pressed again and again is wrong somewhere.
    """
    found: list[tuple[str, ...]] = []
    last = -1
    for ask in sheet_asks:
        if ask.kind not in (ONE, GROUP):
            found.append(())
            continue
        seed = sha256(f"{shift} {ask.item}".encode()).digest()
        others = [action for action in ACTIONS if action != ask.expected]
        offset = seed[0] % len(others)
        wrong = [others[(offset + step * 5) % len(others)] for step in range(CHOICES - 1)]
        place = seed[1] % CHOICES
        last = place if place != last else (place + 1 + seed[2] % (CHOICES - 1)) % CHOICES
        found.append((*wrong[:last], ask.expected, *wrong[last:]))
    return found


def unread(
    sheet_asks: Iterable[Ask], said: Mapping[str, str], settled: Iterable[str], words: Mapping[str, Sequence[str]]
) -> Refusal | None:
    """Why a read-back is not enough, by its first item; None where everything was restated, or is `settled`.

    Refusals: `readback_missing`, `readback_wrong`, and `count_differs` (what was counted differs, without a reason).
    """
    done = set(settled)
    for ask in sheet_asks:
        if ask.item in done:
            continue
        params = {"item": ask.item, "number": ask.number or ask.item}
        answer = said.get(ask.item, "").strip()
        if not answer or (ask.kind in NUMBERS and read_amount(answer) is None):
            return Refusal("readback_missing", params=params)
        if restates(answer, ask, words):
            continue
        if ask.kind not in NUMBERS:
            return Refusal("readback_wrong", params=params)
        if not said.get(REASON, "").strip():
            return Refusal("count_differs", params=params)
    return None


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of an ask; `differs`: it was counted, and is not what the program knew."""

    ask: Ask
    said: str
    differs: bool


def told(sheet_asks: Iterable[Ask], said: Mapping[str, str]) -> list[Told]:
    """A read-back beside what was asked; what nobody had to restate is left out."""
    heard = ((ask, said[ask.item]) for ask in sheet_asks if ask.item in said)
    return [Told(ask, words, ask.kind in NUMBERS and not restates(words, ask, {})) for ask, words in heard]


def counted(sheet_asks: Iterable[Ask], said: Mapping[str, str]) -> dict[str, Any] | None:
    """A body of `money_counted`: what was counted beside what the program knows; None where nothing was to be."""
    drawer = [ask for ask in sheet_asks if ask.kind in (MONEY, FORMS)]
    if not drawer:
        return None
    body: dict[str, Any] = {"counted": {}, "expected": {}}
    for ask in drawer:
        heard = said.get(ask.item, "")
        amount = read_amount(heard)
        body["counted"][ask.item] = heard.strip() if amount is None else f"{amount:f}"
        body["expected"][ask.item] = ask.expected
    reason = said.get(REASON, "").strip()
    differs = any(not restates(said.get(ask.item, ""), ask, {}) for ask in drawer)
    return body | ({"reason": reason} if reason and differs else {})
