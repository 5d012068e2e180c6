# Two commands do all the set-up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
OUT ?= out
BIN := $(VENV)/bin

.PHONY: demo test lint bench tour clean

demo: $(VENV)/.installed
	$(BIN)/cleaner clean examples -o $(OUT)
	@echo
	@echo "What became of one of them, block by block (examples/beef-prices.txt):"
	@echo
	$(BIN)/cleaner explain examples/beef-prices.txt
	@echo
	@echo "The stories are in $(OUT)/; what was removed is in $(OUT)/.cleaner/."

test: $(VENV)/.installed-dev
	$(BIN)/python -m pytest

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/.installed-bench
	$(BIN)/python -m bench

tour: $(VENV)/.installed
	$(BIN)/python docs/tour.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: pyproject.toml | $(BIN)/python
	@# Older pips stumble over an extra that two of the peers ask for.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,bench]'
	@touch $@ $(VENV)/.installed-dev $(VENV)/.installed

clean:
	rm -rf $(VENV) $(OUT) build dist .mypy_cache .pytest_cache .ruff_cache
