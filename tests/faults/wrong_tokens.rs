//! Somebody guesses the admin token.

mod attack;
mod log_lines;
mod work;

use std::time::Duration;

use serde_json::json;
use support::{Envoy, Observer, Options, admin, eventually};

use self::attack::{Attack, RATE};

/// An attack of some seconds.
const CALLS: usize = 4 * RATE;
/// How often a machine that does much else may spoil a measurement of time.
const TRIES: usize = 4;
/// What memory may vary by; a leak of two kilobytes a call would be more.
const LEEWAY: u64 = 4 << 20;

#[test]
fn a_thousand_wrong_tokens_a_second_change_nothing_for_anybody_else() {
    let envoy = Envoy::with(Options::new(json!({"admin": admin()})));
    let users = [0; 4].map(|_| Observer::start(envoy.address));
    let waits = || {
        users.each_ref().map(|user| {
            let waits = user.waits();
            [50, 99].map(|percent| waits.percentile(percent))
        })
    };
    // Buffers and connections get their size.
    Attack::start(&envoy, CALLS).end();
    let before = envoy.memory();
    let mut toggles = 0;
    let mut attacks = 1;
    loop {
        waits();
        let requests = users.each_ref().map(Observer::requests);
        eventually("users", || {
            let served = users.iter().zip(requests);
            served
                .into_iter()
                .all(|(user, before)| user.requests() > before + 500)
        });
        let in_peace = waits();
        let attack = Attack::start(&envoy, CALLS);
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
        println!("{rate} wrong calls a second, {toggles} toggles");
        attacks += 1;
        if rate >= RATE && is_as_good(&attacked, &in_peace) {
            break;
        }
        assert!(attacks <= TRIES, "{rate} calls a second");
    }
    let grown = envoy.memory().saturating_sub(before);
    println!("memory has grown by {grown} bytes");
    assert!(grown < LEEWAY, "{grown} bytes");
    assert!(toggles >= 10, "{toggles}");
    let wrong = (attacks * CALLS) as u64;
    assert_eq!(envoy.metric("admin_denied"), wrong);
    assert_eq!(envoy.metric("admin_granted"), toggles);
    assert_eq!(envoy.metric("errors"), 0);
    eventually("a line for each wrong call", || {
        envoy.log().matches("refused with 401").count() as u64 == wrong
    });
}

/// Whether users hardly wait longer than in peace: half of the time, and almost always.
fn is_as_good(attacked: &[[Duration; 2]], in_peace: &[[Duration; 2]]) -> bool {
    println!("attacked, users waited {attacked:?}, in peace {in_peace:?}");
    let pairs = attacked.iter().flatten().zip(in_peace.iter().flatten());
    pairs
        .into_iter()
        .all(|(&attacked, &in_peace)| attacked < 5 * in_peace + Duration::from_millis(50))
}
