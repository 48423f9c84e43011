//! Blocks of IP addresses.

use std::net::{IpAddr, Ipv6Addr};

/// The first and the last address, IPv4 apart from IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    pub(super) first: IpAddr,
    pub(super) last: IpAddr,
}

impl Network {
    /// Reads an address or a block.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = address.parse().ok()?;
        let (bits, width) = match address {
            IpAddr::V4(address) => (address.to_ipv6_mapped().to_bits(), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let length: u32 = match length {
            "" => width,
            length => length.parse().ok().filter(|length| *length <= width)?,
        };
        let hosts = u128::MAX.checked_shr(128 - (width - length)).unwrap_or(0);
        let canonical = |bits| Ipv6Addr::from_bits(bits).to_canonical();
        Some(Self {
            first: canonical(bits & !hosts),
            last: canonical(bits | hosts),
        })
    }

    /// Whether every address of another lies in it.
    pub(super) fn contains(self, other: Self) -> bool {
        let same = self.first.is_ipv4() == other.first.is_ipv4();
        same && self.first <= other.first && other.last <= self.last
    }

    /// Whether it has every address of IPv4, or of IPv6.
    pub(super) fn is_whole(self) -> bool {
        let whole = ["0.0.0.0/0", "::/0"].map(Self::parse);
        whole.contains(&Some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        Network::parse(text).unwrap()
    }

    #[test]
    fn blocks_lie_in_blocks() {
        for (outer, inner, lies) in [
            ("10.0.0.0/8", "10.1.0.0/16", true),
            ("10.0.0.0/8", "10.2.3.4", true),
            ("10.1.2.3/8", "10.255.255.255", true),
            ("10.1.0.0/16", "10.0.0.0/8", false),
            ("0.0.0.0/0", "::1", false),
            ("::/0", "2001:db8::/32", true),
            ("::/0", "1.2.3.4", false),
            ("2001:db8::1", "2001:db8::1/128", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ] {
            assert_eq!(
                network(outer).contains(network(inner)),
                lies,
                "{outer} {inner}"
            );
        }
        assert!(network("0.0.0.0/0").is_whole() && network("::1/0").is_whole());
        assert!(!network("0.0.0.0/1").is_whole());
        assert!(Network::parse("10.0.0.0/33").is_none() && Network::parse("x").is_none());
    }
}
