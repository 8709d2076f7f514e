"""The queue and what a search finds, a page at a time; and one dossier with its deadline explained."""

from __future__ import annotations

from contextlib import suppress

from core.dossier import Dossier
from core.filter import Narrowing, parse_filter
from core.moments import legal_day
from core.standing import explained, standing, version_of
from tui.dates import moment_short
from tui.dossier_words import author, event_moment, event_words, officer_names
from tui.i18n import tr
from tui.plain.lines import Back
from tui.plain.pages import Browser
from tui.plain.results import hand_over
from tui.plain.session import Session
from tui.screens.queue_filter import filter_words, narrowed
from tui.screens.queue_rows import QueueSource
from tui.screens.return_facts import is_ready
from tui.screens.search_rows import ListSource, seek, sought_words
from tui.why_words import date_lines, summary, why_lines

_FOUND = 200


def show_queue(session: Session) -> None:
    """F1: the queue in the order of work, narrowed by the screens' filter."""
    typed, mine = "", False
    browser = _queue(session, typed, mine=mine)
    browser.tell()
    while True:
        answer = session.ask(browser.place, tr("plain.queue.help"), tr("filter.placeholder"))
        if answer.startswith("/") or answer == "m":
            typed, mine = (typed, not mine) if answer == "m" else (answer[1:], mine)
            browser = _queue(session, typed, mine=mine)
            browser.tell()
        elif (row := browser.answer(answer)) is not None:
            show_dossier(session, row.id)


def _queue(session: Session, typed: str, *, mine: bool) -> Browser:
    desk = session.desk
    narrowing = parse_filter(typed, filter_words(), desk.now().date()) if typed.strip() else Narrowing()
    if narrowing.unknown:
        session.say(tr("filter.unknown", what=", ".join(narrowing.unknown)))
    wanted = narrowed(desk, narrowing, officer=session.officer.id if mine else None)
    source = QueueSource(desk.queries, desk.bounds(), wanted, narrowing.text)
    title = tr("plain.queue.mine" if mine else "plain.queue")
    title = f"{title} «{typed.strip()}»" if typed.strip() else title
    return Browser(session, title, source, sum(source.count().values()))


def search(session: Session) -> None:
    """F3: one box for everything that is known of a dossier."""
    while True:
        text = session.ask(tr("plain.search"), tr("search.placeholder"))
        if not text:
            session.say(tr("search.placeholder"))
            continue
        desk = session.desk
        found = seek(desk.queries, text, desk.bounds(), legal_day(desk.now()), _FOUND)
        session.say(sought_words(desk, text, found, _FOUND))
        if found.rows:
            _pick_and_show(session, Browser(session, tr("plain.found"), ListSource(found.rows), len(found.rows)))


def _pick_and_show(session: Session, browser: Browser) -> None:
    browser.tell()
    while True:
        try:
            row = browser.answer(session.ask(browser.place, tr("plain.list.help")))
        except Back:
            return
        if row is not None:
            show_dossier(session, row.id)


def show_dossier(session: Session, dossier_id: str) -> None:
    """One dossier: its facts, why it is due when it is, and what may be done from here; «<» goes back to the list."""
    desk = session.desk
    session.say(*_dossier_lines(session, dossier_id))
    while True:
        row = desk.row(dossier_id)
        ready = row is not None and is_ready(row)
        number = (row["receipt_number"] if row is not None else None) or tr("queue.no_number")
        prompt = tr("plain.dossier.ready" if ready else "plain.dossier", number=number)
        try:
            typed = session.ask(prompt, tr("plain.dossier.help"))
            if typed == "h":
                session.say(*_history(session, desk.dossier(dossier_id)))
            elif typed == "p":
                session.print_paper(dossier_id)
            elif typed == "4" and row is not None and ready:
                with suppress(Back):
                    hand_over(session, [row], found_by="name")
            else:
                session.say(*_dossier_lines(session, dossier_id) if typed in ("", "w") else [tr("plain.dossier.help")])
        except Back:
            return


def _dossier_lines(session: Session, dossier_id: str) -> list[str]:
    desk = session.desk
    dossier = desk.dossier(dossier_id)
    if dossier is None:
        return [tr("error.dossier_unknown")]
    law = desk.law_for(dossier)
    stands = standing(dossier, law)
    lines = summary(dossier, stands, officer_names(desk.officers.all()))
    return [*lines, *why_lines(dossier, stands, explained(dossier, law), law), *date_lines(stands)]


def _history(session: Session, dossier: Dossier | None) -> list[str]:
    """Every event, the oldest first."""
    if dossier is None:
        return []
    officers = officer_names(session.desk.officers.all())
    version = version_of(dossier, session.desk.law_for(dossier))
    return [
        f"{moment_short(at) if (at := event_moment(event)) else '–'}: {event_words(event, officers, version)}, "
        f"{author(event, officers)}"
        for event in dossier.events
    ]
