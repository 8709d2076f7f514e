"""The stories of the exceptions: what the law allows besides, papers, and two desks that did not see each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from core.answers import Refusal
from storage.demo.beginnings import Showcase, asks_supplement, begin, checked, suspends, waiting
from storage.demo.scene import Scene, finish, hand_out, last_at, last_command, posted, slip, take_in
from storage.demo.stories import ordinary, rescheduled, supplement
from storage.demo.world import CLERK_1, CLERK_2, LEADER, WORKER, Step, Story


def exceptions(scene: Scene) -> Iterator[Showcase]:
    """One round of them."""
    yield Showcase(_rescheduled(scene), desk=1)
    yield Showcase(_silent(scene), desk=1)
    yield Showcase(_extended(scene))
    yield Showcase(_second_supplement(scene))
    yield Showcase(_verified(scene), desk=1)
    yield Showcase(_resumed(scene))
    yield Showcase(_reopened(scene))
    facts, marked = _wrong_result(scene)
    yield Showcase(_result_corrected(scene, facts, marked), desk=1)
    yield Showcase(_mends(scene, facts, marked), desk=1)
    yield Showcase(_taken_back(scene))
    yield Showcase(_undone_intake(scene), desk=1, counted=False)
    yield Showcase(_undone_step(scene))
    for days in (1, 3):
        yield Showcase(waiting(scene, days, asks_supplement))
    yield Showcase(_came_back(scene))
    yield from _papers(scene)
    yield from _two_desks(scene)


def _papers(scene: Scene) -> Iterator[Showcase]:
    for number in range(4):
        yield Showcase(_in_batch(scene, 6, comes_back=number == 1), desk=1)
    yield Showcase(_in_custody(scene, 2))
    yield Showcase(_in_custody(scene, 1), desk=1)
    if not isinstance(scene.law.version_on("seized-item-return", date.fromordinal(scene.past(6))), Refusal):
        yield Showcase(_held_licence(scene))
    for days in (0, 1, 2):
        yield Showcase(_unconfirmed_slip(scene, days), desk=days % 2)


def _two_desks(scene: Scene) -> Iterator[Showcase]:
    yield Showcase(_conflict(scene, settled=False), shared=True)
    yield Showcase(_conflict(scene, settled=True), shared=True)
    yield Showcase(_both_at_work(scene, 5), shared=True)
    yield Showcase(_both_at_work(scene, 9), desk=1, shared=True)
    for minute in (25, 70):
        yield Showcase(_in_outage(scene, minute), desk=1)


def _rescheduled(scene: Scene) -> Story:
    dossier = yield from begin(scene, scene.past(6), "permanent-residence", 1)
    dossier = yield from checked(scene, dossier)
    yield from rescheduled(scene, 1, dossier, 3)


def _silent(scene: Scene) -> Story:
    """Papers were asked for and never came, though the citizen was reminded: it may be stopped."""
    dossier = yield from begin(scene, scene.past(30), "permanent-residence", 1)
    dossier = yield from asks_supplement(scene, dossier)
    yield Step(scene.hours.on(scene.past(8)), "citizen_reminded", CLERK_2, {"channel": "counter"})


def _extended(scene: Scene) -> Story:
    dossier = yield from begin(scene, scene.past(14), "residence-declaration", 0)
    body = {"amount": "30", "unit": "day", "reason": "Hồ sơ phức tạp, phải xác minh nhiều nơi"}
    dossier = yield Step(scene.hours.on(scene.past(12)), "extended", LEADER, body)
    yield from slip(scene, dossier, last_at(dossier), LEADER)


def _second_supplement(scene: Scene) -> Story:
    dossier = yield from begin(scene, scene.past(9), "permanent-residence", 0)
    dossier = yield from supplement(scene, 0, dossier, 2)
    body = {"items": ["CT01"], "reason": "Tờ khai bổ sung ghi thiếu chữ ký", "leader": scene.officers[LEADER]}
    yield Step(scene.hours.later(last_at(dossier), 120), "supplement_requested", WORKER, body)


def _verified(scene: Scene) -> Story:
    yield from begin(scene, scene.past(11), "vehicle-certificate-reissue", 1)
    now = scene.hours.on(scene.past(1), scene.hours.at_share(scene.past(1), 0.5))
    yield Step(now, "verification_completed", WORKER, {"result": "Không tìm thấy xe trong danh sách vật chứng"})


def _resumed(scene: Scene) -> Story:
    dossier = yield from begin(scene, scene.past(5), "permanent-residence", 0)
    yield from suspends(scene, dossier)
    yield Step(scene.hours.on(scene.past(2)), "resumed", LEADER, {"note": "Đã có văn bản trả lời"})


def _reopened(scene: Scene) -> Story:
    dossier = yield from begin(scene, scene.past(4), "permanent-residence", 0)
    dossier = yield from finish(scene, dossier, scene.hours.later(last_at(dossier), 200))
    body = {"reason": "Kết quả ghi sai ngày sinh"}
    yield Step(scene.hours.later(last_at(dossier), 60), "reopened", LEADER, body)


def _wrong_result(scene: Scene) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the correction is received with, and what marks the wrong result: each story fills in its own id."""
    facts = {"procedure": "temporary-residence", "channel": "counter", "return_by": "counter", "fault": "station"}
    return facts, {"reason": "Giấy xác nhận in sai số nhà", "fault": "station", "taken_back": True}


