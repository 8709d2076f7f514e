"""Which paper belongs in a person's hands after what was just done: told in a line, never printed by itself."""

from __future__ import annotations

from core.standing import standing
from storage.desk import Desk
from tui.dates import end_long
from tui.i18n import tr

_LETTERS = {
    "supplement_requested": "supplement-request",
    "guided": "supplement-request",
    "refused": "refusal",
    "not_accepted": "refusal",
    "stopped": "stop-notice",
    "original_taken": "custody",
    "result_returned": "result-slip",
}
_NEW_DATES = frozenset({"supplement_received", "payment_received", "extended", "resumed", "promised_earlier"})


def offered(desk: Desk, dossier_id: str, kind: str) -> str:
    """«m: in …» or «p: in giấy hẹn mới …»; nothing where no paper goes with it."""
    if kind in _LETTERS:
        return tr("offer.letter", letter=tr(f"letter.{_LETTERS[kind]}"))
    dossier = desk.dossier(dossier_id) if kind in _NEW_DATES else None
    if dossier is None or dossier.received_at is None:
        return ""
    binding = standing(dossier, desk.law).binding_at
    told = [letter.promised_at for letter in dossier.letters.values() if letter.promised_at is not None]
    if binding is None or (told and told[-1] == binding):
        return ""
    return tr("offer.slip", moment=end_long(binding))
