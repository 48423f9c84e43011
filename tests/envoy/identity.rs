//! `allow.attributes` for people whom Envoy has identified: by a JWT or by a certificate.

mod certificates;
mod tokens;
mod unreadable;
