"""An outside list for `motcua forecast --jobs`: JSON Lines of jobs, and one machine's hours as JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from core.answers import InvalidInput
from core.outlook import Outlook, of_list
from core.proof import Job
from tui.cli.batch import decode, lines_of, utf8
from tui.cli.output import Problem, report
from tui.cli.times import read_date
from tui.forecast import Naming

_MOST_HOURS = 1_000_000
_DECIMALS = 30
_EXAMPLE = '{"weekly_hours": [8,8,8,8,8,0,0], "exceptions": {"2026-11-24": 0}}'


class JobIn(msgspec.Struct):
    """A line; `id` is echoed as it stands."""

    id: msgspec.Raw
    hours: Decimal
    due: str
    release: str | None = None


class CapacityIn(msgspec.Struct, forbid_unknown_fields=True):
    """Hours by weekday, Monday first, and of single dates."""

    weekly_hours: tuple[Decimal, Decimal, Decimal, Decimal, Decimal, Decimal, Decimal]
    exceptions: dict[str, Decimal] = {}


_line = msgspec.json.Decoder(JobIn)
_capacity = msgspec.json.Decoder(CapacityIn)
said_as_given = Naming(msgspec.json.decode, str, jobs=True)


def outlook_of(args: argparse.Namespace) -> Outlook | None:
    """The proof of the list; None where a line was bad, which has been told: the rest would prove nothing."""
    try:
        first = read_date(args.first)
        capacity = _read_capacity(args.capacity)
    except InvalidInput as error:
        raise Problem(error.code, error.params, status=2) from error
    jobs: list[Job] = []
    bad: list[Problem] = []
    for number, line in lines_of(args.jobs):
        try:
            jobs.append(_job(line))
        except InvalidInput as error:
            bad.append(Problem.of(error, number))
    if not bad:
        return of_list(jobs, first, capacity)
    for problem in bad[:1] if args.json else bad:
        report(problem, as_json=args.json)
    return None


def _job(line: bytes) -> Job:
    found = decode(_line, utf8(line))
    release = None if found.release is None else read_date(found.release)
    return Job(bytes(found.id).decode(), _hours(found.hours), read_date(found.due), release)


def _read_capacity(text: str) -> Callable[[date], Fraction]:
    try:
        given = _capacity.decode(text.encode())
        week = [_hours(hours) for hours in given.weekly_hours]
        single = {read_date(day): _hours(hours) for day, hours in given.exceptions.items()}
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise InvalidInput("capacity_invalid", example=_EXAMPLE) from None
    return lambda day: single[day] if day in single else week[day.weekday()]


def _hours(given: Decimal) -> Fraction:
    """Exact hours; raises `hours_invalid` for what is negative, endless, or beyond reason."""
    exponent = given.as_tuple().exponent
    if isinstance(exponent, str) or not -_DECIMALS <= exponent <= _DECIMALS or not 0 <= given <= _MOST_HOURS:
        raise InvalidInput("hours_invalid", most=f"{_MOST_HOURS}")
    return Fraction(given)
