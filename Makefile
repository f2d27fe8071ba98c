# make demo: set up, build, grade a sample class.  make test: all tests.  CONTRIBUTING.md has the rest.
# Windows: python -m autograde VERB does the same; see README.md.

# The first Python from 3.11 to 3.13 that runs.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
RUN := $(VENV)/bin/python -m autograde
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: demo test lab build check bench release site clean
.DEFAULT_GOAL := demo

demo: $(VENV)/core
	$(RUN) demo

lab: $(VENV)/core
	$(RUN) lab

build: $(VENV)/core
	$(RUN) build

release: $(VENV)/core
	$(RUN) release

site: $(VENV)/site
	$(RUN) site

test: $(VENV)/all
	$(RUN) test

check: $(VENV)/dev $(VENV)/cluster
	$(RUN) check

bench: $(VENV)/all
	$(RUN) bench

clean:
	rm -rf $(VENV) build dist

# $(VENV)/core, $(VENV)/dev and the like are empty files that say what is installed, and since when.
$(VENV)/core: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(call install,-e '.[tensorflow]')
	touch $@

$(VENV)/dev: $(VENV)/core
	$(call install,-e '.[dev]')
	touch $@

$(VENV)/site: $(VENV)/core
	$(call install,-e '.[site]')
	touch $@

$(VENV)/cluster: $(VENV)/core
	$(call install,-e '.[cluster]')
	touch $@

# All three, which one call installs sooner than three. They have a name because a comma would part the words of a call.
ALL := dev,site,cluster
$(VENV)/all: $(VENV)/core
	$(call install,-e '.[$(ALL)]')
	touch $(VENV)/dev $(VENV)/site $(VENV)/cluster $@

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "make: no Python from 3.11 to 3.13 was found; install one, or give it: make PYTHON=/path/to/python"; exit 2; }
	if command -v uv >/dev/null; then uv venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV); else $(PYTHON) -m venv $(VENV); fi

define install
if command -v uv >/dev/null; then uv pip install --quiet --compile-bytecode --python $(VENV)/bin/python -c constraints.txt $(1); \
else $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(1); fi
endef
