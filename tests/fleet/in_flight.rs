//! Changes are on their way when etcd goes.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use support::{
    Connection, Envoy, admin_request,
    etcd::{Etcd, KEY},
    eventually,
    fleet::{agree, generation, status, three},
};

const ROUNDS: usize = 4;

/// What callers were told of their changes, each by its message.
#[derive(Default)]
struct Told {
    made: Vec<(u64, String)>,
    not_made: Vec<String>,
    unknown: Vec<String>,
}

/// Makes one change after the other, until one is refused.
fn change_until_refused(envoy: &Envoy, caller: &str, made: &AtomicUsize) -> Told {
    let mut told = Told::default();
    let mut connection = Connection::open(envoy.address);
    loop {
        let message = format!("{caller}-{}", told.made.len());
        let request = admin_request("POST", &format!("on?message={message}"));
        let answer = connection.fetch(&request);
        if answer.status == 200 {
            let generation = answer.json()["generation"].as_u64().unwrap();
            told.made.push((generation, message));
            made.fetch_add(1, Ordering::SeqCst);
            continue;
        }
        assert_eq!(answer.status, 503, "{}", answer.text());
        if answer.text().contains("nothing was changed") {
            told.not_made.push(message);
        } else {
            told.unknown.push(message);
        }
        return told;
    }
}

/// Callers on all Envoys make changes while etcd goes; when it is back, what they were told
/// must be true.
fn told_the_truth(go: impl Fn(&mut Etcd), come_back: impl Fn(&mut Etcd)) {
    let mut etcd = Etcd::start();
    let envoys = three(&etcd);
    let mut unknown = 0;
    for round in 0..ROUNDS {
        let made = AtomicUsize::new(0);
        let told: Vec<Told> = thread::scope(|scope| {
            let threads: Vec<_> = envoys
                .iter()
                .enumerate()
                .map(|(number, envoy)| {
                    let (made, caller) = (&made, format!("{round}-{number}"));
                    scope.spawn(move || change_until_refused(envoy, &caller, made))
                })
                .collect();
            eventually("changes", || made.load(Ordering::SeqCst) > 10 + round);
            go(&mut etcd);
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        come_back(&mut etcd);
        agree(&envoys, true);
        etcd.put("another-key", "");
        agree(&envoys, true);

        let (last, message) = told.iter().flat_map(|told| &told.made).max().unwrap();
        let is = status(&envoys[0])["message"].as_str().unwrap().to_owned();
        if *last == generation(&envoys[0]) {
            assert_eq!(is, *message);
        } else {
            assert!(generation(&envoys[0]) > *last);
            assert!(told.iter().any(|told| told.unknown.contains(&is)), "{is}");
        }
        assert!(!told.iter().any(|told| told.not_made.contains(&is)), "{is}");
        assert_eq!(Some(generation(&envoys[0])), etcd.mod_revision(KEY));
        unknown += told.iter().map(|told| told.unknown.len()).sum::<usize>();
    }
    println!(
        "of {} changes in flight {unknown} were not confirmed",
        ROUNDS * envoys.len()
    );
}

#[test]
fn no_change_is_lost_or_made_against_its_answer_when_etcd_is_killed() {
    told_the_truth(Etcd::kill, Etcd::restart);
}

#[test]
fn no_change_is_lost_or_made_against_its_answer_when_etcd_stands_still() {
    told_the_truth(Etcd::stop, Etcd::resume);
}
