# Everything a person or CI calls. The work is done by deploy/ (plain Python 3.11, nothing installed yet).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Debian's own interpreter first: workers need one that every user of the machine can read.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3.11) $(shell command -v python3.11) python3.11)
VENV := .venv/bin
export PYTHONPATH := .:platform

.PHONY: help run setup test check format validate manage lock compose-test clean

help: ## Show what can be asked for
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

run: ## Start GradeTape on this machine (PORT=8000 HOST=127.0.0.1)
	@$(PYTHON) -m deploy.bootstrap run

setup: ## Make .venv with everything a developer needs
	@$(PYTHON) -m deploy.bootstrap setup

test: ## Run all tests, two files at once (ARGS="-k name" goes to pytest)
	@$(PYTHON) -m deploy.bootstrap test
	@$(VENV)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: ## Lint, types, import contracts, templates, migrations, deployment settings
	@$(PYTHON) -m deploy.bootstrap setup
	@$(VENV)/python -m deploy.checks

format: ## Format the Python sources
	@$(VENV)/ruff format .
	@$(VENV)/ruff check --fix .

validate: ## Grade every challenge's own submissions and compare with what they promise
	@$(PYTHON) -m deploy.bootstrap setup
	@$(VENV)/python -m grader validate --record $(ARGS)

manage: ## Django's command line on this installation (ARGS="demo --reset")
	@$(VENV)/python -m deploy.manage $(ARGS)

lock: ## Compile requirements/*.in to *.txt with hashes
	@$(PYTHON) -m deploy.lock

compose-test: ## Build the images and try docker-compose.yml with podman, without any registry
	@bash deploy/try-compose.sh

clean: ## Remove the environment and caches; var/ (your data) stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache staticfiles
