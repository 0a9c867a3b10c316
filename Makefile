# One command each; `make help` lists them. Everything is built by CMake (CMakePresets.json), two jobs at a time.
PREFIX ?= /usr/local
BIN := build/release/bin

.DEFAULT_GOAL := build
.PHONY: help deps configure build demo test faults soak simulate bench lint install asan clean

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

deps:
	@scripts/install-deps

configure: deps
	@cmake --preset release

build: configure ## installs missing packages and builds into build/release/bin/
	@cmake --build --preset release

demo: build ## starts a standalone node on SQLite with examples/jobs/; Ctrl-C ends it
	@$(BIN)/xxl-node --role=standalone --data=build/demo/data --jobs=examples/jobs --print-runs

test: build ## every test, the style test, the end-to-end tests and `make faults` among them
	@ctest --preset release --parallel 2

faults: build ## kills, freezes, cuts and starves a cluster while it fires, and accounts for every fire
	@XXL_BIN_DIR=$(abspath $(BIN)) $(BIN)/xxl-faults

soak: build ## the same, 20 of each fault; takes half an hour
	@XXL_BIN_DIR=$(abspath $(BIN)) $(BIN)/xxl-faults --soak

SEED ?= 1
SEEDS ?= 1000
simulate: configure ## the whole system under virtual time with faults: SEEDS=1000 runs from SEED=1
	@cmake --build --preset release --target simulation_test
	@$(BIN)/simulation_test --seed=$(SEED) --seeds=$(SEEDS)

bench: build ## the three scenarios of xxl-bench, a CSV line each
	@$(BIN)/xxl-bench throughput --n=100000
	@$(BIN)/xxl-bench burst --n=5000
	@$(BIN)/xxl-bench steady --n=500 --seconds=60

lint: configure ## clang-format, the style test, clang-tidy on changed files
	@scripts/install-deps --lint
	@cmake --build --preset release --target tidy_test
	@$(BIN)/tidy_test --gtest_brief=1
	@scripts/lint

install: build ## into PREFIX (/usr/local), below DESTDIR if that is set
	@cmake --install build/release --prefix "$(PREFIX)"

asan: deps ## builds and tests with AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake --preset asan
	@cmake --build --preset asan
	@ctest --preset asan --parallel 2

clean: ## removes build/
	@rm -rf build
