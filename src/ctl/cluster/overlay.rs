//! What the command line sets in a configuration: `mode`, and one window of its own.

use maintenance_mode_core::config::mode::Mode;
use maintenance_mode_core::syntax::timestamp::Timestamp;
use serde_json::{Map, Value};

use crate::ctl::arguments::parameters::option_name;
use crate::ctl::cluster::window::{HELD, is_ours, window};
use crate::ctl::endpoints::toggle::Toggle;

/// How these stand in a configuration, or are to stand there.
#[derive(Clone, Debug)]
pub(crate) struct Overlay {
    mode: Option<Value>,
    window: Option<OwnWindow>,
}

#[derive(Clone, Debug)]
struct OwnWindow {
    entry: Value,
    /// Its place in the list; where there is none, it takes that of the last one, or the end.
    place: Option<usize>,
}

const MODE: &str = "mode";
const WINDOWS: &str = "windows";

/// Parameters that a window has no place for, and what a configuration says of all maintenance.
const OF_ALL: [(&str, &str); 2] = [
    ("hold", "response.hold_seconds"),
    ("retry_after", "response.retry_after"),
];

/// Refuses what no configuration can express, with what can.
pub(crate) fn check_expressible(toggle: &Toggle) -> Result<(), String> {
    match toggle {
        Toggle::Off | Toggle::Reset => Ok(()),
        Toggle::Open(_) => Err(
            "--ramp is nothing that a configuration can express: `off --ramp` at an endpoint can, \
             with --url"
                .to_owned(),
        ),
        Toggle::On(parameters) => {
            let mut names = parameters.pairs().map(|(name, _)| name);
            let Some(name) = names.find(|name| !HELD.contains(name)) else {
                return Ok(());
            };
            let option = option_name(name);
            let key = OF_ALL.iter().find(|(other, _)| *other == name);
            let key = key.map(|(_, key)| format!(" `{key}` in it does for every one, and"));
            Err(format!(
                "{option} is nothing that a configuration can express for this maintenance \
                 alone:{} `on {option}` at an endpoint can, with --url",
                key.unwrap_or_default()
            ))
        }
    }
}

impl Overlay {
    /// As a toggle wants it.
    ///
    /// # Errors
    /// Its end is past.
    pub(crate) fn new(toggle: &Toggle, now: Timestamp) -> Result<Self, String> {
        let (mode, window) = match toggle {
            Toggle::On(parameters) if parameters.is_empty() => (Mode::On, None),
            Toggle::On(parameters) => (Mode::Auto, Some(window(parameters, now)?)),
            Toggle::Off | Toggle::Open(_) => (Mode::Off, None),
            Toggle::Reset => (Mode::Auto, None),
        };
        Ok(Self {
            mode: Some(mode.as_str().into()),
            window: window.map(|entry| OwnWindow { entry, place: None }),
        })
    }

    /// As it is in a configuration.
    pub(crate) fn of(configuration: Option<&Map<String, Value>>) -> Self {
        let windows = configuration.and_then(|configuration| configuration.get(WINDOWS));
        let windows = windows.and_then(Value::as_array).into_iter().flatten();
        let ours = windows.enumerate().find(|(_, window)| is_ours(window));
        Self {
            mode: configuration.and_then(|configuration| configuration.get(MODE).cloned()),
            window: ours.map(|(place, entry)| OwnWindow {
                entry: entry.clone(),
                place: Some(place),
            }),
        }
    }

    /// The same configuration with the overlay like this.
    ///
    /// # Errors
    /// There is no list that a window could stand in.
    pub(super) fn put_into(
        &self,
        configuration: Option<&Map<String, Value>>,
    ) -> Result<Map<String, Value>, &'static str> {
        let mut configuration = configuration.cloned().unwrap_or_default();
        match &self.mode {
            Some(mode) => configuration.insert(MODE.to_owned(), mode.clone()),
            None => configuration.remove(MODE),
        };
        let mut windows = match configuration.get(WINDOWS) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(windows)) => windows.clone(),
            Some(_) if self.window.is_none() => return Ok(configuration),
            Some(_) => return Err("windows: expected a list, to put a window into it"),
        };
        let count = windows.len();
        let first = windows.iter().position(is_ours);
        windows.retain(|window| !is_ours(window));
        if let Some(window) = &self.window {
            let place = window.place.or(first).unwrap_or(windows.len());
            windows.insert(place.min(windows.len()), window.entry.clone());
        }
        if !windows.is_empty() {
            configuration.insert(WINDOWS.to_owned(), windows.into());
        } else if count > 0 {
            configuration.remove(WINDOWS);
        }
        Ok(configuration)
    }

    /// Whether a mode fixes the flag, so that endpoints can change nothing.
    pub(crate) fn locks(&self) -> bool {
        let mode = self.mode.as_ref().and_then(Value::as_str);
        [Mode::On, Mode::Off]
            .iter()
            .any(|fixed| mode == Some(fixed.as_str()))
    }

    /// Whether a place in the configuration, by the first two steps, is in our window.
    pub(super) fn has_window_at(&self, list: &str, index: usize) -> bool {
        let place = self.window.as_ref().and_then(|window| window.place);
        list == WINDOWS && place == Some(index)
    }

    /// Whether both are the same, wherever in the list the window is.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let entry = |overlay: &Self| overlay.window.as_ref().map(|window| window.entry.clone());
        self.mode == other.mode && entry(self) == entry(other)
    }
}

