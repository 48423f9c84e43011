//! Hosts.

use super::Stance;

/// A name, or an address in brackets, without the port and a dot at its end, in lower case;
/// `None` where it is no `host[:port]`.
pub fn plain(host: &str) -> Option<String> {
    let end = host.find(']').map_or(0, |bracket| bracket + 1);
    let (name, port) = match host[end..].find(':') {
        Some(colon) => (&host[..end + colon], &host[end + colon + 1..]),
        None => (host, "80"),
    };
    let is_port = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(address) = name.strip_prefix('[') {
        let address = address.strip_suffix(']')?.parse::<std::net::Ipv6Addr>();
        return (is_port && address.is_ok()).then(|| name.to_lowercase());
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        !label.is_empty() && label.bytes().all(is_part)
    };
    (is_port && name.split('.').all(is_label)).then(|| name.to_lowercase())
}

/// What is left of it without user, ports and dots.
fn left(host: &str) -> String {
    let host = host.rsplit('@').next().unwrap();
    let host = host.split(':').next().unwrap();
    host.trim_matches('.').to_lowercase()
}

fn takes(entry: &str, host: &str) -> bool {
    let entry = entry.trim_end_matches('.').to_lowercase();
    match entry.strip_prefix('*') {
        Some(end) => host
            .strip_suffix(end)
            .is_some_and(|begin| !begin.is_empty()),
        None => entry == host,
    }
}

/// Whether an entry of `hosts` takes the host of a request.
pub fn matches(entry: &str, host: &str, stance: Stance) -> bool {
    match plain(host) {
        Some(host) => takes(entry, &host),
        None => stance.is_wary() && takes(entry, &left(host)),
    }
}
