//! One address, or block of addresses, as it is written.

use std::net::IpAddr;

use ipnet::IpNet;

/// Reads an address or a block, and not as [`IpNet`] does, which takes numbers with leading zeros:
/// others read those as octal.
pub(super) fn parse_network(entry: &str) -> Option<IpNet> {
    let Some((address, length)) = entry.split_once('/') else {
        return Some(entry.parse::<IpAddr>().ok()?.into());
    };
    let bits: u8 = length.parse().ok()?;
    let network = IpNet::new(address.parse().ok()?, bits).ok()?;
    (bits.to_string() == length).then_some(network)
}

/// Whether a text is a CIDR block.
pub(super) fn is_block(text: &str) -> bool {
    text.contains('/') && parse_network(text).is_some()
}
