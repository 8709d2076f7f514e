"""Both languages say the same things, and everything that the code says is there."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from core import custody, intake, service
from core.day_kinds import DayKind
from core.events import DOSSIER_KINDS, INTAKE_KINDS, KINDS, ROLES
from core.notices import NoticeKind
from core.outlook import Light
from core.queue import Urgency
from core.sheet import ACTIONS, SECTIONS
from core.states import State
from storage.past_handovers import BECAME
from tui.cli.main import COMMANDS
from tui.i18n import set_language, tr

ROOT = Path(__file__).parents[2]
LANGUAGES = ("vi", "en")
MARKS = ("undone", "unauthorised", "destroyed", "out_of_order", "coalesced", "conflict", "lost", "unknown", "malformed")
FAMILIES = {
    "kept": ("fine_not_proved", "held_until"),
    "kind": tuple(DOSSIER_KINDS),
    "state": tuple(State),
    "urgency": tuple(Urgency),
    "forecast.light": tuple(Light),
    "light": tuple(Light),
    "role": ROLES,
    "mark": MARKS,
    "handover": SECTIONS,
    "capacity": intake.CAPACITIES,
    "way": custody.WAYS,
    "found_by": custody.FOUND_BY,
    "fault": custody.FAULTS,
    "payer": custody.PAYERS,
    "purpose": custody.PURPOSES,
    "answer": service.ANSWERS,
    "why_not": service.WHY_NOT,
    "calendar.kind": tuple(DayKind),
    "calendar.sign": tuple(kind for kind in DayKind if kind is not DayKind.WORKING),
    "notice": tuple(kind for kind in NoticeKind if kind is not NoticeKind.ROOM),
    "notice.room": ("disk_nearly_full", "reader_holds_up"),
    "weekday.short": tuple("1234567"),
    "weekday.long": tuple("1234567"),
    "next": ACTIONS,
    "became": BECAME,
    "degraded": ("network", "printer", "messages", "clock", "numbers", "forecast"),
    "if": ("not_ready_today", "promise_slips", "no_printer", "no_printer_no_blanks", "no_network", "no_supplement",
           "nobody_fetches", "paper_asked_back"),
}  # fmt: skip


@cache
def messages(language: str) -> dict[str, str]:
    path = ROOT / "tui" / "locales" / language / "LC_MESSAGES" / "motcua.po"
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if isinstance(one.id, str) and one.id}


@cache
def plurals(language: str) -> dict[str, tuple[str, ...]]:
    """The words that stand with a count, each in the forms that the language has."""
    path = ROOT / "tui" / "locales" / language / "LC_MESSAGES" / "motcua.po"
    with path.open("rb") as file:
        return {one.id[0]: tuple(one.string) for one in read_po(file) if isinstance(one.id, tuple)}


def holes(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", text))


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("core", "storage", "tui"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name and node.args:
                yield path, node


def literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def choices(node: ast.expr) -> list[str]:
    """The texts that an expression may be, as far as they stand in it."""
    if isinstance(node, ast.IfExp):
        return choices(node.body) + choices(node.orelse)
    text = literal(node)
    return [] if text is None else [text]


def params(call: ast.Call) -> set[str] | None:
    """The names of the values that a refusal or fault carries; None where they don't stand in the call."""
    given = {word.arg for word in call.keywords}
    if None in given:
        return None
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name == "InvalidInput":
        return {one for one in given if one and one != "basis"}
    table: Any = call.args[1] if name == "Problem" and len(call.args) > 1 else None
    for word in call.keywords:
        table = word.value if word.arg == "params" else table
    if table is None:
        return set()
    if not isinstance(table, ast.Dict) or None in table.keys:
        return None
    return {text for key in table.keys if key is not None and (text := literal(key)) is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_twice_and_none_empty(language: str) -> None:
    path = ROOT / "tui" / "locales" / language / "LC_MESSAGES" / "motcua.po"
    keys = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted({key for key in keys if keys.count(key) > 1}) == []
    assert [key for key, text in messages(language).items() if not text.strip()] == []


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    vietnamese, english = messages("vi"), messages("en")
    assert sorted(vietnamese.keys() ^ english.keys()) == []
    assert [key for key in vietnamese if holes(vietnamese[key]) != holes(english[key])] == []


NOT_MANY = {"is", "was", "has", "as", "this", "holds", "does", "bears", "fines"}
"""Words that end in «s» and are no plural, or not the count's."""
BOUNDS = {"report.post.long_is", "report.post.out_long"}
"""Whose number is a bound, and never one."""
COUNTS = {
    "count", "pending", "minutes", "days", "hours", "events", "dossiers", "files", "letters", "officers", "rows",
    "procedures", "versions", "seconds", "total", "received", "damaged", "calendar", "catalogue", "left", "held",
    "judged", "guessed", "limit", "hidden", "done", "used", "voided", "seq", "originals", "carried", "sent", "open",
    "may", "others", "returned", "delivered", "waiting", "fields", "papers", "new",
}  # fmt: skip


def counted_in_one_form(text: str) -> list[str]:
    """The counts of a sentence whose word is always the plural."""
    found = re.findall(r"\{(\w+)\}((?: [a-z-]+){1,3})", text)
    return [
        name
        for name, words in found
        if name in COUNTS and any(one.endswith("s") and one not in NOT_MANY for one in words.split()[:2])
    ]


def test_no_count_stands_beside_a_word_that_is_always_many() -> None:
    assert counted_in_one_form("{count} dossiers selected") == ["count"]
    assert [
        (key, text) for key, text in messages("en").items() if key not in BOUNDS and counted_in_one_form(text)
    ] == []


def test_every_counted_word_has_its_forms_in_both_languages() -> None:
    asked = {word for text in messages("en").values() for word in re.findall(r":(n\.\w+)\}", text)}
    asked |= {word for text in messages("vi").values() for word in re.findall(r":(n\.\w+)\}", text)}
    assert asked == plurals("en").keys() == plurals("vi").keys()
    assert {len(forms) for forms in plurals("en").values()} == {2}
    assert {len(forms) for forms in plurals("vi").values()} == {1}
    assert all(form.startswith("{n} ") for forms in plurals("en").values() for form in forms)


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 dossiers"), (1, "1 dossier"), (2, "2 dossiers"), ("1", "1 dossier"), ("1.5", "1.5 dossiers")],
)
def test_a_count_brings_its_word_in_the_form_that_it_asks_for(count: object, told: str) -> None:
    set_language("en")
    assert tr("filter.found", count=count) == told
    assert tr("forecast.late", day="25/11", count=1, hours=1) == "Not in time from 25/11: 1 dossier, 1 hour short"
    assert tr("filter.found", other=1) == "… dossiers"
    set_language("vi")
    assert tr("filter.found", count=count) == f"{count} hồ sơ"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_today(language: str) -> None:
    folder = ROOT / "tui" / "locales" / language / "LC_MESSAGES"
    with (folder / "motcua.po").open("rb") as file:
        fresh = io.BytesIO()
        write_mo(fresh, read_po(file, locale=language))
    fresh.seek(0)
    with (folder / "motcua.mo").open("rb") as file:
        stored = {str(one.id): str(one.string) for one in read_mo(file) if one.id}
    assert stored == {str(one.id): str(one.string) for one in read_mo(fresh) if one.id}, "run `make locales`"


