PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test check format locales docs bench clean

run: $(VENV)/run.stamp  ## open the demo station
	$(BIN)/motcua demo

test: $(VENV)/dev.stamp  ## every test
	$(BIN)/python -m pytest -n auto

check: $(VENV)/dev.stamp  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --no-warn-unused-ignores core storage tui
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

locales: $(VENV)/dev.stamp  ## .po to .mo, to be committed
	$(BIN)/pybabel --quiet compile --domain motcua --directory tui/locales --statistics

docs: $(VENV)/dev.stamp  ## docs/events.md from the table of kinds
	$(BIN)/python -c "from core.events import markdown; print(markdown(), end='')" > docs/events.md

bench: $(VENV)/bench.stamp  ## deadlines beside other libraries
	$(BIN)/python -m tests.bench.deadline_peers

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	touch $@

$(VENV)/dev.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[dev]"
	touch $@ $(VENV)/run.stamp

$(VENV)/bench.stamp: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) --editable ".[bench]"
	touch $@
