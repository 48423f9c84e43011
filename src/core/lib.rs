//! Maintenance mode, whatever the proxy: what a request, a call of the admin endpoint, a tick
//! and a message of the store mean.
//!
//! A file imports from its own floor or from floors below, which are, from the top:
//! `filter`, `admin`, `decision`, `reply`, `store`, `policy`, `state`, `request`, `config`, `syntax`.

#![forbid(unsafe_code)]

pub mod admin;
pub mod config;
pub mod decision;
pub mod filter;
pub mod policy;
pub mod reply;
pub mod request;
pub mod state;
pub mod store;
pub mod syntax;
