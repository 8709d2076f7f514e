"""Who had which right when: officers' roles along the one global order, and what the station thinks of their desks.

Nothing of a desk has an effect from where it was revoked on. Of an unconfirmed desk's officers the ones that it added
itself count at that desk, so that it can work, and nowhere else; what else it says of officers or law waits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from core.desks import NO_DESKS, Desks
from core.events import KINDS, ROLES
from core.record import Event

_Place = tuple[int, str, int, int]
OFFICER_KINDS = frozenset({"officer_added", "officer_changed"})
"""Only these say what an officer may: another kind on an officer's entity may carry any fields."""
_LEADS = frozenset({"front_desk", "processing"})


def effective_roles(roles: Iterable[str]) -> frozenset[str]:
    """A leader may do what the counter and the processing officer may."""
    given = frozenset(roles) & frozenset(ROLES)
    return given | _LEADS if "leader" in given else given


class Authority:
    """Built from the events of all `officer:` entities and the station's desks; answers for any event of it."""

    def __init__(self, events: Iterable[Event], desks: Desks = NO_DESKS) -> None:
        self.desks = desks
        self._places: dict[str, list[_Place]] = {}
        self._roles: dict[str, list[frozenset[str]]] = {}
        counting, self._only_at = officers_by(events, desks)
        for event in counting:
            if event.kind not in OFFICER_KINDS:
                continue
            officer = event.entity.partition(":")[2]
            roles = self._roles.setdefault(officer, [])
            now = roles[-1] if roles else frozenset()
            if "roles" in event.body:
                now = effective_roles(event.body["roles"])
            if event.body.get("active") is False:
                now = frozenset()
            if (
                event.destroyed
            ):  # sealed: who cannot read it yet takes the author at his word, and folds again once he can
                now = frozenset(ROLES)
            self._places.setdefault(officer, []).append(event.order)
            roles.append(now)

    def roles(self, officer: str, place: _Place, desk: str | None = None) -> frozenset[str]:
        """The officer's roles just before `place`; `desk`: where they are asked for."""
        if desk is not None and self._only_at.get(officer, desk) != desk:
            return frozenset()
        index = bisect_left(self._places.get(officer, []), place)
        return self._roles[officer][index - 1] if index else frozenset()

    def may(self, event: Event) -> bool:
        """Whether the author held one of the kind's roles when the event took its place."""
        kind = KINDS.get(event.kind)
        if kind is None or self.desks.is_revoked(event):
            return False
        return len(kind.roles) == len(ROLES) or bool(kind.roles & self.roles(event.by, event.order, event.desk))

    def may_for_all(self, event: Event) -> bool:
        """`may` of what counts for the whole station (its law): an unconfirmed desk's word waits."""
        return event.desk not in self.desks.waiting and self.may(event)


def officers_by(events: Iterable[Event], desks: Desks) -> tuple[list[Event], dict[str, str]]:
    """The events on officers that count, in order, and the unconfirmed desk at which alone an officer does."""
    standing = [event for event in sorted(events, key=lambda event: event.order) if not desks.is_revoked(event)]
    if not desks.waiting:
        return standing, {}
    only_at: dict[str, str] = {}
    added = [event for event in standing if event.kind == "officer_added"]
    for event in sorted(added, key=lambda event: event.desk in desks.waiting):
        only_at.setdefault(event.entity, event.desk)
    waiting = {entity: desk for entity, desk in only_at.items() if desk in desks.waiting}
    counting = [one for one in standing if one.desk not in desks.waiting or waiting.get(one.entity) == one.desk]
    return counting, {entity.partition(":")[2]: desk for entity, desk in waiting.items()}
