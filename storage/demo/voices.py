"""What the demo's citizens say in its year: surveys month by month, meetings, feedback answered, late and open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from core.answers import Refusal
from core.feedback import AnswerFeedback, ReceiveFeedback
from core.moments import legal_day
from core.outreach import HoldOutreach
from core.survey import CRITERIA, OVERALL, Answer
from storage.demo.scene import Scene
from storage.demo.world import CLERK_1, CLERK_2, LEADER, World
from storage.desk import Command, Desk
from storage.feedback import load, owed_for
from storage.surveys import new_codes, open_within, put_within

_CLERKS = (CLERK_1, CLERK_2)
_STEPS = (46, 34, 12, 6, 2)
_LOTS = tuple(range(0, 360, 30))
"""How many days before today a box is opened, by turns at both desks; the last answers still lie in it."""
_SPOKEN_OF = ("temporary-residence", "permanent-residence", "residence-confirmation", "identity-card")


@dataclass(frozen=True, slots=True)
class Said:
    """A feedback `days` before today; `answered` so many working days later, None: not yet. `of`: of a dossier."""

    days: int
    kind: str
    text: str
    way: str = "counter"
    answered: int | None = None
    answer: str = ""
    of: bool = False
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting, a campaign or a session so many days before today."""

    days: int
    kind: str
    title: str
    audience: int | None
    procedures: tuple[str, ...] = ()
    lasting: int = 0


_SAID = (
    Said(340, "question", "Đăng ký tạm trú cho người thuê trọ cần giấy tờ gì?", "phone", 2,
         "Đã hướng dẫn qua điện thoại."),
    Said(292, "suggestion", "Đề nghị kê thêm ghế ở khu vực chờ.", "paper", 9, "Đã kê thêm hai dãy ghế."),
    Said(248, "obstacle", "Nhà trọ không có hợp đồng thuê công chứng thì đăng ký tạm trú thế nào?", "outreach", 4,
         "Đã trả lời tại buổi đối thoại và bằng văn bản."),
    Said(205, "question", "Có nhận kết quả qua bưu điện được không?", "phone", 1, "Được, ghi rõ khi nộp hồ sơ."),
    Said(176, "complaint", "Cán bộ hướng dẫn hai lần mới đủ giấy tờ.", "paper", 14,
         "Đã xin lỗi và nhắc nhở quầy tiếp nhận.", of=True, within=10),
    Said(131, "obstacle", "Cổng dịch vụ báo lỗi khi tải tệp, phải đến nộp trực tiếp.", "online", 8,
         "Đã chuyển ý kiến tới bộ phận quản trị cổng.", of=True),
    Said(88, "question", "Bao giờ có lịch làm việc sáng thứ bảy?", "phone", 3, "Đã trả lời theo lịch niêm yết."),
    Said(52, "suggestion", "Nên niêm yết mức lệ phí ở cửa ra vào.", "counter", 6, "Đã niêm yết."),
    Said(33, "obstacle", "Chưa có tài khoản định danh mức 2 nên không nộp trực tuyến được.", "counter", 3,
         "Đã hẹn công dân làm định danh mức 2.", of=True),
    Said(16, "complaint", "Trả kết quả chậm hơn giấy hẹn một ngày.", "paper", 4,
         "Đã gửi thư xin lỗi.", of=True, within=10),
    Said(12, "question", "Vì sao hồ sơ bị yêu cầu bổ sung hai lần?", "counter", of=True),
    Said(3, "suggestion", "Đề nghị nhắn tin khi có kết quả.", "phone", of=True),
    Said(2, "complaint", "Đề nghị xem lại thời hạn giải quyết hồ sơ.", "paper", of=True, within=20),
)  # fmt: skip
_HELD = (
    Held(232, "legal_education", "Tuyên truyền Luật Cư trú cho chủ nhà trọ", 85,
         ("temporary-residence", "stay-notice")),
    Held(121, "campaign", "Tháng cao điểm nộp hồ sơ trực tuyến", None,
         ("temporary-residence", "permanent-residence", "residence-confirmation"), 25),
    Held(45, "meeting", "Đối thoại với cơ sở lưu trú trên địa bàn", 200, ("foreigner-stay-declaration", "stay-notice")),
)  # fmt: skip


