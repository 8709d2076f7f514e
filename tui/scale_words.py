"""The scale of satisfaction in words: its criteria, its bands, and what is doubtful in it."""

from __future__ import annotations

from fractions import Fraction

from core.survey import Criterion, Scale
from tui.i18n import language, tr


def criterion_words(one: Criterion) -> str:
    """What one of the nine asks."""
    return one.title_vi if language() == "vi" else one.title_en


def scale_line(scale: Scale) -> str:
    """What the criteria and bands rest on, and why nobody should rely on it yet."""
    if scale.verified:
        return tr("survey.basis", basis=scale.basis)
    why = scale.unverified_reason_vi if language() == "vi" else scale.unverified_reason_en
    return tr("survey.basis_unverified", basis=scale.basis, why=why or "")


def band_words(scale: Scale | None, points: Fraction) -> str:
    """What a mean of points of all nine is called."""
    band = scale.band(points) if scale else None
    return tr(f"survey.band.{band}") if band else "–"
