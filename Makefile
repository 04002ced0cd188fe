# What is done to Sanbao from a shell. `make` alone lists it. Nothing here asks a question.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build run test check bench soak gen console needs tests benches soaks

# A clone that belongs to somebody else makes git, and so the stamping of builds, refuse.
export GOFLAGS := $(GOFLAGS) -buildvcs=false
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

# Packages whose subject is concurrency; the race detector needs a C compiler and five times the time.
RACE := ./internal/db/ ./internal/job/ ./internal/web/ ./internal/auth/ ./internal/blob/ ./internal/live/

# stage runs a command under a name and says how long it took.
define stage
@printf '\n== %s\n' '$(1)'; SECONDS=0; $(2) || exit 1; printf '== %s: %d s\n' '$(1)' $$SECONDS
endef

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The console is built again when one of its sources is newer than what was built. It needs Node; npm ci leaves its mark.
CONSOLE := web/console
CONSOLE_SOURCES := $(shell find $(CONSOLE)/src $(CONSOLE)/public $(CONSOLE)/scripts -type f ! -name schema.ts 2>/dev/null) $(CONSOLE)/index.html $(CONSOLE)/vite.config.ts $(CONSOLE)/package.json errs/zh-tw.txt

$(CONSOLE)/node_modules/.package-lock.json: $(CONSOLE)/package-lock.json
	cd $(CONSOLE) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(CONSOLE)/dist/index.html: $(CONSOLE)/node_modules/.package-lock.json $(CONSOLE_SOURCES)
	cd $(CONSOLE) && npm run --silent build
	@touch $@

console: $(CONSOLE)/dist/index.html ## Build the staff's browser application

build: console ## Build bin/sanbao with the console in it
	@mkdir -p bin
	go build -ldflags '-X github.com/sanbao/sanbao/internal/app.Version=$(VERSION)' -o bin/sanbao ./cmd/sanbao

run: build ## Build, make ./data, migrate, seed the demo shops, serve. SANBAO_DB, SANBAO_DATA and SANBAO_LISTEN change where
	@exec ./bin/sanbao serve

test: needs build ## Install what is missing (PostgreSQL, a C compiler, Chromium), then run every test: SQLite, PostgreSQL, browser
	@mkdir -p bin
	go build -o bin/with-postgres ./scripts/with-postgres
	@exec ./bin/with-postgres $(MAKE) --no-print-directory tests

check: console ## The checks that need no database: vet, format, rules of the repository, dependencies
	$(call stage,go vet,go vet ./...)
	$(call stage,gofmt,out=$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go')); test -z "$$out" || { echo "not formatted: $$out"; exit 1; })
	$(call stage,console (types; words; what the first screen loads),cd $(CONSOLE) && npm run --silent check && npm run --silent test && npm run --silent size)
	$(call stage,rules (internal/archtest),go test ./internal/archtest)
	$(call stage,dependencies,.ci/tidy)

bench: needs ## Run the benchmarks (docs/performance.md says what they measure)
	@mkdir -p bin
	go build -o bin/with-postgres ./scripts/with-postgres
	@exec ./bin/with-postgres $(MAKE) --no-print-directory benches

soak: needs ## The long variants of the crash and concurrency tests: an hour
	@mkdir -p bin
	go build -o bin/with-postgres ./scripts/with-postgres
	@SANBAO_SOAK=1 exec ./bin/with-postgres $(MAKE) --no-print-directory soaks

gen: ## Make what is generated: docs/openapi.yaml, the console's words
	go run ./cmd/sanbao openapi > docs/openapi.yaml.new
	mv docs/openapi.yaml.new docs/openapi.yaml
	go test ./internal/term -run TestConsoleHasTheseWords -count 1 -write

# What follows is run by the targets above, beside a PostgreSQL server that ends with them.

needs:
	$(call stage,what the tests need,.ci/install)

tests:
	$(call stage,tests,go test -p 2 -timeout 15m ./...)
	$(call stage,tests under the race detector (SQLite),CGO_ENABLED=1 go test -race -p 2 -timeout 10m -skip '/postgres$$' $(RACE))
	$(call stage,policies of a shop under the race detector (SQLite),CGO_ENABLED=1 go test -race -timeout 10m -run TestShelves -skip '/postgres$$' ./internal/policy/)
	$(call stage,journeys in the browser,cd $(CONSOLE) && npm run --silent e2e)

benches:
	$(call stage,benchmarks,go test -p 1 -timeout 30m -run '^$$' -bench . -benchmem ./...)
	$(call stage,decisions beside Open Policy Agent (a module of its own),cd bench/opa && go run .)
	$(call stage,applications for returns over HTTP,go run ./bench/submit)
	$(call stage,import of a million order lines,go run ./bench/import)
	$(call stage,start on a million cases,go run ./bench/start)
	$(call stage,backtest of a million decisions,go run ./bench/backtest)
	$(call stage,the desk on a million cases (SQLite),go run ./bench/desk)
	$(call stage,the desk on a million cases (PostgreSQL),go run ./bench/desk -engine postgres)
	$(call stage,random commands on 10000 open lines (SQLite),go run ./bench/flow)
	$(call stage,random commands on 10000 open lines (PostgreSQL),go run ./bench/flow -engine postgres)
	$(call stage,two nodes on one PostgreSQL,go run ./bench/nodes)

soaks:
	$(call stage,soak,CGO_ENABLED=1 go test -p 1 -timeout 90m -count 1 ./...)
