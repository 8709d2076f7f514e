"""`v`: decisions that fine somebody. One is found by its number or a name; it is paid, or what is held goes back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from core.answers import InvalidInput, Refusal
from core.fines import decision_key, fine_amount
from core.intake import APPLICANT_KINDS
from core.moments import legal_day
from core.text import clean_line, fold
from storage.desk import Done
from storage.fines import LISTS, Fine, enter, fines, pay, release
from tui.dossier_words import money
from tui.fine_entry import FIELDS, HELD, checked, field_of, hint_of, new_fine
from tui.fine_words import WAYS, fine_cells, limit_doubt, way_words
from tui.i18n import tr
from tui.plain.lines import Back, once, walk
from tui.plain.lists import show_dossier
from tui.plain.pages import pick
from tui.plain.session import Session


def follow_fines(session: Session) -> None:
    """Decisions by list, by number or by name, one after another; «<» goes home."""
    while True:
        typed = session.ask(tr("plain.fines"), tr("plain.fines.help"))
        try:
            if typed == "+":
                Entry(session).run()
            elif typed in ("1", "2", "3", "4"):
                _choose(session, fines(session.desk, LISTS[int(typed) - 1]))
            elif typed:
                _choose(session, [one for one in fines(session.desk, "all") if _fits(one, typed)])
            else:
                session.say(tr("plain.fines.help"))
        except Back:
            continue


def _fits(one: Fine, typed: str) -> bool:
    key = decision_key(typed)
    numbers = decision_key(one.decision or ""), decision_key(one.receipt_number or "")
    return fold(typed) in fold(one.applicant_name) or any(key in number for number in numbers if key)


def _choose(session: Session, found: list[Fine]) -> None:
    if not found:
        session.say(tr("fines.none"))
        return
    _decision(session, pick(session, found, tr("fines.title"), partial(_words, session)))


def _words(session: Session, one: Fine) -> str:
    decision, person, amount, owed, what = fine_cells(one, legal_day(session.desk.now()))
    return "; ".join((decision, person, amount, tr("plain.fines.owed", owed=owed) if one.owed else owed, what))


def _decision(session: Session, one: Fine) -> None:
    """What stands with it, and what may be done."""
    session.say(_words(session, one), *filter(None, [limit_doubt([one])]))
    acts: dict[str, Callable[[], object]] = {}
    if one.owed:
        acts["1"] = partial(_pay, session, one)
    if one.held:
        acts["2"] = partial(_release, session, one)
    acts["3"] = partial(show_dossier, session, one.dossier)
    choices = "; ".join(f"{key} {tr(f'plain.fines.do.{key}')}" for key in acts)
    session.act(tr("plain.fines.decision", choices=choices), tr("plain.fines.decision.help"), acts)


def _pay(session: Session, one: Fine) -> object:
    amount = session.field(tr("fines.amount"), f"{one.owed:f}", check=fine_amount)
    way = session.choose(tr("fines.channel"), [(word, way_words(word)) for word in WAYS], WAYS[0])
    proof = session.field(tr("fines.proof"), "", check=clean_line)
    decision, more = one.decision or tr("fines.unnamed"), Decimal(amount or 0) - one.owed
    asked = tr("plain.fines.sure", amount=money(amount), decision=decision, channel=way_words(way))
    if more > 0:
        session.say(f"! {tr('fines.over', amount=money(f'{more:f}'))}")
    if not session.yes(asked):
        raise Back
    channel, _, method = way.partition("/")
    desk, officer = session.desk, session.officer
    paid = {"amount": amount, "channel": channel, "method": method, "proof": proof}
    done = pay(desk, officer, one.dossier, decision=one.key, more=True, **paid)
    if isinstance(done, Done):
        session.say(tr("fines.done_pay", amount=money(amount)))
    return done


def _release(session: Session, one: Fine) -> object:
    taker = session.field(tr("fines.taker"), "", check=session.words)
    if not session.yes(tr("plain.fines.release", count=one.held, name=taker or one.applicant_name)):
        raise Back
    gone = release(session.desk, session.officer, one.dossier, fields={"to": taker} if taker else {})
    if not isinstance(gone, Refusal):
        session.say(tr("fines.done_release", papers=", ".join(paper.paper for paper in gone)))
    return gone


class Entry:
    """The questions of a decision from the street, then all of it or nothing."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._texts = {name: "" for name, _ in FIELDS} | {"kind": APPLICANT_KINDS[0], "vehicle": HELD[0]}

    def run(self) -> None:
        """Ask, tell, enter; a field that is wrong is asked again. Raises Back before the first question."""
        name: str | None = "decision"
        while True:
            walk(self._names, self._ask, name)
            try:
                typed = self._session.ask(tr("plain.fines.enter"), tr("plain.fines.enter.help"))
            except Back:
                name = self._names()[-1]
                continue
            name = None
            if typed != "l":
                self._session.say(tr("plain.fines.enter.help"))
            elif self._entered():
                return

    def _names(self) -> list[str]:
        names = ["decision", "name", "kind", "number", "phone", "amount", "decided_on", "handed_on", "pay_by", "held"]
        seized = ["seized_on"] if self._texts["vehicle"] == "seizure" else []
        return names + (["vehicle", *seized, "shelf", "hold_until"] if self._texts["held"] else []) + ["plate"]

    def _ask(self, name: str) -> None:
        session, held = self._session, self._texts[name]
        prompt = tr(f"fines.form.{name}").removesuffix(" *")
        words = {"kind": ("applicant_kind", APPLICANT_KINDS), "vehicle": ("fines.form.vehicle", HELD)}.get(name)
        if words is not None:
            area, known = words
            self._texts[name] = session.choose(prompt, [(one, tr(f"{area}.{one}")) for one in known], held)
            return
        composed = dict(FIELDS)[name] == "words"
        today = legal_day(session.desk.now())

        def check(typed: str) -> str:
            return checked(name, session.words(typed) if composed else typed, today)

        self._texts[name] = session.field(prompt, held, *filter(None, [hint_of(name)]), check=check)

    def _entered(self) -> bool:
        session = self._session
        answer: Done | Refusal | InvalidInput
        try:
            new = new_fine(self._texts, self._texts["kind"], self._texts["vehicle"], legal_day(session.desk.now()))
            answer = enter(session.desk, session.officer, new)
        except InvalidInput as error:
            answer = error
        if isinstance(answer, Done):
            session.say(tr("plain.fines.entered", decision=new.decision))
            return True
        session.refuse(answer)
        once(self._ask, field_of(answer))
        return False
