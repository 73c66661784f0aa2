# Lan Tỏa. `make help` prints the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMPS := $(VENV)/.stamps
PIP := $(PY) -m pip --disable-pip-version-check --no-input -qq
TEST_JOBS ?= 2
ARGS ?=

export PYTHONUTF8 = 1

# The first Python that is new enough and can make a venv; `make PYTHON=/path/to/python3.12 ...` overrides.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)

# A stamp carries the checksum of what it was made from in its name: another lock file, another stamp.
RUN_STAMP := $(STAMPS)/run-$(shell cat requirements-run.lock pyproject.toml | cksum | tr ' ' '-')
DEV_STAMP := $(STAMPS)/dev-$(shell cat requirements.lock pyproject.toml | cksum | tr ' ' '-')

TRANSLATIONS := backend/translations
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard $(TRANSLATIONS)/*/LC_MESSAGES/*.po))

##@ Dùng / Use

.PHONY: run
run: setup pwa $(CATALOGUES) ## Start a node with a living demo commune (PORT=8000, LANTOA_DATA=./var)
	@LANTOA_MODE=demo; LANTOA_DATA="$${LANTOA_DATA:-./var}"; PORT="$${PORT:-8000}"; \
	export LANTOA_MODE LANTOA_DATA PORT; \
	$(BIN)/lantoa demo && exec $(BIN)/lantoa serve

.PHONY: demo
demo: setup $(CATALOGUES) ## Throw the demo data away and plant it anew
	@LANTOA_MODE=demo LANTOA_DATA="$${LANTOA_DATA:-./var}" $(BIN)/lantoa demo --fresh

.PHONY: demo-federation
demo-federation: setup-dev $(CATALOGUES) ## One province, three communes and a line that can be cut (CHECK=1: lives through it all by itself; PORT=8100)
	@exec $(PY) scripts/demo_federation.py

##@ Kiểm tra / Prove

.PHONY: test
test: setup-dev pwa $(CATALOGUES) ## Run all tests (ARGS="-k contest" is handed to pytest)
	@$(PY) scripts/ensure_test_services.py
	$(PY) scripts/build_pwa.py --test
	$(BIN)/pytest -n $(TEST_JOBS) --dist loadgroup -m "not browser and not fault" --durations=15 $(ARGS)
	@# Each file of browser tests has a node of its own. One that fails is tried twice more and named as RERUN: look into it.
	$(BIN)/pytest -n $(TEST_JOBS) --dist loadfile -m "browser" --reruns 2 -r R --durations=15 $(ARGS) || [ $$? -eq 5 ]
	@# These kill processes and race threads: one at a time, and once only. Code 5 = nothing matched.
	$(BIN)/pytest -m "fault" $(ARGS) || [ $$? -eq 5 ]

.PHONY: check
check: setup-dev ## Format, lint, types, import contracts, stale files, the app's types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/lantoa openapi --check
	$(PY) scripts/build_pwa.py --check

.PHONY: bench
bench: setup-dev pwa $(CATALOGUES) ## Run the benchmarks, about 12 minutes and half an hour for the country (ARGS="hot boards opening field phone certificates country" chooses)
	@$(PY) scripts/ensure_test_services.py --bench
	$(PY) -m loadtests.bench $(ARGS)

##@ Làm / Work

.PHONY: setup
setup: $(RUN_STAMP) ## Make .venv with what a node needs
	@:

.PHONY: setup-dev
setup-dev: $(DEV_STAMP) ## Make .venv with the tools for tests and checks as well
	@:

.PHONY: pwa
pwa: setup ## Build the phone's app, if its sources changed
	@$(PY) scripts/build_pwa.py

.PHONY: fmt
fmt: setup-dev ## Format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: openapi
openapi: setup ## Write the OpenAPI documents anew
	$(BIN)/lantoa openapi

.PHONY: messages
messages: setup ## Collect the messages to translate and update the catalogues
	@mkdir -p $(TRANSLATIONS)
	$(BIN)/pybabel -q extract -F pyproject.toml -k _l -k lazy_gettext --no-location --sort-output \
		--project "Lan Tỏa" -o $(TRANSLATIONS)/messages.pot .
	$(BIN)/pybabel -q update -i $(TRANSLATIONS)/messages.pot -d $(TRANSLATIONS) --no-fuzzy-matching --ignore-pot-creation-date
	@$(MAKE) catalogues

.PHONY: lock
lock: ## Write both lock files anew (ARGS=--upgrade takes the newest versions)
	PYTHON="$(PYTHON)" sh scripts/lock.sh $(ARGS)

.PHONY: clean
clean: ## Remove all that can be made again (data in var/ stays)
	rm -rf $(VENV) mobile_api/pwa/node_modules loadtests/lighthouse/node_modules tests/targets/dhis2_client/node_modules mobile_api/static/app dist build
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find $(wildcard backend campaigns mobile_api admin scripts tests loadtests) \
		\( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +

.PHONY: help
help: ## Print this
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo

# --- what the targets above stand on -----------------------------------------------------------------------------

.PHONY: catalogues
catalogues: $(CATALOGUES)
	@:

%.mo: %.po
	@$(BIN)/pybabel -q compile -i $< -o $@

$(CATALOGUES): | setup

$(PY):
	@if [ -z "$(PYTHON)" ]; then \
		echo "Cần Python 3.11 trở lên, có venv / Python 3.11 or newer with venv is needed" >&2; \
		echo "(Debian, Ubuntu: apt-get install python3 python3-venv; or: make PYTHON=/path/to/python3.12)" >&2; exit 1; fi
	@echo "Tạo môi trường Python / making $(VENV) …"
	@$(PYTHON) -m venv --clear $(VENV)

$(RUN_STAMP): | $(PY)
	@echo "Cài thư viện Python (1-2 phút lần đầu) / installing Python packages (1-2 minutes the first time) …"
	@$(PIP) install --require-hashes -r requirements-run.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p $(STAMPS) && rm -f $(STAMPS)/run-* && touch $@

$(DEV_STAMP): | $(RUN_STAMP)
	@echo "Cài công cụ kiểm thử / installing the tools for tests and checks …"
	@$(PIP) install --require-hashes -r requirements.lock
	@mkdir -p $(STAMPS) && rm -f $(STAMPS)/dev-* && touch $@
