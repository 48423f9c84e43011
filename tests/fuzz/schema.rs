//! The JSON Schema against the filter: what the filter accepts fits the schema, so what does not
//! fit the filter refuses.

use maintenance_mode_core::{
    config::{plugin::PluginConfig, schema::schema},
    policy::policy::Policy,
    syntax::invalid::InvalidConfig,
};
use serde_json::{Value, json};
use support::json_schema::JsonSchema;

use crate::{
    seeds,
    targets::{pairs::case, request::ENVIRONMENT},
};

/// How many configurations are made, and each is changed.
const MADE: u64 = 1000;
const CHANGED: usize = 5;

fn accepted(configuration: &Value) -> Result<(), InvalidConfig> {
    let config = PluginConfig::parse(configuration.to_string().as_bytes())?;
    Policy::compile(&config, ENVIRONMENT).map(drop)
}

/// Whether the filter accepts it, which the schema then does, too.
fn agree(schema: &JsonSchema, configuration: &Value) -> bool {
    let (accepted, fitting) = (accepted(configuration), schema.check(configuration));
    if let (Ok(()), Err(error)) = (&accepted, fitting) {
        panic!("the filter accepts {configuration}, the schema does not: {error}");
    }
    accepted.is_ok()
}

#[test]
fn what_the_filter_accepts_fits_the_schema() {
    let schema = JsonSchema::new(&schema());
    let texts = seeds("configuration")
        .into_iter()
        .filter(|seed| !seed.is_empty());
    let known: Vec<Value> = texts
        .filter_map(|seed| serde_json::from_slice(&seed).ok())
        .collect();
    assert!(known.len() >= 6, "{}", known.len());
    for configuration in known {
        agree(&schema, &configuration);
    }
    let mut changes = Changes(1);
    let (mut right, mut wrong) = (0, 0);
    for number in 0..MADE {
        let made = case(&number.to_le_bytes()).configuration;
        right += u64::from(agree(&schema, &made));
        for _ in 0..CHANGED {
            let mut changed = made.clone();
            changes.change(&mut changed);
            wrong += u64::from(!agree(&schema, &changed));
        }
    }
    assert_eq!(
        right, MADE,
        "configurations are made that the filter refuses"
    );
    assert!(wrong > MADE, "{wrong} were refused");
}

/// Changes that people make by mistake, and others; the same on every run.
struct Changes(u64);

impl Changes {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % bound
    }

    /// Changes something in a value.
    fn change(&mut self, value: &mut Value) {
        let goes_on = self.below(5) > 0;
        match value {
            Value::Object(entries) if goes_on && !entries.is_empty() => {
                let at = self.below(entries.len());
                let key = entries.keys().nth(at).unwrap().clone();
                match self.below(12) {
                    0 => drop(entries.remove(&key)),
                    1 => {
                        let inner = entries.remove(&key).unwrap();
                        entries.insert(self.text().to_owned(), inner);
                    }
                    2 => drop(entries.insert(self.text().to_owned(), self.value())),
                    _ => self.change(entries.get_mut(&key).unwrap()),
                }
            }
            Value::Array(items) if goes_on && !items.is_empty() => {
                let at = self.below(items.len());
                match self.below(8) {
                    0 => drop(items.remove(at)),
                    1 => items.push(self.value()),
                    _ => self.change(&mut items[at]),
                }
            }
            other => *other = self.value(),
        }
    }

    fn value(&mut self) -> Value {
        match self.below(8) {
            0 => NUMBERS[self.below(NUMBERS.len())].into(),
            1 => self.below(700).into(),
            2 => json!(self.below(2) == 0),
            3 => [json!(null), json!([]), json!({}), json!(1.5), json!(-1)][self.below(5)].clone(),
            4 => json!([self.text()]),
            _ => json!(self.text()),
        }
    }

    fn text(&mut self) -> &'static str {
        TEXTS[self.below(TEXTS.len())]
    }
}

const NUMBERS: [u64; 14] = [
    1,
    59,
    60,
    199,
    240,
    241,
    599,
    600,
    60_000,
    60_001,
    100_000,
    2_678_400,
    31_536_000,
    u64::MAX,
];

const TEXTS: [&str; 111] = [
    "",
    " ",
    "a",
    "a b",
    "A-z_9",
    "on",
    "off",
    "auto",
    "none",
    "null",
    "true",
    "false",
    "no",
    "de",
    "pt-BR",
    "x-klingon",
    "i-x",
    "de-1996-u-co-phonebk",
    "toolongtag",
    "*",
    "**",
    "/",
    "/*",
    "//",
    "/a/",
    "/a/*",
    "/a*",
    "/*/*",
    "/a/*/",
    "/a/**",
    "/.",
    "/..",
    "/a/./b",
    "/a?b",
    "/a#b",
    "/a;b",
    "/a\\b",
    "/%41",
    "/%2",
    "/%C3%A9",
    "/é",
    "/a b",
    "/\u{7f}",
    "/a\tb",
    ".css",
    "b",
    "%",
    "0/b",
    "-/",
    "/maintenance-mode",
    "10.0.0.1",
    "10.0.0.1/8",
    "10.0.0.0/0",
    "10.0.0.0/32",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/08",
    "010.0.0.1",
    "10.0.0",
    "256.0.0.1",
    "::",
    "::/0",
    "::1/128",
    "::1/129",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1::8:9",
    "1::2::3",
    "::ffff:10.0.0.1",
    "::ffff:10.0.0.0/95",
    "1:2:3:4:5:6:10.0.0.1",
    "1:2:3:4:5::10.0.0.1",
    "64:ff9b::192.0.2.33/96",
    "1:2:3:4:5:6:7:10.0.0.1",
    ":1",
    "1:",
    "12345::",
    "::g",
    "fe80::1%eth0",
    "[::1]",
    "[::1]:80",
    "[::1].",
    "a.",
    "a..b",
    "a:80",
    "a.:80",
    "a:",
    "-",
    "_",
    "*.a",
    "*a",
    "xn--caf-dma.example",
    "https://a",
    "HTTP://A:80/",
    "https://[::1]:8443",
    "ftp://a",
    "https://*.a.b",
    "https://a/",
    "1d2h3m4s",
    "90m",
    "90",
    "1h30",
    "h",
    "1h1d",
    "5*",
    "2026-12-01T00:00:00Z",
    "2026-12-01t00:00:00.5+01:00",
    "2026-12-31T23:59:60z",
    "0 2 * * SUN",
    " 0\t2 * JAN-dec/2 5-7 ",
];
