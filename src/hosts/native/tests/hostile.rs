//! A store that answers with anything, and clients that send anything.

use crate::hosts::native::tests::envoy::{Configured, Part, Request};
use crate::hosts::native::tests::requests::{call, configuration, get};

const STORES: u64 = if cfg!(miri) { 6 } else { 1000 };
const ANSWERS: usize = 40;

const HEADERS: [&[(&[u8], &[u8])]; 6] = [
    &[(b":status", b"200"), (b"content-type", b"application/grpc")],
    &[(b":status", b"200"), (b"grpc-status", b"0")],
    &[(b"grpc-status", b"0")],
    &[(b"grpc-status", b"4294967296"), (b"grpc-message", b"%")],
    &[
        (b":status", b"\xff"),
        (b"grpc-status", b"14"),
        (b"grpc-message", b"%ff\xff\n"),
    ],
    &[],
];

/// Messages of etcd with their prefixes, whole and in parts, and none.
const DATA: [&[&[u8]]; 9] = [
    // A read that finds nothing, at revision 5.
    &[b"\0\0\0\0\x04\x0a\x02\x18\x05"],
    &[b"\0\0\0\0\x04\x0a", b"\x02\x18\x05"],
    // A watch that begins.
    &[b"\0\0\0\0\x06\x0a\x02\x18\x05\x18\x01"],
    &[b"\0\0\0\0\0"],
    &[b"\0\0\0"],
    &[],
    &[b""],
    &[b"\x01\0\0\0\x01a"],
    &[b"\0\xff\xff\xff\xff", b"\xff\xff\xff\xff"],
];

#[test]
fn nothing_that_a_store_answers_takes_the_module_down() {
    let more = r#", "store": {"etcd": {"cluster": "c", "key": "k"}}"#;
    for seed in 0..STORES {
        let mut random = Random(seed);
        let configured = Configured::new(&configuration("hostile", more)).unwrap();
        let change = call(&configured, "/m/on");
        for _ in 0..ANSWERS {
            let part = random.part();
            if random.below(2) == 0 {
                change.run();
                for id in change.open() {
                    change.answer(id, &part);
                    end(&part, || change.envoy.sent.borrow_mut().end(id));
                }
            } else {
                configured
                    .envoy
                    .events
                    .count
                    .store(1, std::sync::atomic::Ordering::Relaxed);
                configured.run();
                for id in configured.open() {
                    configured.answer(id, &part);
                    end(&part, || configured.envoy.sent.lock().unwrap().end(id));
                }
            }
        }
        let request = get(&configured);
        assert_eq!(request.come(), request.status().is_none());
        Request::run(&request);
    }
}

fn end(part: &Part<'_>, end: impl FnOnce() -> bool) {
    let ends = match part {
        Part::Headers(_, ends) | Part::Data(_, ends) => *ends,
        Part::Trailers(_) | Part::Complete | Part::Reset => true,
    };
    if ends {
        end();
    }
}

const CLIENTS: u64 = if cfg!(miri) { 200 } else { 50_000 };

const PATHS: [&[u8]; 9] = [
    b"/healthz",
    b"/healthz?a=b",
    b"/healthz/",
    b"//healthz",
    b"/%68ealthz",
    b"/HEALTHZ",
    b"/\xff",
    b"",
    b"/m/on",
];
const VALUES: [&[u8]; 8] = [
    b"yes",
    b"Yes",
    b"yes ",
    b"yes\0",
    b"\xff\xfe",
    b"",
    b",",
    &[b'a'; 9000],
];
const NAMES: [&str; 8] = [
    "x-pass",
    "x-pass",
    "X-Pass",
    "cookie",
    "authorization",
    "accept",
    "x-maintenance-bypass",
    "content-type",
];

#[test]
fn only_what_is_allowed_passes_whatever_a_client_sends() {
    let more = r#", "mode": "on", "bypass": {"key": "a-key-of-thirty-two-bytes-or-more"},
        "allow": {"paths": ["/healthz"], "headers": [{"name": "x-pass", "exact": "yes"}],
            "attributes": [{"path": ["metadata", "filter_metadata", "auth", "role"], "exact": "yes"}]}"#;
    let configured = Configured::new(&configuration("clients", more)).unwrap();
    let mut passed = 0;
    for seed in 0..CLIENTS {
        let mut random = Random(seed);
        let path = PATHS[random.below(PATHS.len())];
        let mut lines = vec![(":path".to_owned(), path.to_vec())];
        for _ in 0..random.below(5) {
            let name = NAMES[random.below(NAMES.len())].to_owned();
            lines.push((name, VALUES[random.below(VALUES.len())].to_vec()));
        }
        let role = (random.below(2) == 0).then(|| VALUES[random.below(VALUES.len())]);
        let values = lines.iter().filter(|line| line.0 == "x-pass");
        let values: Vec<&[u8]> = values.map(|line| &*line.1).collect();
        let is_allowed = path == b"/healthz"
            || path == b"/healthz?a=b"
            || values.join(&b',') == b"yes"
            || role == Some(b"yes");

        let request = configured.request(&[]);
        request.envoy.headers.replace(lines.clone());
        request.envoy.metadata.replace(role.map(<[u8]>::to_vec));
        let passes = request.come();
        assert_eq!(passes, is_allowed && path != b"/m/on", "{lines:?} {role:?}");
        assert_eq!(passes, request.status().is_none());
        passed += usize::from(passes);
    }
    assert!(passed > 0);
}

/// The same at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        // Numerical Recipes, of which the upper half is good.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % limit
    }

    fn part(&mut self) -> Part<'static> {
        let lines = HEADERS[self.below(HEADERS.len())];
        let ends = self.below(8) == 0;
        match self.below(8) {
            0 | 1 => Part::Headers(lines, ends),
            2..=4 => Part::Data(DATA[self.below(DATA.len())], ends),
            5 => Part::Trailers(lines),
            6 => Part::Complete,
            _ => Part::Reset,
        }
    }
}
