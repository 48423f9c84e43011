//! The targets of the fuzzer on their seeds, and on what a few thousand changes make of
//! them: the same on every run. `make fuzz` looks further.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod mutate;
mod schema;
mod stampede;
mod targets;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    path::Path,
};

use maintenance_mode_core::policy::kind::Kind;
use maintenance_mode_core::policy::words::languages::LANGUAGES;

use self::{
    mutate::Mutator,
    targets::{
        ALL, Target,
        pairs::configuration,
        reading::{entries, language::BUILT_IN},
    },
};

const CHANGED: usize = 10_000;

fn run(name: &str) {
    let (_, target) = ALL.into_iter().find(|(other, _)| *other == name).unwrap();
    let seeds = seeds(name);
    for seed in &seeds {
        try_on(target, seed);
    }
    let mut mutator = Mutator::new(&seeds);
    for _ in 0..CHANGED {
        try_on(target, &mutator.next_input());
    }
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(name);
    let mut files: Vec<_> = (fs::read_dir(&corpus).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{name} has no seeds");
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Says which input it was, to be kept as a seed once the fault is mended.
fn try_on(target: Target, input: &[u8]) {
    if let Err(fault) = catch_unwind(AssertUnwindSafe(|| target(input))) {
        eprintln!("the input was b\"{}\"", input.escape_ascii());
        resume_unwind(fault);
    }
}

#[test]
fn every_kind_of_matcher_is_made_and_read_a_second_time() {
    let kinds = Kind::ALL.map(|kind| (kind.key(), kind.reason()));
    assert_eq!(entries::KINDS, kinds);
    for (key, _) in kinds {
        assert!(configuration::KINDS.contains(&key), "{key} is never made");
    }
}

macro_rules! tests {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })*

        #[test]
        fn every_target_is_run_and_has_its_binary() {
            let names = [$(stringify!($name)),*];
            assert!(ALL.iter().map(|(name, _)| *name).eq(names));
            let manifest = include_str!("Cargo.toml");
            for name in names {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            }
        }
    };
}

tests! {
    accept
    admin_query
    bootstrap
    bypass_token
    client_address
    configuration
    contract
    cookies
    etcd_document
    etcd_messages
    grpc
    header_map
    module_attribute
    networks
    paths
    state
}

#[test]
fn the_second_reading_has_all_languages() {
    let built_in = LANGUAGES.iter().map(|words| words.language);
    assert!(built_in.eq(BUILT_IN));
}
