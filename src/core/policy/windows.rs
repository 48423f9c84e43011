//! Planned maintenance.

use crate::config::windows::WindowConfig;
use crate::state::setting::Setting;
use crate::syntax::invalid::{Compiled, InvalidConfig, Located, each, optional, refuse};
use crate::syntax::timestamp::Timestamp;

/// The compiled `windows`.
#[derive(Clone, Debug, Default)]
pub struct Windows(Vec<Setting>);

impl Windows {
    /// Compiles `windows`; refuses one with neither start nor end, or an end not after the start.
    pub fn compile(config: &[WindowConfig]) -> Compiled<Self> {
        each(config, compile_window).map(Self)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first window that is open, but for those that began before they were silenced: its
    /// place in the list and what it sets.
    pub fn active(
        &self,
        now: Timestamp,
        silenced_at: Option<Timestamp>,
    ) -> Option<(usize, &Setting)> {
        self.0.iter().enumerate().find(|(_, window)| {
            window.covers(now) && !silenced_at.is_some_and(|silenced| window.has_begun(silenced))
        })
    }
}

fn compile_window(config: &WindowConfig) -> Compiled<Setting> {
    let start = optional(config.start.as_deref(), parse).at("start")?;
    let end = optional(config.end.as_deref(), parse).at("end")?;
    match (start, end) {
        (None, None) => refuse("expected `start`, `end` or both"),
        (Some(start), Some(end)) if start >= end => {
            refuse(format!("the end, {end}, is not after the start, {start}"))
        }
        _ => Ok(Setting {
            maintenance: true,
            since: start,
            start,
            until: end,
            message: config.message.clone(),
            ..Setting::default()
        }),
    }
}

fn parse(text: &str) -> Compiled<Timestamp> {
    let expected = "an RFC 3339 date-time with offset like \"2026-01-31T22:00:00Z\"";
    Timestamp::parse(text).ok_or_else(|| InvalidConfig::is_not(text, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(json: &str) -> Result<Windows, InvalidConfig> {
        Windows::compile(&crate::syntax::json_reader::read::<Vec<_>>(json))
    }

    fn at(hour: &str) -> Timestamp {
        Timestamp::parse(&format!("2026-01-01T{hour}Z")).unwrap()
    }

    #[test]
    fn a_window_is_open_from_its_start_to_before_its_end() {
        let windows = windows(
            r#"[{"start":"2026-01-01T10:00:00Z","end":"2026-01-01T13:00:00+01:00","message":"a"},
                {"start":"2026-01-01T11:00:00Z","message":"b"}]"#,
        )
        .unwrap();
        let message = |now| {
            windows
                .active(at(now), None)
                .and_then(|(_, window)| window.message.as_deref())
        };
        assert_eq!(message("09:59:59.999"), None);
        assert_eq!(message("10:00:00"), Some("a"));
        assert_eq!(message("11:59:59.999"), Some("a"));
        assert_eq!(message("12:00:00"), Some("b"));
    }

    #[test]
    fn silence_holds_for_windows_that_had_begun() {
        let windows = windows(
            r#"[{"end":"2026-01-01T12:00:00Z","message":"a"},
                {"start":"2026-01-01T11:00:00Z","message":"b"}]"#,
        )
        .unwrap();
        let message = |silenced| {
            windows
                .active(at("11:30:00"), Some(at(silenced)))
                .and_then(|(_, window)| window.message.as_deref())
        };
        assert_eq!(message("10:59:59"), Some("b"));
        assert_eq!(message("11:00:00"), None);
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (json, error) in [
            (r#"[{}]"#, "[0]: expected `start`, `end` or both"),
            (
                r#"[{"start":"tomorrow"}]"#,
                "[0].start: \"tomorrow\" is not",
            ),
            (
                r#"[{"end":"2026-01-01T10:00:00"}]"#,
                "[0].end: \"2026-01-01T10:00:00\" is not",
            ),
            (
                r#"[{"start":"2026-01-01T10:00:00Z","end":"2026-01-01T10:00:00Z"}]"#,
                "[0]: the end, 2026-01-01T10:00:00Z, is not after",
            ),
        ] {
            let refused = windows(json).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }
}
