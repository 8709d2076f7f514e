"""The online service at intake: one line to say, the answer in one key, and the slip that the citizen takes along."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.binding import BindingType

from core.answers import Refusal
from core.catalogue import ProcedureVersion
from core.moments import legal_day
from core.service import WHY_NOT, service_on
from storage.desk import Desk
from storage.lawbook.services import package_services
from tui.i18n import tr
from tui.keys import KEYS, bind
from tui.screens.intake_facts import Form, fee_of
from tui.screens.intake_form import IntakeForm
from tui.screens.intake_law import grouped
from tui.screens.manner_keys import MannerScreen
from tui.sentences import sentence

OFFERS: tuple[dict[str, str], ...] = (
    {"answer": "took"},
    {"answer": "next_time"},
    *({"answer": "no", "reason": reason} for reason in WHY_NOT),
)
"""What a key writes, in the keys' order."""


def offer_words(desk: Desk, form: Form, version: ProcedureVersion | None) -> list[str]:
    """What to say, and the keys of the answers with the one that was given; nothing where there is nothing to offer."""
    if version is None or form.text("channel") != "counter":
        return []
    now = desk.now()
    service = service_on(version, package_services(), legal_day(now))
    if not service.online:
        return []
    fees = [fee_of(version, channel, now) for channel in ("online", "counter")]
    online, counter = (fee.amount if fee is not None else None for fee in fees)
    cheaper = online is not None and counter is not None and online < counter
    fee = tr("offer.fee", online=grouped(online or 0), counter=grouped(counter or 0)) if cheaper else ""
    said = tr("offer.say", level=tr(f"service.{service.level}"), fee=fee)
    answers = " · ".join(
        f"{'✓' if form.offer == one else ''}{place} {_short(one)}" for place, one in enumerate(OFFERS, 2)
    )
    return [said, tr("offer.keys", answers=answers, key=KEYS["service_slip"].label)]


def _short(one: dict[str, str]) -> str:
    return tr(f"why_not.{one['reason']}") if "reason" in one else tr(f"answer.{one['answer']}")


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
        self.say(tr("offer.noted", answer=_short(given)) if self.form.offer else tr("offer.taken_back"))

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
