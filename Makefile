# Two commands: `make serve` and `make test`. Everything is installed into a private environment.
VENV   ?= .venv
PYTHON ?= python3
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 8000
INDEX  ?= var/index

.PHONY: serve index test lint fit benchmark clean

serve: index
	$(BIN)/faq-serve --index $(INDEX) --host $(HOST) --port $(PORT)

index: $(VENV)/.installed
	@test -e $(INDEX)/current || $(BIN)/faq-index build --index $(INDEX)

test: $(VENV)/.installed-test
	$(BIN)/pytest

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fit: $(VENV)/.installed-test
	$(BIN)/python -m evaluation.fitting

benchmark: $(VENV)/.installed-test
	$(BIN)/python -m evaluation.benchmarks.latency
	$(BIN)/python -m evaluation.benchmarks.indexing
	$(BIN)/python -m evaluation.benchmarks.evaluating

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 serve"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,lint]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
