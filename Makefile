# Everything a person does with this project; `make help` lists it.
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
BENCH_INSTALLED := .venv-bench/.installed
MONTHS ?= 4
PORT ?= 8080
export PYTHONPATH := $(CURDIR)$(if $(PYTHONPATH),:$(PYTHONPATH))

.DEFAULT_GOAL := help
.PHONY: help install demo test run backfill up down clean slow-test chaos audit cluster-test lint format evaluate bench cities docs graph lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-13s %s\n", $$1, $$2}'

install: $(INSTALLED) ## make .venv with every package of locks/dev.txt, its hash checked

$(INSTALLED): locks/dev.txt locks/uv.txt locks/openlineage.txt locks/oracles.txt locks/examples.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "TechPulse needs Python 3.11, 3.12 or 3.13; this is %d.%d. Next step: make PYTHON=python3.12 $(MAKECMDGOALS)" % v)'
	@echo "Installing into $(VENV) (a minute or two) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/uv.txt
	@# Modules are compiled when they are first imported: all of them take longer than the rest of the install.
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r locks/dev.txt
	@# Off the path: only tests/integration/test_lineage.py has it, as only those who want lineage do.
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --no-deps --target $(VENV)/openlineage --require-hashes -r locks/openlineage.txt
	@# Off the path, too: with numpy on it, each process that imports pyarrow takes 0.4 s longer, and the image has none.
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --target $(VENV)/oracles --require-hashes -r locks/oracles.txt
	@# Off the path, too: marimo is for one test and for analysts.
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --target $(VENV)/examples --require-hashes -r locks/examples.txt
	@touch $@

demo: $(INSTALLED) ## generated months through the whole pipeline, no network (MONTHS=4)
	@$(BIN)/python -m local demo --months $(MONTHS)

test: $(INSTALLED) ## the tests, by up to four workers (COVERAGE=1: measure it, too)
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 $(if $(COVERAGE),--cov --cov-report=term:skip-covered)

slow-test: $(INSTALLED) ## the tests that `make test` leaves to the nightly run
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 -m slow --slow

chaos: $(INSTALLED) ## kill, starve and damage the pipeline, then compare every row; fills docs/chaos.md
	@$(BIN)/python -m pytest tests/chaos --chaos full

# pip-audit finds "no known vulnerabilities" where its service has no advisories, as on a mirror. So a
# release that has some is asked for first.
PIP_AUDIT := $(BIN)/pip-audit --no-deps --disable-pip --progress-spinner off
LOCKED := constraints.txt
IGNORED = $(shell sed -nE 's/^([A-Z][^ ]*) +[^ ].*/--ignore-vuln \1/p' audit-ignored.txt)
audit: $(INSTALLED) ## known vulnerabilities in what is locked (REQUIRED=1: fail where that cannot be asked)
	@if echo requests==2.19.1 | $(PIP_AUDIT) -r /dev/stdin 2>&1 | grep -q '^Found '; \
	then $(PIP_AUDIT) $(if $(REQUIRED),--strict) $(IGNORED) -r $(LOCKED); \
	else echo "DEPENDENCY AUDIT NOT DONE: no service answers with advisories from here."; exit $(if $(REQUIRED),1,0); fi

cluster-test: $(INSTALLED) ## a cluster's backfill with a worker killed: PostgreSQL, Redis, S3, Celery (CLUSTER_MONTHS=12)
	@CLUSTER_MONTHS=$(or $(CLUSTER_MONTHS),12) $(BIN)/python -m pytest tests/cluster -s

run: $(INSTALLED) ## one real month on the configured connections: make run MONTH=2026-05
	@$(BIN)/python -m local run --month "$(or $(MONTH),$(error say which month: make run MONTH=2026-05))"

backfill: $(INSTALLED) ## many months, resumable: make backfill FROM=2011-04 TO=2026-10 (AGAIN=1: all of them)
	@$(BIN)/python -m local backfill --port $(PORT) $(if $(AGAIN),--again) \
		--first "$(or $(FROM),$(error say which months: make backfill FROM=2011-04 TO=2026-10))" \
		--last "$(or $(TO),$(error say which months: make backfill FROM=2011-04 TO=2026-10))"

