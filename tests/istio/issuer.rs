//! An issuer of tokens, whose key `openssl` has made.

use serde_json::{Value, json};
use support::machine::Machine;

/// What tokens say who issued them.
pub const NAME: &str = "https://issuer.example.com";

/// Somebody who signs tokens with a key of his own.
pub struct Issuer<'m> {
    machine: &'m Machine,
    key: String,
}

impl<'m> Issuer<'m> {
    /// Makes a key of this name.
    pub fn new(machine: &'m Machine, name: &str) -> Self {
        let key = machine.path(name).display().to_string();
        machine.shell(&format!("openssl genrsa -out {key} 2048"));
        Self { machine, key }
    }

    /// The set of his public key.
    pub fn keys(&self) -> Value {
        // Before the modulus are the tags and lengths of the sequence and of it, and a zero.
        let modulus = self.machine.shell(&format!(
            "openssl rsa -in {} -RSAPublicKey_out -outform DER | tail -c +10 | head -c 256 | {BASE64URL}",
            self.key
        ));
        json!({"keys": [{"kty": "RSA", "alg": "RS256", "e": "AQAB", "n": modulus}]})
    }

    /// A token that says so of who has it.
    pub fn token(&self, role: &str) -> String {
        let claims =
            json!({"iss": NAME, "sub": "somebody", "exp": 4_102_444_800_u64, "role": role});
        self.machine.shell(&format!(
            "encode() {{ {BASE64URL}; }}\n\
             signed=$(printf %s '{{\"alg\":\"RS256\"}}' | encode).$(printf %s '{claims}' | encode)\n\
             signature=$(printf %s $signed | openssl dgst -sha256 -sign {} | encode)\n\
             printf %s $signed.$signature",
            self.key
        ))
    }
}

const BASE64URL: &str = "openssl base64 -A | tr +/ -_ | tr -d =";
