"""What was typed to narrow the queue, as the filter of its rows."""

from __future__ import annotations

from core.answers import Refusal
from core.filter import NARROW_LISTS, Narrowing
from core.queue import Urgency, Worklist, midnight
from core.states import State
from core.text import fold
from storage.desk import Desk
from storage.queries import QueueFilter
from tui.i18n import tr

_DAY = 86_400


def narrowed(
    desk: Desk, typed: Narrowing, *, officer: str | None = None, worklist: Worklist | None = None
) -> QueueFilter:
    """The filter that was typed; `officer` (an id) and `worklist` where it names none of its own.

    A due day is from after its 00:00 until its 24:00.
    """
    if typed.officer is not None:
        found = desk.officers.find(typed.officer)
        officer = typed.officer if isinstance(found, Refusal) else found.id
    procedure = None
    if typed.procedure is not None:
        fitting = desk.law.suggest(typed.procedure, 1)
        procedure = fitting[0].name if fitting else typed.procedure
    named = typed.urgency if typed.urgency in set(Worklist) else None
    urgency = typed.urgency if named is None else None
    return QueueFilter(
        officer=officer,
        state=typed.state,
        urgency=Urgency(urgency) if urgency else None,
        worklist=Worklist(named) if named else worklist,
        procedure=procedure,
        due_from=midnight(typed.due_from) + 1 if typed.due_from else None,
        due_until=midnight(typed.due_until) + _DAY + 1 if typed.due_until else None,
        list=typed.list,
    )


def filter_words() -> dict[str, str]:
    """What may be typed for a state or an urgency, in the interface's language and as the code has it."""
    named = {fold(tr(f"state.{state}")): state.value for state in State}
    named |= {fold(tr(f"worklist.{word}")): word.value for word in Worklist}
    named |= {fold(tr(f"urgency.{word}")): word.value for word in Urgency if word is not Urgency.NORMAL}
    named |= {fold(tr(f"filter.list.{name}")): name for name in NARROW_LISTS}
    return named | {word: word for word in (*(state.value for state in State), *NARROW_LISTS)}
