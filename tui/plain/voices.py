"""What citizens say, line by line: forms of a survey into the box, and questions and complaints with what is owed."""

from __future__ import annotations

from datetime import date

from core.answers import InvalidInput, Refusal
from core.feedback import FEEDBACK_KINDS, FEEDBACK_WAYS, ReceiveFeedback
from core.moments import legal_day
from core.survey import CHANNELS, CRITERIA, OVERALL, Answer, read_answer, scale_on
from core.text import fold
from storage.feedback import FeedbackRow, answer, find, listed, load, owed_for, receive, row_of, short
from storage.lawbook.scales import package_scales
from storage.surveys import box, open_box, put_in, take_out
from tui.feedback_words import due_words, owed_words
from tui.i18n import tr
from tui.number_words import told_apart
from tui.plain.lines import Back
from tui.plain.session import Session
from tui.scale_words import criterion_words, scale_line
from tui.screens.finders import procedure_finder
from tui.screens.law_form import read_date
from tui.survey_words import box_words


def enter_surveys(session: Session) -> None:
    """One form after another; «m» opens the box, «u» takes the last one out; «<» goes home.

    Procedure and way stay for the next form. What was typed is kept nowhere before it is in the box, and who typed it
    never.
    """
    last: tuple[Answer, str] | None = None
    procedure, channel = "", CHANNELS[0]
    explained = _explained(session)
    session.say(*explained)
    while True:
        session.say(*box_words(box(session.desk)))
        typed = "".join(fold(session.ask(tr("plain.survey"), tr("plain.survey.help"), *explained)).split())
        if typed == "m":
            last = None if _open(session) else last
        elif typed == "u":
            last = _take_out(session, last)
        elif typed:
            if (wrong := _wrong(typed)) is not None:
                session.refuse(wrong)
                continue
            try:
                code = session.field(tr("survey.code"), "", tr("survey.hint.code"))
                procedure = _procedure(session, procedure)
                ways = [(one, tr(f"survey.channel.{one}")) for one in CHANNELS]
                channel = session.choose(tr("survey.way"), ways, channel)
            except Back:
                continue
            last = _put_in(session, typed, code, procedure, channel) or last
        else:
            session.say(tr("plain.survey.help"))


def _explained(session: Session) -> list[str]:
    """The criteria by their numbers, and the five steps."""
    scale = scale_on(package_scales(), legal_day(session.desk.now()))
    told = [f"{one.place}. {criterion_words(one)}" for one in (scale.criteria if scale else ())]
    steps = "; ".join(f"{place} {tr(f'survey.step.{one}')}" for place, one in enumerate(OVERALL, 1))
    return [*told, steps, *([scale_line(scale)] if scale else [])]


def _wrong(typed: str) -> InvalidInput | None:
    """Why the digits are no form; before anything else is asked."""
    try:
        if len(typed) > CRITERIA + 1:
            raise InvalidInput("survey_points", value=typed[:20])
        _read(typed, "", CHANNELS[0])
    except InvalidInput as error:
        return error
    return None


def _read(typed: str, procedure: str, channel: str) -> Answer:
    overall = typed[CRITERIA:].replace("-", "")
    row = {"points": typed[:CRITERIA], "overall": overall, "channel": channel, "procedure": procedure or None}
    return read_answer(row)


def _put_in(session: Session, typed: str, code: str, procedure: str, channel: str) -> tuple[Answer, str] | None:
    try:
        given = _read(typed, procedure, channel)
        found = put_in(session.desk, session.officer, given, code)
    except InvalidInput as error:
        session.refuse(error)
        return None
    if isinstance(found, Refusal):
        session.refuse(found)
        return None
    session.say(tr("survey.in_box", count=found.waiting))
    return given, code


def _take_out(session: Session, last: tuple[Answer, str] | None) -> tuple[Answer, str] | None:
    """The form that was put in last comes out again, once."""
    if last is None:
        session.say(tr("survey.nothing_to_take_out"))
        return None
    found = take_out(session.desk, session.officer, *last)
    if isinstance(found, Refusal):
        session.refuse(found)
    else:
        session.say(tr("survey.taken_out", count=found.waiting))
    return None


