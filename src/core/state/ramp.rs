//! A slow opening: the share of clients that pass grows from none to all.

use std::net::IpAddr;

use hmac::{Hmac, KeyInit, Mac};
use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Sha256;

use crate::syntax::hex;
use crate::syntax::json::Json;
use crate::syntax::timestamp::Timestamp;

/// What says whose turn comes when, so that no client can choose its own: random, and the same at
/// every process of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RampKey([u8; 16]);

/// A slow opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// When the first clients pass.
    pub start: Timestamp,
    /// From when on all pass.
    pub until: Timestamp,
    /// Whose turn comes when.
    pub key: RampKey,
}

impl RampKey {
    /// A key of two random numbers.
    pub fn new(random: [u64; 2]) -> Self {
        let [high, low] = random.map(u128::from);
        Self(((high << 64) | low).to_be_bytes())
    }

    /// A number of a client, spread evenly over all that there are. A client is an IPv4 address or
    /// the /64 of an IPv6 address.
    fn number(&self, client: IpAddr) -> u64 {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok();
        if let Some(mac) = &mut mac {
            match client.to_canonical() {
                IpAddr::V4(address) => mac.update(&address.octets()),
                IpAddr::V6(address) => {
                    mac.update(address.octets().first_chunk::<8>().map_or(&[], |it| it))
                }
            }
        }
        let digest = mac.map(|mac| mac.finalize().into_bytes());
        let first = digest.as_ref().and_then(|digest| digest.first_chunk());
        first.map_or(u64::MAX, |first| u64::from_be_bytes(*first))
    }
}

impl Ramp {
    /// When a client passes, and goes on passing; one without an address comes last.
    pub fn turn(&self, client: Option<IpAddr>) -> Timestamp {
        match client {
            Some(client) => self.at(self.key.number(client)),
            None => self.until,
        }
    }

    /// The same opening, all passing earlier: whoever has passed goes on passing, and from a moment
    /// on the share grows faster. `None` if they would not pass earlier.
    pub fn hastened(&self, now: Timestamp, until: Timestamp) -> Option<Self> {
        if until >= self.until {
            return None;
        }
        // The share that passes now is the same on both lines, which meet here.
        let done = u128::from(self.start.millis_until(now));
        let whole = u128::from(self.start.millis_until(self.until));
        let rest = whole.checked_sub(done).filter(|rest| *rest > 0)?;
        let before = u128::from(now.millis_until(until)) * done / rest;
        Some(Self {
            start: now.minus_millis(u64::try_from(before).unwrap_or(u64::MAX)),
            until,
            key: self.key,
        })
    }

    /// The moment at which a share passes, in parts of all numbers.
    fn at(&self, share: u64) -> Timestamp {
        let whole = u128::from(self.start.millis_until(self.until));
        let part = (whole * u128::from(share)) >> 64;
        self.start
            .plus_millis(u64::try_from(part).unwrap_or(u64::MAX))
    }
}

impl Serialize for RampKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for RampKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const EXPECTED: &str = "32 hexadecimal digits";
        match Json::deserialize(deserializer)? {
            Json::String(text) => hex::decode(&text)
                .and_then(|bytes| bytes.try_into().ok())
                .map(Self)
                .ok_or_else(|| Error::invalid_value(Unexpected::Str("another text"), &EXPECTED)),
            other => Err(other.unexpected(&EXPECTED)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_unix_millis(millis)
    }

    fn ramp(start: i64, until: i64) -> Ramp {
        Ramp {
            start: at(start),
            until: at(until),
            key: RampKey::new([1, 2]),
        }
    }

    fn client(number: u32) -> Option<IpAddr> {
        Some(Ipv4Addr::from_bits(number).into())
    }

    #[test]
    fn the_share_grows_evenly() {
        let ramp = ramp(0, 600_000);
        for tenths in 0..=10 {
            let now = at(60_000 * tenths);
            let passing = (0..10_000).filter(|&it| ramp.turn(client(it)) <= now);
            let expected = 1000 * tenths;
            let passing = i64::try_from(passing.count()).unwrap();
            assert!((passing - expected).abs() < 150, "{passing} of {expected}");
        }
    }

    #[test]
    fn neighbours_of_one_network_have_one_turn_and_who_has_no_address_comes_last() {
        let ramp = ramp(0, 600_000);
        let turn = |address: &str| ramp.turn(Some(address.parse().unwrap()));
        assert_eq!(turn("2001:db8::1"), turn("2001:db8::ffff:1"));
        assert_ne!(turn("2001:db8::1"), turn("2001:db8:0:1::1"));
        assert_eq!(turn("192.0.2.1"), turn("::ffff:192.0.2.1"));
        assert_eq!(ramp.turn(None), ramp.until);
        let other = Ramp {
            key: RampKey::new([2, 1]),
            ..ramp
        };
        assert_ne!(other.turn(client(1)), ramp.turn(client(1)));
    }

    #[test]
    fn a_key_is_32_digits() {
        let key = RampKey::new([1, 2]);
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(json, "\"00000000000000010000000000000002\"");
        assert_eq!(serde_json::from_str::<RampKey>(&json).unwrap(), key);
        for wrong in [
            "\"\"",
            "\"0g\"",
            "1",
            "\"000000000000000100000000000000020\"",
        ] {
            assert!(serde_json::from_str::<RampKey>(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn nobody_has_to_wait_again_when_it_is_hastened(
            length in 1..100_000_000i64,
            now in 0.0..1.0f64,
            until in 0.0..1.0f64,
            number: u32,
            high: u64,
        ) {
            let slow = ramp(0, length);
            let now = at((now * length as f64) as i64);
            let until = at(now.unix_millis() + (until * (length as f64)) as i64);
            match slow.hastened(now, until) {
                None => prop_assert!(until >= slow.until),
                Some(fast) => {
                    prop_assert_eq!(fast.until, until);
                    let addresses = [
                        client(number),
                        Some(Ipv6Addr::from_bits(u128::from(high) << 64).into()),
                        None,
                    ];
                    for address in addresses {
                        let (before, after) = (slow.turn(address), fast.turn(address));
                        prop_assert!(after <= before.max(now));
                        prop_assert!(before > now || after <= now, "{:?} {:?}", before, after);
                    }
                }
            }
        }
    }
}
