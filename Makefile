# `make` lists the targets. PYTHON chooses the interpreter that makes .venv. TORCH chooses the build of torch: cpu is
# small, cuda is large, auto takes the large one where a driver of NVIDIA is; CPU_INDEX is where the small one lies.
PYTHON ?= python3
TORCH ?= auto
CPU_INDEX ?= https://download.pytorch.org/whl/cpu
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --constraint constraints.txt
SMALL_BUILD_OF := @TORCH="$(TORCH)" CPU_INDEX="$(CPU_INDEX)" sh packaging/torch.sh $(BIN)/python
# Tests wait for threads and windows more than they compute; those of a file share what it made.
SIDE_BY_SIDE := --numprocesses 3 --dist loadfile
# What each of these imports adds up to too much memory for one process; see tests/memory.py.
PARTS := tests/cli tests/ui/panels "tests/ui --ignore tests/ui/panels" "tests --ignore tests/core --ignore tests/cli --ignore tests/ui"

.DEFAULT_GOAL := help
.PHONY: help run test test-core test-windows-fake package-test package matrix lint format docs site notebook pretrained screenshots bench soak clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/app: pyproject.toml constraints.txt
	@PYTHON=$(PYTHON) sh packaging/system-packages.sh $${QT_QPA_PLATFORM:-offscreen}
	$(PYTHON) -m venv $(VENV)
	$(SMALL_BUILD_OF) torch
	$(PIP) --editable .
	@touch $@

$(VENV)/dev: $(VENV)/app
	$(SMALL_BUILD_OF) torchvision
	$(PIP) --editable '.[dev]'
	@touch $@

run: $(VENV)/app ## install what is needed and open the app
	@PYTHON=$(PYTHON) sh packaging/system-packages.sh $${QT_QPA_PLATFORM:-xcb}
	$(BIN)/python main.py

test: $(VENV)/dev test-core ## run all tests
	@for part in $(PARTS); do \
		QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest $(SIDE_BY_SIDE) $$part || failed="$$failed $$part"; \
	done; test -z "$$failed" || { echo "failed:$$failed"; exit 1; }

test-core: $(VENV)/dev ## run the tests of the core, with Qt made unimportable
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -p tests.without_qt tests/core

test-windows-fake: $(VENV)/dev ## run what concerns Windows under a fake one (Linux only; long)
	@for part in tests/core tests/runtime tests/cli tests/ui/window; do \
		FAKE_WINDOWS=1 PYTHONPATH="$(CURDIR)/tests/fake_windows" QT_QPA_PLATFORM=offscreen \
			$(BIN)/python -m pytest $(SIDE_BY_SIDE) $$part || failed="$$failed $$part"; \
	done; test -z "$$failed" || { echo "failed:$$failed"; exit 1; }

package-test: $(VENV)/dev ## build the wheel and the source distribution, and use each away from the checkout
	@PYTHON=$(PYTHON) sh packaging/system-packages.sh xcb
	$(BIN)/python packaging/try_wheel.py

package: $(VENV)/dev ## build the folder that starts without Python, and use it
	$(PIP) --quiet --editable '.[package]'
	$(BIN)/python packaging/build_bundle.py

matrix: ## try each Python from 3.11 to 3.14 that is there, with equal losses
	$(PYTHON) packaging/matrix.py

lint: $(VENV)/dev ## check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/dev ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/app ## write the guide's reference from the registries
	$(BIN)/python -m docs.tables

site: $(VENV)/app ## build the documentation as a site: build/site/index.html
	$(PIP) --quiet --editable '.[docs]'
	rm -rf build/site
	$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going --fresh-env \
		--doctree-dir build/doctrees docs build/site
	$(BIN)/python -m vae_gui export web-page resources/pretrained.vae --out build/site/demo.html

notebook: $(VENV)/dev ## carry out the notebook and keep its pictures
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[notebook]'
	$(BIN)/python -m docs.notebook

pretrained: $(VENV)/app ## train the model that the first launch opens (DATA: the folder of MNIST)
	$(BIN)/python -m vae_gui train --preset sharp-2d --dataset mnist --data-dir $(DATA) \
		--seed 1 --device cpu --set threads=2 --timeline 18 --out build/run.vae --overwrite
	$(BIN)/python -m vae_gui ship build/run.vae --dataset mnist --data-dir $(DATA) \
		--title "Pretrained · MNIST" --out resources/pretrained.vae --overwrite

screenshots: $(VENV)/dev ## make the pictures of the README and the guide
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks.screenshots

bench: $(VENV)/dev ## measure the app against its references
	$(PIP) --quiet --editable '.[bench]'
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks

soak: $(VENV)/dev ## try what the app promises, on the real app (long)
	$(BIN)/python -m benchmarks.soak
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks.soak_window --cycles 100 --events 10000 --seeds 1 2 3
	QT_QPA_PLATFORM=offscreen HOSTILE_FILES=300 $(BIN)/python -m pytest -s tests/ui/window/test_hostile_files.py

clean: ## remove what the targets made
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
