"""What happens to most dossiers between the counter and the counter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.dossier import Dossier
from storage.demo.applicants import Request
from storage.demo.scene import Moves, Scene, finish, hand_out, last_at, posted, slip, take_in, taker
from storage.demo.ways import answered_late, came_back, number_of, paid_and_offered, turned_down
from storage.demo.world import LEADER, WORKER, Step, Story

_STEPS = ("Thẩm tra hồ sơ", "Xác minh nơi cư trú", "Tra cứu cơ sở dữ liệu dân cư", "Trình lãnh đạo ký")
_NOTES = (
    "Công dân hẹn đến lấy buổi chiều.",
    "Chủ nhà sẽ gọi lại để xác nhận.",
    "Đã nhắn tin báo kết quả.",
    "Đã gọi hai lần, chưa nghe máy.",
    "Đề nghị trả kết quả cho người nhà.",
)
_MISSING = ("lawful-dwelling", "CT01", "change-proof")
_REFUSALS = (
    "Chỗ ở không đủ điều kiện theo quy định",
    "Không thuộc thẩm quyền giải quyết",
    "Thông tin kê khai không đúng",
)
_NOT_TAKEN = ("Không có người nhận", "Người nhận đã chuyển đi", "Sai số nhà")
LATE_FREE_DAYS = 40  # no ordinary dossier of the last days is late: what is late now is told on purpose


def ordinary(scene: Scene, desk: int, request: Request, at: datetime, begun: datetime | None = None) -> Story:
    """From receipt to result. `begun`: it was written on paper then, and entered at `at`."""
    along = paid_and_offered(scene, request, at)
    if begun is None and request.channel == "online" and scene.random.random() < 0.4:
        yield Step(at, "submitted", scene.clerk(desk), request.facts)
        at = scene.hours.later(at, answered_late(scene, at) or scene.random.uniform(15, 300))
        if turned_down(scene, at):
            reason = {"reason": scene.chance.choice(_REFUSALS)}
            yield Step(at, "not_accepted", scene.clerk(desk), request.facts | reason)
            return
    if begun is not None:
        dossier = yield Step(at, "received", scene.clerk(desk), request.facts, at=begun, along=along)
        dossier = yield from slip(scene, dossier, at, scene.clerk(desk))
    else:
        dossier = yield from take_in(scene, desk, request, at, along=along)
    dossier = yield from _turns(scene, desk, dossier)
    if dossier.is_open:
        yield from _to_the_end(scene, desk, dossier)


def _turns(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    """What some dossiers meet on their way; each share of a hundred."""
    drawn = scene.random.random() * 100
    for share, turn in _TURNS:
        drawn -= share
        if drawn < 0:
            fits = turn in _SHORT_TURNS or _days_left(scene, dossier) >= 2
            return (yield from turn(scene, desk, dossier)) if fits else dossier
    return dossier


def _days_left(scene: Scene, dossier: Dossier) -> int:
    """Working days until the dossier is due."""
    due = scene.due(dossier)
    return (
        0 if due is None else scene.hours.calendar.count(scene.hours.day_of(last_at(dossier)), scene.hours.day_of(due))
    )


def _to_the_end(scene: Scene, desk: int, dossier: Dossier) -> Story:
    done = _done_at(scene, dossier)
    checked = scene.hours.between(last_at(dossier), done)
    if checked < done and scene.random.random() < 0.7:
        step = {"step": scene.random.choice(_STEPS)}
        dossier = yield Step(checked, "step_completed", WORKER, step)
        done = max(done, scene.hours.later(checked, 2))
    dossier = yield from finish(scene, dossier, done)
    if number := number_of(scene):
        given = scene.hours.later(last_at(dossier), 3)
        dossier = yield Step(given, "official_number_given", scene.clerk(desk), {"number": number})
    if scene.random.random() < 0.015:
        return
    days = 0 if dossier.facts.get("return_by") == "online" else scene.random.choice((0, 0, 0, 1, 1, 2, 4))
    after = scene.hours.later(last_at(dossier), 20)
    at = scene.hours.on(scene.hours.days_after(after, days), after)
    if came_back(scene, dossier):
        yield from _by_post_and_back(scene, desk, dossier, at)
    else:
        yield from hand_out(scene, desk, dossier, at)


def _by_post_and_back(scene: Scene, desk: int, dossier: Dossier, at: datetime) -> Story:
    """Nobody was there to take the letter; the citizen comes for the result."""
    clerk = scene.clerk(desk)
    afternoon = scene.hours.at_share(scene.hours.days_after(at, 1), 0.9)
    dossier = yield Step(afternoon, "handed_to_post", clerk, posted(scene, desk, afternoon, dossier.applicant))
    back = scene.hours.on(scene.hours.days_after(afternoon, scene.chance.randrange(4, 9)))
    dossier = yield Step(back, "post_returned", clerk, {"reason": scene.chance.choice(_NOT_TAKEN)})
    fetched = scene.hours.on(scene.hours.days_after(back, scene.chance.randrange(1, 4)))
    yield Step(fetched, "result_returned", clerk, {"channel": "counter", **taker(dossier)})


def _done_at(scene: Scene, dossier: Dossier) -> datetime:
    """Mostly before the due day, often on it, seldom after it."""
    due, now = scene.due(dossier), last_at(dossier)
    if due is None:
        return scene.hours.on(scene.hours.days_after(now, 3))
    last = scene.hours.day_of(due)
    room = scene.hours.calendar.count(scene.hours.day_of(now), last)
    if room > 0 and scene.random.random() < 0.42:
        return scene.hours.on(scene.hours.days_after(now, scene.random.randrange(max(1, room - 3), room + 1) - 1), now)
    if scene.today - last > LATE_FREE_DAYS and scene.random.random() < 0.04:
        return scene.hours.on(scene.hours.days_after(due, scene.random.randrange(1, 4)))
    return scene.hours.between(max(now, scene.hours.at_share(last, 0.01)), due)


def _noted(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), scene.random.uniform(2, 90))
    return (yield Step(now, "noted", scene.clerk(desk), {"text": scene.random.choice(_NOTES)}))


def _corrected(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    old = str(dossier.applicant.get("phone", ""))
    body = {"field": "applicant.phone", "old": old, "new": scene.requests.people.person().phone}
    return (yield Step(scene.hours.later(last_at(dossier), 30), "corrected", scene.clerk(desk), body))


def _assigned(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    worker = scene.officers[WORKER]
    return (yield Step(scene.hours.later(last_at(dossier), 15), "assigned", scene.clerk(desk), {"to": worker}))


def supplement(scene: Scene, desk: int, dossier: Dossier, days: int | None = None) -> Moves:
    """Something is missing; it is brought after some working days."""
    now = scene.hours.later(last_at(dossier), scene.random.uniform(20, 200))
    asked = {"items": [scene.random.choice(_MISSING)], "reason": "Giấy tờ chưa đủ để giải quyết"}
    dossier = yield Step(now, "supplement_requested", WORKER, asked)
    dossier = yield from slip(scene, dossier, now, WORKER, "supplement-request")
    wait = scene.random.randrange(1, 6) if days is None else days
    brought = scene.hours.on(scene.hours.days_after(now, wait))
    dossier = yield Step(brought, "supplement_received", scene.clerk(desk), {"papers": asked["items"]})
    return (yield from slip(scene, dossier, brought, scene.clerk(desk)))


def _paying(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), scene.random.uniform(20, 60))
    asked = {"amount": "20000", "reason": "Lệ phí còn thiếu"}
    yield Step(now, "payment_requested", scene.clerk(desk), asked)
    paid = {"amount": "20000", "method": "cash", "receipt": f"{scene.random.randrange(100_000):05}"}
    after = scene.hours.later(now, scene.random.uniform(30, 600))
    return (yield Step(after, "payment_received", scene.clerk(desk), paid))


def _original(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    papers = dossier.facts.get("papers") or ["CT01"]
    body = {"paper": papers[-1], "shelf": f"H{scene.random.randrange(1, 9)}"}
    now = scene.hours.later(last_at(dossier), 2)
    yield Step(now, "original_taken", scene.clerk(desk), body)
    back = scene.hours.later(now, scene.random.uniform(60, 900))
    given = {"paper": papers[-1], "to": dossier.applicant["name"]}
    return (yield Step(back, "original_released", scene.clerk(desk), given))


def withdrawn(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), scene.random.uniform(30, 600))
    return (yield Step(now, "withdrawn", scene.clerk(desk), {"reason": "Công dân đề nghị rút hồ sơ"}))


def refused(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    """A refusal, handed out like any result."""
    now = _done_at(scene, dossier)
    dossier = yield Step(now, "refused", LEADER, {"reason": scene.random.choice(_REFUSALS)})
    dossier = yield from slip(scene, dossier, now, LEADER, "refusal")
    return (yield from hand_out(scene, desk, dossier, scene.hours.later(now, scene.random.uniform(60, 900))))


def rescheduled(scene: Scene, desk: int, dossier: Dossier, days: int = 2) -> Moves:
    """The day before it would be late: an apology with a new appointment."""
    due = scene.due(dossier)
    if due is None:
        return dossier
    before = scene.hours.days_before(scene.hours.day_of(due), 1)
    now = max(scene.hours.at_share(before, 0.6), scene.hours.later(last_at(dossier), 5))
    new = scene.hours.calendar.ending(scene.hours.days_after(due, days))
    body = {"due_at": new.isoformat(timespec="seconds"), "code": "awaiting_partner", "days": days}
    body["reason"] = "Chưa có kết quả xác minh"
    dossier = yield Step(now, "rescheduled", LEADER, body)
    return (yield from slip(scene, dossier, now, LEADER, "apology"))


def suspended(scene: Scene, desk: int, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), scene.random.uniform(60, 400))
    yield Step(now, "suspended", LEADER, {"reason": "Chờ cơ quan khác trả lời"})
    back = scene.hours.on(scene.hours.days_after(now, scene.random.randrange(2, 7)))
    return (yield Step(back, "resumed", LEADER))


_SHORT_TURNS = (_noted, _corrected, _assigned)
_TURNS: tuple[tuple[float, Callable[[Scene, int, Dossier], Moves]], ...] = (
    (7, _noted),
    (2, _corrected),
    (12, _assigned),
    (4, supplement),
    (1.5, _paying),
    (3, _original),
    (0.8, withdrawn),
    (1.4, refused),
    (1, rescheduled),
    (0.7, suspended),
)
