//! Changes on several Envoys at once, and changes that know what they replace.

use support::{
    Envoy, Response, admin_request,
    etcd::{Etcd, KEY},
    fleet::{agree, change, generation, status, three},
    in_parallel,
};

const CALLS: [&str; 6] = ["on", "off", "on?message=a", "off", "on?for=600", "off"];

/// Makes six changes at once, two on each Envoy.
fn change_at_once(envoys: &[Envoy]) -> Vec<Response> {
    in_parallel(CALLS.len(), |number| {
        change(&envoys[number % envoys.len()], CALLS[number])
    })
}

#[test]
fn six_toggles_at_once_on_three_envoys_end_in_one_state() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    let mut made = 0;
    for _ in 0..10 {
        let before = etcd.mod_revision(KEY).unwrap_or(0);
        let responses = change_at_once(&envoys);
        let mut last = None;
        for (call, response) in CALLS.iter().zip(&responses) {
            if response.status == 200 {
                let answer = response.json();
                assert_eq!(answer["maintenance"], call.starts_with("on"));
                let generation = answer["generation"].as_u64().unwrap();
                assert!(generation > before, "{call}: {answer}");
                last = last.max(Some((generation, call.starts_with("on"))));
                made += 1;
            } else {
                assert_eq!(response.status, 503, "{call}: {}", response.text());
            }
        }
        let (generation_of_last, on) = last.expect("no toggle was made");
        agree(&envoys, on);
        assert_eq!(generation(&envoys[0]), generation_of_last);
        assert_eq!(etcd.mod_revision(KEY), Some(generation_of_last));
    }
    println!("of 60 toggles that came six at once, {made} were made, the others refused");
    let revision = etcd.ctl(&["get", "-w=fields", KEY]);
    assert!(
        revision.contains(&format!("\"Version\" : {made}\n")),
        "{made}: {revision}"
    );
}

fn if_match(envoy: &Envoy, call: &str, generation: u64) -> Response {
    envoy.fetch(&admin_request("POST", call).header("if-match", format!("\"{generation}\"")))
}

#[test]
fn a_generation_of_one_envoy_is_good_on_another_and_a_stale_one_nowhere() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for here in 0..12 {
        let [one, two] = [here, here + 1].map(|number| &envoys[number % envoys.len()]);
        let on = here % 2 == 0;
        let before = one.admin("GET", "");
        let stale = generation(one);
        assert_eq!(before.header("etag"), Some(&*format!("\"{stale}\"")));

        // Straight to the next Envoy, which may not have heard of the last change yet.
        let answer = if_match(two, if on { "on" } else { "off" }, stale);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let current = answer.json()["generation"].as_u64().unwrap();
        assert_eq!(answer.header("etag"), Some(&*format!("\"{current}\"")));
        assert!(current > stale);
        for envoy in &envoys {
            let refused = if_match(envoy, if on { "off" } else { "on" }, stale);
            assert_eq!(refused.status, 412, "{}", refused.text());
        }
        agree(&envoys, on);
        assert_eq!(generation(one), current);
        assert_eq!(etcd.mod_revision(KEY), Some(current));
    }
}

#[test]
fn of_changes_at_once_for_the_same_generation_exactly_one_is_made() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for round in 0..10 {
        agree(&envoys, round > 0);
        let current = generation(&envoys[0]);
        let mut statuses = in_parallel(2 * envoys.len(), |number| {
            if_match(&envoys[number % envoys.len()], "on", current).status
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    }
}

#[test]
fn a_reset_on_one_envoy_is_a_reset_on_all() {
    let etcd = Etcd::start();
    let envoys = three(&etcd);
    for (number, envoy) in envoys.iter().enumerate() {
        envoy.toggle(true);
        agree(&envoys, true);
        let before = generation(envoy);
        let other = &envoys[(number + 1) % 3];
        assert_eq!(change(other, "reset").status, 200);
        agree(&envoys, false);
        assert_eq!(status(envoy)["decided_by"], "initial");
        assert!(generation(envoy) > before);
    }
}
