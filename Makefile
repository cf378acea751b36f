# KubeWgDiag: every command that a person needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

FAULT  ?= WG-ALLOWEDIPS-MISSING-SRC
FAMILY ?= 4
KEEP   ?=
TAG    ?= 0.1.0
REGISTRY ?= ghcr.io/kubewgdiag
RID    ?= linux-$(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x64)
PUBLISH := artifacts/publish

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export REGISTRY TAG

.PHONY: help deps build publish demo test test-vm test-cluster chaos fuzz bench bench-scale kernel-test accuracy accuracy-kernel accuracy-judge lint crds images chart-test clean

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## Install what is missing of the tools (Debian packages; says what it would install where it cannot)
	@eng/deps.sh

build: ## Build everything, warnings are errors
	@eng/dotnet-quiet.sh build KubeWgDiag.sln

publish: ## Publish both programs trimmed, self-contained, as single files
	@eng/publish.sh $(RID) $(PUBLISH)

demo: deps publish ## Break a real WireGuard mesh and diagnose it (FAULT=WG-..., FAULT=none, FAMILY=6, KEEP=1)
	@eng/dotnet-quiet.sh build tests/Demo -p:RunAnalyzers=false
	@dotnet run --project tests/Demo --no-build -- --fault '$(FAULT)' --family '$(FAMILY)' $(if $(KEEP),--keep) \
		--probe $(PUBLISH)/probe/kubewgdiag-probe --operator $(PUBLISH)/operator/kubewgdiag-operator

test: deps publish ## Run unit tests and lab end-to-end tests; closes with "N passed, N failed, N skipped"
	@eng/test.sh

test-vm: deps publish ## The kernel's own WireGuard, read in an emulated machine (part of make test)
	@eng/dotnet-quiet.sh build tests/Lab.Tests -p:RunAnalyzers=false
	@dotnet test tests/Lab.Tests --no-build --nologo --filter Category=VirtualMachine

test-cluster: ## Client, runtime and operator tests on a real cluster (KUBECONFIG_TEST=file), or the embedded API server without it
	@eng/test-cluster.sh

RUNS ?= 200
SEED ?=
chaos: deps publish ## RUNS=200 diagnoses while operators, probes and the API server are killed and disturbed (SEED= repeats one)
	@eng/chaos.sh '$(RUNS)' '$(SEED)'

FUZZ_MESSAGES ?= 1000000
FUZZ_SEED ?= $(shell date +%s)
fuzz: ## A million changed messages and texts through every reader (FUZZ_MESSAGES=, FUZZ_SEED=); for the night
	@eng/fuzz.sh '$(FUZZ_MESSAGES)' '$(FUZZ_SEED)'

bench: deps publish ## The probe against ip, nft, conntrack, wg and a bare receive loop, on generated state (BENCH="routes nft")
	@tests/Bench/bench.sh $(PUBLISH)/probe/kubewgdiag-probe $(BENCH)

NODES ?= 5000
bench-scale: publish ## The operator on NODES simulated nodes and on twice as many: time, requests, bytes, memory (NODES=5000, SCALE="--single")
	@eng/bench-scale.sh '$(NODES)' $(PUBLISH)/operator/kubewgdiag-operator $(SCALE)

kernel-test: deps publish ## The faults on the kernel's own WireGuard, in an emulated machine (about 10 minutes)
	@eng/kernel-test.sh $(PUBLISH)/probe/kubewgdiag-probe

ONLY ?=
LAYOUT ?=
KIND ?=
JOBS ?= 8
ACCURACY := dotnet run --project tests/Accuracy --no-build --

accuracy: deps publish ## Break real networks in every known way and count how often the first cause is right (ONLY=, LAYOUT=, KIND=, JOBS=)
	@eng/dotnet-quiet.sh build tests/Accuracy -p:RunAnalyzers=false
	@$(ACCURACY) run --jobs '$(JOBS)' $(if $(ONLY),--only '$(ONLY)') $(if $(LAYOUT),--layout '$(LAYOUT)') $(if $(KIND),--kind '$(KIND)') \
		$(if $(filter command line,$(origin FAMILY)),--family '$(FAMILY)') || true
	@$(ACCURACY) report

accuracy-kernel: deps publish ## The same on the kernel's own WireGuard, in an emulated machine (ONLY=, KIND=; about 40 seconds a network)
	@eng/accuracy-kernel.sh $(PUBLISH)/probe/kubewgdiag-probe '$(ONLY)' '$(KIND)'

accuracy-judge: ## Judge what make accuracy recorded again, after a change of rules
	@eng/dotnet-quiet.sh build tests/Accuracy -p:RunAnalyzers=false
	@$(ACCURACY) report

lint: deps ## Analyzers, formatting, generated files, scripts
	@eng/lint.sh

crds: ## Write the CRD YAML from the C# records
	dotnet run --project crds/Generator -- write crds charts/kubewgdiag/files/crds

images: ## Build both images with docker, podman or buildah (REGISTRY=, TAG=, BUILD_ARGS=)
	@eng/images.sh

chart-test: deps ## helm lint --strict and rendered objects against their schemas
	@eng/chart-test.sh

clean: ## Remove what was built
	rm -rf artifacts
	find . -type d \( -name bin -o -name obj \) -not -path './.git/*' -prune -exec rm -rf {} +
