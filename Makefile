# make run    install what is needed into .venv and do the main job on the founding case
# make serve  the what-if page of the founding case, or of CASE=...
# make test   install and run the whole test suite (make test-long: also what takes minutes; make test-stores: S3, Google, Azure)
PYTHON ?= python3
BIN := .venv/bin
CASE ?= afghanistan-2021
OUT ?= out/$(CASE)

.PHONY: run serve pictures test test-long test-stores mutants golden trust notebooks editor bench docs lint audit types pins clean

# The first time, code is compiled: that of ties on one processor while the engine's is on the other. The run does
# the same work on ties afterwards, and says what is wrong with it.
run: .venv/run.stamp
	@{ test -e .venv/ties.stamp || { $(BIN)/equipoise balance $(CASE) >/dev/null 2>&1 && touch .venv/ties.stamp; }; } & \
	$(BIN)/equipoise run $(CASE) --out $(OUT); status=$$?; wait; exit $$status

serve: .venv/run.stamp
	$(BIN)/equipoise serve $(CASE)

# The pictures of the cases and of the page, drawn anew after either was changed; with Chromium.
pictures: .venv/test.stamp
	$(BIN)/python docs/site/case_pictures.py
	$(BIN)/python docs/site/pictures.py

# By file, so that what the tests of a file share is made once.
test: .venv/compiled.stamp
	$(BIN)/python -m pytest -m "not long" -n 2 --dist loadfile

test-long: .venv/compiled.stamp
	$(BIN)/python -m pytest -n 2 --dist worksteal

# Studies in stores, against servers that speak their protocols, in an environment of its own (docs/dev/dependencies.md);
# that of Azure needs azurite-blob on the path (npm install -g azurite).
test-stores: .venv/bin/uv
	$(BIN)/uv venv -q --allow-existing .venv/stores
	$(BIN)/uv pip install -q --python .venv/stores/bin/python -e '.[cluster,remote,stores]'
	.venv/stores/bin/python -m pytest tests/futures/test_place.py

# Code is compiled once, on both processors, before tests that would each compile it.
.venv/compiled.stamp: .venv/test.stamp $(wildcard src/equipoise/world/*.py src/equipoise/world/kernel/*.py src/equipoise/bargaining/*.py src/equipoise/alignment/*.py)
	@{ $(BIN)/equipoise talks two-valleys --model all --draws 16; $(BIN)/equipoise balance two-valleys --draws 16; } \
	>/dev/null & $(BIN)/equipoise check two-valleys >/dev/null; status=$$?; wait; exit $$status
	touch $@

# How many small faults in a room its own tests notice, and in out/mutants those they miss; ROOMS=... for some rooms,
# SAMPLE=0 for every fault (hours).
mutants: .venv/compiled.stamp
	$(BIN)/python tests/mutants.py $(ROOMS) $(if $(SAMPLE),--sample $(SAMPLE))

# The small real run that the tests of the report are held against, played again after a change of the model.
golden: .venv/test.stamp
	$(BIN)/python tests/golden/regenerate.py

# The editor of the what-if page, bundled into the package for a release; with npm. What is built is not committed.
editor: src/equipoise/server/page/codemirror.js

src/equipoise/server/page/codemirror.js: editor/package.json editor/editor.js editor/build.mjs
	cd editor && npm install --no-package-lock --no-audit --no-fund && node build.mjs

# The forecasts and the numbers behind docs/trust.md, made again after a change of the model or of a bundled case.
trust: .venv/test.stamp
	$(BIN)/python data/unchosen_cases.py src/equipoise/scoring
	$(BIN)/python data/trust.py

# The notebooks of the docs, run again and stored with what they gave.
notebooks: .venv/test.stamp
	$(BIN)/python docs/site/notebooks.py

bench: .venv/test.stamp
	$(BIN)/python -m benchmarks.engine

# The documentation as a site that opens from disk; a broken link fails it.
docs: .venv/test.stamp
	$(BIN)/mkdocs build
	@echo "out/site/index.html"

lint: .venv/test.stamp
	$(BIN)/ruff check src tests benchmarks data
	$(BIN)/ruff format --check src tests benchmarks data
	$(BIN)/mypy

# The scripts of the what-if page, checked by TypeScript from what their comments say of types; with npm.
types: .venv/web.stamp
	node .venv/web/node_modules/typescript/bin/tsc -p jsconfig.json

# For development alone: TypeScript, and axe-core, by which tests look for what shuts readers out (they skip without).
.venv/web.stamp: .venv/run.stamp
	npm install --prefix .venv/web --no-audit --no-fund --silent axe-core@4.14.1 typescript@5
	touch $@

# What is pinned: its bill of materials (CycloneDX), and what is known to be wrong with it; fails where that cannot be asked.
audit: .venv/bin/uv
	mkdir -p out
	$(BIN)/uv tool run --from cyclonedx-bom cyclonedx-py requirements requirements/run.txt -o out/sbom.json
	$(BIN)/uv tool run pip-audit --strict -r requirements/run.txt --no-deps --disable-pip

# Exact versions, without the address of any index, so that they install from whichever one is set up.
pins: .venv/bin/uv
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --no-header pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile -q --universal --fork-strategy fewest --no-header --extra test --extra dev --extra docs -c requirements/run.txt pyproject.toml -o requirements/test.txt

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q uv

.venv/run.stamp: .venv/bin/uv requirements/run.txt pyproject.toml
	$(BIN)/uv pip install -q --python $(BIN)/python -r requirements/run.txt -e .
	touch $@

.venv/test.stamp: .venv/run.stamp requirements/test.txt
	$(BIN)/uv pip install -q --python $(BIN)/python -r requirements/test.txt
	touch $@

clean:
	rm -rf .venv out .pytest_cache .ruff_cache .hypothesis
	find src -name __pycache__ -prune -exec rm -rf {} +
