//! Blocks of IP addresses.

use std::net::IpAddr;

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
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            "" => width,
            length => length.parse().ok().filter(|length| *length <= width)?,
        };
        let mask = |bits: u128| bits.checked_shl(width - length).unwrap_or(0);
        let (first, last) = match address {
            IpAddr::V4(address) => {
                let host = !(mask(u128::MAX) as u32);
                let first = u32::from(address) & !host;
                (IpAddr::V4(first.into()), IpAddr::V4((first | host).into()))
            }
            IpAddr::V6(address) => {
                let host = !mask(u128::MAX);
                let first = u128::from(address) & !host;
                (IpAddr::V6(first.into()), IpAddr::V6((first | host).into()))
            }
        };
        Some(Self {
            first: first.to_canonical(),
            last: last.to_canonical(),
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
