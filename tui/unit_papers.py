"""The papers of a unit and of a procedure: register, post manifest, notice sheet, online slip. Vietnamese, as all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from core.answers import Refusal
from core.catalogue import Fee, Procedure, ProcedureVersion
from core.document import MAY_BREAK, Document, Facts, Rows, Signature, fill
from core.dossier import Dossier
from core.forms import FormVersion, day_words
from core.moments import LEGAL_TIME, legal_day
from core.record import Event
from core.results import handed_over
from core.service import service_on
from core.standing import standing
from storage.desk import Desk
from storage.lawbook.services import package_services
from storage.officers import Officer
from storage.press import Press
from storage.results import Manifest, manifests
from tui.counter_words import hours_of
from tui.dossier_words import money
from tui.i18n import in_language, tr
from tui.limit_words import variant_words
from tui.papers import heading_of, needed_words

_RECEIVED = """
SELECT id FROM dossier WHERE received_at >= ? AND received_at < ? AND came = 0
AND state NOT IN ('submitted', 'guided', 'not_accepted') ORDER BY received_at, receipt_number, id
"""
"""Also what has gone to another unit since; not what came from one, which that one received."""


def register(desk: Desk, press: Press, day: date, officer: Officer | None) -> Document:
    """Form 07 (06 until 14-9-2025): what the unit received on a day, and what has become of it."""
    with in_language("vi"):
        form = press.form("register", day)
        begin = datetime.combine(day, datetime.min.time(), LEGAL_TIME)
        span = (int(begin.timestamp()), int((begin + timedelta(days=1)).timestamp()))
        names = [row[0] for row in desk.connection.execute(_RECEIVED, span)]
        rows = tuple(_register_row(desk, place, one) for place, one in enumerate(_dossiers(desk, names), start=1))
        facts = Facts({"period": day_words(day), "count": f"{len(rows):02}"}, rows={"dossiers": rows})
        return _document(desk, form, facts, [("officer", officer.name if officer else "")])


def _dossiers(desk: Desk, names: Iterable[str]) -> Iterator[Dossier]:
    return (found for name in names if (found := desk.dossier(name)) is not None)


def _register_row(desk: Desk, place: int, dossier: Dossier) -> tuple[str, ...]:
    applicant = dossier.applicant
    given = handed_over(dossier)
    note = tr(f"state.{dossier.state}") if given is None else ""
    if dossier.away is not None:
        note = tr("dossier.away", unit=dossier.away)
    return (
        f"{place}",
        _broken(dossier.receipt_number or tr("queue.no_number")),
        _title(desk, dossier),
        "01",
        str(applicant.get("name") or ""),
        str(applicant.get("address") or ""),
        str(applicant.get("phone") or ""),
        _moment(dossier.received_at),
        _moment(standing(dossier, desk.law).binding_at),
        _moment(given.event.at if given else None),
        _name(desk, given.event.by) if given else "",
        given.taker or str(applicant.get("name") or "") if given else "",
        _name(desk, dossier.officer),
        note,
    )


def post_manifest(desk: Desk, press: Press, day: date, officer: Officer | None) -> list[Document] | Refusal:
    """What went to the post on a day, a sheet for each carrier. Refusal `post_nothing_sent` where nothing did."""
    with in_language("vi"):
        form, name = press.form("post-manifest", day), officer.name if officer else ""
        sheets = [
            _document(desk, form, _posted(one), [("sender", name), ("carrier", "")]) for one in manifests(desk, day)
        ]
        return sheets or Refusal("post_nothing_sent", params={"day": f"{day:%d/%m/%Y}"})


def _posted(manifest: Manifest) -> Facts:
    rows = tuple(
        (
            f"{place}",
            _broken(one.dossier.receipt_number or ""),
            str(one.dossier.applicant.get("name") or ""),
            str(one.event.body.get("address") or one.dossier.applicant.get("address") or ""),
            str(one.dossier.applicant.get("phone") or ""),
            str(one.event.body.get("tracking") or ""),
            _fee_of(one.event),
        )
        for place, one in enumerate(manifest.items, start=1)
    )
    words = {
        "carrier_name": manifest.carrier,
        "batches": ", ".join(manifest.numbers),
        "period": day_words(manifest.day),
        "count": f"{len(rows):02}",
    }
    return Facts(words, rows={"dossiers": rows})


def _fee_of(event: Event) -> str:
    """The postal fee, who bears it and by which decision, where they were written."""
    fee, payer, decision = (event.body.get(name) for name in ("fee", "payer", "decision"))
    parts = [money(fee) if fee else "", tr(f"payer.{payer}") if payer else "", decision or ""]
    return ", ".join(part for part in parts if part)


def notice_sheet(desk: Desk, press: Press, procedure: Procedure, version: ProcedureVersion) -> Document:
    """A procedure as it is put up at the door, straight from the catalogue, with a code that opens the portal."""
    with in_language("vi"):
        today = legal_day(desk.now())
        form = press.form("notice-sheet", today)
        service = version.service_on(today)
        words = {
            "request": version.title_vi,
            "national_code": procedure.code or "",
            "result": version.result_vi,
            "service": tr(f"service.{service}") if service else tr("service.none"),
            "place": desk.identity.unit_name,
            "hours": hours_of(desk),
            "basis": version.basis,
            "search": procedure.code or version.title_vi,
            "feedback_to": form.words["feedback_to"],
            "remark": version.note_vi,
        }
        cases: Rows = tuple((one.title_vi, variant_words(one), one.basis) for one in version.variants)
        fees: Rows = tuple(_fee(one) for one in version.fees if one.in_force(today))
        if not fees:
            words["no_fees"] = tr("catalogue.not_known")
        papers = tuple(map(needed_words, version.papers))
        marks = () if version.verified else (version.unverified_reason or tr("slip.unverified"),)
        facts = Facts(words, {"papers": papers, "marks": marks}, rows={"cases": cases, "fees": fees})
        return _document(desk, form, facts, (), qr=form.words["portal_address"])


def service_slip(desk: Desk, press: Press, procedure: Procedure, version: ProcedureVersion) -> Document | Refusal:
    """What a citizen takes along to do it online: the portal's address and its code. Refusals: `service_not_online`,
    `service_no_address` where the data holds none; none is made up."""
    with in_language("vi"):
        today = legal_day(desk.now())
        data = package_services()
        service, portal = service_on(version, data, today), data.portal(procedure.field)
        if not service.online:
            return Refusal("service_not_online", params={"procedure": version.title_vi, "day": f"{today:%d/%m/%Y}"})
        if portal is None:
            return Refusal("service_no_address", params={"procedure": version.title_vi})
        fees: Rows = tuple(_fee(one)[:2] for one in version.fees if one.in_force(today))
        words = {
            "request": version.title_vi,
            "national_code": procedure.code or "",
            "service": tr(f"service.{service.level}"),
            "portal": portal.title_vi,
            "address": portal.address,
            "search": procedure.code or version.title_vi,
            "place": desk.identity.unit_name,
            "hours": hours_of(desk),
        }
        doubts = tuple(one.vi for one in dict.fromkeys((service.doubt, portal.doubt)) if one is not None)
        papers = tuple(map(needed_words, version.papers))
        facts = Facts(words, {"papers": papers, "marks": doubts}, rows={"fees": fees})
        return _document(desk, press.form("service-slip", today), facts, (), qr=portal.address)


def _fee(fee: Fee) -> tuple[str, ...]:
    amount = tr("fee.unknown") if fee.amount is None else money(fee.amount)
    return (
        tr(f"fee_channel.{fee.channel}"),
        amount,
        fee.basis if fee.verified else tr("paper.unchecked", basis=fee.basis),
    )


def _document(
    desk: Desk, form: FormVersion, facts: Facts, names: Iterable[tuple[str, str]], qr: str | None = None
) -> Document:
    today = legal_day(desk.now())
    return Document(
        form=form,
        heading=heading_of(desk, form),
        day_words=day_words(today),
        blocks=fill(form, facts),
        signatures=tuple(Signature((form.words[f"sign_{key}"],), name, form.words["sign_here"]) for key, name in names),
        qr=qr,
    )


def _title(desk: Desk, dossier: Dossier) -> str:
    found = desk.law.find(dossier.procedure)
    version = desk.law.version_by_hash(dossier.version) if dossier.version else None
    return version.title_vi if version else found.versions[-1].title_vi if found else dossier.procedure


def _name(desk: Desk, officer: str) -> str:
    found = desk.officers.get(officer)
    return found.name if found else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}" if moment else ""


def _broken(number: str) -> str:
    """A receipt number may go over to the next line behind each of its hyphens."""
    return number.replace("-", f"-{MAY_BREAK}")