@dataclass(slots=True)
class Voices:
    """Tells what is said in the evening of the days on which somebody speaks."""

    scene: Scene
    world: World
    first: int
    random: Random
    _lots: dict[int, int] = field(default_factory=dict)
    _said: dict[int, list[Said]] = field(default_factory=dict)
    _held: dict[int, Held] = field(default_factory=dict)
    _answers: dict[int, list[tuple[int, str, Said]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lots = {self._day(days): number for number, days in enumerate(_LOTS)}
        for one in _SAID:
            self._said.setdefault(self._day(one.days), []).append(one)
        self._held = {self._day(held.days - held.lasting): held for held in _HELD}

    def _day(self, days: int) -> int:
        return self.scene.hours.calendar.previous_working(self.scene.today - days)

    def speak_on(self, day: int) -> bool:
        """Whether anything is said on the day."""
        return any(day in told for told in (self._lots, self._said, self._held, self._answers))

    def tell(self, day: int, evening: datetime) -> None:
        """All of the day. Both desks are inside a transaction."""
        if not self.speak_on(day):
            return
        for number, desk in enumerate(self.world.desks):
            desk.now = lambda: evening
            for where, name, said in self._answers.get(day, ()):
                if where == number:
                    self._answer(desk, name, said, evening)
        if day in self._held:
            self._hold(self._held[day], evening)
        for one in self._said.get(day, ()):
            self._receive(one, evening)
        if day in self._lots:
            self._box(self._lots[day])

    def _do(self, desk: Desk, who: int, command: Command) -> None:
        done = desk.do_within(command, self.world.officers[who])
        if isinstance(done, Refusal):
            self.world.refused.append(done)

    def _hold(self, one: Held, now: datetime) -> None:
        desk, last = self.world.desks[0], legal_day(now)
        first = max(last - timedelta(days=one.lasting), date.fromordinal(self.first))
        until = last if one.lasting else None
        names = self._known(desk, one.procedures)
        given = HoldOutreach(
            desk.new_id(), one.kind, first, one.title, now, until, one.audience, names, "Nhà văn hóa phường"
        )
        self._do(desk, LEADER, given)

    def _receive(self, one: Said, now: datetime) -> None:
        number = int(self.random.random() < 0.4)
        desk, name = self.world.desks[number], self.world.desks[number].new_id()
        owed = owed_for(desk, one.kind, now)
        due = None if one.within is None else legal_day(now) + timedelta(days=one.within)
        about = self.world.under_way(number) if one.of else None
        of = {"dossier": about.id, "procedure": about.procedure} if about is not None else {}
        self._do(
            desk, _CLERKS[number], ReceiveFeedback(name, one.kind, one.text, one.way, now, owed=owed, due=due, **of)
        )
        if one.answered is not None:
            on = self.scene.hours.days_after(now, one.answered)
            self._answers.setdefault(on, []).append((number, name, one))

    def _answer(self, desk: Desk, name: str, one: Said, now: datetime) -> None:
        found = load(desk, name)
        if found is not None:
            way = one.way if one.way != "outreach" else "paper"
            self._do(desk, _CLERKS[desk.identity.number - 1], AnswerFeedback(found, one.answer, way, now))

    def _box(self, lot: int) -> None:
        """A month's forms go into the box of one desk; the latest ones lie there still."""
        number = lot % 2
        desk, officer = self.world.desks[number], self.world.officers[_CLERKS[number]]
        codes = new_codes(desk, 9 + self.random.randrange(5)) if lot else new_codes(desk, 4)
        for code in codes:
            refused = put_within(desk, officer, self._answered(desk), code)
            if refused is not None:
                self.world.refused.append(refused)
        if lot:
            done = open_within(desk, officer)
            if isinstance(done, Refusal):
                self.world.refused.append(done)

    def _answered(self, desk: Desk) -> Answer:
        ((step, name),) = self.random.choices(list(enumerate(OVERALL)), _STEPS)
        good = max(0.2, 0.92 - 0.18 * step)
        points: tuple[int | None, ...] = tuple(self._mark(good) for _ in range(CRITERIA))
        named = self._known(desk, (self.random.choice(_SPOKEN_OF[:2] if self.random.random() < 0.7 else _SPOKEN_OF),))
        channel = "paper" if self.random.random() < 0.8 else "counter"
        return Answer(name, points, channel, next(iter(named), None))

    def _mark(self, good: float) -> int | None:
        if self.random.random() < 0.015:
            return None
        return 2 if self.random.random() < good else self.random.choice((0, 1, 1))

    @staticmethod
    def _known(desk: Desk, names: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in names if desk.law.find(name) is not None)
