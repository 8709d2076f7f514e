"""Amendments for tests: documents, what applying them gives, and a procedure that no law knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.answers import Refusal
from core.moments import LEGAL_TIME
from storage.amending import Proposal, apply, propose
from storage.desk import Desk, Done
from storage.officers import Officer

PERMIT = "test-permit"


def dump(desk: Desk) -> list[str]:
    """The shared tables."""
    return list(desk.projection.dump())


def rebuilt(desk: Desk) -> list[str]:
    """The shared tables, made again from the log."""
    desk.projection.rebuild()
    return dump(desk)


def asked(desk: Desk, by: Officer, document: Mapping[str, Any], signature: bytes | None = None) -> Proposal | Refusal:
    """What a document would do."""
    return propose(desk, by, written(document), "sua-doi.json", signature)


def written(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def amend(desk: Desk, by: Officer, document: Mapping[str, Any], signature: bytes | None = None) -> Proposal:
    """Propose and apply a document that must be accepted."""
    found = asked(desk, by, document, signature)
    assert isinstance(found, Proposal), found
    done = apply(desk, by, found)
    assert isinstance(done, Done), (done, found.failures, found.uncounted)
    return found


def closed(first: str, last: str | None = None) -> dict[str, Any]:
    return {"decision": "TB 1", "reason": "Đóng cửa vì bão", "closure": [{"from": first, "to": last or first}]}


def due(desk: Desk, dossier: str) -> str | None:
    """The dossier's due time by its row, to the minute."""
    row = desk.row(dossier)
    assert row is not None
    return None if row["due_at"] is None else datetime.fromtimestamp(row["due_at"], LEGAL_TIME).isoformat()[:16]


def counted(received: str, until: str, **more: Any) -> dict[str, Any]:
    """A golden case."""
    return {"received_at": received, "due_at": until, "counted": "đếm tay", "source": "ví dụ", **more}


def version(
    first: str, *cases: dict[str, Any], phases: list[dict[str, Any]] | None = None, **more: Any
) -> dict[str, Any]:
    """A version of the permit: five working days unless `phases` say otherwise."""
    limit = phases or [{"amount": "5", "unit": "working_day"}]
    variant = {
        "code": "standard",
        "title_vi": "Cấp phép thử",
        "title_en": "Test permit",
        "basis": "Đ.1",
        "phases": limit,
    }
    return {"valid_from": first, "variant": [variant], "case": list(cases), **more}


def permit(*versions: dict[str, Any]) -> dict[str, Any]:
    """A document with versions of the permit."""
    shared = {
        "name": PERMIT,
        "title_vi": "Cấp phép thử",
        "title_en": "Test permit",
        "level": "ward",
        "receiving": ["ward"],
        "deciding": "ward",
        "basis": "TT 1/2026",
        "on_supplement": "restart",
        "on_payment": "none",
        "result_vi": "Giấy phép",
        "result_en": "A permit",
        "verified": False,
        "unverified_reason_vi": "thử",
        "unverified_reason_en": "a trial",
    }
    return {"decision": "TT 1/2026", "field": "seals", "procedure": [{**shared, "version": list(versions)}]}
