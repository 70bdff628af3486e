# One entry for people and for CI. Needs Python 3.11 or newer with venv, and make; each target sets up what it needs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
# The pytest workers: two cores are what CI has, and a third of the tests' time is waiting for processes and clocks.
JOBS ?= 3

.PHONY: help demo setup test rules coverage mutants lower-bounds check lint types contracts bench ratios docs fuzz soak pictures \
	locales requirements update wheel sbom clean
.DEFAULT_GOAL := help

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.runtime: requirements.txt requirements-build.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Setting up $(VENV) …"
	@$(PIP_INSTALL) -r requirements-build.txt -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
# Where Python may not write bytecode by itself, every start would compile all of it: a quarter of its time.
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements-dev.txt
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

CATALOGUES := $(wildcard locales/*/LC_MESSAGES/cohort_bot.po)
COMPILED := $(CATALOGUES:.po=.mo)

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel -q compile -i $< -o $@

setup: $(VENV)/.runtime $(COMPILED)  ## make .venv with the pinned dependencies

demo: $(VENV)/.runtime $(COMPILED)  ## the whole bot in a browser page, without any token; PORT=9000 moves it, DATABASE=demo.db keeps it
	@exec $(BIN)/cohort-bot demo $(if $(DATABASE),--database $(DATABASE))

# Compiled as above, for the tests start a hundred processes. Each worker begins with one half of the list, so that tests
# that wait for processes run beside tests that compute; at the end it takes over some of the other's. What pytest makes
# of the assertions is kept, for it takes each worker ten seconds.
test: $(VENV)/.dev $(COMPILED)  ## every test
	@$(BIN)/python -m compileall -q src tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -q -m "not long"

# The part of `make coverage` that `make check` has room for: it costs ten seconds. What is timed is timed by `make test`,
# where nothing is counted beside it.
rules: $(VENV)/.dev  ## the tests of the rules in core/ with coverage of lines and branches; fails below the floor
	@mkdir -p .cache
	@$(BIN)/python -m coverage run --rcfile=/dev/null --branch --source=cohort_bot.core --data-file=.cache/coverage-core \
		-m pytest -q tests/core -m "not timed"
	@$(BIN)/python -m coverage report --data-file=.cache/coverage-core --fail-under=$(RULES)

# In a target of its own, which CI runs beside `make check`: on Python 3.11 counting doubles the processor time of a test
# that computes (tests/core: 15 s and 30 s; as much for lines alone, or for one room), and `make check` has ten minutes.
# With COVERAGE_CORE=sysmon it costs 5 % (measured on 3.13), for lines alone until Python 3.14.
# The floors are a point below what was measured: RULES by tests/core alone, FLOORS by a whole run.
RULES := 98
FLOORS := core=98 app=96 storage=96
coverage: $(VENV)/.dev $(COMPILED)  ## every test with coverage of lines and branches, in all processes; fails below the floors
	@rm -rf .cache/coverage && mkdir -p .cache/coverage
	@$(BIN)/python -m coverage run -m pytest -n $(JOBS) --dist worksteal -q -m "not long and not timed" $(TESTS) || failed=1; \
	$(BIN)/python -m coverage combine --quiet && $(BIN)/python -m coverage report || failed=1; \
	for each in $(FLOORS); do \
		$(BIN)/python -m coverage report --include="src/cohort_bot/$${each%=*}/*" --fail-under=$${each#*=} >.cache/coverage/room \
			|| failed=1; \
		echo "$$each: $$(grep -e TOTAL -e failure .cache/coverage/room | tail -1)"; done; exit $${failed:-0}

mutants: $(VENV)/.dev $(COMPILED)  ## break the rules in core/ in one place at a time; fails when no test notices; ONLY=groups,rounds
	@$(BIN)/python -m tools.mutants $(if $(ONLY),--only $(ONLY)) $(TESTS)

# What each library does at the version that pyproject.toml asks for at least. The tests' own tools stay as they are pinned.
lower-bounds: $(VENV)/.dev $(COMPILED)  ## the quick tests with the oldest versions that we say we run with (needs uv)
	@uv venv --quiet --clear --python $(PYTHON) .cache/lower-bounds
	@uv pip compile --quiet --python .cache/lower-bounds --resolution lowest-direct --all-extras --no-header \
		--output-file .cache/lower-bounds.txt pyproject.toml
	@uv pip install --quiet --python .cache/lower-bounds -r requirements-dev.txt
	@uv pip install --quiet --python .cache/lower-bounds -r .cache/lower-bounds.txt
	@uv pip install --quiet --python .cache/lower-bounds --no-deps -e .
	@.cache/lower-bounds/bin/python -m pytest -q -p no:cacheprovider -m "not long and not browser and not process" $(or $(TESTS),$(QUICK))

QUICK := tests/core tests/chat tests/web tests/storage tests/programmes tests/platforms/slack tests/platforms/discord/test_render.py \
	tests/app/test_checkin.py tests/app/test_own_calendar.py

lint: $(VENV)/.dev  ## ruff: style, time zones, security
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.dev  ## mypy, strict
	@$(BIN)/mypy

contracts: $(VENV)/.dev  ## who may import whom, and that each package that is imported is declared
	@$(BIN)/lint-imports
	@$(BIN)/deptry --no-ansi src

# Two at a time: types and contracts need one core each, and are done long before the tests.
check: lint  ## what CI runs
	@$(MAKE) --no-print-directory -j2 types rules test contracts BUT="--ignore tests/core"

PIN = uv pip compile $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet

ratios: $(VENV)/.dev  ## today's figures beside a bare bot, the same with a durable write, and raw sqlite3
	@$(BIN)/python -m benchmarks.ratios

bench: $(VENV)/.dev  ## the figures: benchmarks/results.md; takes minutes, wants a quiet machine
	@$(BIN)/python -m benchmarks
	@$(BIN)/python -m tests.harness.long
	@$(BIN)/python -m tests.harness.multi_process
	@$(BIN)/python -m benchmarks.engines
	@PEOPLE=200 ROUNDS=116 $(BIN)/python -m pytest -q --durations 4 tests/properties/test_simulation.py tests/properties/test_all_messages.py \
		tests/properties/test_paper_club.py tests/properties/test_small_groups.py

docs: $(VENV)/.dev  ## the site, in site/; the reference pages are made from the code first
	@$(BIN)/python -m cohort_bot.reference docs/reference
	@$(BIN)/python tools/house_picture.py
	@$(BIN)/python tools/delivery_picture.py
	@$(BIN)/zensical build --strict --clean

fuzz: $(VENV)/.dev  ## 100,000 inputs of any shape for the translators and all HTTP, and 200 cohorts on page and in chat; SEED=1 makes others
	@FUZZ=100000 $(BIN)/python -m pytest -q --timeout 3600 --hypothesis-seed=$(or $(SEED),0) --hypothesis-show-statistics \
		tests/properties/test_fuzz.py tests/properties/test_fuzz_http.py tests/programmes/test_importer_layouts.py
	@WORLDS=200 $(BIN)/python -m pytest -q --timeout 3600 tests/board/test_page_and_chat.py

soak: $(VENV)/.dev  ## a quarter of 20 cohorts of 30 with faults, on SQLite and on PostgreSQL: flat memory, nothing lost; takes 40 minutes
	@.ci/with-postgres $(BIN)/python -m pytest -q -m long
	@$(BIN)/python -m tests.harness.soak $(SOAK)
	@$(BIN)/python -m tests.harness.soak --postgresql $(SOAK)

pictures: $(VENV)/.dev  ## the README's pictures, from the story that the tests tell in the page
	@$(BIN)/python -m pytest -q tests/e2e/test_page.py -k four_weeks
	@mkdir -p docs/pictures
	@cp test-results/5-thread.png docs/pictures/week.png
	@cp test-results/4-check-in-form.png docs/pictures/check-in.png
	@$(BIN)/python -m pytest -q tests/e2e/test_first_minute.py -k "first_screen_says or one_click"
	@cp test-results/see-why-1280.png docs/pictures/progress.png
	@cp test-results/first-screen-1280.png docs/pictures/demo.png
	@$(BIN)/python -m pytest -q tests/e2e/test_page.py -k keyboard_alone
	@for each in week-375 week-375-dark form-375-dark week-1280-dark; do cp test-results/$$each.png docs/pictures/; done
	@$(BIN)/python -m pytest -q tests/platforms/discord/test_pictures.py
	@cp test-results/discord-*.png docs/pictures/

# Sentences are collected from their calls. Neither their lines nor the time are kept, which would change without them;
# the sentence itself is found in the code. A new sentence is left to the translators: a guess would look translated.
locales: $(VENV)/.dev  ## collect every sentence that people read, for translators; merge them into each language, and say what is missing
	@$(BIN)/pybabel -q extract --project cohort-bot --copyright-holder "the authors of cohort-bot" --no-wrap \
		--no-location --sort-by-file -F locales/babel.cfg -k N_ -k NN_:1,2 -k spans -k nspans:1,2 -o locales/cohort_bot.pot src
	@for each in $(CATALOGUES); do \
		$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --no-wrap -i locales/cohort_bot.pot -o $$each \
			-l $$(basename $$(dirname $$(dirname $$each))) || exit 1; done
	@sed -i -e '/^"POT-Creation-Date/d' locales/cohort_bot.pot $(CATALOGUES)
	@$(BIN)/python tools/translations.py

requirements:  ## pin again, with hashes and without any index address (needs uv)
	$(PIN) pyproject.toml --all-extras -o requirements.txt
	$(PIN) --group pyproject.toml:build -o requirements-build.txt
	$(PIN) pyproject.toml --all-extras --group dev -o requirements-dev.txt
	$(PIN) --group pyproject.toml:sbom -o requirements-sbom.txt

update:  ## the newest versions of all dependencies, and where their changelogs are (needs uv)
	@$(MAKE) -s requirements UPGRADE=--upgrade >&2
	@$(MAKE) -s $(VENV)/.dev >&2
	@$(BIN)/python tools/updated.py

wheel: $(VENV)/.runtime $(COMPILED)  ## dist/: what is published; tools/try_wheel.py tries it
	@rm -rf dist
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .

sbom: wheel  ## dist/: what the wheel runs with, as CycloneDX, with the licences
	@$(PYTHON) -m venv .cache/sbom
	@.cache/sbom/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-sbom.txt
	@$(PYTHON) -m venv --without-pip .cache/installed
	@.cache/sbom/bin/python -m pip --python .cache/installed/bin/python install --quiet --disable-pip-version-check \
		--require-hashes -r requirements.txt
	@.cache/sbom/bin/python -m pip --python .cache/installed/bin/python install --quiet --disable-pip-version-check \
		--no-deps dist/*.whl
	@.cache/sbom/bin/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
		-o dist/sbom.cdx.json .cache/installed/bin/python

clean:  ## remove what the targets made
	rm -rf $(COMPILED) site .cache $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
