//! The pages, in a real Chromium in front of a real Envoy: what visitors get while
//! maintenance is on, the banner before, and the console of the admin endpoint.
//!
//! `make test` gets both, and axe-core; `CHROMIUM`, `CHROMEDRIVER` and `AXE` name others. A
//! test fails where a page reports an error, breaks its Content-Security-Policy or asks
//! another host, whatever else the test is about.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod banner;
mod console;
mod forgetting;
mod pictures;
mod templates;
mod visitors;
