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
