//! The admin endpoint of the filter under test.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Request;

/// The admin token of [`admin`].
pub const TOKEN: &str = "a-token-for-the-tests";
/// The admin path of [`admin`].
pub const ADMIN: &str = "/maintenance-mode";

/// An `admin` that [`Envoy::admin`](crate::Envoy::admin) can call, its token named `ops`.
pub fn admin() -> Value {
    json!({"path": ADMIN, "tokens": [{"name": "ops", "sha256": sha256(TOKEN)}]})
}

/// The SHA-256 of a token or a file, in hexadecimal.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A call of the admin endpoint of [`admin()`] with its token.
pub fn admin_request(method: &str, call: &str) -> Request {
    let separator = if call.is_empty() || call.starts_with('?') {
        ""
    } else {
        "/"
    };
    Request::new(method, &format!("{ADMIN}{separator}{call}"))
        .header("authorization", format!("Bearer {TOKEN}"))
}