def test_every_sentence_that_the_code_asks_for_is_there() -> None:
    known = messages("vi")
    missing = [
        f"{path}:{call.lineno} {key}" for path, call in calls("tr") for key in choices(call.args[0]) if key not in known
    ]
    assert missing == []


def test_every_sentence_gets_the_values_that_it_has_holes_for() -> None:
    known = messages("vi")
    wrong = []
    for path, call in calls("tr"):
        given = {word.arg for word in call.keywords}
        for key in choices(call.args[0]):
            if key in known and None not in given and holes(known[key]) - given:
                wrong.append(f"{path}:{call.lineno} {key}: {holes(known[key]) - given}")
    assert wrong == []


@pytest.mark.parametrize("name", ["Refusal", "InvalidInput", "Problem"])
def test_every_refusal_and_fault_has_its_sentence_and_its_values(name: str) -> None:
    known, wrong = messages("vi"), []
    found = 0
    for path, call in calls(name):
        given = params(call)
        for code in choices(call.args[0]):
            found += 1
            text = known.get(f"error.{code}")
            if text is None:
                wrong.append(f"{path}:{call.lineno} error.{code} is not there")
            elif given is not None and holes(text) - given:
                wrong.append(f"{path}:{call.lineno} error.{code} lacks {holes(text) - given}")
    assert found > 10
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_word_of_the_house_is_there(language: str, family: str) -> None:
    missing = [word for word in FAMILIES[family] if f"{family}.{word}" not in messages(language)]
    assert missing == []


def test_every_command_says_what_it_does() -> None:
    known = messages("vi")
    assert [name for name in COMMANDS if f"cli.{name}.help" not in known] == []
    assert "cli.workstation.help" in known


def test_every_warning_of_an_intake_is_there() -> None:
    text = (ROOT / "core" / "identity.py").read_text(encoding="utf-8")
    doubts = set(re.findall(r'"((?:qr|card|birth_year|place_code|diacritics|telex|sex|issued)_[a-z_]+)"', text))
    assert {"qr_is_url", "card_incomplete", "sex_mismatch"} <= doubts
    doubts |= {"phone_missing", "time_assumed", "paper_unknown", "taken_in_before", "number_missing", "number_to_map"}
    doubts |= {"counter_only", "address_missing"}
    assert sorted(code for code in doubts if f"warning.{code}" not in messages("vi")) == []


def test_kinds_of_intake_are_words_of_the_table() -> None:
    assert set(intake.KINDS) == set(INTAKE_KINDS) <= KINDS.keys()


def test_a_sentence_without_its_value_is_shown_and_not_a_fault() -> None:
    set_language("vi")
    assert tr("error.file_unreadable", file="x") == "Không đọc được tệp «x»: …"
    assert tr("no.such.key") == "no.such.key"


def test_a_value_is_never_read_as_a_pattern() -> None:
    assert "{file.__class__}" in tr("error.file_unwritable", file="{file.__class__}")


@pytest.mark.parametrize(("wanted", "got"), [("en", "en"), ("vi", "vi"), ("fr", "vi"), (None, "vi")])
def test_an_unknown_language_is_vietnamese(wanted: str | None, got: str) -> None:
    assert set_language(wanted) == got
