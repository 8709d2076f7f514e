"""The first hour's lessons: what each asks to be done, and the sentence that fits where the officer stands.

Pure: a lesson and what is seen of the program in, how far the officer is and what to say out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

MODAL = "modal"
"""A question that waits for its answer, whatever it is about."""
_OVER = frozenset({"help", "palette", "why", "forecast", "messages", "prints", "duties", "blanks", "changes"})
"""Screens that Esc leaves for the one where the lesson goes on."""
_ASKING = {MODAL: "answer", "lessons": "choose"}
"""What waits for an answer, whichever lesson it is."""
_DOSSIER = ("dossier", "actions", "action_form", "letters")
_ENOUGH = len("tt:tam")
_LAST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What is seen now. `screen` and those `under` it by their names; `fields`: what stands in the fields, by id.

    `dossier`: which one the screen, or the cursor of its list, is on; `moved`: that cursor is not on the first row.
    `acts`: what was done at this desk since the lesson began: kinds of events (a letter with its own kind behind a
    colon), `printed`, `exchanged`. `about`: what the lesson speaks of, by name.
    """

    screen: str
    under: tuple[str, ...] = ()
    focus: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    dossier: str = ""
    moved: bool = False
    acts: frozenset[str] = frozenset()
    about: Mapping[str, str] = field(default_factory=dict)

    def at(self, *screens: str) -> bool:
        return self.screen in screens

    def has(self, name: str) -> bool:
        """Whether a field is filled in; one that is not on the screen is not."""
        return bool(self.fields.get(name, "").strip())

    @property
    def is_about(self) -> bool:
        """Whether it is the dossier that the lesson speaks of."""
        return self.dossier != "" and self.dossier == self.about.get("dossier")


