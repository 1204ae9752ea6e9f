# The whole set-up is here: a machine needs Python >= 3.11 with pip or venv, and make.
# ARGS is handed on: `make run ARGS=--detach`, `make test ARGS=--full`.

.DEFAULT_GOAL := help
.PHONY: help set-up run test check
ARGS ?=
# Tests of one file stay together: they share what they started.
WORKERS ?= 2

# That of .venv, else the newest one that really runs: a shim of pyenv may be on PATH without a Python behind it.
FIND_PYTHON = for name in .venv/bin/python python3.15 python3.14 python3.13 python3.12 python3.11 python3 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then command -v $$name; exit; fi; done

help: ## show this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16
	@echo 'More: .venv/bin/probashi --help'

set-up: ## install and build what is missing or has changed; the other targets do it too
	@python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "Probashi needs Python 3.11 or newer; PATH has $$(python3 --version 2>&1 || echo none)." >&2; exit 1; \
	fi; \
	"$$python" runner/bootstrap.py

run: set-up ## serve everything at http://127.0.0.1:8000; ARGS=--detach returns when all is ready
	@exec .venv/bin/probashi up $(ARGS)

test: set-up ## run the tests; ARGS=--full the long ones too
	@exec .venv/bin/pytest -n $(WORKERS) --dist loadfile $(ARGS)

check: set-up ## format, lint, types, walls between the packages
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports
