"""`motcua report`: a report of a period as lines, as JSON or as a file."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rich.cells import cell_len, set_cell_size

from core.answers import Refusal
from core.moments import LEGAL_TIME, legal_day
from storage.delays import has_unit, units_here
from storage.desk import Desk
from storage.files import in_place_of
from storage.frozen import Sent, find_sent, freeze, same_period, sent
from storage.officers import Officer
from storage.periods import period_around, period_before
from tui.bars import FULL, Chart, pictured
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.output import Problem, print_json
from tui.i18n import tr
from tui.plain_signs import has_few_signs
from tui.reports import REPORTS, Asked, Report, asks_who, not_sent, read, readings, report
from tui.reports.adjusting import adjusting, sendable
from tui.reports.faster import proposed_words
from tui.reports.files import FORMATS, write
from tui.reports.packet import packet
from tui.reports.pictures import charts
from tui.reports.proposal import group_of, write_proposal
from tui.reports.sheet import Part, Sheet, cell_text

_GO_WITH = {"--order": "--packet", "--note": "--send", "--variant": "--proposal", "--limit": "--proposal"}
_YEARS = (1900, 2999)
"""Beyond them no dossier is, and days cannot be counted on."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?")
    parser.add_argument("--list", action="store_true", help=tr("cli.report.list"))
    parser.add_argument("--from", dest="first", metavar="D")
    parser.add_argument("--to", dest="last", metavar="D")
    parser.add_argument("--period", metavar="D|last", help=tr("cli.report.period"))
    parser.add_argument("--unit", metavar="CODE")
    parser.add_argument("--reading", metavar="ours|portal", help=tr("cli.report.reading"))
    parser.add_argument("--out", metavar="F")
    parser.add_argument("--packet", metavar="F.zip", help=tr("cli.report.packet"))
    parser.add_argument("--proposal", metavar="PROCEDURE", help=tr("cli.report.proposal"))
    parser.add_argument("--variant", metavar="CASE")
    parser.add_argument("--limit", metavar="N", type=int, help=tr("cli.report.limit"))
    parser.add_argument("--order", metavar="NUMBER", default="", help=tr("cli.report.order"))
    parser.add_argument("--send", action="store_true", help=tr("cli.report.send"))
    parser.add_argument("--note", metavar="TEXT", default="", help=tr("cli.report.note"))
    parser.add_argument("--sent", metavar="ID", nargs="?", const="", help=tr("cli.report.sent"))
    acts(parser)


def run(args: argparse.Namespace) -> int:
    if args.list:
        _list(as_json=args.json)
    elif args.sent is not None:
        with open_desk(args) as desk:
            _sent(desk, args)
    else:
        _one(args)
    return 0


def _one(args: argparse.Namespace) -> None:
    """One report of a period: told, written, sent, or made into a packet or a proposal."""
    if args.name not in REPORTS:
        raise Problem("report_unknown", {"report": args.name or "–", "known": ", ".join(REPORTS)}, status=2)
    named = None if args.period else _named(args)
    found = report(args.name)
    reading, path = _reading(found, args), _path(args)
    with open_desk(args) as desk:
        first, last = named or _set_period(desk, args)
        if args.unit is not None and not has_unit(desk, args.unit):
            raise Problem("report_unit_unknown", {"unit": args.unit, "known": ", ".join(units_here(desk))})
        refused = not_sent(found) if args.send else None
        if refused is not None:
            raise Problem.of(refused)
        acting = acting_officer(args, desk) if args.send or args.packet or asks_who(found) else None
        asked = Asked(first, last, args.unit, reading)
        facts = read(found, desk, acting, asked)
        found = adjusting(found, desk, acting, asked)
        if args.proposal:
            _proposal(desk, facts, path, args)
        elif args.packet:
            assert acting is not None
            _packet(desk, found, facts, acting, args)
        elif args.send:
            assert acting is not None
            known = same_period(
                desk, args.name, (first, last), args.unit, "".join(reading or readings(report(args.name))[:1])
            )
            kept = sent_json(desk, _send(desk, acting, (found, facts), asked, path, args.note))
            print_json(kept) if args.json else print(_sent_line(kept))
            if known is not None:
                print(
                    tr("report.send_another", at=f"{known.at.astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}"), file=sys.stderr
                )
        else:
            _told(desk, found, facts, path, args)


