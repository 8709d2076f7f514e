"""What is said of a bundle that was written or taken in, with the six words for the phone last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from core.moments import LEGAL_TIME
from tui.dates import moment_long
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.sync.bundle_export import Exported
    from storage.sync.bundle_import import Imported
    from storage.sync.post import Posted, Received


def exported_lines(done: Exported) -> Iterator[str]:
    """Which files, how much, by which decision."""
    names = ", ".join(name for name, _, _ in done.files)
    size = f"{sum(size for _, _, size in done.files) / 1_000_000:.1f}"
    yield tr("cli.bundle.exported", files=names, events=done.events, size=size, decision=done.policy.decision)
    if not done.policy.signed:
        yield tr("cli.bundle.not_city")
    yield tr("cli.bundle.words", words=done.words)


def imported_lines(done: Imported, number: int | None) -> Iterator[str]:
    """Whose it is (`number`: the maker's desk number, where known) and what came of it; its problem is told apart."""
    made = moment_long(datetime.fromisoformat(done.created).astimezone(LEGAL_TIME))
    yield tr("cli.bundle.from", number=number or "?", made=made, events=done.events)
    yield tr("cli.bundle.imported", received=done.received, duplicates=done.duplicates, behind=done.behind)
    if done.conflicts:
        yield tr("cli.sync.conflicts", count=done.conflicts)
    if done.words:
        yield tr("cli.bundle.words", words=done.words)


def posted_lines(done: Posted) -> Iterator[str]:
    """What goes to another unit, and what has to come back first where its key is not known yet."""
    if done.introduces:
        yield tr("cli.bundle.introduced", file=done.file, unit=done.unit)
    else:
        yield tr(
            "cli.bundle.posted", file=done.file, unit=done.unit, letters=done.letters, decision=done.policy.decision
        )
    if not done.policy.signed:
        yield tr("cli.bundle.not_city")
    yield tr("cli.bundle.words", words=done.words)


def received_lines(done: Received) -> Iterator[str]:
    """What another unit's file brought."""
    made = moment_long(datetime.fromisoformat(done.created).astimezone(LEGAL_TIME))
    yield tr("cli.bundle.post_from", unit=done.unit, made=made, letters=done.letters, new=done.new)
    yield tr("cli.bundle.words", words=done.words)
    yield tr("cli.bundle.post_check", unit=done.unit)