def _result_corrected(scene: Scene, facts: dict[str, Any], marked: dict[str, Any]) -> Story:
    dossier = yield from begin(scene, scene.past(18), "temporary-residence", 1)
    dossier = yield from finish(scene, dossier, scene.hours.later(last_at(dossier), 400))
    dossier = yield from hand_out(scene, 1, dossier, scene.hours.later(last_at(dossier), 100))
    facts |= {"corrects": dossier.id, "applicant": dossier.applicant, "variant": dossier.variant}
    yield Step(scene.hours.later(scene.hours.on(scene.past(8)), 1), "result_corrected", LEADER, marked)


def _mends(scene: Scene, facts: dict[str, Any], marked: dict[str, Any]) -> Story:
    """The station's own error, mended by the next day."""
    dossier = yield Step(scene.hours.on(scene.past(8)), "received", CLERK_2, facts)
    marked["dossier"] = dossier.id
    dossier = yield from finish(scene, dossier, scene.hours.later(last_at(dossier), 240))
    yield from hand_out(scene, 1, dossier, scene.hours.later(last_at(dossier), 120))


def _held_licence(scene: Scene) -> Story:
    """A driving licence that waits for its fine and for the end of the withdrawal; its dossier has been answered."""
    request = scene.request(scene.past(6), "seized-item-return", channel="counter", return_by="counter")
    facts = {**request.facts, "variant": "seizure"}
    dossier = yield Step(scene.hours.on(scene.past(6)), "received", CLERK_1, facts)
    until = date.fromordinal(scene.today) + timedelta(days=40)
    body = {
        "paper": "Giấy phép lái xe",
        "number": f"48{scene.random.randrange(10**10):010}",
        "decision": f"QĐ {scene.random.randrange(100, 900)}/QĐ-XPHC",
        "fine": "4000000",
        "hold_until": until.isoformat(),
        "shelf": "Két 2",
        "keeper": scene.officers[CLERK_1],
        "next_check": until.isoformat(),
    }
    dossier = yield Step(scene.hours.later(last_at(dossier), 2), "original_taken", CLERK_1, body)
    yield from finish(scene, dossier, scene.hours.later(last_at(dossier), 300))


def _taken_back(scene: Scene) -> Story:
    """Paid twice, one payment given back; numbered by the city; a name corrected."""
    dossier = yield from begin(scene, scene.past(2), "permanent-residence", 0)
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
    dossier = yield from begin(scene, scene.past(1), "permanent-residence", 0)
    dossier = yield from checked(scene, dossier)
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
    dossier = yield from begin(scene, scene.past(days), "permanent-residence", days % 2)
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
    dossier = yield from begin(scene, day, "permanent-residence", 0)
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
    dossier = yield from begin(scene, scene.past(days), "permanent-residence", int(desk))
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
