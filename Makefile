# mppsim. `make` alone lists the targets.
GO        ?= go
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS    = -s -w -X mppsim/cmd/mppsim/cli.version=$(VERSION)
BUILD      = CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'
EXE        = $(shell $(GO) env GOEXE)
LINT       = $(shell $(GO) env GOPATH)/bin/golangci-lint
LINT_VER   = v2.15.0
FUZZTIME  ?= 20s

.PHONY: help run test lint build bench fuzz cover soak durations cross dist clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-9s %s\n", $$1, $$2}'

build: ## build bin/mppsim and bin/refacquirer
	@mkdir -p bin
	$(BUILD) -o bin/mppsim$(EXE) ./cmd/mppsim
	$(BUILD) -o bin/refacquirer$(EXE) ./cmd/refacquirer

run: build ## certify the reference acquirer, then a defective one, and leave both reports in reports/out
	./bin/mppsim$(EXE) demo --acquirer ./bin/refacquirer$(EXE) --out reports/out

# Packages whose tests certify real processes fill the machine by themselves: one at a time, after the others. Within
# a package several tests run side by side, because they mostly wait.
ALONE = mppsim/scenarios/rig mppsim/scenarios/killmatrix mppsim/cmd/mppsim mppsim/fixtures/refacquirer

test: ## every test, with the race detector
	$(GO) test -race -timeout 20m $(filter-out $(ALONE),$(shell $(GO) list ./...))
	$(GO) test -race -timeout 20m -p 1 -parallel 4 $(ALONE)

lint: $(LINT) ## gofumpt, goimports, go vet and golangci-lint
	@$(LINT) fmt --diff
	$(GO) vet ./...
	$(LINT) run --timeout 10m ./...

$(LINT):
	$(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VER)

bench: ## benchmarks: signed payments per second, suite scenarios per second
	$(GO) test -run '^$$' -bench . -benchmem ./wallet/... ./scenarios/...

fuzz: ## each fuzz target for FUZZTIME (default 20s)
	@for p in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$p | grep '^Fuzz'); do \
	    echo "fuzz $$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s $$p || exit 1; \
	  done; \
	done

cover: ## test coverage by package
	$(GO) test -coverprofile cover.out -coverpkg ./... ./... && $(GO) tool cover -func cover.out | tail -1

soak: build ## what takes minutes: the whole kill matrix, 20 runs in a row, all habits, thousands of codes, concurrent histories and pairs of faults, ten minutes of each fuzz target
	$(GO) test -tags soak -timeout 120m -count 1 -v -run Soak ./scenarios/killmatrix $(SOAK)
	$(GO) test -tags soak -timeout 60m -count 1 -v -run Soak ./wallet/code/... ./scenarios/rig
	$(GO) test -tags soak -timeout 60m -count 1 -run 'Linear|NeverInfluence' ./wallet/linear ./wallet/network ./wallet
	$(MAKE) fuzz FUZZTIME=10m

durations: ## measure how long the scenarios take, for certify --estimate and --budget
	$(GO) test -tags soak -timeout 60m -count 1 -v -run SoakEstimate ./scenarios/rig -update

cross: ## build for Linux, macOS and Windows
	@for t in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64; do \
	  echo "build $$t"; GOOS=$${t%/*} GOARCH=$${t#*/} $(BUILD) -o /dev/null ./cmd/mppsim || exit 1; \
	  GOOS=$${t%/*} GOARCH=$${t#*/} $(BUILD) -o /dev/null ./cmd/refacquirer || exit 1; \
	done

dist: ## release archives' binaries with checksums in dist/
	@mkdir -p dist
	@for t in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64; do \
	  x=; [ $${t%/*} = windows ] && x=.exe; o=dist/mppsim-$(VERSION)-$${t%/*}-$${t#*/}$$x; \
	  GOOS=$${t%/*} GOARCH=$${t#*/} $(BUILD) -o $$o ./cmd/mppsim || exit 1; \
	done
	@cd dist && sha256sum mppsim-* > SHA256SUMS

clean: ## remove what was built
	rm -rf bin dist cover.out
