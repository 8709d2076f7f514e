"""What the officer reads out about a result: what it is, where it lies, what goes back with it."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalogue import ProcedureVersion
from core.dossier import Dossier
from core.keeping import kept_back
from core.moments import legal_day
from core.states import State
from storage.desk import Desk
from storage.queries import Row
from tui.custody_words import handed_line, kept_words, link_lines
from tui.dates import epoch_end_long, moment_long
from tui.dossier_words import bringer_line, paper_title, title_of
from tui.i18n import tr
from tui.screens.return_facts import is_ready


def result_lines(desk: Desk, row: Row, dossier: Dossier, version: ProcedureVersion | None) -> Iterator[str]:
    """The procedure and who brought it; then the result, or why there is none to hand over."""
    title = title_of(version, dossier.procedure)
    bringer = bringer_line(dossier)
    yield f"{title} · {bringer}" if bringer else title
    yield from (f"! {line}" for line in link_lines(desk, dossier))
    if not is_ready(row):
        yield f"! {_not_ready(row, dossier)}"
        return
    shelf = dossier.facts.get("shelf")
    outcome = tr(f"return.outcome.{dossier.outcome or 'approved'}")
    yield tr("return.result", outcome=outcome) + (tr("return.shelf", shelf=shelf) if shelf else "")
    today = legal_day(desk.now())
    goes = [one for one in dossier.held if kept_back(dossier, one, today, desk.law) is None]
    if goes:
        yield "! " + tr("return.originals", papers=", ".join(paper_title(one.paper, version) for one in goes))
    for one in dossier.held:
        refused = kept_back(dossier, one, today, desk.law)
        if refused is not None:
            yield f"✗ {paper_title(one.paper, version)}: {kept_words(refused)}"


def _not_ready(row: Row, dossier: Dossier) -> str:
    if dossier.returned_at is not None:
        told = tr("return.returned_at", moment=moment_long(dossier.returned_at))
        return " · ".join(part for part in (told, handed_line(dossier)) if part)
    if row["at_post"]:
        return tr("return.at_post")
    state = tr(f"state.{dossier.state}")
    if dossier.state == State.RESULT_READY or row["due_at"] is None:
        return tr("return.state", state=state)
    return tr("return.due", state=state, moment=epoch_end_long(row["due_at"]))
