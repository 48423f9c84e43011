//! Slow openings, and whose turn comes when.

use std::{collections::HashMap, time::Duration};

use crate::clock::Moment;

/// The filter counts in milliseconds, and rounds where an opening begins and when a turn comes.
const ROUNDING: Duration = Duration::from_millis(2);

/// How the share of those who pass grows: evenly, from none to all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Its number; one that is hastened is the same.
    pub opening: usize,
    pub start: Moment,
    pub until: Moment,
}

/// What an answer says of the turn of a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub line: Line,
    pub after: Moment,
    /// At the latest.
    pub by: Moment,
}

/// Between which shares that pass a client passes, too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    after: f64,
    by: f64,
}

/// What is known of all clients in all slow openings.
#[derive(Debug, Default)]
pub(super) struct Shares {
    known: HashMap<(usize, usize), Share>,
    openings: usize,
}

impl Line {
    pub(super) const fn new(opening: usize, start: Moment, until: Moment) -> Self {
        Self {
            opening,
            start,
            until,
        }
    }

    /// The share that passes at a moment is the same, and the rest pass by `until`.
    pub(super) fn hastened(self, at: Moment, until: Moment) -> Self {
        let factor = (until - at).as_seconds_f64() / (self.until - at).as_seconds_f64();
        Self {
            start: at - (at - self.start) * factor,
            until,
            ..self
        }
    }

    fn share(self, at: Moment) -> f64 {
        (at - self.start).as_seconds_f64() / (self.until - self.start).as_seconds_f64()
    }
}

impl Turn {
    fn share(&self) -> Share {
        Share {
            after: self.line.share(self.after - ROUNDING).max(0.0),
            by: self.line.share(self.by + ROUNDING).min(1.0),
        }
    }
}

impl Share {
    const ANY: Self = Self {
        after: 0.0,
        by: 1.0,
    };

    fn is_possible(self) -> bool {
        self.after <= self.by
    }

    fn and(self, other: Self) -> Self {
        Self {
            after: self.after.max(other.after),
            by: self.by.min(other.by),
        }
    }

    fn or(self, other: Self) -> Self {
        Self {
            after: self.after.min(other.after),
            by: self.by.max(other.by),
        }
    }
}

impl Shares {
    /// The number of the next slow opening.
    pub(super) const fn next(&self) -> usize {
        self.openings
    }

    /// The next one has begun.
    pub(super) const fn begin(&mut self) {
        self.openings += 1;
    }

    fn of(&self, opening: usize, client: usize) -> Share {
        let known = self.known.get(&(opening, client));
        known.copied().unwrap_or(Share::ANY)
    }

    /// Whether a turn of a client is possible after all that is known of it.
    pub(super) fn allow(&self, client: usize, turn: &Turn) -> bool {
        let known = self.of(turn.line.opening, client);
        known.and(turn.share()).is_possible()
    }

    /// One of these turns is that of the client; nothing is learnt of it where they are of
    /// several openings.
    pub(super) fn learn(&mut self, client: usize, turns: &[Turn]) {
        let Some(opening) = turns.first().map(|turn| turn.line.opening) else {
            return;
        };
        if turns.iter().all(|turn| turn.line.opening == opening) {
            let share = turns.iter().map(Turn::share).reduce(Share::or).unwrap();
            let known = self.of(opening, client).and(share);
            self.known.insert((opening, client), known);
        }
    }

    /// What is known of a client in the last slow opening, for who has to find out what happened.
    pub(super) fn shown(&self, client: usize) -> String {
        let known = self.of(self.openings.saturating_sub(1), client);
        format!(
            "client {client} passes with a share of {:.3} to {:.3}",
            known.after, known.by
        )
    }

    /// The share that passes where it does not grow evenly, with so many clients.
    ///
    /// Turns are chosen at random. By how much the share of those that were chosen differs from
    /// all that may be is bounded (Dvoretzky, Kiefer, Wolfowitz): once in a thousand million runs
    /// it is more.
    pub(super) fn uneven(&self, clients: usize) -> Option<String> {
        let all = self.openings * clients;
        #[allow(clippy::cast_precision_loss, reason = "no soak is that long")]
        let part = |count: usize| count as f64 / all as f64;
        let bound = (2.0e9_f64.ln() / 2.0 * part(1)).sqrt();
        let unknown = all - self.known.len();
        (1..10).map(|tenths| f64::from(tenths) / 10.0).find_map(|share| {
            let least = part(self.known.values().filter(|it| it.by <= share).count());
            let most = self.known.values().filter(|it| it.after <= share).count();
            let most = part(most + unknown);
            (least > share + bound || most < share - bound).then(|| {
                format!("{least:.3} to {most:.3} of the clients pass where {share} should, +- {bound:.3}")
            })
        })
    }
}
