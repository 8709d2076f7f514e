"""`pip install .` into an empty environment gives a working command with all its data files."""

import json
import os
import subprocess
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_an_installed_motcua_has_its_data(tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(scripts / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(ROOT / "constraints.txt"), str(ROOT)], check=True, cwd=tmp_path)
    desk = tmp_path / "desk"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PYTHON"))},
        "MOTCUA_DATA": str(desk),
        "MOTCUA_PIN": "2468",
    }

    def motcua(*words, given=None):
        command = [str(scripts / "motcua"), *words]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, input=given, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    assert len(json.loads(motcua("catalogue", "list", "--on", "2026-11-23", "--json"))) >= 15
    motcua("init", "--unit", "X.01", "--unit-name", "Công an phường Thử", "--desk", "1", "--officer", "Trần Minh")
    row = json.dumps({"procedure": "temporary-residence", "applicant_name": "Lê Ngọc Ánh"}).encode()
    (taken,) = json.loads(motcua("intake", "-", "--json", given=row))
    motcua("letter", taken["receipt_number"], "receipt", "--out", str(tmp_path / "slip.pdf"))
    assert (tmp_path / "slip.pdf").read_bytes().startswith(b"%PDF")
    assert "Lê Ngọc Ánh" in motcua("search", "ngoc anh").decode()
