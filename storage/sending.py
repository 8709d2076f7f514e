"""A round of sending: what is due goes to the gateway, one after another, and what went out becomes an event.

A row is claimed before the command runs. After a crash between the command and the event nobody knows whether it went
out: it goes once more, under the same id, by which a gateway sees that it had it. Better told twice than not at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.answers import InvalidInput, Refusal
from core.contact import address_of, channel_of, language_of
from core.dossier import Dossier
from core.message import Text
from core.moments import LEGAL_TIME, legal_day
from core.telling import Telling
from storage.database import transaction
from storage.delivery import SECONDS, deliver
from storage.desk import Desk
from storage.messages import Message, end, gather, next_due, note, owed
from storage.numbers import itself
from storage.wording import Words, book

FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=30), timedelta(hours=4)
_HINDERED = timedelta(minutes=30)
"""When to look again at what must be settled here first."""
_IN_VAIN = 3
_LEASE = timedelta(seconds=2 * SECONDS)
"""After which a claimed row is nobody's: its process has died."""
_CLAIM = "UPDATE message SET state = 'sending', tries = tries + 1, next_at = ? WHERE id = ?"
_LATER = "UPDATE message SET state = 'waiting', next_at = ?, reason = ?, detail = ? WHERE id = ?"


@dataclass(slots=True)
class Round:
    """What one round did; `problems`: of the station's own words."""

    told: int = 0
    later: int = 0
    failed: int = 0
    dropped: int = 0
    problems: tuple[Refusal, ...] = ()


def send(desk: Desk, command: Sequence[str]) -> Round:
    """One round: gather, then hand over what is due, one after another; without a command only gather.

    A gateway that is down is asked only a few times in a round.
    """
    done = Round(dropped=gather(desk))
    words = Words(desk.folder, desk.identity.unit_name, legal_day(desk.now()))
    done.problems = tuple(words.problems)
    in_vain = 0
    while command and in_vain < _IN_VAIN and (claimed := _claim(desk, words, done)) is not None:
        in_vain = in_vain + 1 if _hand_over(desk, command, *claimed, done) else 0
    if done.told:
        done.dropped += gather(desk)  # or the events of this round would ask for another one
    return done


def _claim(desk: Desk, words: Words, done: Round) -> tuple[Message, str, dict[str, object]] | None:
    """The next message that is due, with its channel, as the gateway gets it; it is this process's for a while."""
    while True:
        with transaction(desk.connection):
            now = desk.now()
            if book().sending.next_time(now) > now.astimezone(LEGAL_TIME):
                return None
            message = next_due(desk, now)
            if message is None:
                return None
            found = owed(desk, message)
            if isinstance(found, str):
                done.dropped += 1
                end(desk, message, "dropped", found)
                continue
            problem = _hindrance(found[0])
            if problem is not None:
                _put_off(desk, message, problem, done, wait=_HINDERED)
                continue
            written = _written(words, *found)
            if isinstance(written, InvalidInput):
                done.failed += 1
                end(desk, message, "failed", written.code)
                continue
            desk.connection.execute(_CLAIM, (int((now + _LEASE).timestamp()), message.id))
        channel = channel_of(found[0])
        assert channel is not None
        return message, channel, _document(message, found[0], channel, written)


def _hindrance(dossier: Dossier) -> str | None:
    """What must be settled first; each may pass by itself."""
    if dossier.conflicts:
        return "in_conflict"
    if dossier.needs_update:
        return "update_needed"
    if dossier.receipt_number is None:
        return "number_missing"
    return None


def _written(words: Words, dossier: Dossier, owed: Telling) -> Text | InvalidInput:
    channel = channel_of(dossier)
    if address_of(dossier) is None or channel is None:
        return InvalidInput("address_missing")
    number = str(dossier.receipt_number)
    try:
        return words.text(owed.about, language_of(dossier), channel, number, owed.until)
    except InvalidInput as error:
        return error


def _document(message: Message, dossier: Dossier, channel: str, written: Text) -> dict[str, object]:
    return {
        "id": message.id,
        "channel": channel,
        "to": address_of(dossier),
        "subject": written.subject,
        "text": written.text,
        "language": language_of(dossier),
        "attempt": message.tries + 1,
    }


def _hand_over(
    desk: Desk, command: Sequence[str], message: Message, channel: str, told: dict[str, object], done: Round
) -> bool:
    """Outside any transaction: nobody waits for a gateway. Answers whether it must be tried again."""
    outcome = deliver(command, told)
    with transaction(desk.connection):
        if outcome.reason is None:
            done.told += 1
            note(desk, message, channel, itself(desk))
        elif outcome.again:
            _put_off(desk, message, outcome.reason, done, outcome.detail)
        else:
            done.failed += 1
            end(desk, message, "failed", outcome.reason, outcome.detail)
    return outcome.reason is not None and outcome.again


def _put_off(
    desk: Desk, message: Message, reason: str, done: Round, detail: str = "", wait: timedelta | None = None
) -> None:
    """Half a minute, doubled each time up to four hours, never at night; given up when its time is over."""
    now, sending = desk.now(), book().sending
    ends = datetime.fromtimestamp(message.made_at, LEGAL_TIME) + timedelta(hours=sending.give_up_hours)
    later = sending.next_time(now + (wait or min(LONGEST_RETRY, FIRST_RETRY * (1 << min(message.tries, 10)))))
    if later >= ends:
        done.failed += 1
        end(desk, message, "failed", reason, detail)
    else:
        done.later += 1
        desk.connection.execute(_LATER, (int(later.timestamp()), reason, detail, message.id))
