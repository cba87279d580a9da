# One command each, the same for people and CI. Only Python 3.11-3.13, git and make are needed.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 4
unexport PYTHONDONTWRITEBYTECODE  # compiled modules start twice as fast
ARGS ?=

.PHONY: install dev demo test test-kafka test-slow check format lint types imports bench torture asyncapi export lock clean

install: .venv/.installed
dev: .venv/.dev

.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Python 3.11 to 3.13 is needed; this is %d.%d. Try: make PYTHON=python3.12" % v)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/.dev: .venv/.installed requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

demo: install
	@$(BIN)/lgsp demo $(ARGS)

test: dev
	$(BIN)/pytest -n $(JOBS) -m "not slow and not containers" $(ARGS)

# The same tests on Apache Kafka; needs Java 17, and Maven for its first start. Of tests/broker, which is about the embedded
# broker, those that are about both: foreign clients, and the table of differences
test-kafka: dev
	LGSP_TEST_BROKER=apache $(BIN)/pytest -n $(JOBS) -m "not slow and not containers" $(ARGS)

.PHONY: differences
# Asks the named brokers every probe again, and writes docs/brokers.md: make differences ARGS=embedded
differences: dev
	$(BIN)/python -m tests.broker.differences $(ARGS)

# All paths one after the other: undisturbed, delivered twice, with adapters that come and go; long outages; what of scenarios,
# recordings, wrong adapters and systems outside is more of what `make test` has tried
SLOW_JOBS ?= 2
test-slow: dev
	$(BIN)/pytest -n $(SLOW_JOBS) -m slow $(ARGS)

.PHONY: test-postgres
# Agencies, all paths and kills on PostgreSQL: DATABASE=container (LGSP_POSTGRES_IMAGE), package (of the system), or a URL
DATABASE ?= container
POSTGRES_TESTS ?= tests/services tests/e2e/test_paths.py tests/e2e/test_kill.py
test-postgres: dev
	LGSP_TEST_DATABASE=$(DATABASE) $(BIN)/pytest -n $(SLOW_JOBS) -m "not slow and not containers" $(POSTGRES_TESTS) $(ARGS)

.PHONY: image
PYTHON_IMAGE ?= python:3.12-slim
# The image of everything; DOCKER_BUILD="docker build --network host" where only the host's network reaches Python's packages
DOCKER_BUILD ?= docker build
image:
	$(DOCKER_BUILD) --build-arg PYTHON_IMAGE=$(PYTHON_IMAGE) --tag $(or $(IMAGE),lgsp-sim:latest) .

.PHONY: test-containers
# The image, docker-compose.yml and PostgreSQL; needs a Docker engine. PYTHON_IMAGE, LGSP_KAFKA_IMAGE and LGSP_POSTGRES_IMAGE name other images
test-containers: dev
	$(BIN)/pytest -n $(SLOW_JOBS) --dist loadfile -m containers tests/containers $(ARGS)

check: format lint types imports test

format: dev
	$(BIN)/ruff format --check .

lint: dev
	$(BIN)/ruff check .

types: dev
	$(BIN)/mypy

imports: dev
	$(BIN)/lint-imports --no-cache

bench: dev
	$(BIN)/python -m bench $(ARGS)

# Kills, stops, cuts and starves real processes and judges what remains; it says how long it takes. docs/survival.md
torture: dev
	$(BIN)/python -m torture $(ARGS)

# What is generated and committed: schemas, AsyncAPI document, docs/fidelity.md, docs/scenarios-reference.md, scenarios/README.md
export: dev
	$(BIN)/lgsp contracts export contracts
	$(BIN)/python -m tools.fidelity > docs/fidelity.md
	$(BIN)/python -m tools.scenario_words
	$(BIN)/python -m tools.scenario_index

# AsyncAPI's own parser, for machines with Node
asyncapi:
	npm --prefix tools/asyncapi-check ci --silent
	node tools/asyncapi-check/check.mjs contracts/asyncapi.json

.PHONY: bundle
# One archive for networks without the internet: docs/closed-networks.md. PLATFORM and PYTHON_VERSION of the machine there; IMAGE=: no image
bundle: dev
	@$(BIN)/python -m tools.bundle $(if $(PLATFORM),--platform "$(PLATFORM)") $(if $(PYTHON_VERSION),--python-version "$(PYTHON_VERSION)") \
	  $(if $(filter undefined,$(origin IMAGE)),,--image "$(IMAGE)") $(ARGS)

# Pins every dependency for all supported systems and Pythons
lock:
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet --all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet --generate-hashes --extra postgres --extra tracing -c requirements-dev.lock pyproject.toml -o requirements-image.lock
	uv pip compile --universal --python-version 3.11 --no-header --no-annotate --quiet --generate-hashes -c requirements-dev.lock testing/pyproject.toml -o requirements-testing.lock

clean:
	rm -rf .venv .lgsp .mypy_cache .ruff_cache .pytest_cache
