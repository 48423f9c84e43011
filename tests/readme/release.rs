//! The files of a release, for somebody who has nothing else of the project.

use std::fs;

use support::{
    Host, TOKEN, binary,
    machine::{Machine, machine},
    pages::GUIDE,
    project::read,
    release,
};

use crate::{
    certificate::Certificate,
    kubernetes::registry,
    typing::{Typing, commands},
};

/// Where the guide has the reader put what Envoy loads.
const WASM: &str = "/etc/envoy/maintenance_mode.wasm";
const NATIVE: &str = "/usr/local/lib/envoy/";

#[test]
fn a_release_is_checked_installed_pushed_and_loaded_as_the_guide_says() {
    let needed = ["man", "skopeo", "docker-registry", "openssl"];
    let Some(mut machine) = machine("the files of a release", &needed) else {
        return;
    };
    machine.enter();
    let home = machine.path("home");
    machine.export("HOME", &home);
    machine.export("MAINTENANCE_TOKEN", TOKEN.as_ref());
    let copy = machine.path("release");
    machine.shell(&format!(
        "cp -R {} {}",
        release::folder().display(),
        copy.display()
    ));
    let folder = format!("cd {}", copy.display());

    let [install, push, place] = GUIDE.blocks_of("From a release", "sh");
    let transcript = machine.transcript(&format!("{folder}\n{install}"));
    let printed = |command: &str| {
        let found = transcript
            .iter()
            .find(|(typed, _)| typed.starts_with(command));
        found.unwrap_or_else(|| panic!("{transcript:?}")).1.as_str()
    };
    let version = format!("maintenancectl {} ", env!("CARGO_PKG_VERSION"));
    assert!(printed("maintenancectl --version").starts_with(&version));
    assert!(printed("man maintenancectl").contains("SYNOPSIS"));

    let certificate = Certificate::make(&machine);
    let _registry = registry(&machine, &certificate);
    let trust = format!("export SSL_CERT_FILE={}", certificate.chain.display());
    let [push] = commands(push).try_into().unwrap();
    machine.shell(&format!("{trust}\n{folder}\n{push}"));
    let (_, image) = push.rsplit_once(' ').unwrap();
    machine.shell(&format!("{trust}\nskopeo inspect {image}"));

    let root = machine.path("root");
    let place = place.replace(" /", &format!(" {}/", root.display()));
    machine.shell(&format!("{folder}\n{place}"));
    for host in [Host::Wasm, Host::Native] {
        is_loaded_and_switched(&machine, host);
    }
}

/// An Envoy with the sample, and what was put into its place, obeys the command line that was
/// installed.
fn is_loaded_and_switched(machine: &Machine, host: Host) {
    let root = machine.path("root").display().to_string();
    let built = "target/wasm32-wasip1/release/maintenance_mode.wasm";
    let sample = read(host.sample());
    assert_eq!(sample.contains(built), host == Host::Wasm);
    let bootstrap = machine.path("envoy.yaml");
    fs::write(&bootstrap, sample.replace(built, &format!("{root}{WASM}"))).unwrap();
    let envoy = machine.spawn(
        "envoy.log",
        &format!(
            "ENVOY_DYNAMIC_MODULES_SEARCH_PATH={root}{NATIVE} exec {} --config-path {} \
             --use-dynamic-base-id --concurrency 2 --log-level warning",
            binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy").display(),
            bootstrap.display(),
        ),
    );
    machine.wait_for("the sample", &[8080], 200);
    for (change, status) in [("on", 503), ("off", 200)] {
        machine.shell(&format!(
            "$HOME/.local/bin/maintenancectl {change} \
             --url http://localhost:8080/maintenance-mode"
        ));
        assert_eq!(machine.status_at(8080), status, "{host:?}");
    }
    envoy.interrupt();
}