Seen = Callable[[Facts], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. It is over when one of `acts` was done, or what `seen` looks for is there.

    `hints`: sentences (`practice.<hint>`) with where each fits; the first that fits is said, the last one anywhere.
    """

    hints: Sequence[tuple[str, Seen]]
    acts: frozenset[str] = frozenset()
    seen: Seen = lambda facts: False


@dataclass(frozen=True, slots=True)
class Lesson:
    """`example`: the kind of dossier that it speaks of (`storage.demo.practice.EXAMPLES`), if any."""

    name: str
    steps: Sequence[Step]
    example: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the officer is: the step that comes next, and the key of what to say; past the last step nothing."""

    step: int
    hint: str


def stand(lesson: Lesson, step: int, facts: Facts) -> Standing:
    """How far the lesson is, begun at `step`.

    What was done counts whenever it was, and with it every step before; what is only seen counts in its turn.
    """
    steps = lesson.steps
    acted = (place + 1 for place in range(step, len(steps)) if steps[place].acts & facts.acts)
    step = max(acted, default=step)
    while step < len(steps) and steps[step].seen(facts):
        step += 1
    return Standing(step, _hint(steps[step], facts) if step < len(steps) else "")


def _hint(step: Step, facts: Facts) -> str:
    if facts.screen in _ASKING:
        return f"practice.{_ASKING[facts.screen]}"
    *fitting, (anywhere, _) = step.hints
    own = next((name for name, fits in fitting if fits(facts)), None)
    if own is None and facts.screen in _OVER:
        return "practice.back"
    return f"practice.{own or anywhere}"


def always(facts: Facts) -> bool:
    """Fits wherever the officer is."""
    return True


def on(*screens: str) -> Seen:
    """Fits on these screens."""
    return lambda facts: facts.at(*screens)


def _focused(screen: str, field_id: str) -> Seen:
    return lambda facts: facts.at(screen) and facts.focus == field_id


def _filled(screen: str, *names: str) -> Seen:
    return lambda facts: facts.at(screen) and all(map(facts.has, names))


def _shown(screen: str, name: str) -> Seen:
    return lambda facts: facts.at(screen) and name in facts.fields


def _is_another(facts: Facts) -> bool:
    return facts.at("return") and not facts.is_about


def _over(screen: str, below: str) -> Seen:
    return lambda facts: facts.at(screen) and below in facts.under


_QUEUE_KEY = ("to.queue", always)
_INTAKE_KEY = ("to.intake", always)
_OPENING = (
    ("open.enter", lambda facts: facts.at("search") and facts.is_about),
    ("open.type", on("search")),
    ("open.search", always),
)
"""How to come to the dossier that the lesson speaks of."""
_ASTRAY = ("open.back", on("actions", "action_form", "letters"))
"""A menu or a form that the lesson has no use for."""
_OPENED = Step(_OPENING, seen=lambda facts: facts.at(*_DOSSIER) and facts.is_about)

LESSONS: Sequence[Lesson] = (
    Lesson(
        "queue",
        (
            Step(
                (("queue.welcome", on("queue")), _QUEUE_KEY),
                seen=lambda facts: facts.at("why") or (facts.at("queue") and facts.moved),
            ),
            Step((("queue.signs", on("queue")), _QUEUE_KEY), seen=on("why")),
            Step((("queue.explained", on("why")), _QUEUE_KEY), seen=on("queue")),
        ),
    ),
    Lesson(
        "find",
        (
            Step(
                (("find.type", _focused("queue", "filter")), ("find.filter", on("queue")), _QUEUE_KEY),
                seen=lambda facts: facts.at("queue") and len(facts.fields.get("filter", "")) >= _ENOUGH,
            ),
            Step(
                (("find.clear", on("queue")), _QUEUE_KEY),
                seen=lambda facts: facts.at("queue") and not facts.has("filter"),
            ),
            Step(
                (
                    ("open.enter", lambda facts: facts.at("search") and facts.is_about),
                    ("find.box", on("search")),
                    ("find.search", always),
                ),
                seen=lambda facts: _over("dossier", "search")(facts) and facts.is_about,
            ),
        ),
        example="open",
    ),
    Lesson(
        "intake",
        (
            Step(
                (
                    ("intake.name", _filled("intake", "applicant_number")),
                    ("intake.card", on("intake")),
                    ("intake.go", always),
                ),
                seen=_filled("intake", "applicant_number", "applicant_name"),
            ),
            Step(
                (
                    ("intake.procedure", _focused("intake", "procedure")),
                    ("intake.to_procedure", on("intake")),
                    _INTAKE_KEY,
                ),
                seen=_filled("intake", "procedure"),
            ),
            Step(
                (("intake.tick", _focused("intake", "papers")), ("intake.papers", on("intake")), _INTAKE_KEY),
                seen=_filled("intake", "papers"),
            ),
            Step((("intake.save", on("intake")), _INTAKE_KEY), acts=frozenset({"received"})),
        ),
    ),
    Lesson(
        "incomplete",
        (
            _OPENED,
            Step(
                (
                    ("incomplete.menu", lambda facts: facts.at("dossier") and facts.is_about),
                    ("incomplete.choose", on("actions")),
                    ("incomplete.reason", _filled("action_form", "field_items")),
                    ("incomplete.items", _shown("action_form", "field_items")),
                    _ASTRAY,
                    *_OPENING,
                ),
                acts=frozenset({"supplement_requested"}),
            ),
            Step(
                (("incomplete.print", on("letters")), ("incomplete.letters", on("dossier", "queue")), *_OPENING),
                acts=frozenset({"letter_issued:supplement-request"}),
            ),
        ),
        example="incomplete",
    ),
    Lesson(
        "repeat",
        (
            Step(
                (("repeat.card", on("intake")), ("repeat.go", always)),
                seen=lambda facts: (
                    facts.at("intake") and facts.fields.get("applicant_number") == facts.about.get("digits", "–")
                ),
            ),
            Step(
                (("repeat.look", _filled("intake", "applicant_number")), ("repeat.card", on("intake")), _INTAKE_KEY),
                seen=_over("dossier", "intake"),
            ),
            Step(
                (("repeat.return", on("dossier")), ("repeat.discard", on("intake")), _INTAKE_KEY),
                seen=lambda facts: facts.at("intake") and not facts.has("applicant_number"),
            ),
        ),
        example="open",
    ),
    Lesson(
        "work",
        (
            _OPENED,
            Step(
                (
                    ("work.menu", on("dossier")),
                    ("work.choose", on("actions")),
                    ("work.step", _shown("action_form", "field_step")),
                    _ASTRAY,
                    *_OPENING,
                ),
                acts=frozenset({"step_completed"}),
            ),
            Step((("work.undo", on("dossier", "queue")), _ASTRAY, *_OPENING), acts=frozenset({"undone"})),
            Step(
                (("work.write", _shown("action_form", "field_text")), ("work.note", on("dossier")), _ASTRAY, *_OPENING),
                acts=frozenset({"noted"}),
            ),
            Step((("work.reprint", on("dossier")), _ASTRAY, *_OPENING), acts=frozenset({"printed"})),
        ),
        example="open",
    ),
    Lesson(
        "apology",
        (
            Step(
                (
                    (
                        "apology.row",
                        lambda facts: facts.at("queue") and facts.fields.get("worklist") == "apologise_now",
                    ),
                    ("apology.list", on("queue")),
                    _QUEUE_KEY,
                ),
                seen=on("apology"),
            ),
            Step(
                (
                    ("apology.days", _filled("apology", "apology-reason")),
                    ("apology.reason", on("apology")),
                    _QUEUE_KEY,
                ),
                seen=_filled("apology", "apology-reason", "apology-days"),
            ),
            Step((("apology.sign", on("apology")), _QUEUE_KEY), acts=frozenset({"rescheduled", "apology_proposed"})),
        ),
        example="late",
    ),
    Lesson(
        "return",
        (
            Step(
                (("return.card", on("return")), ("return.go", always)),
                seen=lambda facts: facts.at("return") and facts.is_about,
            ),
            Step(
                (
                    ("return.card", _is_another),
                    ("return.enter", _focused("return", "box")),
                    ("return.check", on("return")),
                    ("return.go", always),
                ),
                seen=lambda facts: facts.at("return") and len(facts.fields.get("identity", "")) >= _LAST_DIGITS,
            ),
            Step(
                (("return.card", _is_another), ("return.hand", on("return")), ("return.go", always)),
                acts=frozenset({"result_returned"}),
            ),
        ),
        example="ready",
    ),
    Lesson(
        "sync",
        (
            Step((("sync.go", always),), seen=on("sync")),
            Step((("sync.send", on("sync")), ("sync.go", always)), acts=frozenset({"exchanged"})),
        ),
    ),
    Lesson(
        "shift",
        (
            Step((("shift.go", always),), seen=on("handover")),
            Step(
                (
                    ("shift.sign", _filled("handover", "handover-to", "handover-pin")),
                    ("shift.pin", _filled("handover", "handover-to")),
                    ("shift.receiver", _focused("handover", "handover-to")),
                    ("shift.sheet", on("handover")),
                    ("shift.go", always),
                ),
                acts=frozenset({"shift_handed_over"}),
            ),
            Step(
                (
                    ("shift.count", _filled("readback", "count")),
                    ("shift.restate", _filled("readback", "restate")),
                    ("shift.accept", _shown("handover", "handover-pin")),
                    ("shift.read_back", on("handover")),
                    ("shift.go", always),
                ),
                acts=frozenset({"shift_accepted"}),
            ),
            Step((("shift.lock", always),), seen=on("lock", "sign_in")),
            Step((("shift.lock", always),), seen=lambda facts: not facts.at("lock", "sign_in")),
        ),
    ),
)
"""In the order that makes a first hour."""
