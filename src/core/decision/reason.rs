//! Why a request passes while maintenance is on.

use crate::policy::kind::Kind;

/// Why a request passes while maintenance is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An entry of `allow`.
    Matcher(Kind),
    /// A bypass token.
    Bypass,
    /// A rule, or the metadata of the route.
    Rule,
    /// Its turn in a slow opening.
    Ramp,
    /// The end of maintenance, for which it waited.
    Released,
}

impl Reason {
    /// How many there are.
    pub const COUNT: usize = Kind::ALL.len() + 4;

    /// All of them, the kinds of matchers first and in the order in which they are asked.
    pub fn all() -> impl Iterator<Item = Self> {
        let matchers = Kind::ALL.into_iter().map(Self::Matcher);
        matchers.chain([Self::Bypass, Self::Rule, Self::Ramp, Self::Released])
    }

    /// Its place among all.
    pub fn index(self) -> usize {
        match self {
            Self::Matcher(kind) => kind as usize,
            Self::Bypass => Kind::ALL.len(),
            Self::Rule => Kind::ALL.len() + 1,
            Self::Ramp => Kind::ALL.len() + 2,
            Self::Released => Kind::ALL.len() + 3,
        }
    }

    /// The name in stats and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Matcher(kind) => kind.reason(),
            Self::Bypass => "bypass",
            Self::Rule => "rule",
            Self::Ramp => "ramp",
            Self::Released => "released",
        }
    }

    /// The value of the filter state, `allowed:` and the name.
    pub fn filter_state(self) -> &'static str {
        match self {
            Self::Matcher(kind) => kind.filter_state(),
            Self::Bypass => "allowed:bypass",
            Self::Rule => "allowed:rule",
            Self::Ramp => "allowed:ramp",
            Self::Released => "allowed:released",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_place_and_its_state() {
        assert_eq!(Reason::all().count(), Reason::COUNT);
        for (place, reason) in Reason::all().enumerate() {
            assert_eq!(reason.index(), place);
            assert_eq!(
                reason.filter_state(),
                format!("allowed:{}", reason.as_str())
            );
        }
    }
}
