"""The online service at intake: one line to say, the answer in one key, and the slip that the citizen takes along."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType

from core.answers import Refusal
from core.catalogue import ProcedureVersion
from storage.desk import Desk
from tui.i18n import tr
from tui.keys import KEYS, bind
from tui.offer_words import OFFERS, answer_words, said_line
from tui.screens.intake_facts import Form
from tui.screens.intake_form import IntakeForm
from tui.screens.manner_keys import MannerScreen
from tui.sentences import sentence
from tui.widgets.timeline import GLUE


def offer_words(desk: Desk, form: Form, version: ProcedureVersion | None) -> list[str]:
    """What to say, and the keys of the answers with the one that was given; nothing where there is nothing to offer."""
    said = said_line(desk, form, version)
    if not said:
        return []
    answers = " · ".join(
        f"{'✓' if form.offer == one else ''}{place} {answer_words(one)}".replace(" ", GLUE)
        for place, one in enumerate(OFFERS, 2)
    )
    return [said, tr("offer.keys", answers=answers, key=KEYS["service_slip"].label)]


class OfferScreen(MannerScreen):
    """Alt+2 to Alt+8 write the answer, once more takes it back; Alt+S prints the slip."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(f"offer_{place}", f"offer({place})") for place in range(2, 2 + len(OFFERS))),
        bind("service_slip", "service_slip"),
    ]

    @property
    def form(self) -> IntakeForm:
        """The form that is filled in."""
        raise NotImplementedError

    def offered_version(self) -> ProcedureVersion | None:
        """The procedure that is taken in, as of today."""
        raise NotImplementedError

    def offer_changed(self) -> None:
        """The form has another answer."""
        raise NotImplementedError

    def action_offer(self, place: int) -> None:
        """The citizen's answer, or none after all."""
        if not self._offers():
            return
        given = OFFERS[place - 2]
        self.form.offer = {} if self.form.offer == given else dict(given)
        self.offer_changed()
        self.say(tr("offer.noted", answer=answer_words(given)) if self.form.offer else tr("offer.taken_back"))

    async def action_service_slip(self) -> None:
        """The service's address with its code on paper; it is of no dossier, and nothing is kept of it."""
        from storage.press import Press
        from tui.printing import hand_out
        from tui.unit_papers import service_slip

        version, desk = self.offered_version(), self.app.desk
        procedure = desk.law.find(version.procedure) if version is not None else None
        if version is None or procedure is None or not self._offers():
            return
        press = Press(desk.folder, self._meant())
        slip = service_slip(desk, press, procedure, version)
        if isinstance(slip, Refusal):
            self.refuse(slip)
            return
        name, made, settings = f"service-slip-{version.procedure}.pdf", desk.now(), self.app.settings

        def print_it() -> Path | Refusal:
            return hand_out(desk, press.letters([slip], made).content, name, settings)

        answer = await asyncio.to_thread(print_it)
        if isinstance(answer, Refusal):
            self.say(f"✗ {sentence(answer.code, answer.params)}")
            self.app.bell()
        else:
            self.say(tr("offer.printed"))

    def _offers(self) -> bool:
        if offer_words(self.app.desk, self.form.read(), self.offered_version()):
            return True
        self.say(tr("offer.none"))
        self.app.bell()
        return False
