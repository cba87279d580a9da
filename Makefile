# One command each, the same for people and CI. Only Python 3.11-3.13, git and make are needed.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
unexport PYTHONDONTWRITEBYTECODE  # compiled modules start twice as fast
ARGS ?=

.PHONY: install demo test check format lint types imports bench asyncapi export clean

install: .venv/.installed

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Python 3.11 to 3.13 is needed; this is %d.%d. Try: make PYTHON=python3.12" % v)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

demo: install
	@$(BIN)/lgsp demo $(ARGS)

test: install
	$(BIN)/pytest -n $(JOBS) $(ARGS)

check: install format lint types imports test

format: install
	$(BIN)/ruff format --check .

lint: install
	$(BIN)/ruff check .

types: install
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports --no-cache

bench: install
	$(BIN)/python -m bench $(ARGS)

# What is generated and committed: schemas, AsyncAPI document, docs/fidelity.md
export: install
	$(BIN)/lgsp contracts export contracts
	$(BIN)/python -m tools.fidelity > docs/fidelity.md

# AsyncAPI's own parser, for machines with Node
asyncapi:
	npm --prefix tools/asyncapi-check ci --silent
	node tools/asyncapi-check/check.mjs contracts/asyncapi.json

clean:
	rm -rf .venv .lgsp .mypy_cache .ruff_cache .pytest_cache
