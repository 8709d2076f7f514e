"""Messages to citizens as rows: made of what is to be told, dropped once it is stale, told by whoever told it.

A row's id is made of the dossier and the cause, so it is the same on every try and at every desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from core.answers import Refusal
from core.contact import BY_PHONE, channel_of
from core.dossier import Dossier
from core.moments import legal_day
from core.queue import midnight
from core.telling import NoteTold, Telling, superseded, tellings
from storage.database import Connection, transaction
from storage.desk import Desk, Done
from storage.officers import Officer
from storage.wording import book

_SEEN = "messages_seen"
_FEW = 1000
"""So many new events are looked through while keys wait; of more a round is made, which looks for itself."""
_TOUCHED = """
SELECT DISTINCT event.entity FROM event NOT INDEXED CROSS JOIN dossier ON dossier.id = event.entity
WHERE event.n > ? AND (dossier.tell IS NOT NULL OR EXISTS (SELECT 1 FROM message WHERE message.dossier = dossier.id))
"""
_TO_REMIND = """
SELECT id FROM dossier WHERE tell IS NOT NULL AND desk = :desk
AND ((answer_until > :today AND remind_from <= :today) OR (lies_since < :today AND archived_at IS NULL))
UNION SELECT dossier FROM message WHERE state = 'dropped' AND reason = 'died'
"""
_ADD = "INSERT INTO message VALUES (?, ?, ?, ?, 'waiting', ?, ?, 0, NULL, NULL) ON CONFLICT (id) DO "
_REVIVE = """
UPDATE SET state = 'waiting', made_at = excluded.made_at, next_at = excluded.next_at, tries = 0, reason = NULL
WHERE message.state = 'dropped' OR (message.state = 'told' AND message.reason = 'phone')
"""
_ROWS = "SELECT id, dossier, about, cause, state, made_at, next_at, tries, reason, detail FROM message"
_IS_OPEN = "state IN ('waiting', 'sending', 'failed')"
"""As the partial index says it: where a query does not say the same words, all that was ever sent is read."""
_OPEN = f"{_ROWS} WHERE {_IS_OPEN} ORDER BY made_at, id"
_DUE = f"{_ROWS} WHERE {_IS_OPEN} AND state <> 'failed' AND next_at <= ? ORDER BY next_at, id LIMIT 1"
_FAILED = f"SELECT count(*) FROM message WHERE {_IS_OPEN} AND state = 'failed'"
_END = "UPDATE message SET state = ?, reason = ?, detail = ? WHERE id = ?"
_AGAIN = "UPDATE message SET state = 'waiting', next_at = ?, made_at = ?, tries = 0 WHERE id = ? AND state = 'failed'"
_DEAD = """
SELECT 1 FROM dossier AS one JOIN dossier AS own ON own.id = ? WHERE one.dead > 0 AND (one.id = own.id
OR one.applicant_number = own.applicant_number
OR (one.person = own.person AND (one.applicant_number IS NULL OR own.applicant_number IS NULL))) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Message:
    """One row. `state`: waiting, sending, told, dropped or failed; `reason`: why not told (yet), as a code.

    `made_at`, `next_at`: epoch seconds; the latter is when it is tried next, while it waits.
    """

    id: str
    dossier: str
    about: str
    cause: str
    state: str
    made_at: int
    next_at: int
    tries: int
    reason: str | None
    detail: str | None


def message_id(dossier: str, cause: str) -> str:
    """The same at every desk and on every try."""
    return sha256(f"{dossier}\n{cause}".encode()).hexdigest()[:32]


def gather(desk: Desk) -> int:
    """Make a row of everything that citizens are to be told from here, and drop what has become stale.

    Answers how many were dropped. Durable: an event is looked at until its rows are written.
    """
    with transaction(desk.connection):
        seen, last = _seen(desk.connection), _last(desk.connection)
        touched = [str(one) for (one,) in desk.connection.execute(_TOUCHED, (seen,)).fetchall()]
        reminded = {"desk": desk.identity.desk, "today": midnight(legal_day(desk.now()))}
        waiting = [str(one) for (one,) in desk.connection.execute(_TO_REMIND, reminded).fetchall()]
        for dossier_id in dict.fromkeys((*touched, *waiting)):
            dossier = desk.dossier(dossier_id)
            if dossier is not None:
                _add(desk, dossier)
        desk.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_SEEN, last))
        return _drop_stale(desk)


def has_work(connection: Connection, now: datetime, seen: int = 0, *, sending: bool) -> tuple[bool, int]:
    """Whether something has happened or is due; and up to which event nothing has, to ask less the next time (`seen`).

    `sending`: whether there is a way to send. Days of reminding come without an event: a round now and then finds them.
    """
    after, last = max(seen, _seen(connection)), _last(connection)
    fresh = last > after and anybody(connection)
    if fresh and last - after <= _FEW:
        fresh = connection.execute(f"{_TOUCHED} LIMIT 1", (after,)).fetchone() is not None
    awake = sending and book().sending.next_time(now) <= now
    due = awake and connection.execute(_DUE, (int(now.timestamp()),)).fetchone() is not None
    return fresh or due, after if fresh else last


