//! Why there was no answer.

use std::io;
use std::net::ToSocketAddrs;

use maintenance_mode_core::syntax::one_line::OneLine;
use rustls::{CertificateError, Error as TlsError};
use ureq::Error;

use crate::ctl::endpoints::error::EndpointError;
use crate::ctl::endpoints::server::Server;

/// What kept a call from being answered within `timeout` seconds, through a `proxy` if there is one;
/// `speaks` tries whether the server answers at the same address in the other scheme.
pub(super) fn unanswered(
    url: &str,
    error: &Error,
    timeout: u64,
    proxy: Option<&str>,
    speaks: impl FnOnce(&Server) -> bool,
) -> EndpointError {
    let Some(server) = Server::of(url) else {
        return EndpointError::unanswered(format!("{url} cannot be called: {error}"));
    };
    let why = if let Some(TlsError::InvalidCertificate(problem)) = tls_error(error) {
        certificate(&server, problem)
    } else if let Some(proxy) = proxy {
        format!(
            "no answer through the proxy {proxy}, which a variable such as HTTPS_PROXY names: {}; \
             hosts in NO_PROXY are called without",
            OneLine(&error.to_string())
        )
    } else if let Error::Timeout(_) = error {
        format!(
            "{server} did not answer within {timeout} s: expected Envoy there; is the address right, \
             and does a firewall let it through? --timeout waits longer"
        )
    } else if io_error(error) == Some(io::ErrorKind::ConnectionRefused) {
        format!(
            "nothing listens at {server}: expected Envoy there; is it up, and is the port right?"
        )
    } else if speaks(&server) {
        return EndpointError::unanswered(server.wrong_scheme(url));
    } else if is_unknown(&server, error) {
        format!(
            "the host {} is not known here: is the name right, and is its domain complete?",
            server.host
        )
    } else {
        format!("{server} gave no answer: {}", OneLine(&error.to_string()))
    };
    EndpointError::unanswered(format!("{url}: {why}"))
}

fn io_error(error: &Error) -> Option<io::ErrorKind> {
    match error {
        Error::Io(error) => Some(error.kind()),
        _ => None,
    }
}

/// What rustls says, also of a handshake, which fails when it is read or written.
pub(super) fn tls_error(error: &Error) -> Option<&TlsError> {
    match error {
        Error::Rustls(error) => Some(error),
        Error::Io(error) => error.get_ref()?.downcast_ref(),
        _ => None,
    }
}

/// Whether the name leads to no address.
fn is_unknown(server: &Server, error: &Error) -> bool {
    let is_candidate = matches!(error, Error::HostNotFound | Error::Io(_));
    is_candidate
        && (server.host.as_str(), server.port)
            .to_socket_addrs()
            .is_err()
}

fn certificate(server: &Server, problem: &CertificateError) -> String {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };

    let why = match problem {
        UnknownIssuer => {
            "no authority that this system trusts has signed it: add its authority to the system, or \
             name the file of it in SSL_CERT_FILE"
                .to_owned()
        }
        Expired | ExpiredContext { .. } => {
            "it has expired: renew it, or is the clock of this machine wrong?".to_owned()
        }
        NotValidYet | NotValidYetContext { .. } => {
            "it is not valid yet: is the clock of this machine wrong?".to_owned()
        }
        NotValidForName | NotValidForNameContext { .. } => format!(
            "it is not for {}: call the endpoint by a name that is in it",
            server.host
        ),
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "it is that of an authority, not of a server: expected one that is signed by it".to_owned()
        }
        other => OneLine(&TlsError::from(other.clone()).to_string()).to_string(),
    };
    format!("the certificate of {server} is not trusted: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(error: &Error, speaks: bool) -> String {
        let error = unanswered("https://localhost:1/m", error, 3, None, |_| speaks);
        error.to_string()
    }

    #[test]
    fn what_no_server_says_is_said_with_what_to_do() {
        let io = |kind| Error::Io(io::Error::from(kind));
        let certificate = |problem| Error::Rustls(TlsError::InvalidCertificate(problem));
        for (error, expected) in [
            (Error::Timeout(ureq::Timeout::Global), "within 3 s"),
            (
                io(io::ErrorKind::ConnectionRefused),
                "nothing listens at localhost:1",
            ),
            (io(io::ErrorKind::ConnectionReset), "gave no answer"),
            (
                certificate(CertificateError::UnknownIssuer),
                "SSL_CERT_FILE",
            ),
            (certificate(CertificateError::Expired), "expired"),
            (certificate(CertificateError::NotValidYet), "not valid yet"),
            (
                certificate(CertificateError::NotValidForName),
                "not for localhost",
            ),
            (certificate(CertificateError::Revoked), "is not trusted: "),
        ] {
            let told = told(&error, false);
            assert!(told.starts_with("https://localhost:1/m: "), "{told}");
            assert!(told.contains(expected), "{told}");
        }
        assert_eq!(
            told(&io(io::ErrorKind::InvalidData), true),
            "https://localhost:1/m: localhost:1 speaks http, not https: write http://localhost:1/m"
        );
    }
}
