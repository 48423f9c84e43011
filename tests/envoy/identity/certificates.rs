//! Names of a client certificate that Envoy has verified.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};
use support::{Envoy, Options};
use tempfile::TempDir;

/// Runs `openssl` in a directory.
fn openssl(directory: &Path, arguments: &str, input: &str) -> Output {
    let mut process = Command::new("openssl")
        .args(arguments.split(' '))
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let written = process.stdin.take().unwrap().write_all(input.as_bytes());
    let output = process.wait_with_output().unwrap();
    written.unwrap_or_else(|error| panic!("{error}: {output:?}"));
    output
}

/// An authority, a server and the clients; a stranger has an authority of its own.
fn certificates() -> TempDir {
    let directory = TempDir::new().unwrap();
    let key = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2";
    let make = |name: &str, more: &str| {
        let arguments = format!("{key} -keyout {name}.key -out {name}.pem {more}");
        let output = openssl(directory.path(), &arguments, "");
        assert!(output.status.success(), "{output:?}");
    };
    make("authority", "-subj /CN=authority");
    make(
        "stranger",
        "-subj /O=Example/CN=staff -addext subjectAltName=URI:spiffe://example/staff",
    );
    let by = "-CA authority.pem -CAkey authority.key -addext basicConstraints=CA:FALSE";
    for (name, subject, names) in [
        ("server", "/CN=server", "IP:127.0.0.1"),
        ("staff", "/O=Example/CN=robot", "URI:spiffe://example/staff"),
        (
            "guest",
            "/O=Example/CN=guest",
            "URI:spiffe://example/staff/guest",
        ),
        ("operator", "/O=Example/CN=operator", "DNS:operator.example"),
        ("impostor", "/O=Example/CN=operator2", "DNS:staff.example"),
    ] {
        make(
            name,
            &format!("-subj {subject} -addext subjectAltName={names} {by}"),
        );
    }
    directory
}

fn transport_socket(certificates: &Path) -> Value {
    let read =
        |name: &str| json!({"inline_string": fs::read_to_string(certificates.join(name)).unwrap()});
    json!({
        "name": "envoy.transport_sockets.tls",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {
                "tls_certificates": [{
                    "certificate_chain": read("server.pem"),
                    "private_key": read("server.key"),
                }],
                "validation_context": {"trusted_ca": read("authority.pem")},
            },
        },
    })
}

/// What a client with this certificate gets; empty where there is no connection.
fn get(envoy: &Envoy, certificates: &Path, client: Option<&str>) -> String {
    let certificate = client.map(|name| format!(" -cert {name}.pem -key {name}.key"));
    let arguments = format!(
        "s_client -quiet -connect {}{}",
        envoy.address,
        certificate.unwrap_or_default()
    );
    let request = "GET / HTTP/1.1\r\nhost: test.example\r\nconnection: close\r\n\r\n";
    let output = openssl(certificates, &arguments, request);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_name_in_a_verified_client_certificate_lets_its_owner_pass() {
    if Command::new("openssl").arg("version").output().is_err() {
        // Not by `eprintln!`, which the test harness keeps to itself.
        writeln!(std::io::stderr(), "NOT TESTED: this machine has no openssl").unwrap();
        return;
    }
    let certificates = certificates();
    let uri = "uri_san_peer_certificate";
    let subject = "subject_peer_certificate";
    let entry =
        |name: &str, kind: &str, value: &str| json!({"path": ["connection", name], kind: value});
    let envoy = Envoy::with(Options {
        transport_socket: Some(transport_socket(certificates.path())),
        ..Options::new(json!({"mode": "on", "allow": {"attributes": [
            entry(uri, "exact", "spiffe://example/staff"),
            entry(subject, "exact", "CN=operator,O=Example"),
        ]}}))
    });
    let cases = [
        (Some("staff"), true),
        (Some("operator"), true),
        (Some("guest"), false),
        (Some("impostor"), false),
        (None, false),
    ];
    for (client, passes) in cases {
        let reply = get(&envoy, certificates.path(), client);
        let status = if passes { 200 } else { 503 };
        assert!(
            reply.starts_with(&format!("HTTP/1.1 {status} ")),
            "{client:?} gave {reply}"
        );
        assert_eq!(reply.contains("\r\nx-upstream: yes"), passes, "{reply}");
        assert_eq!(
            reply.contains("\r\nx-maintenance-mode: "),
            !passes,
            "{reply}"
        );
    }
    // The same names under another authority: Envoy refuses the handshake.
    assert_eq!(get(&envoy, certificates.path(), Some("stranger")), "");
    assert_eq!(envoy.metric("allowed.attribute"), 2);
    assert_eq!(envoy.metric("blocked"), 3);
    assert_eq!(envoy.upstream.requests(), 2);
}
