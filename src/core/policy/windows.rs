//! Planned maintenance.

use crate::config::windows::WindowConfig;
use crate::state::setting::Setting;
use crate::syntax::invalid::{InvalidConfig, Located};
use crate::syntax::timestamp::Timestamp;

/// The compiled `windows`.
#[derive(Clone, Debug, Default)]
pub struct Windows(Vec<Window>);

/// A time of planned maintenance.
#[derive(Clone, Debug)]
pub struct Window {
    /// Its place in the list.
    pub index: usize,
    /// What it sets; the start and the end are open without.
    pub setting: Setting,
}

impl Windows {
    /// Compiles `windows`.
    ///
    /// # Errors
    /// The first entry without a start or an end, or whose start is not before its end.
    pub fn compile(config: &[WindowConfig]) -> Result<Self, InvalidConfig> {
        let mut windows = Vec::new();
        for (index, config) in config.iter().enumerate() {
            let setting = compile_setting(config).at_index(index)?;
            windows.push(Window { index, setting });
        }
        Ok(Self(windows))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first window that is open, but for those that began before they were silenced.
    pub fn active(&self, now: Timestamp, silenced_at: Option<Timestamp>) -> Option<&Window> {
        self.0.iter().find(|window| {
            let Setting { start, until, .. } = window.setting;
            let open = start.is_none_or(|start| start <= now) && until.is_none_or(|end| now < end);
            let silenced = silenced_at
                .is_some_and(|silenced_at| start.is_none_or(|start| start <= silenced_at));
            open && !silenced
        })
    }
}

fn compile_setting(config: &WindowConfig) -> Result<Setting, InvalidConfig> {
    let start = config.start.as_deref().map(parse).transpose().at("start")?;
    let end = config.end.as_deref().map(parse).transpose().at("end")?;
    match (start, end) {
        (None, None) => Err(InvalidConfig::new("expected `start`, `end` or both")),
        (Some(start), Some(end)) if start >= end => Err(InvalidConfig::new(format!(
            "the end, {end}, is not after the start, {start}"
        ))),
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

fn parse(text: &str) -> Result<Timestamp, InvalidConfig> {
    Timestamp::parse(text).ok_or_else(|| {
        InvalidConfig::new(format!(
            "{text:?} is not an RFC 3339 date-time with offset like \"2026-01-31T22:00:00Z\""
        ))
    })
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
                .and_then(|w| w.setting.message.as_deref())
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
                .and_then(|w| w.setting.message.as_deref())
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
