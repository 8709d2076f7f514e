"""Who had which right when: officers' roles along the one global order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

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
    """Built from the events of all `officer:` entities; answers for any event of the station."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._places: dict[str, list[_Place]] = {}
        self._roles: dict[str, list[frozenset[str]]] = {}
        for event in sorted(events, key=lambda event: event.order):
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

    def roles(self, officer: str, place: _Place) -> frozenset[str]:
        """The officer's roles just before `place`."""
        index = bisect_left(self._places.get(officer, []), place)
        return self._roles[officer][index - 1] if index else frozenset()

    def may(self, event: Event) -> bool:
        """Whether the author held one of the kind's roles when the event took its place."""
        kind = KINDS.get(event.kind)
        if kind is None:
            return False
        return len(kind.roles) == len(ROLES) or bool(kind.roles & self.roles(event.by, event.order))
