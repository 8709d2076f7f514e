"""Bodies of earlier versions, read as the present version of their kind has them. The stored bytes stay as they are.

Within a kind a new version only adds or renames; a new meaning is a new kind. Whoever raises `Kind.version` says here
how a body of the version before it becomes one of the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.events import KINDS, Kind

Body = Mapping[str, Any]
Upcaster = Callable[[Body], Body]


def identity(body: Body) -> Body:
    """A version that only made something optional: every earlier body is one of it already."""
    return body


UPCASTERS: Mapping[tuple[str, int], Upcaster] = {("received", 1): identity}
"""From (kind, version) to a body of the version after it."""


def steps(
    kinds: Mapping[str, Kind], upcasters: Mapping[tuple[str, int], Upcaster]
) -> dict[str, dict[int, list[Upcaster]]]:
    """For each kind with a past: from each earlier version, what leads to the present one.

    Raises LookupError where a version has no way on: identity must be said, too.
    """
    return {
        kind.name: {
            version: [upcasters[kind.name, one] for one in range(version, kind.version)]
            for version in range(1, kind.version)
        }
        for kind in kinds.values()
        if kind.version > 1
    }


STEPS = steps(KINDS, UPCASTERS)


def present(kind: str, version: int, body: Body, known: Mapping[str, Mapping[int, list[Upcaster]]]) -> Body:
    """A body as the present version of its kind has it; one of a kind or version not known here stays as it is."""
    if kind in known:
        for step in known[kind].get(version, ()):
            body = step(body)
    return body