#[cfg(test)]
mod tests {
    use maintenance_mode_core::state::hold::Hold;
    use maintenance_mode_core::state::setting::{Parameter, Setting};
    use serde_json::json;

    use super::*;
    use crate::ctl::arguments::parameters::Parameters;

    fn object(value: &Value) -> Option<&Map<String, Value>> {
        value.as_object()
    }

    fn ours(end: u8) -> Value {
        json!({"name": "maintenancectl", "end": end})
    }

    fn overlay(mode: &str, window: Option<Value>) -> Overlay {
        Overlay {
            mode: Some(mode.into()),
            window: window.map(|entry| OwnWindow { entry, place: None }),
        }
    }

    #[test]
    fn mode_is_set_and_our_window_is_there_once_or_not_at_all() {
        let other = json!({"name": "other", "end": 1});
        let on = overlay("on", None);
        let window = overlay("auto", Some(ours(2)));
        for (overlay, before, after) in [
            (&on, json!({}), json!({"mode": "on"})),
            (
                &on,
                json!({"scope": "a", "mode": true}),
                json!({"scope": "a", "mode": "on"}),
            ),
            (&on, json!({"windows": [ours(1)]}), json!({"mode": "on"})),
            (
                &on,
                json!({"windows": []}),
                json!({"mode": "on", "windows": []}),
            ),
            (
                &on,
                json!({"windows": "x"}),
                json!({"mode": "on", "windows": "x"}),
            ),
            (
                &on,
                json!({"windows": [ours(1), other, ours(3)]}),
                json!({"mode": "on", "windows": [other]}),
            ),
            (
                &window,
                json!({}),
                json!({"mode": "auto", "windows": [ours(2)]}),
            ),
            (
                &window,
                json!({"windows": null}),
                json!({"mode": "auto", "windows": [ours(2)]}),
            ),
            (
                &window,
                json!({"mode": "off", "windows": [other]}),
                json!({"mode": "auto", "windows": [other, ours(2)]}),
            ),
            (
                &window,
                json!({"windows": [ours(1), other, ours(3)]}),
                json!({"mode": "auto", "windows": [ours(2), other]}),
            ),
        ] {
            let found = overlay.put_into(object(&before)).unwrap();
            assert_eq!(Value::from(found), after, "{before}");
        }
        assert!(window.put_into(object(&json!({"windows": {}}))).is_err());
    }

    #[test]
    fn what_was_is_put_back_where_it_was() {
        let other = json!({"name": "other"});
        for before in [
            json!({}),
            json!({"mode": true}),
            json!({"mode": "off", "windows": [ours(1), other]}),
            json!({"windows": [other]}),
        ] {
            let was = Overlay::of(object(&before));
            for overlay in [overlay("on", None), overlay("auto", Some(ours(2)))] {
                let during = overlay.put_into(object(&before)).unwrap();
                assert!(Overlay::of(Some(&during)).is_like(&overlay) && !was.is_like(&overlay));
                let after = was.put_into(Some(&during)).unwrap();
                assert_eq!(Value::from(after), before);
            }
        }
    }

    #[test]
    fn what_no_configuration_can_express_is_refused_with_what_can() {
        let on = |setting: Setting| check_expressible(&Toggle::On(Parameters::of(&setting)));
        let hold = on(Setting {
            hold: Hold::new(1),
            ..Setting::default()
        });
        assert!(hold.unwrap_err().starts_with("--hold is"));
        let retry_after = on(Setting {
            retry_after: Some(1),
            ..Setting::default()
        });
        assert!(retry_after.unwrap_err().contains("response.retry_after"));
        let known = |name| HELD.contains(&name) || OF_ALL.iter().any(|(other, _)| *other == name);
        for Parameter { name, .. } in Setting::PARAMETERS {
            assert!(
                known(name),
                "{name} has no place in a configuration, or no key"
            );
        }
        let ramp = check_expressible(&Toggle::Open(1)).unwrap_err();
        assert!(ramp.contains("--url"), "{ramp}");
        let all = Setting {
            start: Some(Timestamp::from_unix_millis(0)),
            until: Some(Timestamp::from_unix_millis(1)),
            message: Some("a".to_owned()),
            ..Setting::default()
        };
        assert_eq!(on(all), Ok(()));
    }

    #[test]
    fn only_a_fixed_mode_locks() {
        for (mode, locks) in [("on", true), ("off", true), ("auto", false)] {
            assert_eq!(overlay(mode, None).locks(), locks, "{mode}");
        }
    }
}
