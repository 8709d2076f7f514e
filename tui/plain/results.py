"""F4: a citizen comes for the result. Found by slip, card, number or name; checked, signed for, done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from core.answers import InvalidInput, Refusal
from core.custody import Held
from core.dossier import Dossier
from core.identity import parse_card
from core.intake import CHANNELS
from core.moments import legal_day
from core.standing import version_of
from core.text import clean_line
from storage.queries import Row
from tui.dossier_words import person_line
from tui.i18n import tr
from tui.plain.lines import Back, Jump, once, walk
from tui.plain.pages import pick
from tui.plain.session import Session
from tui.post_words import post_words
from tui.screens import return_facts as facts
from tui.screens.queue_rows import short_number
from tui.screens.return_facts import Handing
from tui.screens.return_words import result_lines
from tui.screens.search_rows import is_slip
from tui.slip_words import slip_doubt

_WORDS = frozenset({"taker", "witness", "carrier", "place"})


def return_results(session: Session) -> None:
    """One citizen after another; «<» at the first question goes home."""
    while True:
        text = session.ask(tr("plain.return"), tr("return.placeholder"))
        if not text:
            session.say(tr("return.placeholder"))
            continue
        try:
            _look_up(session, text)
        except Back:
            continue


def _look_up(session: Session, text: str) -> None:
    desk = session.desk
    today = legal_day(desk.now())
    card = parse_card(text, today=today).fields
    doubt = slip_doubt(desk, text)
    if doubt is not None:
        session.say(doubt)
    rows = facts.candidates(desk.queries, card.number or text, desk.bounds(), today)
    if not rows:
        session.say(tr("return.nothing"))
        return
    found_by = "card" if card.number else "slip" if is_slip(text) else "name"
    row = pick(session, rows, tr("plain.found"))
    together = [one for one in facts.of_one_person(rows, row) if facts.is_ready(one)]
    if not facts.is_ready(row):
        _tell(session, [row])
        return
    if len(together) > 1 and session.yes(tr("plain.return.together", count=len(together))):
        hand_over(session, together, found_by=found_by, identity=card.number or "")
    else:
        hand_over(session, [row], found_by=found_by, identity=card.number or "")
        if len(together) > 1:
            session.say(tr("return.more").strip())


def _tell(session: Session, rows: Sequence[Row]) -> list[Dossier]:
    """What is read out of each: whose it is, the result or why there is none, what goes back with it."""
    desk, dossiers = session.desk, []
    for row in rows:
        dossier = desk.dossier(row.id)
        if dossier is not None:
            dossiers.append(dossier)
            lines = result_lines(desk, row, dossier, version_of(dossier, desk.law))
            session.say(f"{short_number(dossier.receipt_number)}; {person_line(dossier)}", *lines)
    return dossiers


def hand_over(session: Session, rows: Sequence[Row], *, found_by: str, identity: str = "") -> None:
    """Ask who takes these results and how, then hand over all of them or none. Raises Back before it is done."""
    dossiers = _tell(session, rows)
    Returning(session, dossiers, replace(Handing.begin(dossiers[0], found_by), identity=identity)).run()


class Returning:
    """The questions about who stands at the counter, until the result is handed over."""

    def __init__(self, session: Session, dossiers: Sequence[Dossier], handing: Handing) -> None:
        self._session = session
        self._dossiers = dossiers
        self._handing = handing

    def run(self) -> None:
        name: str | None = "channel"
        while True:
            walk(self._names, self._ask, name)
            name = None
            self._session.say(self._summary())
            try:
                typed = self._session.ask(tr("plain.return.done"), tr("plain.return.done.help"))
            except Back:
                name = self._names()[-1]
                continue
            if typed != "l":
                self._session.say(tr("plain.return.done.help"))
            elif self._hand_over():
                return

    def _names(self) -> list[str]:
        """What is asked, by what was answered so far."""
        handing = self._handing
        if handing.channel == "online":
            names = ["channel", "reference"]
        elif handing.by_post:
            names = ["channel", "carrier", "tracking"]
        else:
            own = ["identity"] if any(map(facts.number_of, self._dossiers)) else []
            names = ["channel", "capacity"]
            names += own if handing.capacity == "self" else ["taker", "taker_number", "proof"]
            names += ["slip", "sign", *(["witness"] if handing.sign == "thumbprint" else [])]
        return names + (["keeper", "place", "next_check"] if self._staying() else [])

    def _staying(self) -> list[Held]:
        desk, today = self._session.desk, legal_day(self._session.desk.now())
        return [
            held
            for dossier in self._dossiers
            for held in facts.staying(dossier, self._handing.channel, desk.law, today)
        ]

    def _ask(self, name: str) -> None:
        session, held = self._session, str(getattr(self._handing, name)) or self._likely(name)
        options = self._options(name)
        if options:
            elsewhere = partial(self._take_card, name)
            self._put(**{name: session.choose(tr(f"plain.return.{name}"), options, held, elsewhere=elsewhere)})
            if name == "channel" and self._handing.by_post:
                first = self._dossiers[0]
                told = post_words(session.desk, first.applicant.get("kind"), first.procedure)
                session.say(*filter(None, [told]))
            return
        text = session.field(tr(f"plain.return.{name}"), held, check=self._checked(name))
        self._put(**{name: text})
        if name == "identity":
            self._check_identity()

    def _options(self, name: str) -> list[tuple[str, str]]:
        """The words of a field that holds one of a few."""
        if name == "channel":
            return [(word, tr(f"channel.{word}")) for word in CHANNELS]
        if name == "capacity":
            return [(word, tr(f"capacity.{word}")) for word in facts.TAKERS]
        if name == "keeper":
            return [(one.id, one.name) for one in self._session.desk.officers.all() if one.active]
        return [(word, tr(f"return.{name}.{word}")) for word in facts.WORDS.get(name, ())]

    def _likely(self, name: str) -> str:
        """What stands in a field about papers that stay before anybody typed."""
        desk, held = self._session.desk, self._staying()
        if name == "keeper":
            return self._session.officer.id
        if name == "place":
            return next((one.place for one in held if one.place), "")
        if name == "next_check":
            look_on = facts.check_day(held, desk.law, desk.identity.unit, legal_day(desk.now()))
            return f"{look_on:%d/%m/%Y}"
        return ""

    def _checked(self, name: str) -> Callable[[str], str]:
        """A card that is scanned here says who stands at the counter; else the words or the number that was typed."""

        def check(typed: str) -> str:
            self._take_card(name, typed)
            return self._session.words(typed) if name in _WORDS else clean_line(typed)

        return check

    def _take_card(self, name: str, typed: str) -> None:
        """What was typed may be a scan: then it is no answer, and who it shows is known."""
        if "|" not in typed or self._handing.channel != "counter":
            return
        reading = parse_card(typed, today=legal_day(self._session.desk.now()))
        if reading.status == "error":
            self._session.say(f"✗ {tr(f'warning.{reading.warnings[0]}')}")
            raise Jump(name)
        shown = facts.shown_by(self._dossiers, reading.fields)
        self._put(**shown)
        own = "identity" in shown
        self._session.say(tr("return.card_fits" if own else "return.card_of_other"))
        raise Jump("slip" if own else "capacity")

    def _put(self, **texts: str) -> None:
        self._handing = replace(self._handing, **texts)

    def _check_identity(self) -> None:
        """Whoever is not checked gets nothing: the question comes again."""
        try:
            facts.check_identity(self._dossiers, self._handing)
        except InvalidInput as error:
            self._put(identity="")
            self._session.refuse(error)
            raise Jump("identity") from None

    def _summary(self) -> str:
        """What is about to happen, in one sentence."""
        handing = self._handing
        who = tr(f"channel.{handing.channel}")
        if handing.channel == "counter":
            taker = f" {handing.taker}" if handing.capacity != "self" else ""
            signed = tr(f"return.sign.{handing.sign}") + (f" ({handing.witness})" if handing.witness else "")
            who = "; ".join([tr(f"capacity.{handing.capacity}") + taker, tr(f"return.slip.{handing.slip}"), signed])
        return tr("plain.return.summary", numbers=self._numbers, who=who)

    def _hand_over(self) -> bool:
        """Whether they were handed over; else the field that is wrong was asked again."""
        session = self._session
        answer: str | Refusal | InvalidInput
        try:
            answer = facts.hand_over(session.desk, session.officer, self._dossiers, self._handing)
        except InvalidInput as error:
            answer = error
        if isinstance(answer, str):
            told = "return.posted" if answer else "return.handed"
            session.say(tr(told, numbers=self._numbers, batch=answer))
            return True
        session.refuse(answer)
        place = facts.place_of(answer)
        if place is not None:
            once(self._ask, place)
        return False

    @property
    def _numbers(self) -> str:
        return ", ".join(short_number(dossier.receipt_number) for dossier in self._dossiers)