def _path(args: argparse.Namespace) -> Path | None:
    """Where the file goes; wrong usage where what was asked for does not go together."""
    packs, proposes = args.packet is not None, args.proposal is not None
    if packs and args.name != "late":
        raise Problem("report_no_packet", {"report": args.name}, status=2)
    if proposes and (args.name != "faster" or Path(args.out or "").suffix.lower() != ".pdf"):
        raise Problem("report_no_proposal", {"report": args.name}, status=2)
    if sum((packs, proposes, args.send)) > 1 or (packs and args.out is not None):
        raise Problem("report_one_thing", status=2)
    asked = {"--packet": packs, "--send": args.send, "--proposal": proposes}
    for option, wanted in _GO_WITH.items():
        if getattr(args, option.lstrip("-")) and not asked[wanted]:
            raise Problem("report_option_alone", {"option": option, "wanted": wanted}, status=2)
    if packs:
        if args.order and not args.order.strip():
            raise Problem("packet_order_blank", status=2)
        _file(args.packet, (".zip",))
    return None if args.out is None else _file(args.out, FORMATS)


def _file(name: str, known: Sequence[str]) -> Path:
    if Path(name).suffix.lower() not in known:
        raise Problem("report_format", {"file": Path(name).name, "known": ", ".join(known)}, status=2)
    return Path(name)


@contextmanager
def _writing(path: Path | None) -> Iterator[None]:
    """What can't be written is said in the officer's language."""
    try:
        yield
    except OSError as error:
        raise Problem("file_unwritable", {"file": "–" if path is None else path.name}) from error


def _send(desk: Desk, acting: Officer, read_as: tuple[Report, Any], asked: Asked, path: Path | None, note: str) -> Sent:
    """Freeze it, and give its file the name: neither happens without the other."""
    found, facts = read_as
    with _writing(path), ExitStack() as files:
        if path is not None:
            write(desk, found, facts, files.enter_context(in_place_of(path)))
        document = sendable(found, desk, facts)
        answer = freeze(desk, acting, document, (asked.first, asked.last), asked.unit, note)
        if isinstance(answer, Refusal):
            raise Problem.of(answer)
    return answer


def _told(desk: Desk, found: Report, facts: Any, path: Path | None, args: argparse.Namespace) -> None:
    if path is not None:
        with _writing(path):
            write(desk, found, facts, path)
    if args.json:
        print_json(found.document(desk, facts) | {"file": args.out})
    elif path is None:
        sheet = found.sheet(desk, facts)
        _print(sheet)
        _draw(charts(desk, sheet, facts))


def _packet(desk: Desk, found: Report, facts: Any, officer: Officer, args: argparse.Namespace) -> None:
    path = Path(args.packet)
    with _writing(path):
        answer = packet(desk, found, facts, path, officer, args.order)
    if isinstance(answer, Refusal):
        raise Problem.of(answer)
    if args.json:
        print_json({"file": args.packet, "dossiers": answer, "order": args.order.strip() or None})
    else:
        print(tr("packet.written", file=args.packet, count=answer))


def _proposal(desk: Desk, facts: Any, path: Path | None, args: argparse.Namespace) -> None:
    """A shorter limit as a paper."""
    assert path is not None
    group = group_of(desk, facts, args.proposal, args.variant)
    if isinstance(group, Refusal):
        raise Problem.of(group)
    with _writing(path):
        one = write_proposal(desk, facts, group, args.limit, path, None)
    if isinstance(one, Refusal):
        raise Problem.of(one)
    if args.json:
        kind = {"procedure": group.kind.procedure, "variant": group.kind.variant, "unit": group.kind.unit}
        counts = {"limit": one.amount, "counted_in": group.unit.value, "held": one.held, "missed": one.missed}
        print_json({**kind, **counts, "holds": one.holds, "file": args.out})
    else:
        print(tr("proposal.written", file=args.out, proposed=proposed_words(group, one), held=one.held, of=one.many))


def _sent(desk: Desk, args: argparse.Namespace) -> None:
    """What was sent: the list, or one of them as it was sent, byte for byte, so that its hash can be checked."""
    if args.name not in (None, *REPORTS):
        raise Problem("report_unknown", {"report": args.name, "known": ", ".join(REPORTS)}, status=2)
    if args.sent:
        path = None if args.out is None else _file(args.out, (".json",))
        found = find_sent(desk, args.sent)
        if isinstance(found, Refusal):
            raise Problem.of(found)
        if path is None:
            sys.stdout.write(found.text())
            return
        with _writing(path), in_place_of(path) as fresh:
            fresh.write_bytes(found.text().encode())
        print(tr("report.saved", file=path))
        return
    rows = [sent_json(desk, one) for one in sent(desk) if args.name in (None, one.name)]
    if args.json:
        print_json(rows)
        return
    for row in rows:
        print(_sent_line(row))
    print(tr("report.sent_count", count=len(rows)))