up: $(INSTALLED) ## Airflow with the bundle on 127.0.0.1 (PORT=8080, DEMO=1 for the demo's data)
	@$(BIN)/python -m local up --port $(PORT) $(if $(DEMO),--demo)

down: $(INSTALLED) ## end Airflow and all of its processes
	@$(BIN)/python -m local down

clean: $(INSTALLED) ## delete .airflow/ and the data, after saying what that is (YES=1: do not ask)
	@$(BIN)/python -m local clean $(if $(YES),--yes)

lint: $(INSTALLED) ## ruff, mypy, import-linter, sqlfluff, hadolint
	@$(MAKE) --no-print-directory --jobs=3 lint-types lint-sql lint-rest

.PHONY: lint-types lint-sql lint-rest
lint-types:
	@$(BIN)/mypy
lint-sql:
	@cd dbt && ../$(BIN)/sqlfluff lint --ignore-local-config --config ../pyproject.toml models tests macros
lint-rest:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo --cache-dir .venv/.import-linter
	@$(BIN)/hadolint Dockerfile deploy/Dockerfile

format: $(INSTALLED) ## write the code in the one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

evaluate: $(INSTALLED) ## score the classifier on labels and generated truth (ARGS=--unknown: new names)
	@$(BIN)/python -m bench.evaluate $(ARGS)

bench: $(INSTALLED) $(BENCH_INSTALLED) ## measure, side by side (QUICK=1: ten minutes; ONLY=fetch; HISTORY=1)
	@$(BIN)/python -m bench $(if $(QUICK),--quick) $(or $(ONLY),$(if $(HISTORY),history))

$(BENCH_INSTALLED): locks/bench.txt | $(INSTALLED)
	@echo "Installing what the product is measured against into .venv-bench ..."
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-bench
	@$(BIN)/uv pip install --quiet --system-certs --python .venv-bench/bin/python --compile-bytecode --require-hashes -r $<
	@touch $@

cities: locks/cities.txt | $(INSTALLED) ## write the reader's cities.csv from GeoNames (35 MB, in .venv-cities)
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python .venv-cities
	@$(BIN)/uv pip install --quiet --system-certs --python .venv-cities/bin/python --require-hashes -r $<
	@.venv-cities/bin/python -m local.cities

docs: $(INSTALLED) ## dbt's documentation of every table, as one page: dbt/target/static_index.html
	@cd dbt && ../$(BIN)/dbt docs generate --static --quiet
	@echo "open dbt/target/static_index.html"

graph: $(INSTALLED) ## write dbt/graph.json, which the analytics DAG is rendered from, and the data contract
	@cd dbt && ../$(BIN)/dbt parse --quiet
	@$(BIN)/python -m include.dbt.project

COMPILE := $(BIN)/uv pip compile --quiet --system-certs --universal --python-version 3.11 --no-header --no-annotate
lock: ## resolve constraints.txt from requirements*.txt, and each lock, with hashes, from both
	@$(COMPILE) requirements-dev.txt -o constraints.txt
	@$(COMPILE) --generate-hashes -c constraints.txt requirements-dev.txt -o locks/dev.txt
	@$(COMPILE) --generate-hashes -c constraints.txt requirements.txt requirements-cluster.txt -o locks/image.txt
	@$(COMPILE) --generate-hashes requirements-bench.txt -o locks/bench.txt
	@$(COMPILE) --generate-hashes requirements-cities.txt -o locks/cities.txt
	@$(COMPILE) --generate-hashes --no-deps requirements-openlineage.txt -o locks/openlineage.txt
	@$(COMPILE) --generate-hashes -c constraints.txt requirements-oracles.txt -o locks/oracles.txt
	@echo uv==$(UV_VERSION) | $(COMPILE) --generate-hashes - -o locks/uv.txt
	@$(COMPILE) --generate-hashes -c constraints.txt requirements-examples.txt -o locks/examples.txt
