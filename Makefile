# Every target stands on `make install`, which makes .venv from the pinned requirements.
SHELL := /bin/sh
# Bytecode is kept, also where the environment says not to: every worker and every server of a test would compile all anew.
unexport PYTHONDONTWRITEBYTECODE
VENV ?= .venv
PY := $(VENV)/bin/python
UV_VERSION := 0.13.9

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo $$p; break; }; done)

PORT ?= 8000
TESTS ?= tests
# One more than there are cores: while a test waits for a server, another runs.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

.PHONY: help install install-test demo run test check screenshots lint format types messages pins faults \
	networks bench-delivery bench-sources bench-insight bench-webhooks bench-desk clean

help: ## what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(PY):
	@if [ -z "$(PYTHON)" ]; then \
		echo "smeditor needs Python 3.11 or newer and none was found. Install one, or name it: make PYTHON=/path/to/python3.12 demo" >&2; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "smeditor needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=/path/to/python3.12 demo" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

# uv installs in seconds; where it cannot reach the registry that pip is set up for, pip does it. Bytecode is made here:
# otherwise the first start compiles a thousand modules while somebody waits for a page, and does it again each time
# where nothing may be written beside the code.
$(VENV)/.installed-%: requirements/%.txt $(PY)
	@echo "Installing requirements/$*.txt into $(VENV) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PY) -r requirements/$*.txt 2>$(VENV)/uv.log \
		|| $(PY) -m pip install --quiet --disable-pip-version-check -r requirements/$*.txt
	@$(PY) -m compileall -q newsroom smeditor
	@touch $@

install: $(VENV)/.installed-demo ## .venv with everything that the newsroom and its demo need
install-test: $(VENV)/.installed-test ## the same with what the tests need

demo: $(if $(NETWORKS),install-test,install) ## a working newsroom on loopback; ONCE=1 one day without a person, PORT=…, BLUESKY=1 the real Bluesky, NETWORKS=x,facebook doubles of others
	@exec $(PY) -m newsroom.demo --port $(PORT) $(if $(ONCE),--once) $(if $(BLUESKY),--bluesky) $(if $(NETWORKS),--networks $(NETWORKS)) $(DEMO_ARGS)

run: install ## web and worker for development, on one's own database
	@exec $(PY) manage.py serve --port $(PORT)

test: install-test ## everything that passes without outside services; the rest is skipped with its reason
	@$(PY) -m pytest $(TESTS) -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TEST_ARGS)

check: install-test ## in less than a minute: lint, types, laws and the nearest tests of what differs from BASE=origin/main
	@$(PY) -m tests.changed

screenshots: install-test ## every page of a full desk as a picture in var/screenshots (SCREENSHOTS=inbox: those alone)
	@$(PY) -m pytest tests/browser/screenshots.py tests/browser/network_screenshots.py -q

lint: install-test ## ruff, types, migrations, templates, translations
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/mypy
	@DJANGO_SETTINGS_MODULE=newsroom.settings.testing $(PY) manage.py makemigrations --check --dry-run
	@$(VENV)/bin/djlint --lint --quiet templates smeditor/templates newsroom
	@$(PY) -m tests.translations

format: install-test ## ruff and djlint, in place
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .
	@$(VENV)/bin/djlint --reformat --quiet templates smeditor/templates newsroom || true

MAKE_MESSAGES := makemessages -l fr --no-location --no-wrap
messages: export DJANGO_SETTINGS_MODULE = newsroom.settings.testing
messages: install-test ## collect the strings of the interface into the translation files, and compile them
	@cd smeditor && ../$(PY) ../manage.py $(MAKE_MESSAGES) && ../$(PY) ../manage.py compilemessages
	@$(PY) manage.py $(MAKE_MESSAGES) -i $(VENV) -i var -i smeditor -i tests -i bench -i docs
	@cd newsroom && ../$(PY) ../manage.py compilemessages

pins: ## pin the newest versions of what pyproject.toml asks for
	@for g in "base" "demo --extra demo --extra postgres --extra redis --extra semantic --extra webmention" "test --extra test"; do set -- $$g; n=$$1; shift; \
		$(VENV)/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 pyproject.toml "$$@" \
		-c requirements/constraints.txt --no-header --no-annotate --no-emit-index-url -o requirements/$$n.txt; \
		sed -i '1i # Pinned from pyproject.toml with: make pins' requirements/$$n.txt; done

networks: install-test ## the tests of every network, and the operations of each that they exercise
	@DJANGO_SETTINGS_MODULE=newsroom.settings.testing $(PY) -m tests.networks $(TEST_ARGS)

faults: install-test ## kill and break the sender at every named point (FAULTS_ARGS=--short)
	@$(PY) -m tests.faults $(FAULTS_ARGS)

bench-delivery: install-test ## deliveries against a bare client, and lateness
	@$(PY) -m bench.delivery $(BENCH_ARGS)

bench-sources: install-test ## 2,000 feeds and pages, some slow, some dead, and 50 accounts read by their plan while posts go out
	@$(PY) -m bench.sources $(BENCH_ARGS)

bench-webhooks: install-test ## the doors for what others send, knocked at by honest and lying hands, beside an empty view
	@$(PY) -m bench.webhooks $(BENCH_ARGS)

bench-insight: install-test ## grouping, triage and alerts on public data
	@$(PY) -m bench.insight $(BENCH_ARGS)

bench-desk: install-test ## every page and tick in a small and in a large newsroom; DATABASE_URL chooses the server
	@$(PY) -m bench.desk $(BENCH_ARGS)

clean: ## what was made here
	rm -rf $(VENV) var .pytest_cache .ruff_cache .mypy_cache .hypothesis
