//! `check` and Envoy itself, asked whether they refuse what stands around the plugin configuration.

use std::{fs, process::Command};

use support::{binary, project::module};
use tempfile::TempDir;

use crate::command::ctl;

const WASM: &str = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
const STRUCT: &str = "'@type': type.googleapis.com/google.protobuf.Struct";
const FILTER_CONFIG: &str = "'@type': type.googleapis.com/envoy.config.route.v3.FilterConfig";

/// A bootstrap with an entry of `http_filters`, and what a virtual host says of it.
fn bootstrap(filter: &str, of_host: &str) -> String {
    format!(
        "static_resources:
  listeners:
  - name: front
    address: {{socket_address: {{address: 127.0.0.1, port_value: 0}}}}
    filter_chains:
    - filters:
      - name: hcm
        typed_config:
          '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
          stat_prefix: front
          route_config:
            virtual_hosts:
            - name: all
              domains: ['*']
              typed_per_filter_config: {{{of_host}}}
              routes: [{{match: {{prefix: /}}, direct_response: {{status: 200}}}}]
          http_filters:
          - {filter}
          - name: envoy.filters.http.router
            typed_config: {{'@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
"
    )
}

fn vm(rest: &str) -> String {
    let module = module();
    let module = module.display();
    format!(
        "vm_config: {{code: {{local: {{filename: {module}}}}}, runtime: envoy.wasm.runtime.v8{rest}}}"
    )
}

/// The filter, with what is in its `config`.
fn wasm(config: &str) -> String {
    format!("{{name: maintenance_mode, typed_config: {{'@type': {WASM}, config: {{{config}}}}}}}")
}

fn configuration(configuration: &str) -> String {
    wasm(&format!("{}, configuration: {configuration}", vm("")))
}

/// Whether Envoy takes a file, and what the code of `check` is.
fn asked(text: &str) -> (bool, Option<i32>) {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("envoy.yaml");
    fs::write(&file, text).unwrap();
    let envoy = Command::new(binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy"))
        .args(["--mode", "validate", "--log-level", "off", "--config-path"])
        .arg(&file)
        .output()
        .unwrap();
    let checked = ctl(&["check", file.to_str().unwrap()]);
    (envoy.status.success(), checked.code)
}

#[test]
fn what_envoy_refuses_around_the_filter_is_an_error() {
    let value = "value: {mode: 'on'}";
    let sound = format!("{{{STRUCT}, {value}}}");
    let inner = format!("{}, configuration: {sound}", vm(""));
    let typed = |kind: &str| {
        format!("{{name: maintenance_mode, typed_config: {{{kind}, config: {{{inner}}}}}}}")
    };
    let typed_struct = |url: &str| {
        format!(
            "{{name: maintenance_mode, typed_config: {{'@type': \
             type.googleapis.com/xds.type.v3.TypedStruct{url}, value: {{config: {{{inner}}}}}}}}}"
        )
    };
    let refused = [
        configuration("'{}'"),
        configuration("{mode: 'on'}"),
        configuration(&format!("{{{STRUCT}, mode: 'on'}}")),
        configuration(&format!("{{{STRUCT}, value: '{{}}'}}")),
        configuration("{'@type': google.protobuf.Struct, value: {}}"),
        configuration("{'@type': type.googleapis.com/google.protobuf.struct, value: {}}"),
        typed("'@type': type.googleapis.com/envoy.extensions.filters.http.wasm.v3.wasm"),
        typed("'@type': type.googleapis.com/envoy.extensions.filters.network.wasm.v3.Wasm"),
        typed("'@type': envoy.extensions.filters.http.wasm.v3.Wasm"),
        typed_struct(""),
        typed_struct(", type_url: type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Vasm"),
        format!("{{name: maintenance_mode, typed_config: {{'@type': {WASM}, {inner}}}}}"),
        format!(
            "{{name: maintenance_mode, typed_config: {{'@type': {WASM}}}, config: {{{inner}}}}}"
        ),
        wasm(&format!("{inner}, failure_policy: FAIL_CLOSE")),
        wasm(&format!("{inner}, failure_polcy: FAIL_CLOSED")),
        wasm(&format!(
            "{inner}, environment_variables: {{host_env_keys: [A]}}"
        )),
        wasm(&vm("").replace(".v8", ".v9")),
        wasm(
            "vm_config: {runtime: envoy.wasm.runtime.v8, code: {remote: {http_uri: {uri: 'http://a/b', cluster: a, timeout: 1s}}}}",
        ),
    ];
    for filter in &refused {
        assert_eq!(asked(&bootstrap(filter, "")), (false, Some(1)), "{filter}");
    }
    let filter = configuration(&sound);
    for of_host in [
        format!("maintenance_mode: {{'@type': {WASM}, config: {{}}}}"),
        format!("maintenance_mode: {{{FILTER_CONFIG}, config: {sound}}}"),
    ] {
        assert_eq!(
            asked(&bootstrap(&filter, &of_host)),
            (false, Some(1)),
            "{of_host}"
        );
    }
    let taken = [
        filter.clone(),
        configuration(&format!("{{{STRUCT}}}")),
        typed_struct(&format!(", type_url: {WASM}")),
        wasm(&format!("{inner}, failurePolicy: 1, rootId: a")),
        wasm(&format!(
            "{}, configuration: {sound}",
            vm(", environmentVariables: {hostEnvKeys: [A]}, allow_precompiled: true")
        )),
    ];
    for filter in &taken {
        assert_eq!(asked(&bootstrap(filter, "")), (true, Some(0)), "{filter}");
    }
    for of_host in [
        format!("maintenance_mode: {{{FILTER_CONFIG}, disabled: true}}"),
        format!("maintenance_mode: {{{FILTER_CONFIG}, config: {{}}}}"),
        format!("maintenance-mode: {{{FILTER_CONFIG}, disabled: true}}"),
    ] {
        assert_eq!(
            asked(&bootstrap(&filter, &of_host)),
            (true, Some(0)),
            "{of_host}"
        );
    }
}
