"""A suggestion that an officer may take, on a screen or in the line mode."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One suggestion: what it is (`id`), how it reads, and a short remark at its right end."""

    id: str
    text: str
    remark: str = ""
