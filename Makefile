# Two commands do everything:  make run  and  make test
PYTHON ?= python3
VENV ?= .venv
CORES ?= all
TARGET ?= all
BIN := $(VENV)/bin

.PHONY: run test test-anywhere verify lint docs clean help

run: $(VENV)/ready  ## make all tables and figures of config.yaml
	$(BIN)/snakemake --workflow-profile workflow/profiles/default --cores $(CORES) $(TARGET)

verify: $(VENV)/ready  ## compare the results with what the run recorded
	$(BIN)/python -m latentscape verify results

test: $(VENV)/ready-dev  ## run the tests
	$(BIN)/pytest

test-anywhere: $(VENV)/ready-dev  ## run the tests that need SLURM, conda or many kills, and say what was left out
	$(BIN)/pytest tests/anywhere -m anywhere -n 0 --durations=0

lint: $(VENV)/ready-dev  ## run every linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint
	$(BIN)/snakemake --lint --snakefile workflow/Snakefile

docs: $(VENV)/ready-dev  ## rewrite the reference pages and the schema, and build the site docs/_build/html
	$(BIN)/python -m latentscape reference
	$(BIN)/python -m sphinx -W -q -b html docs docs/_build/html

$(VENV)/ready: requirements.txt constraints.txt
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'latentscape needs Python 3.11 or newer')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --requirement requirements.txt
	touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-dev.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --requirement requirements-dev.txt
	touch $@

clean:  ## remove everything made, not the environment
	rm -rf results .snakemake

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16
