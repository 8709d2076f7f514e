"""A dossier's states and the portal's numbers for them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Derived by the fold, never stored in an event."""

    SUBMITTED = "submitted"
    GUIDED = "guided"
    NOT_ACCEPTED = "not_accepted"
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    AWAITING_PAYMENT = "awaiting_payment"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    RESULT_READY = "result_ready"
    RETURNED = "returned"
    VOIDED = "voided"


PORTAL_STATUS: dict[State, int] = {
    State.SUBMITTED: 1,
    State.RECEIVED: 2,
    State.NOT_ACCEPTED: 3,
    State.IN_PROGRESS: 4,
    State.AWAITING_SUPPLEMENT: 5,
    State.AWAITING_PAYMENT: 6,
    State.WITHDRAWN: 7,
    State.SUSPENDED: 8,
    State.STOPPED: 8,
    State.RESULT_READY: 9,
    State.RETURNED: 10,
}
WORKING = frozenset({State.RECEIVED, State.IN_PROGRESS})
PAUSED = frozenset({State.AWAITING_SUPPLEMENT, State.AWAITING_PAYMENT, State.SUSPENDED})
OPEN = WORKING | PAUSED
BEFORE_RECEIPT = frozenset({State.SUBMITTED, State.GUIDED, State.NOT_ACCEPTED})
CLOSED = frozenset({State.WITHDRAWN, State.STOPPED, State.RETURNED, State.VOIDED})
