//! Members of etcd that can be reached and do not answer.

use support::{
    Envoy,
    etcd::{Etcd, KEY, envoy_cluster},
    fleet::{
        CATCH_UP, agree, assert_refused, change, disconnected, generation, observe, options_on,
        start_all, three,
    },
    within,
};

/// Three Envoys, each with a member of its own.
fn one_member_each(etcd: &Etcd) -> Vec<Envoy> {
    let clusters = etcd
        .members
        .iter()
        .map(|member| envoy_cluster([member.address]));
    start_all(clusters.map(options_on))
}

#[test]
fn what_was_refused_while_etcd_did_not_answer_is_not_done_later() {
    let mut etcd = Etcd::start();
    let envoys = three(&etcd);
    for on in [true, false] {
        envoys[0].toggle(on);
        agree(&envoys, on);
        let before = etcd.mod_revision(KEY);
        let observers = observe(&envoys);

        etcd.stop();
        let refused = if on { "off" } else { "on" };
        for envoy in envoys.iter().chain(&envoys) {
            assert_refused(envoy, refused);
        }
        disconnected(&envoys);
        etcd.resume();

        agree(&envoys, on);
        // The queue of etcd is empty once it has answered somebody who came last.
        etcd.put("another-key", "");
        agree(&envoys, on);
        assert_eq!(etcd.mod_revision(KEY), before);
        assert_eq!(Some(generation(&envoys[0])), before);
        assert!(observers.iter().all(|observer| observer.turns() == 0));
    }
}

/// Stops a member while the Envoys on the others toggle.
fn stop_one(stopped: impl Fn(&Etcd) -> usize) {
    let mut etcd = Etcd::cluster(3);
    let envoys = one_member_each(&etcd);
    let observers = observe(&envoys);
    let stopped = stopped(&etcd);

    etcd.members[stopped].stop();
    assert_refused(&envoys[stopped], "on");
    let others = [1, 2].map(|step| (stopped + step) % 3);
    for here in others {
        let toggle = || change(&envoys[here], "on").status == 200;
        within(CATCH_UP, "a toggle", toggle);
    }
    for (toggle, here) in others.into_iter().cycle().take(10).enumerate() {
        let on = toggle % 2 == 1;
        envoys[here].toggle(on);
        for other in others {
            observers[other].turn(on);
        }
        assert_refused(&envoys[stopped], "off");
    }
    assert_eq!(observers[stopped].turns(), 0);
    etcd.members[stopped].resume();

    agree(&envoys, true);
    assert_eq!(observers[stopped].turns(), 1);
    assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
}

#[test]
fn an_envoy_behind_a_follower_that_stands_still_keeps_its_state_and_catches_up() {
    stop_one(|etcd| (etcd.leader() + 1) % 3);
}

#[test]
fn an_envoy_behind_a_leader_that_stands_still_keeps_its_state_and_catches_up() {
    stop_one(Etcd::leader);
}

#[test]
fn a_member_that_stands_still_is_passed_over_by_envoys_that_know_the_others() {
    let mut etcd = Etcd::cluster(3);
    let envoys = three(&etcd);
    let stopped = etcd.leader();
    etcd.members[stopped].stop();
    for on in [true, false, true] {
        for envoy in &envoys {
            let call = if on { "on" } else { "off" };
            within(CATCH_UP, "a toggle", || change(envoy, call).status == 200);
        }
    }
    etcd.members[stopped].resume();
    agree(&envoys, true);
}

#[test]
fn what_was_refused_without_a_quorum_is_not_done_later() {
    let mut etcd = Etcd::cluster(3);
    let envoys = one_member_each(&etcd);
    envoys[0].toggle(true);
    agree(&envoys, true);
    let before = etcd.mod_revision(KEY);
    let observers = observe(&envoys);
    let leader = etcd.leader();
    let followers = [1, 2].map(|step| (leader + step) % 3);

    for follower in followers {
        etcd.members[follower].stop();
    }
    for envoy in &envoys {
        assert_refused(envoy, "off");
    }
    // Also the one whose member answers, but cannot know what holds.
    disconnected(&envoys);
    for follower in followers {
        etcd.members[follower].resume();
    }

    agree(&envoys, true);
    etcd.put("another-key", "");
    agree(&envoys, true);
    assert_eq!(etcd.mod_revision(KEY), before);
    assert!(observers.iter().all(|observer| observer.turns() == 0));
}
