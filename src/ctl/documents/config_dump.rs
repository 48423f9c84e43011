//! What a running Envoy says of its configuration.

use std::time::Duration;

use maintenance_mode_core::syntax::one_line::OneLine;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// Large meshes have configurations of some hundred megabytes.
const MAX_DUMP: u64 = 1 << 30;
const TIMEOUT: Duration = Duration::from_secs(60);

/// Asks the admin interface at an address such as `http://127.0.0.1:9901`.
///
/// # Errors
/// There is no answer, or it is not that of an admin interface.
pub(super) fn config_dump(address: &str) -> Result<String, String> {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .build();
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .tls_config(tls)
        .user_agent(concat!("maintenancectl/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let (address, _) = address.split_once("/config_dump").unwrap_or((address, ""));
    let url = format!("{}/config_dump?include_eds", address.trim_end_matches('/'));
    let problem = |error: ureq::Error| format!("{url}: {}", OneLine(&error.to_string()));
    let mut answer = agent.get(&url).call().map_err(problem)?;
    let body = answer.body_mut().with_config().limit(MAX_DUMP);
    let text = body.read_to_string().map_err(problem)?;
    if !text.contains("\"configs\"") {
        return Err(format!(
            "{url}: the answer is not that of Envoy's admin interface"
        ));
    }
    Ok(text)
}
