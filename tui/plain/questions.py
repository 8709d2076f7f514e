"""What is asked of a dossier that is handed in, in which order, and what is wrong with an answer."""

from __future__ import annotations

from datetime import datetime

from core.answers import InvalidInput
from core.catalogue import Fee, Paper, ProcedureVersion
from core.intake import Opening, read_row
from core.slip_code import is_blank_code
from tui.dossier_words import title_of
from tui.i18n import language, tr
from tui.screens import intake_facts as facts
from tui.screens.intake_facts import Form
from tui.screens.search_rows import is_slip

WORDS = frozenset({"applicant_name", "nationality", "address", "bringer_name", "note"})
"""Fields of words: where the desk composes Vietnamese, they are composed."""
OWN_LABELS = frozenset(
    {"applicant_kind", "bringer_capacity", "bringer_name", "bringer_number", "papers", "originals", "method"}
)
"""Questions that are called otherwise than the screen's fields, whose places say what they are."""
_PERSON = ("applicant_number", "applicant_name", "birth_date", "sex", "nationality")
_NOT_ASKED = {
    "citizen": ("nationality",),
    "foreigner": (),
    "organisation": ("birth_date", "sex", "nationality"),
}
_SECTIONS = ("received_at", "applicant_kind", "procedure", "papers", "channel")
"""The first question of each part: «>» goes on to the next of them."""
_OTHER_CODES = frozenset({"qr_is_url", "qr_is_bank", "qr_is_mrz", "qr_is_receipt"})


def names_of(form: Form, version: ProcedureVersion | None, fee: Fee | None) -> list[str]:
    """The questions of this form as it stands; a matter field as `matter:NAME`."""
    names = ["received_at", "promised_at"] if form.blank else []
    names += ["applicant_kind", *(name for name in _PERSON if name not in _NOT_ASKED[form.kind])]
    names += ["address", "phone", "email", "bringer_capacity"]
    if form.text("bringer_capacity") not in ("self", "post"):
        names += ["bringer_name", "bringer_number"]
    names.append("procedure")
    if version is not None:
        names += ["variant"] if len(version.variants) > 1 else []
        names += ["papers", "originals"] if version.papers else []
        names += [f"matter:{name}" for name in version.matter_fields]
    names += ["channel", "return_by", "tell"]
    if fee is None or fee.amount != 0:
        names += ["method", *(["fee"] if form.text("method") in facts.PAID else [])]
    return [*names, "ticket", "shelf", "note"]


def section_after(names: list[str], name: str) -> str | None:
    """The first question of the next part; None: none is left."""
    later = names[names.index(name) + 1 :]
    return next((one for one in later if one in _SECTIONS), None)


def label_of(form: Form, name: str) -> str:
    """What a question is called."""
    area, _, field = name.partition(":")
    if field:
        return tr(f"matter.{field}")
    if area == "applicant_number":
        return tr(f"intake.number.{form.kind}")
    return tr(f"plain.intake.{area}" if area in OWN_LABELS else f"intake.{area}")


def answer_of(form: Form, name: str, version: ProcedureVersion | None) -> str:
    """What was answered, in words; nothing where nothing was."""
    if name.startswith("matter:"):
        return form.matter.get(name.partition(":")[2], "")
    text = form.text(name)
    if name in facts.OFFERED:
        return dict(facts.offered(name)).get(text, "")
    if name == "procedure":
        return title_of(version, text)
    if name == "variant":
        return dict(cases_of(version)).get(text, "")
    if name in ("papers", "originals"):
        chosen = form.papers if name == "papers" else form.originals
        return "; ".join(paper_words(paper) for paper in version.papers if paper.code in chosen) if version else ""
    return text


def cases_of(version: ProcedureVersion | None) -> list[tuple[str, str]]:
    """A version's cases, each with how it reads, the usual one first."""
    vietnamese = language() == "vi"
    cases = version.variants if version is not None else ()
    return [(one.code, one.title_vi if vietnamese else one.title_en) for one in cases]


def paper_words(paper: Paper) -> str:
    return paper.title_vi if language() == "vi" else paper.title_en


def missing_papers(form: Form, version: ProcedureVersion | None) -> list[Paper]:
    """The required papers that were not handed in."""
    papers = version.papers if version is not None else ()
    return [one for one in papers if one.required and one.code not in form.papers]


def missing_words(form: Form, version: ProcedureVersion | None) -> str:
    """Their names; nothing where none is missing."""
    return "; ".join(paper_words(one) for one in missing_papers(form, version))


def check_answer(form: Form, name: str, text: str, opening: Opening) -> None:
    """Raises InvalidInput where a field can't be taken in as it stands, by the rule that the whole form is read by."""
    alone = Form({"procedure": "–", "applicant_name": "–", "applicant_kind": form.kind, name: text})
    try:
        if name == "fee":
            facts.amount_of(alone)
        else:
            read_row(facts.row_of(alone), opening)
    except InvalidInput as error:
        if facts.place_of(error) == name:
            raise


def is_scan(text: str, name: str, at: datetime) -> bool:
    """Whether a line is what a scanner read, and no answer: a card, a blank receipt, or a code of something else.

    In a note numbers and addresses may stand.
    """
    if text.count("|") > 1 or is_blank_code(text):
        return True
    return name != "note" and (is_slip(text) or bool(_OTHER_CODES & set(facts.read_scan(text, at).warnings)))
