"""How a demo's dossiers come and go besides: fees by ways, the offer of the online service, late answers, returns."""

from __future__ import annotations

from datetime import date, datetime

from core.dossier import Dossier
from core.moments import legal_day
from core.service import is_online
from storage.demo.applicants import Request
from storage.demo.scene import Along, Scene

SETTLED_DAYS = 30
"""No answer to what came online is late in these last days, and nothing is on its way back: the queue has enough."""
_ANSWERS = (
    (34, {"answer": "took"}),
    (26, {"answer": "next_time"}),
    (14, {"answer": "no", "reason": "wants_counter"}),
    (10, {"answer": "no", "reason": "no_account"}),
    (7, {"answer": "no", "reason": "no_device"}),
    (6, {"answer": "no", "reason": "too_hard"}),
    (3, {"answer": "no", "reason": "other"}),
)


def paid_and_offered(scene: Scene, request: Request, at: datetime) -> Along:
    """What goes with an intake: the fee, where and how it was paid, and at the counter the offer with its answer."""
    along: Along = ()
    fee, channel, day = request.facts.pop("fee_paid", None), request.channel, legal_day(at)
    if fee is not None:
        method = "cash" if scene.chance.random() < 0.7 else "transfer"
        along = (("payment_received", {"amount": fee, "method": method, "channel": "counter"}),)
    elif request.variant.starts_on == "received" and channel == "online" and (amount := _fee(request, day)):
        method = "portal" if scene.chance.random() < 0.85 else "transfer"
        along = (("payment_received", {"amount": amount, "method": method, "channel": "online"}),)
    procedure = request.version.procedure
    if channel == "counter" and scene.chance.random() < 0.25 and is_online(scene.law, procedure, day):
        weights = [weight for weight, _ in _ANSWERS]
        ((_, answer),) = scene.chance.choices(_ANSWERS, weights)
        along = (*along, ("service_offered", answer))
    return along


def _fee(request: Request, day: date) -> str | None:
    online = (one for one in request.version.fees if one.channel == "online" and one.in_force(day))
    found = next(online, None)
    return str(found.amount) if found is not None and found.amount else None


def answered_late(scene: Scene, at: datetime) -> float | None:
    """Minutes until the answer to what came online, where it is a late one."""
    late = scene.chance.random() < 0.12
    return scene.chance.uniform(520, 1400) if late and _is_past(scene, at) else None


def turned_down(scene: Scene, at: datetime) -> bool:
    """Whether what came online is not accepted."""
    return scene.chance.random() < 0.06 and _is_past(scene, at)


def came_back(scene: Scene, dossier: Dossier) -> bool:
    """Whether the letter with the result comes back."""
    drawn = scene.chance.random() < 0.08
    return drawn and dossier.facts.get("return_by") == "post" and _is_past(scene, max(e.at for e in dossier.events))


def number_of(scene: Scene) -> str | None:
    """The national system's number, of the few that were typed in there too."""
    return f"DEMO-{scene.chance.randrange(10**9):09}" if scene.chance.random() < 0.12 else None


def _is_past(scene: Scene, at: datetime) -> bool:
    return scene.today - scene.hours.day_of(at) > SETTLED_DAYS
