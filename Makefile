# Every target works as root or with sudo, twice in a row, and offline after the first time.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
jobs := $(shell nproc)
server ?= http://127.0.0.1:8000
admin_key ?= $(shell cat signalbox-data/admin.key 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup build test bench demo serve scenarios smoke format tidy clean

help: ## this list
	@echo 'make TARGET:'
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-11s%s\n", $$1, $$2}' Makefile

setup: ## install what this machine lacks (Debian 12 or 13)
	@tools/setup

build: setup ## release programs in build/release/bin
	@cmake --preset release
	@cmake --build --preset release --parallel $(jobs)

test: setup scenarios ## build and run all tests; ends with "N passed, N failed"
	@cmake --preset dev
	@cmake --build --preset dev --parallel $(jobs)
	@tools/run-tests build/dev

demo: build scenarios ## a server, a tenant and a town district of 6,000 vehicles, from start to figures
	@tools/demo

bench: build scenarios ## what is fast and small, measured; short=1: only what is stable on a busy machine
	@tools/setup --with-bench
	@bench/run $(if $(short),--short)

serve: build ## the server in the foreground, data in ./signalbox-data
	@exec build/release/bin/signalboxd --data ./signalbox-data

scenarios: setup ## test and demo scenarios in build/scenarios
	@tools/make-scenarios

smoke: scenarios ## walk through the API of a running server (server=URL admin_key=KEY)
	@tools/smoke '$(server)' '$(admin_key)'

format: setup ## format every C++ file
	@tools/format

tidy: setup ## structure rules, format and clang-tidy
	@tools/tidy.py
	@tools/format --check
	@tools/clang-tidy

clean: ## remove build/; .cache and data stay
	@rm -rf build
