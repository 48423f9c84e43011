//! The clients, for whom a trusted proxy speaks.

/// How many there are: a prime, so that each sends requests of all kinds.
pub const CLIENTS: usize = 61;

/// Whose request it is that has this number.
pub const fn client_of(request: usize) -> usize {
    request % CLIENTS
}

/// Where the client is; one with an IPv6 address has another with each request.
pub fn address_of(request: usize) -> String {
    match client_of(request) {
        client if client.is_multiple_of(4) => {
            format!("2001:db8:{client:x}::{:x}", request & 0xffff)
        }
        client => format!("198.51.100.{client}"),
    }
}
