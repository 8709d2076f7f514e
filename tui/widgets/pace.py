"""How fast keys come: what tells a scanner's burst from a person's typing."""

from __future__ import annotations

GAP = 0.03
"""Seconds between two keys of a scanner at most; a person is slower."""
PAUSE = 0.25
"""Seconds for which a busy machine may hold a scan up; so long, what was typed of it is still taken back."""
LONG = 20
"""Characters with no gap that make a scan by themselves."""
ENDED = 8
"""Characters with no gap that make a scan when Enter follows."""
