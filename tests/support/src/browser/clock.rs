//! Time that passes faster.

use std::time::Duration;

use serde_json::json;

use super::Browser;

impl Browser {
    /// Pages have a clock that [`Browser::let_pass`] sets, from the next on.
    pub fn take_clock(&self) {
        let clock = json!({"source": include_str!("clock.js")});
        self.devtools("Page.addScriptToEvaluateOnNewDocument", clock);
    }

    /// Pages open at this moment, from the next on, and all they are told is as near to it as
    /// it is to now.
    pub fn open_at(&self, moment: &str) {
        let script = format!("({})({moment:?})", include_str!("calendar.js"));
        self.devtools(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({"source": script}),
        );
    }

    /// Lets so much time pass for the page.
    pub fn let_pass(&self, time: Duration) {
        let time = u64::try_from(time.as_millis()).unwrap();
        self.run_with("return letPass(arguments[0])", vec![time.into()]);
    }

    /// From now on the browser never waits: what a page is to do later, it does at once.
    pub fn hurry(&self) {
        let at_once = json!({"policy": "advance"});
        self.devtools("Emulation.setVirtualTimePolicy", at_once);
    }

    /// Pages are in another time zone from now on.
    pub fn travel(&self, time_zone: &str) {
        let zone = json!({"timezoneId": time_zone});
        self.devtools("Emulation.setTimezoneOverride", zone);
    }
}
