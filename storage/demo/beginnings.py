"""What showcases begin with: a dossier over the counter, checked, and left to wait for something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.dossier import Dossier
from storage.demo.scene import Moves, Scene, last_at, slip, take_in
from storage.demo.world import LEADER, WORKER, Step, Story


@dataclass(frozen=True, slots=True)
class Showcase:
    """A story and the desk (0 or 1) where it begins; `counted`: it leaves a dossier behind."""

    story: Story
    desk: int = 0
    shared: bool = False
    counted: bool = True


def begin(scene: Scene, day: int, procedure: str, desk: int, share: float = 0.0) -> Moves:
    """Taken in over the counter on the day, with its slip."""
    at = scene.hours.at_share(day, share or scene.random.uniform(0.05, 0.7))
    request = scene.request(day, procedure, channel="counter", return_by="counter")
    return (yield from take_in(scene, desk, request, at))


def checked(scene: Scene, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), scene.random.uniform(20, 90))
    return (yield Step(now, "step_completed", WORKER, {"step": "Thẩm tra hồ sơ"}))


def waiting(scene: Scene, days: int, move: Callable[[Scene, Dossier], Moves]) -> Story:
    dossier = yield from begin(scene, scene.past(days), "permanent-residence", days % 2, 0.2)
    yield from move(scene, dossier)


def asks_supplement(scene: Scene, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), 100)
    body = {"items": ["lawful-dwelling"], "reason": "Thiếu giấy tờ chứng minh chỗ ở hợp pháp"}
    dossier = yield Step(now, "supplement_requested", WORKER, body)
    return (yield from slip(scene, dossier, now, WORKER, "supplement-request"))


def suspends(scene: Scene, dossier: Dossier) -> Moves:
    body = {"reason": "Chờ Tòa án giải quyết tranh chấp chỗ ở", "basis": "Văn bản của Tòa án"}
    return (yield Step(scene.hours.later(last_at(dossier), 200), "suspended", LEADER, body))
