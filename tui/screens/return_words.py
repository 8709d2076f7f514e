"""What the officer reads out about a result: what it is, where it lies, what goes back with it."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalogue import ProcedureVersion
from core.dossier import Dossier
from core.states import State
from storage.queries import Row
from tui.dates import moment_long
from tui.dossier_words import bringer_line, title_of
from tui.i18n import language, tr
from tui.screens.intake_due import saved_words
from tui.screens.return_facts import held_papers, is_ready


def result_lines(row: Row, dossier: Dossier, version: ProcedureVersion | None) -> Iterator[str]:
    """The procedure and who brought it; then the result, or why there is none to hand over."""
    title = title_of(version, dossier.procedure)
    bringer = bringer_line(dossier)
    yield f"{title} · {bringer}" if bringer else title
    if not is_ready(row):
        yield f"! {_not_ready(row, dossier)}"
        return
    shelf = dossier.facts.get("shelf")
    outcome = tr(f"return.outcome.{dossier.outcome or 'approved'}")
    yield tr("return.result", outcome=outcome) + (tr("return.shelf", shelf=shelf) if shelf else "")
    held = held_papers(dossier)
    if held:
        yield "! " + tr("return.originals", papers=", ".join(_paper(code, version) for code in held))


def _not_ready(row: Row, dossier: Dossier) -> str:
    if dossier.returned_at is not None:
        return tr("return.returned_at", moment=moment_long(dossier.returned_at))
    if row["at_post"]:
        return tr("return.at_post")
    state = tr(f"state.{dossier.state}")
    if dossier.state == State.RESULT_READY or row["due_at"] is None:
        return tr("return.state", state=state)
    return tr("return.due", state=state, moment=saved_words(row["due_at"]))


def _paper(code: str, version: ProcedureVersion | None) -> str:
    paper = next((one for one in version.papers if one.code == code), None) if version else None
    if paper is None:
        return code
    return paper.title_vi if language() == "vi" else paper.title_en