def anybody(connection: Connection) -> bool:
    """Whether anyone at all has agreed to be told, or was to be."""
    asked = "SELECT 1 FROM dossier WHERE tell IS NOT NULL UNION ALL SELECT 1 FROM message LIMIT 1"
    return connection.execute(asked).fetchone() is not None


def open_messages(desk: Desk) -> list[Message]:
    """What waits or could not be sent, the oldest first; what is stale by now is left out."""
    rows = [Message(*row) for row in desk.connection.execute(_OPEN).fetchall()]
    return [one for one in rows if _stale(desk, one) is None]


def messages_of(desk: Desk, dossier_id: str) -> list[Message]:
    """All of one dossier from this desk, the oldest first."""
    asked = f"{_ROWS} WHERE dossier = ? ORDER BY made_at, id"
    return [Message(*row) for row in desk.connection.execute(asked, (dossier_id,)).fetchall()]


def count_failed(connection: Connection) -> int:
    """How many people somebody should call."""
    return int(connection.execute(_FAILED).fetchone()[0])


def find_message(desk: Desk, text: str) -> Message | Refusal:
    """An open message by its id or a beginning of it."""
    found = [one for one in open_messages(desk) if text and one.id.startswith(text.strip().lower())]
    if len(found) == 1:
        return found[0]
    return Refusal("code_ambiguous" if found else "message_unknown", params={"code": text})


def told_by_phone(desk: Desk, officer: Officer, message: Message) -> Done | Refusal:
    """The officer has called: an event like any other telling, and the message is not sent any more."""
    with transaction(desk.connection):
        return note(desk, message, BY_PHONE, officer)


def try_again(desk: Desk, message: Message) -> None:
    """Put what could not be sent in the queue once more, for an address was mended or the gateway works again."""
    now = int(desk.now().timestamp())
    with transaction(desk.connection):
        desk.connection.execute(_AGAIN, (now, now, message.id))


def is_dead(desk: Desk, dossier_id: str) -> bool:
    """Whether the applicant's death is recorded, in this dossier or another one of the same person here."""
    return desk.connection.execute(_DEAD, (dossier_id,)).fetchone() is not None


def next_due(desk: Desk, now: datetime) -> Message | None:
    """The next one whose time has come, also one whose process has died; inside the caller's transaction."""
    row = desk.connection.execute(_DUE, (int(now.timestamp()),)).fetchone()
    return None if row is None else Message(*row)


def end(desk: Desk, message: Message, state: str, reason: str | None = None, detail: str | None = None) -> None:
    """Inside the caller's transaction."""
    desk.connection.execute(_END, (state, reason, detail, message.id))


def owed(desk: Desk, message: Message) -> tuple[Dossier, Telling] | str:
    """What the message is about, as it is now; or why it is not to be sent any more, as a code."""
    dossier = desk.dossier(message.dossier)
    if dossier is None or dossier.state is None:
        return "superseded"
    if is_dead(desk, dossier.id):
        return "died"
    found = next((one for one in tellings(dossier, desk.law, desk.now()) if one.cause == message.cause), None)
    if found is None:
        return superseded(dossier, message.cause)
    return "no_consent" if channel_of(dossier) is None else (dossier, found)


def note(desk: Desk, message: Message, channel: str, officer: Officer) -> Done | Refusal:
    """Write that the citizen was told; what nobody may write any more was told all the same."""
    command = NoteTold(message.dossier, message.about, message.cause, channel, desk.now())
    answer = desk.do_within(command, officer)
    if not isinstance(answer, Refusal) or answer.code != "role_missing":
        end(desk, message, "told", channel)
    return answer


def _seen(connection: Connection) -> int:
    """Up to which event rows were made; from the beginning where the log was restored to less than that."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_SEEN,)).fetchone()
    return int(row[0]) if row and int(row[0]) <= _last(connection) else 0


def _last(connection: Connection) -> int:
    return int(connection.execute("SELECT coalesce(max(n), 0) FROM event").fetchone()[0])


def _add(desk: Desk, dossier: Dossier) -> None:
    if channel_of(dossier) is None:
        return
    known = "NOTHING" if is_dead(desk, dossier.id) else _REVIVE
    now, grace = desk.now(), timedelta(seconds=book().sending.grace_seconds)
    for one in tellings(dossier, desk.law, now):
        if one.desk == desk.identity.desk:
            first = book().sending.next_time(max(now, one.since + grace))
            key = message_id(dossier.id, one.cause)
            values = (key, dossier.id, one.about, one.cause, int(now.timestamp()), int(first.timestamp()))
            desk.connection.execute(_ADD + known, values)


def _drop_stale(desk: Desk) -> int:
    """What nobody needs to hear any more, and what nobody could be told in time."""
    dropped = 0
    give_up = int((desk.now() - timedelta(hours=book().sending.give_up_hours)).timestamp())
    for row in desk.connection.execute(_OPEN).fetchall():
        one = Message(*row)
        reason = _stale(desk, one)
        if reason is not None:
            dropped += 1
            end(desk, one, "dropped", reason)
        elif one.state == "waiting" and one.made_at <= give_up:
            end(desk, one, "failed", one.reason or "not_sent_in_time", one.detail)
    return dropped


def _stale(desk: Desk, message: Message) -> str | None:
    """Why the message is not to be sent any more; None while it is."""
    found = owed(desk, message)
    return found if isinstance(found, str) else None
