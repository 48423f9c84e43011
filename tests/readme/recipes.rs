//! The recipes that are calls.

use serde_json::Value;
use support::{
    Envoy, Options, TOKEN,
    etcd::{Certificates, Etcd, EtcdOptions},
    machine::machine,
    pages::GUIDE,
};

use crate::certificate::Certificate;

const KEY: &str = "a-key-of-thirty-two-bytes-or-more";

#[test]
fn the_link_of_a_team_is_minted_and_passes() {
    let Some(machine) = machine("the bypass link", &["openssl"]) else {
        return;
    };
    machine.enter();
    let certificate = Certificate::make(&machine);
    let [recipe] = GUIDE.blocks_of("One team's bypass link", "json");
    let mut options = Options::text(recipe);
    options.port = 443;
    options.transport_socket = Some(certificate.transport_socket());
    options.environment = [
        ("MAINTENANCE_TOKEN", TOKEN),
        ("MAINTENANCE_BYPASS_KEY", KEY),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let _envoy = Envoy::with(options);

    let environment = format!(
        "export CURL_CA_BUNDLE={} MAINTENANCE_TOKEN={TOKEN}",
        certificate.chain.display()
    );
    let shell = |script: &str| machine.shell(&format!("{environment}\n{script}"));
    let [mint] = GUIDE.blocks_of("One team's bypass link", "sh");
    let minted: Value = serde_json::from_str(&shell(mint)).unwrap();
    let url = minted["url"].as_str().unwrap();
    assert!(url.starts_with("https://shop.example.com/"), "{url}");

    shell(
        "curl -X POST -H \"Authorization: Bearer $MAINTENANCE_TOKEN\" \
         https://shop.example.com/maintenance-mode/on",
    );
    let status = "curl --output /dev/null --write-out '%{http_code}'";
    assert_eq!(shell(&format!("{status} https://shop.example.com/")), "503");
    let jar = machine.path("cookies");
    let with_cookies = format!(
        "{status} --location --cookie-jar {0} --cookie {0}",
        jar.display()
    );
    assert_eq!(shell(&format!("{with_cookies} '{url}'")), "200");
    assert_eq!(
        shell(&format!("{with_cookies} https://shop.example.com/")),
        "200"
    );
}

/// How etcdctl reaches an etcd as a user.
fn environment(certificates: &Certificates, etcd: &Etcd, user: &str) -> String {
    let file = |name: &str| certificates.path(name).display().to_string();
    format!(
        "export ETCDCTL_ENDPOINTS=https://{} ETCDCTL_CACERT={} ETCDCTL_CERT={} ETCDCTL_KEY={}",
        etcd.members[0].address,
        file("authority.pem"),
        file(&format!("{user}.pem")),
        file(&format!("{user}.key")),
    )
}

#[test]
fn the_role_of_the_recipe_may_write_its_key_and_no_other() {
    let Some(machine) = machine("the role of etcd", &["openssl"]) else {
        return;
    };
    machine.enter();
    let certificates = Certificates::make();
    for user in ["root", "maintenance-mode"] {
        certificates.add(user);
    }
    let etcd = Etcd::with(EtcdOptions {
        members: 1,
        ..certificates.etcd_options()
    });
    let root = environment(&certificates, &etcd, "root");
    let [block] = GUIDE.blocks_of("etcd with client certificates", "sh");
    let (_, for_root) = block.rsplit_once("root: ").unwrap();
    let for_root = for_root.replace("user add root", "user add root --no-password");
    machine.shell(&format!("{root}\n{for_root}\n{block}"));

    let user = environment(&certificates, &etcd, "maintenance-mode");
    let put = |key: &str| machine.try_shell(&format!("{user}\netcdctl put {key} '{{}}'"));
    assert!(put("maintenance-mode/default").status.success());
    let refused = put("maintenance-mode/other");
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(why.contains("permission denied"), "{why}");
}
