"""The stories that every demo must have: each state, today's late ones, and the exceptions of the law."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from core.dossier import Dossier
from storage.demo.beginnings import Showcase, asks_supplement, begin, checked, suspends, waiting
from storage.demo.exceptions import exceptions
from storage.demo.scene import Moves, Scene, finish, hand_out, last_at, slip
from storage.demo.stories import refused, rescheduled, withdrawn
from storage.demo.world import ADMIN, CLERK_2, LEADER, WORKER, Step, Story

STORM = "Bão số 13 gây mất điện, ngập kho lưu trữ"
BASIS = "Thông báo số 41/TB-CAP của Công an phường"


def showcases(scene: Scene) -> Iterator[Showcase]:
    """One round of all of them, what matters most first."""
    yield from _states(scene)
    yield from _late(scene)
    yield from exceptions(scene)


def _states(scene: Scene) -> Iterator[Showcase]:
    yield Showcase(_unsynced(scene))
    yield Showcase(_owing(scene, "permanent-residence", 1))
    yield Showcase(_declared(scene), desk=1)
    yield Showcase(_before_receipt(scene, "submitted", "temporary-residence", "online"))
    yield Showcase(_before_receipt(scene, "guided", "household-split", "counter"))
    yield Showcase(_before_receipt(scene, "not_accepted", "security-conditions-certificate", "post"), desk=1)
    yield Showcase(waiting(scene, 1, asks_supplement))
    yield Showcase(waiting(scene, 2, _asks_payment), desk=1)
    yield Showcase(waiting(scene, 4, suspends))
    yield Showcase(_closed(scene, withdrawn))
    yield Showcase(_closed(scene, _stopped))
    yield Showcase(_closed(scene, _voided), desk=1)
    yield Showcase(_closed(scene, refused))
    yield Showcase(_unfetched(scene, 30))
    yield Showcase(_unfetched(scene, 12), desk=1)
    yield Showcase(_running(scene, "permanent-residence", 2))


def _late(scene: Scene) -> Iterator[Showcase]:
    for days, procedure in ((1, "household-split"), (1, "permanent-residence"), (2, "temporary-residence")):
        yield Showcase(_overdue_again(scene, procedure, days), desk=days % 2)
    for days, procedure in (
        (1, "permanent-residence"), (1, "identity-card"), (2, "permanent-residence-removal"),
        (3, "permanent-residence"), (4, "household-split"),
    ):  # fmt: skip
        yield Showcase(_excused(scene, procedure, days), desk=days % 2)
    yield Showcase(_long_ago_late(scene))


def _unsynced(scene: Scene) -> Story:
    """Taken in minutes ago: not yet at the city."""
    at = scene.at - timedelta(minutes=4)
    request = scene.request(scene.today, "temporary-residence", channel="counter", return_by="counter")
    yield Step(at, "received", ADMIN, request.facts)
    yield Step(at + timedelta(minutes=1), "noted", ADMIN, {"text": "Chủ nhà sẽ gọi lại buổi chiều."})
    yield Step(at + timedelta(minutes=3), "step_completed", ADMIN, {"step": "Thẩm tra hồ sơ"})


def _before_receipt(scene: Scene, kind: str, procedure: str, channel: str) -> Story:
    day = scene.past(1)
    request = scene.request(day, procedure, channel=channel)
    facts = dict(request.facts)
    if kind != "submitted":
        facts["reason"] = "Hồ sơ chưa có giấy tờ chứng minh chỗ ở hợp pháp"
    if kind == "guided":
        facts["missing"] = facts["papers"][-1:]
    yield Step(scene.hours.on(day), kind, ADMIN if channel != "post" else CLERK_2, facts)


def _owing(scene: Scene, procedure: str, days: int) -> Story:
    """Late, and nobody has apologised."""
    day = scene.received_for(procedure, scene.past(days))
    dossier = yield from begin(scene, day, procedure, 0)
    yield from checked(scene, dossier)


def _declared(scene: Scene) -> Story:
    """The delay is known and declared; the apology lies before the leader."""
    dossier = yield from begin(scene, scene.past(3), "permanent-residence", 1)
    dossier = yield from checked(scene, dossier)
    reason = {"reason": "Chưa có kết quả xác minh của Công an nơi ở cũ"}
    dossier = yield Step(scene.hours.later(last_at(dossier), 300), "delay_declared", WORKER, reason)
    body = {"code": "awaiting_partner", "days": 3, "reason": "Đã gửi công văn đôn đốc"}
    if scene.due(dossier) is not None:
        yield Step(scene.hours.later(last_at(dossier), 5), "apology_proposed", WORKER, body)


def _overdue_again(scene: Scene, procedure: str, days: int) -> Story:
    """The new appointment has passed too."""
    appointment = scene.past(days)
    first_due = scene.hours.days_before(appointment, 2)
    dossier = yield from begin(scene, scene.received_for(procedure, first_due), procedure, days % 2)
    dossier = yield from checked(scene, dossier)
    due = scene.due(dossier) or last_at(dossier)
    gap = scene.hours.calendar.count(scene.hours.day_of(due), appointment)
    yield from rescheduled(scene, days % 2, dossier, max(1, gap))


def _excused(scene: Scene, procedure: str, days: int) -> Story:
    """Late without fault: no apology is owed."""
    dossier = yield from begin(scene, scene.received_for(procedure, scene.past(days)), procedure, days % 2)
    dossier = yield from checked(scene, dossier)
    now = scene.hours.later(last_at(dossier), 240)
    yield Step(now, "delay_excused", LEADER, {"code": "force_majeure", "reason": STORM, "basis": BASIS})


def _long_ago_late(scene: Scene) -> Story:
    """Late a month ago, without an apology."""
    dossier = yield from begin(scene, scene.past(30), "residence-adjustment", 0)
    due = scene.due(dossier) or last_at(dossier)
    dossier = yield from finish(scene, dossier, scene.hours.on(scene.hours.days_after(due, 2)))
    yield from hand_out(scene, 0, dossier, scene.hours.later(last_at(dossier), 200))


def _running(scene: Scene, procedure: str, days: int) -> Story:
    dossier = yield from begin(scene, scene.past(days), procedure, 0)
    yield from checked(scene, dossier)


def _asks_payment(scene: Scene, dossier: Dossier) -> Moves:
    body = {"amount": "20000", "reason": "Lệ phí đăng ký cư trú"}
    return (yield Step(scene.hours.later(last_at(dossier), 60), "payment_requested", WORKER, body))


def _closed(scene: Scene, move: Callable[[Scene, int, Dossier], Moves]) -> Story:
    dossier = yield from begin(scene, scene.past(8), "temporary-residence", 0)
    yield from move(scene, 0, dossier)


def _stopped(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), 300)
    dossier = yield Step(now, "stopped", LEADER, {"reason": "Chủ hồ sơ đã chuyển nơi ở khác"})
    return (yield from slip(scene, dossier, now, LEADER, "stop-notice"))


def _voided(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    body = {"reason": "Nhập nhầm thủ tục"}
    return (yield Step(scene.hours.later(last_at(dossier), 25), "voided", LEADER, body))


def _unfetched(scene: Scene, days: int) -> Story:
    """The result has been lying there for long."""
    dossier = yield from begin(scene, scene.past(days), "identity-card", 0)
    due = scene.due(dossier) or last_at(dossier)
    yield from finish(scene, dossier, scene.hours.between(last_at(dossier), due))
