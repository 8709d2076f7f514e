"""A gateway of a station: a real program that keeps what it is given and answers as a file beside it says."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROGRAM = """
import json, os, sys, time
from pathlib import Path

here = Path(sys.argv[1])
told = json.load(sys.stdin)
assert not [name for name in os.environ if name.startswith("MOTCUA_")]
print("+84905123456 loi")
with (here / "got.jsonl").open("a", encoding="utf-8") as file:
    file.write(json.dumps(told) + "\\n")
sys.exit(int((here / "status").read_text()))
"""


@dataclass(frozen=True, slots=True)
class Gateway:
    """`command` is what the settings name."""

    folder: Path

    @classmethod
    def at(cls, folder: Path, status: int = 0) -> Gateway:
        folder.mkdir(exist_ok=True)
        (folder / "gateway.py").write_text(_PROGRAM, encoding="utf-8")
        made = cls(folder)
        made.answer(status)
        return made

    @property
    def command(self) -> tuple[str, ...]:
        return sys.executable, str(self.folder / "gateway.py"), str(self.folder)

    def answer(self, status: int) -> None:
        """The exit status from now on."""
        (self.folder / "status").write_text(str(status), encoding="utf-8")

    @property
    def got(self) -> list[dict[str, Any]]:
        """Every message that it was given, in order."""
        path = self.folder / "got.jsonl"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []
