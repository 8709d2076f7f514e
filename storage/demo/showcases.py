"""The stories that every demo must have: each state, each exception of the law, and today's late ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from core.dossier import Dossier
from storage.demo.scene import Moves, Scene, finish, hand_out, last_at, last_command, posted, slip, take_in
from storage.demo.stories import ordinary, refused, rescheduled, supplement, withdrawn
from storage.demo.world import ADMIN, CLERK_1, CLERK_2, LEADER, WORKER, Step, Story

STORM = "Bão số 13 gây mất điện, ngập kho lưu trữ"


@dataclass(frozen=True, slots=True)
class Showcase:
    """A story and the desk (0 or 1) where it begins; `counted`: it leaves a dossier behind."""

    story: Story
    desk: int = 0
    shared: bool = False
    counted: bool = True


def showcases(scene: Scene) -> Iterator[Showcase]:
    """One round of all of them, what matters most first."""
    yield from _states(scene)
    yield from _late(scene)
    yield from _exceptions(scene)
    yield from _papers(scene)
    yield from _two_desks(scene)


def _states(scene: Scene) -> Iterator[Showcase]:
    yield Showcase(_unsynced(scene))
    yield Showcase(_owing(scene, "permanent-residence", 1))
    yield Showcase(_declared(scene), desk=1)
    yield Showcase(_before_receipt(scene, "submitted", "temporary-residence", "online"))
    yield Showcase(_before_receipt(scene, "guided", "household-split", "counter"))
    yield Showcase(_before_receipt(scene, "not_accepted", "security-conditions-certificate", "post"), desk=1)
    yield Showcase(_waiting(scene, 1, _asks_supplement))
    yield Showcase(_waiting(scene, 2, _asks_payment), desk=1)
    yield Showcase(_waiting(scene, 4, _suspends))
    yield Showcase(_closed(scene, withdrawn))
    yield Showcase(_closed(scene, _stopped))
    yield Showcase(_closed(scene, _voided), desk=1)
    yield Showcase(_closed(scene, refused))
    yield Showcase(_unfetched(scene, 30))
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


def _exceptions(scene: Scene) -> Iterator[Showcase]:
    yield Showcase(_rescheduled(scene), desk=1)
    yield Showcase(_extended(scene))
    yield Showcase(_second_supplement(scene))
    yield Showcase(_verified(scene), desk=1)
    yield Showcase(_resumed(scene))
    yield Showcase(_reopened(scene))
    yield Showcase(_result_corrected(scene), desk=1)
    yield Showcase(_taken_back(scene))
    yield Showcase(_undone_intake(scene), desk=1, counted=False)
    yield Showcase(_undone_step(scene))
    for days in (1, 3):
        yield Showcase(_waiting(scene, days, _asks_supplement))
    yield Showcase(_came_back(scene))


def _papers(scene: Scene) -> Iterator[Showcase]:
    for number in range(4):
        yield Showcase(_in_batch(scene, 6, comes_back=number == 1), desk=1)
    yield Showcase(_unfetched(scene, 12), desk=1)
    yield Showcase(_in_custody(scene, 2))
    yield Showcase(_in_custody(scene, 1), desk=1)
    for days in (0, 1, 2):
        yield Showcase(_unconfirmed_slip(scene, days), desk=days % 2)


def _two_desks(scene: Scene) -> Iterator[Showcase]:
    yield Showcase(_conflict(scene, settled=False), shared=True)
    yield Showcase(_conflict(scene, settled=True), shared=True)
    yield Showcase(_both_at_work(scene, 5), shared=True)
    yield Showcase(_both_at_work(scene, 9), desk=1, shared=True)
    for minute in (25, 70):
        yield Showcase(_in_outage(scene, minute), desk=1)


def _begin(scene: Scene, day: int, procedure: str, desk: int, share: float = 0.0) -> Moves:
    """Taken in over the counter on the day, with its slip."""
    at = scene.hours.at_share(day, share or scene.random.uniform(0.05, 0.7))
    request = scene.request(day, procedure, channel="counter", return_by="counter")
    return (yield from take_in(scene, desk, request, at))


def _checked(scene: Scene, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), scene.random.uniform(20, 90))
    return (yield Step(now, "step_completed", WORKER, {"step": "Thẩm tra hồ sơ"}))


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
    dossier = yield from _begin(scene, day, procedure, 0)
    yield from _checked(scene, dossier)


def _declared(scene: Scene) -> Story:
    """The delay is known and declared; the apology is still to be written."""
    dossier = yield from _begin(scene, scene.past(3), "permanent-residence", 1)
    dossier = yield from _checked(scene, dossier)
    reason = {"reason": "Chưa có kết quả xác minh của Công an nơi ở cũ"}
    yield Step(scene.hours.later(last_at(dossier), 300), "delay_declared", WORKER, reason)


def _overdue_again(scene: Scene, procedure: str, days: int) -> Story:
    """The new appointment has passed too."""
    appointment = scene.past(days)
    first_due = scene.hours.days_before(appointment, 2)
    dossier = yield from _begin(scene, scene.received_for(procedure, first_due), procedure, days % 2)
    dossier = yield from _checked(scene, dossier)
    due = scene.due(dossier) or last_at(dossier)
    gap = scene.hours.calendar.count(scene.hours.day_of(due), appointment)
    yield from rescheduled(scene, days % 2, dossier, max(1, gap))


def _excused(scene: Scene, procedure: str, days: int) -> Story:
    """Late without fault: no apology is owed."""
    dossier = yield from _begin(scene, scene.received_for(procedure, scene.past(days)), procedure, days % 2)
    dossier = yield from _checked(scene, dossier)
    now = scene.hours.later(last_at(dossier), 240)
    yield Step(now, "delay_excused", LEADER, {"reason": STORM, "basis": "Sự kiện bất khả kháng"})


def _long_ago_late(scene: Scene) -> Story:
    """Late a month ago, without an apology."""
    dossier = yield from _begin(scene, scene.past(30), "residence-adjustment", 0)
    due = scene.due(dossier) or last_at(dossier)
    dossier = yield from finish(scene, dossier, scene.hours.on(scene.hours.days_after(due, 2)))
    yield from hand_out(scene, 0, dossier, scene.hours.later(last_at(dossier), 200))


def _running(scene: Scene, procedure: str, days: int) -> Story:
    dossier = yield from _begin(scene, scene.past(days), procedure, 0)
    yield from _checked(scene, dossier)


def _waiting(scene: Scene, days: int, move: Callable[[Scene, Dossier], Moves]) -> Story:
    dossier = yield from _begin(scene, scene.past(days), "permanent-residence", days % 2, 0.2)
    yield from move(scene, dossier)


def _asks_supplement(scene: Scene, dossier: Dossier) -> Moves:
    now = scene.hours.later(last_at(dossier), 100)
    body = {"items": ["lawful-dwelling"], "reason": "Thiếu giấy tờ chứng minh chỗ ở hợp pháp"}
    dossier = yield Step(now, "supplement_requested", WORKER, body)
    return (yield from slip(scene, dossier, now, WORKER, "supplement-request"))


def _asks_payment(scene: Scene, dossier: Dossier) -> Moves:
    body = {"amount": "20000", "reason": "Lệ phí đăng ký cư trú"}
    return (yield Step(scene.hours.later(last_at(dossier), 60), "payment_requested", WORKER, body))


def _suspends(scene: Scene, dossier: Dossier) -> Moves:
    body = {"reason": "Chờ Tòa án giải quyết tranh chấp chỗ ở", "basis": "Văn bản của Tòa án"}
    return (yield Step(scene.hours.later(last_at(dossier), 200), "suspended", LEADER, body))


def _closed(scene: Scene, move: Callable[[Scene, int, Dossier], Moves]) -> Story:
    dossier = yield from _begin(scene, scene.past(8), "temporary-residence", 0)
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
    dossier = yield from _begin(scene, scene.past(days), "identity-card", 0)
    due = scene.due(dossier) or last_at(dossier)
    yield from finish(scene, dossier, scene.hours.between(last_at(dossier), due))


def _rescheduled(scene: Scene) -> Story:
    dossier = yield from _begin(scene, scene.past(6), "permanent-residence", 1)
    dossier = yield from _checked(scene, dossier)
    yield from rescheduled(scene, 1, dossier, 3)


def _extended(scene: Scene) -> Story:
    dossier = yield from _begin(scene, scene.past(14), "residence-declaration", 0)
    body = {"amount": "30", "unit": "day", "reason": "Hồ sơ phức tạp, phải xác minh nhiều nơi"}
    dossier = yield Step(scene.hours.on(scene.past(3)), "extended", LEADER, body)
    yield from slip(scene, dossier, last_at(dossier), LEADER)


def _second_supplement(scene: Scene) -> Story:
    dossier = yield from _begin(scene, scene.past(9), "permanent-residence", 0)
    dossier = yield from supplement(scene, 0, dossier, 2)
    body = {"items": ["CT01"], "reason": "Tờ khai bổ sung ghi thiếu chữ ký", "leader": scene.officers[LEADER]}
    yield Step(scene.hours.later(last_at(dossier), 120), "supplement_requested", WORKER, body)


def _verified(scene: Scene) -> Story:
    yield from _begin(scene, scene.past(11), "vehicle-certificate-reissue", 1)
    now = scene.hours.on(scene.past(1), scene.hours.at_share(scene.past(1), 0.5))
    yield Step(now, "verification_completed", WORKER, {"result": "Không tìm thấy xe trong danh sách vật chứng"})


def _resumed(scene: Scene) -> Story:
    dossier = yield from _begin(scene, scene.past(5), "permanent-residence", 0)
    yield from _suspends(scene, dossier)
    yield Step(scene.hours.on(scene.past(2)), "resumed", LEADER, {"note": "Đã có văn bản trả lời"})


def _reopened(scene: Scene) -> Story:
    dossier = yield from _begin(scene, scene.past(4), "permanent-residence", 0)
    dossier = yield from finish(scene, dossier, scene.hours.later(last_at(dossier), 200))
    body = {"reason": "Kết quả ghi sai ngày sinh"}
    yield Step(scene.hours.later(last_at(dossier), 60), "reopened", LEADER, body)


def _result_corrected(scene: Scene) -> Story:
    dossier = yield from _begin(scene, scene.past(18), "temporary-residence", 1)
    dossier = yield from finish(scene, dossier, scene.hours.later(last_at(dossier), 400))
    dossier = yield from hand_out(scene, 1, dossier, scene.hours.later(last_at(dossier), 100))
    body = {"reason": "Giấy xác nhận in sai số nhà"}
    yield Step(scene.hours.later(last_at(dossier), 900), "result_corrected", LEADER, body)


def _taken_back(scene: Scene) -> Story:
    """Paid twice, one payment given back; numbered by the city; a name corrected."""
    dossier = yield from _begin(scene, scene.past(2), "permanent-residence", 0)
    now = scene.hours.later(last_at(dossier), 10)
    yield Step(now, "payment_received", CLERK_1, {"amount": "20000", "method": "cash", "receipt": "00218"})
    now = scene.hours.later(now, 15)
    dossier = yield Step(now, "payment_reversed", CLERK_1, {"amount": "20000", "reason": "Thu trùng lệ phí"})
    number = f"DEMO-{scene.random.randrange(10**6):06}"
    dossier = yield Step(scene.hours.later(now, 90), "official_number_given", CLERK_1, {"number": number})
    name = str(dossier.applicant["name"])
    body = {"field": "applicant.name", "old": name, "new": f"{name} Anh", "reason": "Ghi thiếu tên theo căn cước"}
    yield Step(scene.hours.later(last_at(dossier), 30), "corrected", CLERK_1, body)


def _undone_intake(scene: Scene) -> Story:
    """Entered twice by mistake and taken back at once: its number is documented as void."""
    at = scene.hours.on(scene.past(3))
    request = scene.request(scene.past(3), "temporary-residence", channel="counter")
    dossier = yield Step(at, "received", CLERK_2, request.facts)
    yield Step(scene.hours.later(at, 1), "undone", CLERK_2, {"group": last_command(dossier)})


def _undone_step(scene: Scene) -> Story:
    dossier = yield from _begin(scene, scene.past(1), "permanent-residence", 0)
    dossier = yield from _checked(scene, dossier)
    group = {"group": last_command(dossier)}
    yield Step(scene.hours.later(last_at(dossier), 1), "undone", WORKER, group)


def _came_back(scene: Scene) -> Story:
    """Sent home once with form 02, and complete the day after."""
    day = scene.past(3)
    request = scene.request(day, "permanent-residence", channel="counter", return_by="counter")
    guided = {**request.facts, "papers": [], "reason": "Thiếu giấy tờ", "missing": request.facts["papers"]}
    yield Step(scene.hours.on(day), "guided", CLERK_1, guided)
    yield from take_in(scene, 0, request, scene.hours.on(scene.past(2)))


def _in_batch(scene: Scene, days: int, *, comes_back: bool) -> Story:
    """Four results in one batch for the post; one comes back."""
    day = scene.past(days + 4)
    request = scene.request(day, "temporary-residence", channel="counter", return_by="post")
    dossier = yield from take_in(scene, 1, request, scene.hours.on(day))
    due = scene.due(dossier) or last_at(dossier)
    dossier = yield from finish(scene, dossier, scene.hours.between(last_at(dossier), due))
    afternoon = scene.hours.at_share(max(scene.past(days), scene.hours.days_after(last_at(dossier), 1)), 0.9)
    dossier = yield Step(afternoon, "handed_to_post", CLERK_2, posted(scene, 1, afternoon, dossier.applicant))
    later = scene.hours.on(scene.hours.days_after(afternoon, 4))
    if comes_back:
        yield Step(later, "post_returned", CLERK_2, {"reason": "Không có người nhận"})
    else:
        reference = scene.random.randrange(10**6)
        yield Step(later, "result_returned", CLERK_2, {"channel": "post", "reference": f"PT{reference:06}"})


def _in_custody(scene: Scene, days: int) -> Story:
    """An original that the desk keeps."""
    dossier = yield from _begin(scene, scene.past(days), "permanent-residence", days % 2)
    body = {"paper": "Giấy chứng nhận quyền sử dụng đất", "shelf": f"H{days}"}
    who = CLERK_1 if days % 2 == 0 else CLERK_2
    yield Step(scene.hours.later(last_at(dossier), 1), "original_taken", who, body)


def _unconfirmed_slip(scene: Scene, days: int) -> Story:
    """Nobody has said yet whether the slip came out."""
    day = scene.past(days)
    share = 0.02 if days == 0 else 0.8
    request = scene.request(day, "temporary-residence-extension", channel="counter", return_by="counter")
    at = scene.hours.at_share(day, share)
    dossier = yield Step(at, "received", scene.clerk(days % 2), request.facts)
    yield from slip(scene, dossier, at, scene.clerk(days % 2), out=False)


def _conflict(scene: Scene, *, settled: bool) -> Story:
    """One desk has the result ready, the other refuses: neither had seen the other."""
    day = scene.past(16 if settled else 2)
    dossier = yield from _begin(scene, day, "permanent-residence", 0)
    next_day = scene.hours.days_after(last_at(dossier), 1)
    morning = scene.hours.at_share(next_day, 0.3)
    yield Step(morning, "result_ready", WORKER, {"shelf": "B4"}, desk=0)
    noon = scene.hours.at_share(next_day, 0.45)
    yield Step(noon, "refused", LEADER, {"reason": "Chỗ ở đang có tranh chấp"}, desk=1)
    if settled:
        dossier = yield Step(scene.hours.on(scene.past(13)), "noted", LEADER, {"text": "Đã xem lại hồ sơ gốc."})
        branches = [event.event_id for event in dossier.events if event.kind in ("result_ready", "refused")]
        body = {"branches": branches, "keep": branches[0], "reason": "Tranh chấp đã hòa giải xong"}
        yield Step(scene.hours.later(last_at(dossier), 20), "conflict_resolved", LEADER, body)


def _both_at_work(scene: Scene, days: int) -> Story:
    """A note here and a step there on the same day: they agree."""
    desk = days % 2 == 0
    dossier = yield from _begin(scene, scene.past(days), "permanent-residence", int(desk))
    next_day = scene.hours.days_after(last_at(dossier), 1)
    note = {"text": "Công dân xin nhận kết quả qua người nhà."}
    yield Step(scene.hours.at_share(next_day, 0.3), "noted", CLERK_1, note, desk=0)
    yield Step(scene.hours.at_share(next_day, 0.5), "step_completed", WORKER, {"step": "Xác minh nơi cư trú"}, desk=1)
    if days > 6:
        done = scene.hours.on(scene.hours.days_after(last_at(dossier), 4))
        dossier = yield Step(done, "result_ready", WORKER, {"shelf": "A2"})
        yield from hand_out(scene, int(desk), dossier, scene.hours.later(done, 300))


def outage_day(scene: Scene) -> int:
    """The day when the second desk had no power for three hours, and the exchange failed besides."""
    return scene.past(12)


def _in_outage(scene: Scene, minute: int) -> Story:
    """Written on paper during the outage, entered afterwards with its true time."""
    day = outage_day(scene)
    begun = scene.hours.at_share(day, 0.15) + timedelta(minutes=minute)
    request = scene.request(day, "temporary-residence", channel="counter", return_by="counter")
    return ordinary(scene, 1, request, scene.hours.at_share(day, 0.53), begun)