def sent_json(desk: Desk, one: Sent) -> dict[str, Any]:
    """A row of docs/schemas/report-sent.json."""
    officer = desk.officers.get(one.by)
    return {
        "id": one.id,
        "report": one.name,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "unit": one.scope,
        "reading": one.reading or None,
        "rules": one.rules,
        "sha256": one.sha256,
        "sent_at": one.at.astimezone(LEGAL_TIME).isoformat(timespec="seconds"),
        "by": officer.code if officer else one.by,
        "note": one.note,
    }


def _sent_line(row: dict[str, Any]) -> str:
    first, last = (date.fromisoformat(row[name]) for name in ("from", "to"))
    return tr(
        "report.sent_line",
        report=" ".join(filter(None, (row["report"], row["reading"]))),
        first=f"{first:%d/%m/%Y}",
        last=f"{last:%d/%m/%Y}",
        unit=row["unit"] or tr("report.all_units"),
        at=f"{datetime.fromisoformat(row['sent_at']):%H:%M %d/%m/%Y}",
        by=row["by"],
        hash=row["sha256"][:16],
        id=row["id"],
    )


def _list(*, as_json: bool) -> None:
    known = [{"name": name, "title": tr(f"report.{name}"), "about": tr(f"report.{name}.about")} for name in REPORTS]
    if as_json:
        print_json(known)
        return
    for one in known:
        print(f"{one['name']:12} {one['title']}\n             {one['about']}")


def _named(args: argparse.Namespace) -> tuple[date, date]:
    """The period by its first and last day."""
    first, last = _day(args.first), _day(args.last)
    if first > last:
        raise Problem("report_period", {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}, status=2)
    return first, last


def _set_period(desk: Desk, args: argparse.Namespace) -> tuple[date, date]:
    """The period, as the station's law sets them, that has a day; `last`: the last one that is over."""
    if args.first or args.last:
        raise Problem("report_two_periods", status=2)
    today = legal_day(desk.now())
    day = today if args.period == "last" else _day(args.period)
    return (period_before if args.period == "last" else period_around)(desk, args.name, day)


def _reading(found: Report, args: argparse.Namespace) -> tuple[str, ...]:
    """What to read it by: what was asked for, where the report has that choice."""
    if args.reading is None:
        return ()
    known = readings(found)
    if not known:
        raise Problem("report_one_reading", {"report": args.name}, status=2)
    if args.reading not in known:
        words = {"reading": args.reading, "report": args.name, "known": ", ".join(known)}
        raise Problem("report_reading", words, status=2)
    return (args.reading,)


def _day(text: str | None) -> date:
    if text is None:
        raise Problem("report_without_period", status=2)
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Problem("date_invalid", {"value": text}, status=2) from error
    if not _YEARS[0] <= found.year <= _YEARS[1]:
        raise Problem("date_invalid", {"value": text}, status=2)
    return found


def _print(sheet: Sheet) -> None:
    for words in (sheet.title, sheet.period, *sheet.about):
        print(words)
    for title, part in sheet.parts:
        if part.on_paper:
            print()
            print(title)
            _print_table(part)
    if not all(part.on_paper for _, part in sheet.parts):
        print()
        print(tr("report.lists_elsewhere"))


def _draw(found: tuple[Chart, ...]) -> None:
    """The pictures, in signs that whoever reads it can show."""
    if found:
        plain = has_few_signs() or not _shows(FULL)
        print()
        print("\n".join(pictured(found, shutil.get_terminal_size((100, 30)).columns, plain=plain)))


def _shows(sign: str) -> bool:
    try:
        sign.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _print_table(part: Part) -> None:
    rows = [[tr(column.title_key) for column in part.columns]]
    rows += [[cell_text(cell) for cell in line.cells] for line in part.lines]
    widths = [max(map(cell_len, cells)) for cells in zip(*rows, strict=True)]
    rights = [column.align == "right" for column in part.columns]
    for row in rows:
        cells = zip(row, widths, rights, strict=True)
        print("  ".join(_sized(cell, width, right) for cell, width, right in cells).rstrip())


def _sized(cell: str, width: int, right: bool) -> str:
    """A figure stands at the right of its column."""
    return " " * (width - cell_len(cell)) + cell if right else set_cell_size(cell, width)
