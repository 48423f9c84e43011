//! What an `on`, an `off` or a window sets.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use crate::state::given::Given;
use crate::state::hold::Hold;
use crate::state::ramp::{Ramp, RampKey};
use crate::syntax::timestamp::Timestamp;

/// A parameter of an `on`.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name in the query, in the status and in a store.
    pub name: &'static str,
    /// What stands for a value in a help text.
    pub value: &'static str,
    /// What a value is, for an error.
    pub expected: &'static str,
    /// What it does, for people.
    pub help: &'static str,
}

/// The end of an `on` in the place of `until`: so long after it begins.
pub const DURATION: Parameter = Parameter {
    name: "for",
    value: u64::VALUE,
    expected: u64::EXPECTED,
    help: "How long it lasts",
};

/// How slowly an `off` opens.
pub const RAMP: Parameter = Parameter {
    name: "ramp",
    value: u64::VALUE,
    expected: u64::EXPECTED,
    help: "Let clients in little by little, all of them after this time, at most a day",
};

/// The fields of a [`Setting`]: those that the status tells, of which one with a help text can be
/// given with an `on`, and those that only the state and the stores have.
macro_rules! setting {
    (
        told { $($(#[doc = $doc:literal])+ $field:ident: $type:ty $(= $help:literal)?,)+ }
        kept { $($(#[doc = $kept_doc:literal])+ $kept:ident: $kept_type:ty,)+ }
    ) => {
        /// What an `on`, an `off` or a window sets. Its JSON leaves out what is not set.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Setting {
            /// On or off.
            pub maintenance: bool,
            $(
                $(#[doc = $doc])+
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )+
            $(
                $(#[doc = $kept_doc])+
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $kept: Option<$kept_type>,
            )+
        }

        impl Setting {
            /// What can be given with an `on`.
            pub const PARAMETERS: &[Parameter] = &[$($(Parameter {
                name: stringify!($field),
                value: <$type as Given>::VALUE,
                expected: <$type as Given>::EXPECTED,
                help: $help,
            },)?)+];

            /// An `on` with what a caller has given: `text` has it by the parameter.
            ///
            /// # Errors
            /// The first parameter that is not what is expected of it.
            pub fn given<'t>(
                text: impl Fn(&'static str) -> Option<&'t str>,
            ) -> Result<Self, &'static Parameter> {
                let mut setting = Self { maintenance: true, ..Self::default() };
                for parameter in Self::PARAMETERS {
                    match (parameter.name, text(parameter.name)) {
                        (_, None) => {}
                        $((stringify!($field), Some(text)) => {
                            let value = <$type as Given>::parse(text);
                            setting.$field = Some(value.ok_or(parameter)?);
                        })+
                        _ => return Err(parameter),
                    }
                }
                Ok(setting)
            }
        }

        /// All that is told but the flag itself; what is not set is `null`.
        impl Serialize for Complete {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut fields = serializer.serialize_map(None)?;
                $({
                    let value = self.0.as_ref().and_then(|setting| setting.$field.as_ref());
                    fields.serialize_entry(stringify!($field), &value)?;
                })+
                fields.end()
            }
        }
    };
}

impl Setting {
    /// Whether a moment lies between the start and the end.
    pub(crate) fn covers(&self, now: Timestamp) -> bool {
        self.has_begun(now) && self.until.is_none_or(|until| now < until)
    }

    /// Whether the start is no later than a moment.
    pub(crate) fn has_begun(&self, now: Timestamp) -> bool {
        self.start.is_none_or(|start| start <= now)
    }

    /// Whether it is an `on` that was to begin later than it was set, as far as that is known.
    pub(crate) fn is_planned(&self) -> bool {
        let is_later = |start| self.since.is_none_or(|since| start > since);
        self.maintenance && self.start.is_some_and(is_later)
    }

    /// Whether it is an `on` that counts at a moment.
    pub(crate) fn is_on(&self, now: Timestamp) -> bool {
        self.maintenance && self.covers(now)
    }

    /// The same with another slow opening.
    pub(crate) fn opening(&self, ramp: Ramp) -> Self {
        Self {
            ramp_start: Some(ramp.start),
            ramp_until: Some(ramp.until),
            ramp_key: Some(ramp.key),
            ..self.clone()
        }
    }

    /// The slow opening of an `off`, where it has one and it is not over.
    pub(crate) fn ramp(&self, now: impl FnOnce() -> Timestamp) -> Option<Ramp> {
        let ramp = Ramp {
            start: self.ramp_start?,
            until: self.ramp_until?,
            key: self.ramp_key?,
        };
        (!self.maintenance && now() < ramp.until).then_some(ramp)
    }

    /// The moment up to which windows that have begun are silenced, which only an `off` does.
    pub(crate) fn silenced_at(&self) -> Option<Timestamp> {
        let since = self.since.filter(|_| !self.maintenance);
        since.or(self.off_at)
    }
}

/// What is known of the flag, as the status tells it.
#[derive(Clone, Debug)]
pub struct Complete(pub Option<Setting>);

setting! {
    told {
        /// When it was set.
        since: Timestamp,
        /// An `on` before this moment counts as off.
        start: Timestamp = "When it begins, RFC 3339; now if absent",
        /// An `on` from this moment counts as off.
        until: Timestamp = "When it ends, RFC 3339",
        /// `Retry-After` in seconds, before all others.
        retry_after: u64 = "`Retry-After` of the replies",
        /// The message of the replies, before all others.
        message: String = "What people are told",
        /// The name of the token that set it.
        changed_by: String,
        /// How long requests wait for the end, before all others.
        hold: Hold = "How long requests wait for the end instead of failing, at most 4m",
        /// From when on all clients pass again after an `off` that opens slowly.
        ramp_until: Timestamp,
    }
    kept {
        /// When the `off` was learnt of that does not say so itself, or the one before a planned `on`.
        off_at: Timestamp,
        /// When the first clients passed.
        ramp_start: Timestamp,
        /// Whose turn comes when.
        ramp_key: RampKey,
    }
}
