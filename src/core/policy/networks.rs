//! A set of IP addresses and CIDR blocks.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use ipnet::IpNet;

use crate::policy::meant_network::meant;
use crate::policy::network::parse_network;
use crate::syntax::invalid::{Compiled, InvalidConfig, each, refuse};

/// Disjoint blocks in order, so that a binary search finds the only one that can hold an
/// address. Host bits below a mask are ignored, and an IPv4-mapped block is the IPv4 one.
#[derive(Clone, Debug, Default)]
pub struct Networks {
    v4: Vec<(RangeInclusive<u32>, usize)>,
    v6: Vec<(RangeInclusive<u128>, usize)>,
}

impl Networks {
    /// Compiles `"10.0.0.0/8"`, `"2001:db8::1"` and the like; refuses what is no address or block.
    pub fn compile(entries: &[String]) -> Compiled<Self> {
        let blocks = each(entries, |entry| parse(entry))?;
        let mut blocks: Vec<_> = blocks.into_iter().zip(0..).collect();
        blocks.sort_unstable();
        // A block sorts behind those that it lies in.
        blocks.dedup_by(|(inner, _), (outer, _)| outer.contains(&inner.network()));
        let mut networks = Self::default();
        for (block, index) in blocks {
            match block {
                IpNet::V4(block) => {
                    let bits = block.network().to_bits()..=block.broadcast().to_bits();
                    networks.v4.push((bits, index));
                }
                IpNet::V6(block) => {
                    let bits = block.network().to_bits()..=block.broadcast().to_bits();
                    networks.v6.push((bits, index));
                }
            }
        }
        Ok(networks)
    }

    /// Whether the address lies in one of the blocks.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.find(address).is_some()
    }

    /// The place of the widest entry in which the address lies.
    pub fn find(&self, address: IpAddr) -> Option<usize> {
        match address.to_canonical() {
            IpAddr::V4(address) => find(&self.v4, address.to_bits()),
            IpAddr::V6(address) => find(&self.v6, address.to_bits()),
        }
    }
}

fn find<A: Ord>(blocks: &[(RangeInclusive<A>, usize)], address: A) -> Option<usize> {
    let after = blocks.partition_point(|(block, _)| *block.start() <= address);
    let (block, index) = blocks.get(after.checked_sub(1)?)?;
    block.contains(&address).then_some(*index)
}

fn parse(entry: &str) -> Compiled<IpNet> {
    let invalid = || {
        let expected = match meant(entry) {
            Some(meant) => format!("an IP address or CIDR block: write {meant}"),
            None => "an IP address or CIDR block".to_owned(),
        };
        InvalidConfig::is_not(entry, &expected)
    };
    let written = parse_network(entry).ok_or_else(invalid)?;
    let network = written.trunc();
    if let Some(address) = mapped(written).filter(|_| written.prefix_len() < MAPPED_BITS) {
        let instead = match written.prefix_len() {
            bits @ ..=32 => format!("\"{address}/{bits}\""),
            _ => "the IPv4 block that is meant".to_owned(),
        };
        return refuse(format!(
            "{entry:?} holds IPv4-mapped addresses, which are IPv4 here: write {instead}"
        ));
    }
    Ok(unmapped(network).unwrap_or(network))
}

/// The bits of `::ffff:0:0/96`, [RFC 4291 section 2.5.5.2](https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2).
const MAPPED_BITS: u8 = 96;

/// The IPv4 block that an IPv4-mapped block stands for.
fn unmapped(network: IpNet) -> Option<IpNet> {
    let length = network.prefix_len().checked_sub(MAPPED_BITS)?;
    IpNet::new(mapped(network)?, length).ok()
}

/// The IPv4 address that an IPv4-mapped one stands for.
fn mapped(network: IpNet) -> Option<IpAddr> {
    let address = Some(network.addr()).filter(IpAddr::is_ipv6)?;
    Some(address.to_canonical()).filter(IpAddr::is_ipv4)
}

#[cfg(test)]
mod tests {
    use ipnet::Ipv4Net;
    use proptest::prelude::*;

    use super::*;

    fn networks(entries: &[&str]) -> Networks {
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        Networks::compile(&entries).unwrap()
    }

    fn ip(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn addresses_and_blocks_hit_and_miss() {
        let set = networks(&["10.1.2.3/8", "192.0.2.7", "2001:db8::/32", "2001:db9::1"]);
        for hit in [
            "10.255.0.1",
            "192.0.2.7",
            "2001:db8:1::1",
            "2001:db9::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(set.contains(ip(hit)), "{hit}");
        }
        for miss in [
            "11.0.0.0",
            "9.255.255.255",
            "192.0.2.8",
            "2001:db9::2",
            "::",
            "::10.0.0.1",
        ] {
            assert!(!set.contains(ip(miss)), "{miss}");
        }
    }

    #[test]
    fn ipv4_mapped_entries_are_ipv4() {
        let set = networks(&["::ffff:10.0.0.1", "::ffff:192.0.2.0/120"]);
        assert!(set.contains(ip("10.0.0.1")));
        assert!(set.contains(ip("192.0.2.200")));
        assert!(!set.contains(ip("192.0.3.0")));
    }

    #[test]
    fn a_whole_family_does_not_hold_the_other() {
        assert!(networks(&["0.0.0.0/0"]).contains(ip("8.8.8.8")));
        assert!(!networks(&["0.0.0.0/0"]).contains(ip("2001:db8::1")));
        assert!(!networks(&["::/0"]).contains(ip("8.8.8.8")));
    }

    #[test]
    fn what_is_no_address_is_refused_by_its_index() {
        for entry in [
            "",
            "10.0.0.300",
            "10.0.0.0/33",
            "10.0.0.1-10.0.0.9",
            "intranet",
            "::1/129",
            "10.0.010.0/24",
            "10.0.0.0/",
            "10.0.0.0/8/8",
        ] {
            let entries = ["10.0.0.1".to_owned(), entry.to_owned()];
            let error = Networks::compile(&entries).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("[1]: {entry:?} is not an IP address or CIDR block")
            );
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_plain_scan(
            blocks in prop::collection::vec((0u32..64, 26u8..=32), 0..8),
            address in 0u32..70,
        ) {
            let blocks: Vec<Ipv4Net> = blocks
                .into_iter()
                .map(|(address, length)| Ipv4Net::new(address.into(), length).unwrap())
                .collect();
            let entries: Vec<String> = blocks.iter().map(ToString::to_string).collect();
            let scan = blocks.iter().any(|block| block.contains(&std::net::Ipv4Addr::from(address)));
            let set = Networks::compile(&entries).unwrap();
            prop_assert_eq!(set.contains(IpAddr::V4(address.into())), scan);
        }
    }

    #[test]
    fn a_mapped_block_that_no_address_is_in_is_refused() {
        for (entry, write) in [
            ("::ffff:10.0.0.0/8", "\"10.0.0.0/8\""),
            ("::ffff:0:0/95", "the IPv4 block"),
        ] {
            let error = Networks::compile(&[entry.to_owned()])
                .unwrap_err()
                .to_string();
            assert!(error.contains(&format!("write {write}")), "{error}");
        }
        for entry in ["::ffff:0:0/96", "::/0"] {
            assert!(Networks::compile(&[entry.to_owned()]).is_ok(), "{entry}");
        }
    }
}
