"""By which words a dossier is found."""

from __future__ import annotations

from core.dossier import Dossier
from core.search import index_words

_SEARCHED = ("name", "number", "old_number", "id_number", "phone", "email", "address")


def search_words(dossier: Dossier) -> str:
    """What search compares: names, numbers, phones, addresses, matter fields and receipt numbers."""
    people = [party.get(name) for party in (dossier.applicant, dossier.bringer) for name in _SEARCHED]
    parts = [*people, *dossier.matter.values(), dossier.receipt_number, dossier.official_number]
    return index_words(str(part) for part in parts if part)
