"""Where the line mode begins: a desk is opened or made, an officer signs in, and the numbered keys lead about."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TextIO

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from core.station import ReadChanges
from core.text import fold
from storage.blanks import blanks_to_count
from storage.database import DATABASE_NAME
from storage.desk import Desk
from storage.officers import Officer
from storage.undo import last_commands
from tui.dates import day_short
from tui.first_start import FIELDS, SECRET, field_of, read_start
from tui.i18n import tr
from tui.law_words import unread_lines
from tui.plain.fines import follow_fines
from tui.plain.intake import take_in
from tui.plain.lines import Back, Leave, Lines
from tui.plain.lists import search, show_queue
from tui.plain.post import follow_post
from tui.plain.results import return_results
from tui.plain.session import Session
from tui.plain.voices import enter_surveys, hear_feedback
from tui.scheduled_sync import exchange_in_child
from tui.sync_words import clock_banner, outcome_lines, sync_line
from tui.taking_back import named, outcome, undoing


def exchange(session: Session) -> None:
    """F6: one exchange with every hub, as `motcua sync` does it."""
    session.say(tr("sync.sending"))
    session.say(*outcome_lines(asyncio.run(exchange_in_child(session.desk.folder, lambda done, total: None))))


def undo(session: Session) -> None:
    """Take back the officer's last command, or a whole bulk, once they have heard what that is."""
    desk = session.desk
    found = last_commands(desk, session.officer)
    if not found:
        session.say(tr("undo.nothing"))
        return
    what = named(desk, found)
    if not session.yes(tr("plain.undo.ask", what=what)):
        return
    told = outcome(desk.do_all(undoing(desk, found), session.officer), what)
    if isinstance(told, Refusal):
        session.refuse(told)
    else:
        session.say(told)


_PLACES: Mapping[str, Callable[[Session], None]] = {
    "1": show_queue,
    "2": take_in,
    "3": search,
    "4": return_results,
    "6": exchange,
    "t": follow_post,
    "v": follow_fines,
    "k": enter_surveys,
    "p": hear_feedback,
    "u": undo,
}
"""As F1, F2 … of the screens, as Alt+T and Alt+V, and `u` as there; `k` and `p` are in the palette of the screens."""
_SPELT = {"hoan tac": "u", "undo": "u"}


def open_lines(folder: Path, source: TextIO, sink: TextIO, sign_in: Callable[[Desk], Officer] | None = None) -> int:
    """Work at the desk of a folder until the officer leaves or the input ends; answers the exit status.

    `sign_in`: who is at the desk, where nobody is to be asked. Raises InvalidInput where the folder does not open.
    """
    if not (folder / DATABASE_NAME).exists() and not first_start(folder, Lines(source, sink)):
        return 1
    desk = Desk.open(folder)
    try:
        session = Session(desk, source, sink)
        if sign_in is not None:
            session.welcome(sign_in(desk))
        run(session)
    finally:
        desk.close()
    return 0


def run(session: Session) -> None:
    """From one job to the next, until it is enough; the input's end leaves, too."""
    try:
        _sign_in(session)
        while True:
            typed = fold(_home(session))
            if typed == "0":
                break
            if typed == "o":
                session.leave()
                _sign_in(session)
            elif (typed := _SPELT.get(typed, typed)) in _PLACES:
                _work(session, _PLACES[typed])
            else:
                session.say(tr("plain.home.help"), tr("plain.commands"))
    except (EOFError, Leave, Back):
        pass
    session.say(tr("plain.left"))


def _sign_in(session: Session) -> None:
    """An officer, and what there is to tell them first."""
    session.say(tr("plain.begin", unit=session.desk.identity.unit_name, desk=session.desk.identity.number))
    if not session.is_signed_in:
        session.sign_in()
    for notice in (_tell_law, Session.ask_prints, _tell_blanks):
        _work(session, notice)


def _home(session: Session) -> str:
    """The first question of all: what to do; where one is, and whether what was saved has left the desk."""
    desk = session.desk
    state, now = desk.sync_state(), desk.now().astimezone(LEGAL_TIME)
    told = f"{session.officer.name}; {day_short(now.date())} {now:%H:%M}"
    session.say(*clock_banner(state), told, sync_line(desk, state))
    while True:
        try:
            return session.ask(tr("plain.home"), tr("plain.home.help"), tr("plain.commands"))
        except Back:
            session.say(tr("plain.home.help"))


def _work(session: Session, job: Callable[[Session], None]) -> None:
    """One job; «!», «<» before its beginning, Ctrl+C and a fault of the disk lead home, and nothing is lost."""
    try:
        job(session)
    except (Back, Leave):
        pass
    except KeyboardInterrupt:
        session.say("", tr("plain.interrupted"))
    except InvalidInput as error:
        session.refuse(error)


def _tell_law(session: Session) -> None:
    """What has changed in the officer's procedures since they last read of it."""
    lines = unread_lines(session.desk, session.officer)
    if not lines:
        return
    session.say(tr("title.changes"), *(line.whole for line in lines))
    if session.yes(tr("plain.read")):
        events = tuple(dict.fromkeys(event for line in lines for event in line.events))
        answer = session.desk.do(ReadChanges(events, session.desk.now()), session.officer)
        if isinstance(answer, Refusal):
            session.refuse(answer)


def _tell_blanks(session: Session) -> None:
    count = blanks_to_count(session.desk)
    if count:
        session.say(tr("plain.blanks", count=count))


def first_start(folder: Path, lines: Lines) -> bool:
    """Ask for unit, desk and first officer, and make the desk; whether there is one now."""
    lines.say(tr("setup.title"), tr("setup.folder", path=folder))
    typed = dict.fromkeys(FIELDS, "")
    names = list(FIELDS)
    try:
        while names:
            for name in names:
                prompt = tr(f"setup.{name}")
                hint = "" if name in SECRET else tr(f"setup.{name}.hint")
                typed[name] = lines.secret(prompt) if name in SECRET else lines.field(prompt, typed[name], hint)
            try:
                start = read_start(typed)
                lines.say(tr("setup.working"))
                recovery = start.make(folder)
                lines.say(*([tr("cli.recovery.left", file=recovery)] if recovery else []))
                return True
            except InvalidInput as error:
                lines.refuse(error)
                wrong = field_of(error)
                names = ["pin", "pin_again"] if wrong in SECRET else [wrong]
    except (EOFError, Back, Leave):
        lines.say(tr("plain.not_made"))
    return False
