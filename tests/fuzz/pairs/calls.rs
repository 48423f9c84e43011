//! Calls of the admin endpoint.

use super::{
    configuration::moment,
    reading::case::{Call, On, What},
    source::Source,
};

const OPENINGS: [&str; 16] = [
    "ramp=1h",
    "ramp=2h",
    "ramp=1d",
    "ramp=3601",
    "ramp=30m",
    "ramp=1m1s",
    "ramp=1",
    "ramp=0",
    "&ramp=2%68",
    "ramp=86401",
    "ramp=1d1s",
    "ramp=",
    "ramp=+60",
    "ramp=1m1h",
    "ramp=1h&ramp=1h",
    "for=60",
];

/// Calls of the admin endpoint, in the order of time.
pub fn calls(source: &mut Source) -> Vec<Call> {
    if !source.one_in(2) {
        return Vec::new();
    }
    let mut times: Vec<i64> = (0..=source.below(3))
        .map(|_| moment(source).min(moment(source)))
        .collect();
    times.sort_unstable();
    // Two changes at one moment have no order that anybody could tell.
    times.dedup();
    times
        .into_iter()
        .map(|at| Call {
            at,
            what: what(source, at),
        })
        .collect()
}

fn what(source: &mut Source, at: i64) -> What {
    match source.below(12) {
        0 | 1 => What::Off(""),
        2..=4 => What::Off(source.pick(&OPENINGS)),
        5 => What::Reset,
        6 => What::Revoke,
        _ => {
            let start = source.one_in(2).then(|| moment(source));
            let until = source.one_in(2).then(|| moment(source));
            let begin = start.map_or(at, |start| start.max(at));
            What::On(On {
                start,
                until: until.filter(|until| *until > begin),
                retry_after: source.one_in(4).then(|| source.pick(&[0, 1, 90])),
                hold: source.one_in(8).then(|| source.pick(&[0, 1, 240])),
                message: source
                    .one_in(3)
                    .then(|| source.pick(&["toggled", "<b>\"&'é"]).to_owned()),
            })
        }
    }
}
