"""A proposed absence cover in words and as JSON: who takes over what, what nobody has room for, how lights stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from core.cover import Cover, Share
from core.outlook import Light
from core.proof import Job
from tui.dates import day_long, day_short
from tui.forecast import Naming, hours_number, hours_words
from tui.i18n import tr

_NAMED = 10


def cover_json(found: Cover, naming: Naming, *, noted: bool) -> dict[str, Any]:
    """`noted`: whether the roster knows of all these days."""
    return {
        "officer": naming.officer(found.away.officer),
        "from": found.away.first.isoformat(),
        "to": found.away.last.isoformat(),
        "noted": noted,
        "shares": [
            {
                "to": naming.officer(one.officer),
                "hours": hours_number(one.hours),
                "light": one.light.value,
                "dossiers": _jobs_json(one.jobs, naming),
            }
            for one in found.shares
        ],
        "left": _jobs_json(found.left, naming),
        "short_hours": hours_number(found.short_hours),
        "breaks_on": found.breaks_on.isoformat() if found.breaks_on else None,
        "paused": found.paused,
        "light_before": found.before.value,
        "light_after": found.after.value,
    }


def cover_lines(found: Cover, naming: Naming, *, noted: bool) -> Iterator[str]:
    """For people, with the dossiers' numbers."""
    yield from head_lines(found, naming, noted=noted)
    for one in found.shares:
        yield f"- {share_words(one, naming)}: {_numbers(one.jobs, naming)}"
    if found.left:
        yield f"- {left_words(found.left)}: {_numbers(found.left, naming)}"


def head_lines(found: Cover, naming: Naming, *, noted: bool) -> Iterator[str]:
    """What is proposed, what comes of it, and what it leaves open."""
    name, count = naming.officer(found.away.officer), sum(len(one.jobs) for one in found.shares)
    first, last = found.away.first, found.away.last
    days = day_long(first) if first == last else tr("cover.days", first=day_short(first), last=day_long(last))
    yield tr("cover.away", officer=name, days=days)
    if count:
        hours = hours_words(sum((one.hours for one in found.shares), Fraction(0)))
        yield tr("cover.gives", count=count, hours=hours, officers=len(found.shares))
    else:
        yield tr("cover.gives_none")
    yield tr("cover.lights", before=light_words(found.before), after=light_words(found.after))
    if found.breaks_on is not None:
        yield tr("cover.short", officer=name, hours=hours_words(found.short_hours), day=day_long(found.breaks_on))
    elif found.left:
        yield tr("cover.own", officer=name, count=len(found.left))
    if found.paused:
        yield tr("cover.paused", count=found.paused)
    if not noted:
        yield tr("cover.unnoted")


def share_words(share: Share, naming: Naming) -> str:
    """«Trần Minh: nhận 3 hồ sơ, 2,5 giờ → ● XANH»."""
    told = {"count": str(len(share.jobs)), "hours": hours_words(share.hours), "light": light_words(share.light)}
    return tr("cover.share", officer=naming.officer(share.officer), **told)


def left_words(left: Sequence[Job]) -> str:
    hours = sum((job.hours for job in left), Fraction(0))
    return tr("cover.left", count=len(left), hours=hours_words(hours))


def light_words(light: Light) -> str:
    return tr(f"forecast.light.{light}")


def _numbers(jobs: Sequence[Job], naming: Naming) -> str:
    more = f" … (+{len(jobs) - _NAMED})" if len(jobs) > _NAMED else ""
    return ", ".join(str(naming.dossier(job.id)) for job in jobs[:_NAMED]) + more


def _jobs_json(jobs: Sequence[Job], naming: Naming) -> list[dict[str, Any]]:
    return [
        {"id": naming.dossier(job.id), "hours": hours_number(job.hours), "due": job.due.isoformat()} for job in jobs
    ]
