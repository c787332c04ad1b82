# The two commands a newcomer needs are `make demo` and `make test`; ARGS is passed on to whatever runs.
# make demo ARGS='--once --json'    make test ARGS='-k segments'    make drill ARGS='--kills 20 --json'
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=
DRESS := $(wildcard mailer/web/assets/*.ts mailer/web/assets/*.css mailer/web/assets/*.json mailer/web/assets/*.py)
ON_BOTH := tests/house/test_store.py tests/house/test_backup.py tests/people tests/insights tests/campaigns \
	tests/delivery tests/replies tests/inbox tests/journey

.PHONY: demo test check bench drill browser shots assets spark fix clean

demo: .venv/installed
	@$(BIN)/mailer demo $(ARGS)

test: .venv/developed
	$(BIN)/python -m pytest -n auto $(ARGS)

check: .venv/developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test
	$(BIN)/python -m pytest -n auto --store postgresql $(ON_BOTH)

bench: .venv/developed
	@$(BIN)/python -m tests.bench $(ARGS)

drill: .venv/developed
	@$(BIN)/python -m tests.drill $(ARGS)

browser: .venv/developed assets
	$(BIN)/python -m pytest tests/browser -m browser $(ARGS)

shots: .venv/developed assets
	@$(BIN)/python -m tests.browser.shots $(ARGS)

assets: .venv/bin/pip
	@$(BIN)/python mailer/web/assets/build.py

# Ibis's Spark wants an older pandas than the rest, so it has an environment of its own; it needs Java.
spark:
	@$(PYTHON) -m venv .venv-spark
	@.venv-spark/bin/pip install --quiet --disable-pip-version-check -e . 'ibis-framework[pyspark]>=12,<13' 'pandas<3' 'psycopg[binary]' pytest hypothesis
	SPARK_LOCAL_IP=127.0.0.1 .venv-spark/bin/python -m pytest tests/insights/test_backends.py -k pyspark -W ignore $(ARGS)

fix: .venv/developed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv .venv-spark .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build shots mailer/web/assets/dist mailer/web/assets/node_modules

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; give it as: make PYTHON=python3.12 …"; exit 1; }
	@echo "making a virtual environment in .venv (once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'

.venv/installed: .venv/bin/pip pyproject.toml config/constraints.txt $(DRESS)
	@echo "installing what it needs (once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -c config/constraints.txt -e '.[sqlite]' || $(BIN)/pip install --quiet --disable-pip-version-check -c config/constraints.txt -e .
	@touch $@

.venv/developed: .venv/installed
	@$(BIN)/pip install --quiet --disable-pip-version-check -c config/constraints.txt --group dev
	@touch $@
