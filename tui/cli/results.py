"""`motcua results`: results and held papers that wait for somebody, and what is done to many of them at once."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from rich.cells import set_cell_size

from core.answers import Refusal
from core.moments import legal_day
from core.uncollected import ARCHIVE
from storage.desk import Desk
from storage.results import (
    LISTS,
    Listed,
    Manifest,
    Posting,
    delivered,
    do_next,
    listed,
    manifests,
    send_post,
    unaddressed,
)
from tui.cli.common import acting_officer, acts, dossier_id, moment_text, open_desk, row_json
from tui.cli.output import Problem, error_object, print_json
from tui.dossier_words import money
from tui.handover import procedure_title
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("list", choices=(*LISTS, "manifest"))
    parser.add_argument("codes", metavar="CODE[=TRACKING]", nargs="*")
    parser.add_argument("--do", action="store_true")
    parser.add_argument("--carrier", metavar="TEXT", default="")
    parser.add_argument("--shelf", metavar="TEXT", default="")
    parser.add_argument("--how", metavar="TEXT", default="")
    parser.add_argument("--together", action="store_true", help=tr("cli.together"))
    parser.add_argument("--date", type=date.fromisoformat, metavar="D")


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        if args.list == "manifest":
            _manifests(desk, args)
            return 0
        if not args.do:
            _list(desk, _chosen(desk, args), as_json=args.json)
            return 0
        if args.list == "to_post":
            return _send(desk, args)
        if args.list == "uncollected" or (args.list == "at_post" and args.codes):
            return _next(desk, args)
        raise Problem("results_no_bulk", {"list": args.list}, status=2)


def _chosen(desk: Desk, args: argparse.Namespace) -> list[Listed]:
    """The list, or those of it that were named."""
    found = listed(desk, args.list)
    named = {dossier_id(desk, code.partition("=")[0]) for code in args.codes}
    return [one for one in found if not named or one.row.id in named]


def _list(desk: Desk, found: Sequence[Listed], *, as_json: bool) -> None:
    rows = [row_json(desk, one.row) | _waiting(one) for one in found]
    if as_json:
        print_json(rows)
        return
    for one, row in zip(found, rows, strict=True):
        again = [tr(f"post.next.{one.back}")] if one.back else []
        print("  ".join([*_cells(desk, row), *again]).rstrip())
    print(tr("results.count", count=len(rows)))


def _cells(desk: Desk, row: dict[str, Any]) -> Iterator[str]:
    """Number, name, procedure, place; since when, what to do, when somebody looks again."""
    yield set_cell_size(str(row["receipt_number"] or row["id"]), 24)
    yield set_cell_size(row["applicant_name"], 26)
    yield set_cell_size(procedure_title(desk, row["procedure"]), 36)
    yield set_cell_size(str(row["shelf"] or "–"), 8)
    since = row["lies_since"]
    yield f"{date.fromisoformat(since[:10]):%d/%m/%Y}" if since else tr(f"state.{row['state']}")
    if row["step"]:
        yield tr(f"results.step.{row['step']}")
    if row["originals"]:
        check = row["next_check"]
        day = f"{date.fromisoformat(check):%d/%m/%Y}" if check else "–"
        yield tr("lists.check", count=row["originals"], day=day)


def _waiting(one: Listed) -> dict[str, Any]:
    return {
        "step": one.step,
        "shelf": one.row["shelf"],
        "lies_since": moment_text(one.row["lies_since"]),
        "next_check": (moment_text(one.row["custody_check"]) or "")[:10] or None,
        "originals": one.row["originals"],
    }


def _next(desk: Desk, args: argparse.Namespace) -> int:
    officer, chosen = acting_officer(args, desk), _chosen(desk, args)
    if not args.shelf and any(one.step == ARCHIVE for one in chosen):
        raise Problem("archive_shelf_missing", status=2)
    posted = args.list == "at_post"
    answers = delivered(desk, officer, chosen) if posted else do_next(desk, officer, chosen, args.shelf, args.how)
    told = [
        {
            "id": one.row.id,
            "receipt_number": one.row["receipt_number"],
            "step": "delivered" if posted else one.step,
            "error": error_object(Problem.of(answer)) if isinstance(answer, Refusal) else None,
        }
        for one, answer in zip(chosen, answers, strict=True)
    ]
    if args.json:
        print_json(told)
    for line in () if args.json else told:
        problem = f"  ✗ {line['error']['message']}" if line["error"] else ""
        step = line["step"]
        print(f"{line['receipt_number'] or line['id']}  {tr(f'results.step.{step}')}{problem}")
    return 1 if any(line["error"] for line in told) else 0


def _send(desk: Desk, args: argparse.Namespace) -> int:
    """Everything that waits for the post, or what was named with its tracking number, in one batch."""
    officer = acting_officer(args, desk)
    named = [code.partition("=") for code in args.codes]
    postings = [Posting(dossier_id(desk, code), tracking) for code, _, tracking in named]
    postings = postings or [Posting(one.row.id) for one in listed(desk, "to_post") if one.goes]
    number = send_post(desk, officer, args.carrier.strip(), postings, together=args.together)
    if isinstance(number, Refusal):
        raise Problem.of(number)
    dossiers = [one.dossier for one in postings]
    lost = unaddressed(desk, dossiers)
    answer = {"number": number, "carrier": args.carrier.strip(), "dossiers": dossiers, "without_address": lost}
    if args.json:
        print_json(answer)
    else:
        print(tr("results.sent", number=number, carrier=answer["carrier"], count=len(postings)))
        if lost:
            print(f"! {tr('results.unaddressed', numbers=', '.join(lost))}")
    return 0


def _manifests(desk: Desk, args: argparse.Namespace) -> None:
    day = args.date or legal_day(desk.now())
    found = [one for one in manifests(desk, day) if args.carrier.strip() in ("", one.carrier)]
    if args.json:
        print_json([manifest_json(one) for one in found])
        return
    for one in found:
        print(f"{one.carrier} · {day:%d/%m/%Y} · {', '.join(one.numbers)}")
        for place, item in enumerate(manifest_json(one)["items"], 1):
            cost = tr(f"payer.{item['payer']}") if item["payer"] else ""
            cost = f"{cost} {money(item['fee'])}" if item["fee"] else cost
            cells = (item["receipt_number"], item["applicant_name"], item["tracking"], item["address"], cost)
            print(f"  {place:>3}  " + "  ".join(str(cell or "–") for cell in cells))


def manifest_json(one: Manifest) -> dict[str, Any]:
    """What a carrier took along on one day."""
    return {
        "day": one.day.isoformat(),
        "carrier": one.carrier,
        "numbers": list(one.numbers),
        "items": [
            {
                "id": item.dossier.id,
                "receipt_number": item.dossier.receipt_number,
                "applicant_name": str(item.dossier.applicant.get("name", "")),
                "tracking": item.event.body.get("tracking"),
                "address": item.event.body.get("address"),
                "fee": item.event.body.get("fee"),
                "payer": item.event.body.get("payer"),
                "state": item.dossier.state,
            }
            for item in one.items
        ],
    }
