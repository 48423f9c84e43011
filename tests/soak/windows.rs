//! Recurring windows: each second minute of a zone.

use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::Moment;

/// What a window says.
pub const MESSAGE: &str = "The planned minute.";
/// How long before a window the upstream learns of it.
const ANNOUNCE: Duration = Duration::from_secs(20);
const LENGTH: Duration = Duration::from_secs(60);
const PERIOD: i64 = 120;

/// The windows of a site. Its clocks are so many minutes ahead of UTC, all the year.
#[derive(Clone, Copy, Debug)]
pub struct Windows {
    zone: &'static str,
    minutes_ahead: i64,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub begin: Moment,
    pub end: Moment,
}

impl Windows {
    /// In the even minutes of UTC.
    pub const EVEN: Self = Self {
        zone: "UTC",
        minutes_ahead: 0,
    };
    /// In the odd ones.
    pub const ODD: Self = Self {
        zone: "Asia/Kathmandu",
        minutes_ahead: 5 * 60 + 45,
    };

    /// Adds them to a plugin configuration.
    pub fn configure(self, plugin: &mut Value) {
        plugin["announce_seconds"] = ANNOUNCE.as_secs().into();
        plugin["windows"] = json!([{
            "schedule": "*/2 * * * *",
            "duration": "1m",
            "time_zone": self.zone,
            "message": MESSAGE,
        }]);
    }

    /// The last to have begun by then.
    fn last(self, moment: Moment) -> Window {
        let local = moment.unix_timestamp() + self.minutes_ahead * 60;
        let begun = moment.unix_timestamp() - local.rem_euclid(PERIOD);
        let begin = Moment::from_unix_timestamp(begun).unwrap();
        Window {
            begin,
            end: begin + LENGTH,
        }
    }

    /// The one under way.
    pub fn at(self, moment: Moment) -> Option<Window> {
        Some(self.last(moment)).filter(|window| moment < window.end)
    }

    fn next(self, moment: Moment) -> Window {
        self.last(moment + Duration::from_secs(PERIOD.unsigned_abs()))
    }

    /// The next one, once it is announced.
    pub fn announced(self, moment: Moment) -> Option<Window> {
        Some(self.next(moment)).filter(|next| next.begin - ANNOUNCE <= moment)
    }

    /// When one begins or ends next.
    pub fn next_edge(self, moment: Moment) -> Moment {
        match self.at(moment) {
            Some(window) => window.end,
            None => self.next(moment).begin,
        }
    }

    /// When from one moment to another what they mean changes.
    pub fn changes(self, from: Moment, to: Moment) -> impl Iterator<Item = Moment> {
        let (last, next) = (self.last(from), self.next(from));
        [last.end, next.begin - ANNOUNCE, next.begin, next.end]
            .into_iter()
            .filter(move |change| (from..=to).contains(change))
    }
}
