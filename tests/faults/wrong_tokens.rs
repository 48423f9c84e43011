//! Somebody guesses the admin token.

mod attack;
mod log_lines;
mod work;

use std::time::Duration;

use serde_json::json;

use self::attack::{Attack, RATE};
use crate::{
    fixtures::Observer,
    support::{Envoy, Options, admin, eventually},
};

/// Before memory is looked at for the first time: buffers and connections have their size.
const WARM_UP: usize = 2 * RATE;
const CALLS: usize = 5 * RATE;
/// What memory may vary by; a leak of a kilobyte a call would be more.
const LEEWAY: u64 = 4 << 20;

#[test]
fn a_thousand_wrong_tokens_a_second_change_nothing_for_anybody_else() {
    let envoy = Envoy::with(Options::new(json!({"admin": admin()})));
    let users = [0; 4].map(|_| Observer::start(envoy.address));
    eventually("users", || users.iter().all(|user| user.requests() > 500));
    let waits = || users.each_ref().map(Observer::waits);
    let in_peace = waits();

    Attack::start(&envoy, WARM_UP).end();
    let before = envoy.memory();
    waits();
    let attack = Attack::start(&envoy, CALLS);
    let mut toggles = 0;
    while !attack.is_over() {
        let on = toggles % 2 == 0;
        envoy.toggle(on);
        for user in &users {
            user.turn(on);
        }
        toggles += 1;
    }
    let rate = attack.end();
    let attacked = waits();
    let grown = envoy.memory().saturating_sub(before);

    println!("{rate} wrong calls a second, {toggles} toggles, {grown} bytes of memory");
    println!("in peace {in_peace:?}, attacked {attacked:?}");
    assert!(rate >= RATE, "{rate} a second");
    assert!(toggles >= 10, "{toggles}");
    assert!(grown < LEEWAY, "{grown} bytes");
    for (attacked, in_peace) in attacked.iter().zip(&in_peace) {
        for (attacked, in_peace) in [
            (attacked.median, in_peace.median),
            (attacked.p99, in_peace.p99),
        ] {
            let bound = 5 * in_peace + Duration::from_millis(50);
            assert!(attacked < bound, "{attacked:?}, {in_peace:?} in peace");
        }
    }
    let wrong = (WARM_UP + CALLS) as u64;
    assert_eq!(envoy.metric("admin_denied"), wrong);
    assert_eq!(envoy.metric("admin_granted"), toggles);
    assert_eq!(envoy.metric("errors"), 0);
    eventually("a line for each wrong call", || {
        envoy.log().matches("refused with 401").count() as u64 == wrong
    });
}
