"""`t`: the post. A letter is found by its number or a name; its carrier's number, its delivery or why it came back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from core.answers import InvalidInput, Refusal
from core.filter import read_day
from core.moments import legal_day
from core.sendings import NEXT
from core.text import clean_line, fold
from storage.post import (
    Batch,
    Letter,
    batches,
    came_back,
    deliver,
    numbered,
    of_batch,
    still_out,
    take_back,
    track,
)
from tui.i18n import tr
from tui.plain.lines import Back
from tui.plain.lists import show_dossier
from tui.plain.pages import pick
from tui.plain.session import Session
from tui.post_words import batch_words, fee_said, letter_cells

T = TypeVar("T")


def follow_post(session: Session) -> None:
    """Letters by list, by number or by name, one after another; «<» goes home."""
    while True:
        out, back = still_out(session.desk), came_back(session.desk)
        asked = tr("plain.post", out=len(out), returned=len(back))
        typed = session.ask(asked, tr("plain.post.help"))
        try:
            if typed == "1":
                batch = pick(session, _some(session, batches(session.desk)), tr("post.batches"), _batch_words)
                _follow(session, lambda batch=batch: of_batch(session.desk, batch.number))  # type: ignore[misc]
            elif typed == "2":
                _follow(session, lambda: still_out(session.desk))
            elif typed == "3":
                _follow(session, lambda: came_back(session.desk))
            elif typed:
                _follow(session, partial(_sought, session, typed))
            else:
                session.say(tr("plain.post.help"))
        except Back:
            continue


def _follow(session: Session, read: Callable[[], Sequence[Letter]]) -> None:
    """One letter of a list after another. Raises Back."""
    while True:
        found = _some(session, read())
        _letter(session, pick(session, found, tr("post.title"), _letter_words))
        if len(found) == 1:
            return


def _sought(session: Session, text: str) -> list[Letter]:
    """Letters by a number, else those that are out or came back by a name."""
    desk = session.desk
    found = numbered(desk, text)
    return found or [one for one in (*still_out(desk), *came_back(desk)) if fold(text) in fold(one.applicant_name)]


def _some(session: Session, found: Sequence[T]) -> Sequence[T]:
    if not found:
        session.say(tr("post.none"))
        raise Back
    return found


def _letter(session: Session, one: Letter) -> None:
    """What became of it, and what may be said of it now."""
    session.say(_letter_words(one))
    told: dict[str, Callable[[Session, Letter], Iterable[object]]] = {}
    if one.stands == "out":
        told["1"] = _delivered
    if one.stands != "returned":
        told |= {"2": _came_back, "3": _tracked}
    acts: dict[str, Callable[[], object]] = {key: partial(_done, session, one, tell) for key, tell in told.items()}
    acts["4"] = partial(show_dossier, session, one.dossier)
    choices = "; ".join(f"{key} {tr(f'plain.post.do.{key}')}" for key in acts)
    session.act(tr("plain.post.letter", choices=choices), tr("plain.post.letter.help"), acts)


def _done(session: Session, one: Letter, tell: Callable[[Session, Letter], Iterable[object]]) -> object:
    """Say that it was written down, or answer the Refusal."""
    refused = next((answer for answer in tell(session, one) if isinstance(answer, Refusal)), None)
    if refused is None:
        session.say(tr("plain.post.done"))
    return refused


def _delivered(session: Session, one: Letter) -> Iterable[object]:
    today = legal_day(session.desk.now())

    def day(typed: str) -> str:
        if read_day(typed, today) is None:
            raise InvalidInput("date_invalid", value=typed)
        return typed

    said = session.field(tr("post.day"), f"{today:%d/%m/%Y}", check=day)
    proof = session.field(tr("plain.post.proof"), "", check=session.words)
    return deliver(session.desk, session.officer, [one.dossier], read_day(said, today), proof)


def _came_back(session: Session, one: Letter) -> Iterable[object]:
    reason = session.field(tr("plain.post.reason"), "", check=session.words)
    if not reason:
        return [Refusal("post_reason_missing")]
    after = session.choose(tr("post.next"), [(word, tr(f"post.next.{word}")) for word in NEXT], NEXT[0])
    return take_back(session.desk, session.officer, [one.dossier], reason, after)


def _tracked(session: Session, one: Letter) -> Iterable[object]:
    number = session.field(tr("post.tracking"), one.tracking or "", check=clean_line)
    if not number or number == one.tracking:
        raise Back
    answers = track(session.desk, session.officer, {one.dossier: number})
    if not any(isinstance(answer, Refusal) and answer.code == "tracking_taken" for answer in answers):
        return answers
    together = session.yes(tr("plain.post.together", number=number))
    return track(session.desk, session.officer, {one.dossier: number}, together=True) if together else answers


def _batch_words(one: Batch) -> str:
    return "; ".join((one.number, one.carrier, f"{one.at:%d/%m/%Y}", batch_words(one)))


def _letter_words(one: Letter) -> str:
    return "; ".join(filter(None, (*letter_cells(one)[:-1], fee_said(one))))
