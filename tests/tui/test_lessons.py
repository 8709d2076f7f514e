"""What a lesson makes of what is seen: it goes on by what was done, never back, and always has a sentence that fits."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from core.sheet import ACTIONS
from storage.demo.practice import EXAMPLES
from tests.tui.test_locales import LANGUAGES, holes, messages
from tui.app import SCREENS
from tui.keys import KEYS
from tui.lessons import LESSONS, MODAL, Facts, Lesson, stand

ROOM = 78
"""Cells of a sentence on a screen of 80."""
LONGEST = {
    "number": "261123-0003",
    "name": "Nguyễn Thị Hoàng Phượng",
    "typed": "nguyen thi hoang phuong",
    "sample": "048190000001",
    "last": "5678",
    "code": "ntpa2",
    "receiver": "Nguyễn Thị Hoàng Phượng",
    "pin": "123456",
    "receiver_pin": "123456",
    "counted": "1250000",
    **{f"key_{key.id}": key.label for key in KEYS.values()},
}
BY_NAME = {lesson.name: lesson for lesson in LESSONS}
FIELDS = (
    "filter", "box", "applicant_number", "applicant_name", "procedure", "papers", "field_items", "field_step",
    "field_text", "worklist", "apology-days", "identity", "handover-to", "handover-pin", "count", "restate",
)  # fmt: skip
ACTED = sorted({act for lesson in LESSONS for step in lesson.steps for act in step.acts})
FACTS = st.builds(
    Facts,
    screen=st.sampled_from([*SCREENS, MODAL, ""]),
    under=st.lists(st.sampled_from(list(SCREENS)), max_size=2).map(tuple),
    focus=st.sampled_from(["", "filter", "papers", "procedure", *FIELDS]),
    fields=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(["", "0481", "apologise_now", "tt:tam tru"])),
    dossier=st.sampled_from(["", "one", "another"]),
    moved=st.booleans(),
    acts=st.frozensets(st.sampled_from([*ACTED, "assigned"]), max_size=2),
    about=st.just({"dossier": "one", "digits": "0481"}),
)
TURNS = st.sampled_from([(lesson, step) for lesson in LESSONS for step in range(len(lesson.steps))])


def hints() -> set[str]:
    found = {f"practice.{name}" for lesson in LESSONS for step in lesson.steps for name, _ in step.hints}
    return found | {"practice.back", "practice.answer", "practice.choose"}


@given(TURNS, FACTS)
def test_a_lesson_never_goes_back_and_always_has_something_to_say(turn: tuple[Lesson, int], facts: Facts) -> None:
    lesson, step = turn
    found = stand(lesson, step, facts)
    assert step <= found.step <= len(lesson.steps)
    if found.step < len(lesson.steps):
        assert found.hint in hints()
    assert stand(lesson, found.step, facts) == found or found.step == len(lesson.steps)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
@given(facts=FACTS)
def test_what_was_done_counts_on_whatever_screen_and_in_whatever_turn(lesson: Lesson, facts: Facts) -> None:
    done: set[str] = set()
    for place, step in enumerate(lesson.steps, start=1):
        done |= step.acts
        if step.acts:
            assert stand(lesson, 0, replace(facts, acts=frozenset(done))).step >= place


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_nobody_is_praised_for_having_only_come_to_the_screen_where_a_lesson_ends(lesson: Lesson) -> None:
    for name in SCREENS:
        assert stand(lesson, 0, Facts(name, about={"dossier": "one"})).step < len(lesson.steps)


@pytest.mark.parametrize(
    ("lesson", "step", "facts", "hint"),
    [
        ("queue", 0, Facts("queue"), "practice.queue.welcome"),
        ("queue", 0, Facts("queue", moved=True), "practice.queue.signs"),
        ("queue", 1, Facts("reports"), "practice.to.queue"),
        ("queue", 1, Facts("help", under=("queue",)), "practice.back"),
        ("queue", 1, Facts(MODAL, under=("intake",)), "practice.answer"),
        ("find", 0, Facts("queue", focus="filter", fields={"filter": "tt:"}), "practice.find.type"),
        ("find", 0, Facts("queue", focus="filter", fields={"filter": "tt:tam tru"}), "practice.find.clear"),
        ("find", 2, Facts("search", fields={"box": "le"}, dossier="other"), "practice.find.box"),
        ("find", 2, Facts("dossier", under=("queue",), dossier="one"), "practice.find.search"),
        ("intake", 0, Facts("intake", fields={"applicant_number": "0481"}), "practice.intake.name"),
        ("intake", 1, Facts("intake", focus="birth_date"), "practice.intake.to_procedure"),
        ("intake", 3, Facts("queue"), "practice.to.intake"),
        ("incomplete", 1, Facts("dossier", dossier="another"), "practice.open.search"),
        ("incomplete", 1, Facts("action_form", fields={"field_items": ""}), "practice.incomplete.items"),
        ("incomplete", 1, Facts("action_form", fields={"field_text": ""}), "practice.open.back"),
        ("incomplete", 0, Facts("dossier", acts=frozenset({"supplement_requested"})), "practice.incomplete.letters"),
        ("repeat", 0, Facts("intake", fields={"applicant_number": "0999"}), "practice.repeat.card"),
        ("repeat", 2, Facts("dossier", under=("intake",)), "practice.repeat.return"),
        ("apology", 0, Facts("queue", fields={"worklist": "to_sign"}), "practice.apology.list"),
        ("apology", 0, Facts("queue", fields={"worklist": "apologise_now"}), "practice.apology.row"),
        ("return", 1, Facts("return", focus="box", dossier="one"), "practice.return.enter"),
        ("return", 2, Facts("return", dossier="another"), "practice.return.card"),
        ("return", 2, Facts("lessons", under=("return",)), "practice.choose"),
        ("shift", 1, Facts("handover", fields={"handover-to": ""}), "practice.shift.sheet"),
        ("shift", 2, Facts("readback", fields={"count": "3"}), "practice.shift.count"),
    ],
)  # fmt: skip
def test_the_sentence_fits_where_the_officer_stands(lesson: str, step: int, facts: Facts, hint: str) -> None:
    about = replace(facts, about={"dossier": "one"})
    assert stand(BY_NAME[lesson], step, about).hint == hint


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stands_on_one_line_of_a_screen_of_80(language: str) -> None:
    words = messages(language)
    actions = max((words[f"next.{action}"] for action in ACTIONS), key=cell_len)
    told = {key: words[key].format_map({**LONGEST, "next": actions}) for key in hints() | {"practice.end"}}
    assert {key: text for key, text in told.items() if cell_len(text) > ROOM} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_praise_lesson_and_the_keys_words_stand_beside_each_other_on_80(language: str) -> None:
    words = messages(language)
    praise = max(cell_len(text) for key, text in words.items() if key.startswith("practice.praise."))
    for lesson in LESSONS:
        title = words[f"practice.title.{lesson.name}"]
        head = words["practice.head"].format(number=10, count=10, title=title)
        assert praise + cell_len(f" {head}  {KEYS['practice'].label} {words['practice.key']}") <= ROOM, head


def test_every_sentence_is_said_by_a_lesson_and_names_only_what_is_known() -> None:
    told = {key for key in messages("vi") if re.match(r"practice\.(\w+\.\w+|back|answer|choose)$", key)}
    others = {key for key in told if key.split(".")[1] in ("praise", "title", "how")}
    assert told - others == hints()
    assert {name for key in told - others for name in holes(messages("vi")[key])} <= {*LONGEST, "next"}


def test_every_lesson_has_its_title_and_an_example_that_can_be_looked_for() -> None:
    assert all(f"practice.title.{lesson.name}" in messages("vi") for lesson in LESSONS)
    assert {lesson.example for lesson in LESSONS if lesson.example} == EXAMPLES.keys()
