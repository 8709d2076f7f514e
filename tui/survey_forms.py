"""Paper forms of the survey, one a page, each with a code of its own that is kept nowhere; in Vietnamese."""

from __future__ import annotations

from datetime import date

from core.document import Document, Items, Paragraph, Said, Table
from core.forms import day_words
from core.moments import legal_day
from core.survey import OVERALL, scale_on
from storage.desk import Desk
from storage.lawbook.scales import package_scales
from storage.press import Plate, Press
from storage.surveys import new_codes
from tui.i18n import in_language, tr
from tui.papers import heading_of
from tui.scale_words import scale_line


def survey_forms(press: Press, desk: Desk, count: int) -> Plate:
    """`count` forms with new codes as one PDF. Raises InvalidInput `survey_no_key`."""
    codes = new_codes(desk, count)
    today = legal_day(desk.now())
    with in_language("vi"):
        return press.letters([_form(press, desk, today, code) for code in codes], desk.now())


def _form(press: Press, desk: Desk, today: date, code: str) -> Document:
    form = press.form("survey", today)
    words, scale = form.words, scale_on(package_scales(), today)
    columns = (words["survey_place"], words["survey_criterion"], words["survey_points"])
    rows = tuple((f"{one.place}", one.title_vi, "0    1    2") for one in scale.criteria) if scale else ()
    steps = tuple(f"{place}. {tr(f'survey.step.{step}')}" for place, step in enumerate(OVERALL, 1))
    return Document(
        form=form,
        heading=heading_of(desk, form),
        day_words=day_words(today),
        blocks=(
            Said(((words["survey_code"], code),), strong=True),
            Paragraph(words["survey_about"]),
            Said(((words["survey_procedure"], ""),)),
            Table(words["survey_marks"], columns, rows),
            Items(words["survey_overall"], steps, (False,) * len(OVERALL)),
            *([Paragraph(scale_line(scale))] if scale else []),
        ),
    )