def _open(session: Session) -> bool:
    """Open the box, once the officer has heard what would be left out now."""
    before = box(session.desk)
    if before.may_open and not session.yes(tr("plain.survey.open", count=before.waiting)):
        return False
    done = open_box(session.desk, session.officer)
    if isinstance(done, Refusal):
        session.refuse(done)
        return False
    session.say(tr("survey.opened", count=before.waiting))
    return True


def _procedure(session: Session, held: str) -> str:
    """A procedure by what people call it; empty where the form names none."""
    finder = procedure_finder(session.desk)

    def known(typed: str) -> str:
        found = finder(typed)
        if not found:
            raise InvalidInput("procedure_unknown", procedure=typed)
        session.say(found[0].text)
        return found[0].id

    return session.field(tr("survey.procedure"), held, check=known)


def hear_feedback(session: Session) -> None:
    """What is owed first; «n» writes down a new one, a code opens one and takes its answer; «<» goes home."""
    while True:
        owed = listed(session.desk, "open")
        session.say(*(_line(session, one) for one in owed), tr("plain.feedback.count", count=len(owed)))
        typed = session.ask(tr("plain.feedback"), tr("plain.feedback.help"))
        try:
            if fold(typed) == "n":
                _receive(session)
            elif typed:
                _answer(session, typed)
            else:
                session.say(tr("plain.feedback.help"))
        except Back:
            continue


def _line(session: Session, one: FeedbackRow) -> str:
    kind = tr(f"feedback.kind.{one.kind}") if one.kind else tr("plain.none")
    return f"{short(one.id)}; {kind}; {due_words(one, legal_day(session.desk.now()))}"


def _receive(session: Session) -> None:
    """Kind and words; who it was, and of which dossier, may stay open. Until when an answer is owed is told before."""
    desk = session.desk
    kinds = [(one, tr(f"feedback.kind.{one}")) for one in FEEDBACK_KINDS]
    kind = session.choose(tr("feedback.kind"), kinds, FEEDBACK_KINDS[0])
    owed = owed_for(desk, kind, desk.now())
    session.say(owed_words(kind, owed))
    text = session.words(session.field(tr("feedback.text"), ""))
    ways = [(one, tr(f"feedback.way.{one}")) for one in FEEDBACK_WAYS]
    way = session.choose(tr("feedback.way"), ways, FEEDBACK_WAYS[0])
    who = session.words(session.field(tr("feedback.who"), "", tr("feedback.hint.maybe")))
    contact = session.field(tr("feedback.contact"), "", tr("feedback.hint.maybe"))
    code = session.field(tr("feedback.dossier"), "", tr("feedback.hint.dossier"))
    dossier = desk.queries.find(code) if code else ""
    if isinstance(dossier, Refusal):
        session.refuse(told_apart(desk, dossier))
        return
    today = legal_day(desk.now())

    def day(typed: str) -> str:
        found = read_date(typed, today)
        if found is None:
            raise InvalidInput("date_unread", value=typed)
        return found.isoformat()

    due = session.field(tr("feedback.due_field"), "", tr("feedback.hint.due"), check=day)
    name = desk.new_id()
    given = ReceiveFeedback(
        id=name,
        kind=kind,
        text=text,
        way=way,
        at=desk.now(),
        due=date.fromisoformat(due) if due else None,
        who=who,
        contact=contact,
        dossier=dossier,
    )
    _tell(session, receive(desk, session.officer, given), "feedback.done.add", name)


def _answer(session: Session, code: str) -> None:
    """One feedback as it was said; what is typed is its answer, nothing leaves it as it is."""
    name = find(session.desk, code)
    if isinstance(name, Refusal):
        session.refuse(name)
        return
    found = load(session.desk, name)
    if found is not None:
        session.say(found.text("text"), *(str(event.body.get("text") or "") for event in found.answers))
    text = session.words(session.field(tr("feedback.answer"), ""))
    if not text:
        return
    ways = [(one, tr(f"feedback.way.{one}")) for one in FEEDBACK_WAYS]
    way = session.choose(tr("plain.feedback.way"), ways, FEEDBACK_WAYS[0])
    _tell(session, answer(session.desk, session.officer, name, text, way), "feedback.done.answer", name)


def _tell(session: Session, done: object, key: str, name: str) -> None:
    if isinstance(done, Refusal):
        session.refuse(done)
        return
    row = row_of(session.desk, name)
    session.say(tr(key), *([_line(session, row)] if row is not None else []))
