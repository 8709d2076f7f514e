"""The workstation on a folder, signed in, for byte tests: `python tests/tui/desk_app.py FOLDER OFFICER`."""

from __future__ import annotations

import sys
from pathlib import Path

from tui.terminal import prepare

prepare()

from tui.app import run_workstation  # noqa: E402
from tui.i18n import set_language  # noqa: E402

if __name__ == "__main__":
    set_language("vi")
    sys.exit(run_workstation(Path(sys.argv[1]), officer=sys.argv[2]))
