//! etcd is killed and comes back.

use std::time::Duration;

use support::etcd::Etcd;

use crate::{
    expectation::{Cause, Expectation},
    run::Run,
};

/// From one outage to the next.
const GAP: Duration = Duration::from_secs(18);
/// How long etcd is down, in turn.
const DOWN: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(2),
];

/// Kills etcd again and again; how often.
pub fn outages(run: &Run, etcd: &mut Etcd, expectation: &Expectation) -> usize {
    let mut outages = 0;
    while run.wait(GAP) {
        let outage = expectation.disturb(Cause::Outage);
        etcd.kill();
        run.wait(DOWN[outages % DOWN.len()]);
        etcd.restart();
        expectation.settle(outage);
        outages += 1;
    }
    outages
}
