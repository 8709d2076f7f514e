"""The strip of segments that a trace is laid out on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from core.moments import Clock
from core.time_limit import HOURS, Unit

ENDLESS = 1 << 62
NOTHING = Fraction(0)


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of the answer; `to_at` None: still open. `counted` adds up to the limit, in its `unit`."""

    from_at: datetime
    to_at: datetime | None
    effect: str
    counted: Fraction
    unit: Unit
    basis: str | None
    phase: int


@dataclass(slots=True)
class _Piece:
    start: int
    end: int
    effect: str
    counted: Fraction
    unit: Unit
    basis: str | None
    phase: int

    def continues(self, other: _Piece) -> bool:
        return (
            self.effect == other.effect
            and self.basis == other.basis
            and self.unit is other.unit
            and self.phase == other.phase
        )


class Strip:
    """Pieces laid one after another; `at` is the moment where the last one ends."""

    __slots__ = ("_pieces", "at", "phase", "unit")

    def __init__(self, start: int, unit: Unit) -> None:
        self.at = start
        self.unit = unit
        self.phase = 1
        self._pieces: list[_Piece] = []

    def lay(self, end: int, effect: str, basis: str | None, counted: Fraction = NOTHING) -> None:
        """Go on to `end`; nothing where the strip is already there."""
        if end > self.at:
            self._pieces.append(_Piece(self.at, end, effect, counted, self.unit, basis, self.phase))
            self.at = end

    def cut(self, moment: int) -> None:
        """Take back what lies after the moment; of a piece that is cut, hours count in part and a day for nothing."""
        while self._pieces and self._pieces[-1].start >= moment:
            self.at = self._pieces.pop().start
        if self._pieces and self.at > moment:
            last = self._pieces[-1]
            hours = last.unit in HOURS or last.counted.denominator > 1
            last.counted = last.counted * Fraction(moment - last.start, last.end - last.start) if hours else NOTHING
            last.end = self.at = moment

    def credit(self, effect: str, amount: Fraction) -> None:
        """Write the amount on this phase's last piece of that effect."""
        for piece in reversed(self._pieces):
            if (piece.phase, piece.unit, piece.effect) == (self.phase, self.unit, effect):
                piece.counted = amount
                return

    def segments(self, clock: Clock) -> tuple[Segment, ...]:
        """The strip, equal neighbours folded and their amounts added; it is used up by this."""
        folded: list[_Piece] = []
        for piece in self._pieces:
            if folded and folded[-1].continues(piece):
                folded[-1].end = piece.end
                folded[-1].counted += piece.counted
            else:
                folded.append(piece)
        self._pieces = []
        return tuple(_segment(piece, clock) for piece in folded)


def _segment(piece: _Piece, clock: Clock) -> Segment:
    end = None if piece.end == ENDLESS else clock.moment(piece.end)
    return Segment(clock.moment(piece.start), end, piece.effect, piece.counted, piece.unit, piece.basis, piece.phase)
