# Firebreak: `make run` and `make test` are all a fresh Debian or Ubuntu machine needs (python3, python3-venv, make).
SHELL := /bin/bash
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 5000
UV ?= uv
JOBS ?= $(shell expr $$(nproc) + 1)
BIN := .venv/bin
SERVED := .venv/.served
TESTED := .venv/.tested
PRINTS := .venv/.prints
LEARNS := .venv-model/.learns
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))
PYTEST := $(BIN)/python -m pytest
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help install run ready test test-all test-setup bench model pictures lint lock messages clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

install: ready ## make the environment and the instance: database migrated, secret key made
	@$(BIN)/firebreak setup

run: ready $(PRINTS) ## set everything up and serve on http://127.0.0.1:5000 (PORT=, HOST=)
	@exec $(BIN)/firebreak serve --host $(HOST) --port $(PORT)  # makes or updates the instance itself

ready: $(SERVED) $(CATALOGUES)

test: test-setup ## set up what the tests need, then run them: eight to ten minutes
	$(BIN)/firebreak playbooks check playbooks
	$(PYTEST) tests/domain
	$(PYTEST) --ignore=tests/domain -n $(JOBS) --dist loadfile --no-loadscope-reorder

test-all: test-setup ## the tests and the long matrix
	$(PYTEST) tests/domain -m ""
	$(PYTEST) --ignore=tests/domain -n $(JOBS) --dist loadfile --no-loadscope-reorder -m ""

test-setup: $(TESTED) $(CATALOGUES)
	@scripts/packages pdf pdf-tools browser postgres

bench: $(TESTED) $(CATALOGUES) ## measure the desk beside bare floors: 15 minutes, ARGS=quick two (docs/speed.md)
	@scripts/packages --optional postgres
	$(BIN)/python -m bench $(ARGS)

model: $(LEARNS) ## learn the matcher's table anew from corpus/ and playbooks/: three minutes (docs/model-card.md)
	@.venv-model/bin/python -m training

pictures: $(TESTED) $(CATALOGUES) ## make the pictures of docs/ again, from a demonstration
	@scripts/packages browser
	$(BIN)/python scripts/pictures.py $(ARGS)

lint: $(TESTED) ## check style, types and templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates

lock: ## write the hashed lock files anew from pyproject.toml (needs uv)
	$(UV) lock --quiet
	$(UV) export --quiet --frozen --no-emit-project --no-header --no-dev -o requirements.lock
	$(UV) export --quiet --frozen --no-emit-project --no-header -o requirements-dev.lock
	$(UV) export --quiet --frozen --no-emit-project --no-header --no-dev --group model -o requirements-model.lock

messages: $(TESTED) ## gather the texts of code and templates into the gettext catalogues, and compile them
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k lazy_gettext --add-location=file --sort-by-file \
		--no-wrap -o .venv/messages.pot .
	$(BIN)/pybabel -q update -i .venv/messages.pot -d translations --no-fuzzy-matching --no-wrap \
		--ignore-pot-creation-date
	$(BIN)/pybabel -q compile -d translations

clean: ## remove the environment and everything made by tools; instance/ stays
	rm -rf .venv .venv-model .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
	find firebreak tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find translations -name '*.mo' -delete

$(SERVED): requirements.lock pyproject.toml scripts/environment
	@scripts/environment requirements.lock
	@touch $@

$(LEARNS): requirements-model.lock pyproject.toml scripts/environment
	@scripts/environment requirements-model.lock .venv-model
	@touch $@

$(TESTED): requirements-dev.lock pyproject.toml scripts/environment
	@scripts/environment requirements-dev.lock
	@touch $@ $(SERVED)

# Tried once, not at every start: without these packages the desk runs, and PDF says which one is missing.
$(PRINTS): firebreak/system.py scripts/packages | $(SERVED)
	@scripts/packages --optional pdf
	@touch $@

%.mo: %.po | $(SERVED)
	@$(BIN)/pybabel -q compile -i $< -o $@
