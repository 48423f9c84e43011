//! A change of the state.

use crate::config::mode::Switch;
use crate::state::setting::Setting;
use crate::state::state::State;
use crate::syntax::timestamp::Timestamp;

/// A change of the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateChange {
    /// What to change.
    pub edit: Edit,
    /// The generations that the change may follow.
    pub precondition: Precondition,
}

/// What decides the flag where the state does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// While nobody has set anything.
    pub initial: Switch,
    /// When the last of the windows began that are under way.
    pub window_since: Option<Timestamp>,
}

/// What a change does to the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Sets the flag.
    Set(Setting),
    /// Sets an `off` that opens slowly, where maintenance is on.
    Open(Setting, Fallback),
    /// Forgets what was set.
    Reset,
    /// Revokes the bypass tokens issued up to a moment.
    RevokeBypass(Timestamp),
}

/// Why a state cannot be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// An `on` that is planned would end the one in force.
    #[error(
        "start: maintenance is on or opens slowly, and an `on` that begins later would end that: first `off`"
    )]
    InForce,
    /// The state has moved on: it is not of a generation that the change may follow.
    #[error("If-Match: the state is of generation {0} now")]
    Generation(u64),
}

impl StateChange {
    /// Whether the flag may change by it, which `mode` can lock.
    pub fn sets_flag(&self) -> bool {
        !matches!(self.edit, Edit::RevokeBypass(_))
    }

    /// The name of the call that makes it.
    pub fn as_str(&self) -> &'static str {
        match &self.edit {
            Edit::Set(setting) if setting.maintenance => "on",
            Edit::Set(_) | Edit::Open(..) => "off",
            Edit::Reset => "reset",
            Edit::RevokeBypass(_) => "bypass/revoke",
        }
    }

    /// The state after the change.
    ///
    /// # Errors
    /// It would end what is in force, or may not follow a state of this generation.
    pub fn apply(&self, state: &State) -> Result<State, Conflict> {
        let generation = state.generation;
        let before = state.setting.as_ref();
        if self.would_end(before) {
            return Err(Conflict::InForce);
        }
        if !self.precondition.holds_for(generation) {
            return Err(Conflict::Generation(generation));
        }
        let mut next = state.clone();
        next.generation = generation.saturating_add(1);
        match &self.edit {
            Edit::Set(setting) => {
                let kept = before.filter(|_| setting.is_planned());
                next.setting = Some(Setting {
                    off_at: kept.and_then(Setting::silenced_at).or(setting.off_at),
                    ..setting.clone()
                });
            }
            Edit::Open(off, fallback) => {
                next.setting = Some(opened(off, before, *fallback));
            }
            Edit::Reset => next.setting = None,
            // Later than the last one, even if the clock is not: a token that was minted since
            // must not outlive it.
            Edit::RevokeBypass(at) => {
                let after_last = state.bypass_revoked_at.map(|last| last.saturating_add(1));
                next.bypass_revoked_at = after_last.max(Some(at.unix_millis()));
            }
        }
        Ok(next)
    }

    fn would_end(&self, before: Option<&Setting>) -> bool {
        match (&self.edit, before) {
            (Edit::Set(setting), Some(before)) => {
                let stops = |since| before.is_on(since) || before.ramp(|| since).is_some();
                setting.is_planned() && setting.since.is_some_and(stops)
            }
            _ => false,
        }
    }
}

/// What an `off` that opens slowly sets. During a slow opening the share of those who pass never
/// falls: one that would end earlier hastens it, a later one changes nothing. Where a window has
/// taken over, it is on again, and opens anew.
fn opened(off: &Setting, before: Option<&Setting>, fallback: Fallback) -> Setting {
    let (Some(since), Some(until)) = (off.since, off.ramp_until) else {
        return off.clone();
    };
    if is_on(before, since, fallback) {
        return off.clone();
    }
    let ramp = before.and_then(|before| before.ramp(|| since));
    match (before, ramp) {
        (Some(before), Some(ramp)) => match ramp.hastened(since, until) {
            Some(hastened) => off.opening(hastened),
            None => before.clone(),
        },
        _ => Setting {
            ramp_start: None,
            ramp_until: None,
            ramp_key: None,
            ..off.clone()
        },
    }
}

fn is_on(setting: Option<&Setting>, now: Timestamp, fallback: Fallback) -> bool {
    let silenced_at = setting.and_then(Setting::silenced_at);
    let is_audible = |begin| silenced_at.is_none_or(|silenced| begin > silenced);
    setting.map_or(fallback.initial == Switch::On, |setting| setting.is_on(now))
        || fallback.window_since.is_some_and(is_audible)
}

/// `If-Match`, [RFC 9110 section 13.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Precondition {
    /// There is none, or `*`.
    Any,
    /// One of these, each a generation in quotes.
    OneOf(Vec<u64>),
}

impl Precondition {
    /// Reads the header; a tag that is no generation, such as a weak one, matches none.
    pub fn parse(if_match: Option<&[u8]>) -> Self {
        match if_match {
            None | Some(b"*") => Self::Any,
            Some(tags) => Self::OneOf(
                tags.split(|&byte| byte == b',')
                    .filter_map(|tag| parse_tag(tag.trim_ascii()))
                    .collect(),
            ),
        }
    }

    fn holds_for(&self, generation: u64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(generations) => generations.contains(&generation),
        }
    }
}

fn parse_tag(tag: &[u8]) -> Option<u64> {
    let digits = tag.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let generation: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (generation.to_string().as_bytes() == digits).then_some(generation)
}
