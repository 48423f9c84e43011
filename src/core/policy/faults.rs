//! All that is wrong with a plugin configuration.

use std::fmt;

use crate::config::plugin::PluginConfig;
use crate::policy::environment::Environment;
use crate::policy::policy::Policy;
use crate::syntax::invalid::{InvalidConfig, Step};
use crate::syntax::json::Json;

/// What is wrong with a plugin configuration, at least one fault. Its text is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<InvalidConfig>);

/// More faults than anybody mends before the next look.
const MOST: usize = 100;

impl Policy {
    /// Reads and compiles a plugin configuration.
    ///
    /// # Errors
    /// All faults: what is at fault is taken out, and the rest read again. What only lacks
    /// something that was taken out is no fault.
    pub fn read(configuration: &Json, environment: Environment<'_>) -> Result<Self, Faults> {
        let compile = |json: &Json| Self::compile(&json.read::<PluginConfig>()?, environment);
        let first = match compile(configuration) {
            Ok(policy) => return Ok(policy),
            Err(fault) => fault,
        };
        let mut configuration = configuration.clone();
        let mut faults = Vec::new();
        let mut next = Some(first);
        while let Some(fault) = next.take().filter(|_| faults.len() < MOST) {
            // The last first: what is taken out of a list moves what stands behind it.
            let found = fault.with_others().into_iter().rev();
            let found = found.filter_map(|fault| taken_out(fault, &mut configuration));
            let found: Vec<InvalidConfig> = found.collect();
            faults.extend(found.into_iter().rev());
            if configuration != Json::TakenOut {
                next = compile(&configuration.rest()).err();
            }
        }
        faults.truncate(MOST);
        Err(Faults(faults))
    }
}

/// Takes out what is at fault; the fault of it as it was written, unless something had been taken
/// out of it.
fn taken_out(fault: InvalidConfig, configuration: &mut Json) -> Option<InvalidConfig> {
    let steps: Vec<Step> = fault.path().cloned().collect();
    let mut path = Vec::new();
    let was_whole = configuration.take_out(&steps, &mut path);
    // The fault may be of a key that is not there.
    path.extend(steps.get(path.len()..).unwrap_or_default().iter().cloned());
    was_whole.then(|| fault.of_value(path))
}

impl Faults {
    /// Each of them, in the order in which they were found.
    pub fn all(&self) -> &[InvalidConfig] {
        &self.0
    }
}

impl From<InvalidConfig> for Faults {
    fn from(fault: InvalidConfig) -> Self {
        Self(vec![fault])
    }
}

/// The first, and how many more there are.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, more)) = self.0.split_first() else {
            return Ok(());
        };
        write!(f, "{first}")?;
        match more.len() {
            0 => Ok(()),
            more => write!(f, " (and {more} more: `maintenancectl check` lists all)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::policy::environment::testing::environment;

    fn faults(json: &str) -> Vec<String> {
        let json = PluginConfig::tree(json.as_bytes()).unwrap();
        let faults = Policy::read(&json, environment(&|_| None)).unwrap_err();
        faults.all().iter().map(ToString::to_string).collect()
    }

    fn begin(json: &str, expected: &[&str]) {
        let faults = faults(json);
        assert_eq!(faults.len(), expected.len(), "{json}: {faults:?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{json}: {faults:?}");
        }
    }

    #[test]
    fn each_fault_is_named_where_it_was_written() {
        begin(
            r#"{"mdoe":1,"scope":"a b","allow":{"client_ips":["x","10.0.0.1","y"]},
                "rules":[{"match":{"paths":["x"]}},{"match":{"paths":["/a"]},"actoin":"on"}]}"#,
            &[
                "mdoe: unknown field",
                "rules[1].actoin: unknown field",
                "scope: ",
                "allow.client_ips[0]: ",
                "allow.client_ips[2]: ",
                "rules[0].match.paths[0]: ",
            ],
        );
    }

    #[test]
    fn what_lacks_what_was_taken_out_is_no_fault_of_its_own() {
        begin(
            r#"{"admin":{"path":"/m","tokens":[{"name":"a","sha256":"x"}]}}"#,
            &["admin.tokens[0].sha256: "],
        );
        begin(
            r#"{"admin":{"path":"/","tokens":[]},"response":{"status":1}}"#,
            &["response.status: ", "admin.path: "],
        );
    }

    #[test]
    fn a_fault_of_the_whole_is_the_only_one() {
        begin("[]", &["invalid type: list, expected an object"]);
        begin(r#"{"mode":"on","mode":"x"}"#, &["mode: duplicate field"]);
    }

    /// Each time that all are compiled anew counts here.
    #[test]
    fn many_faults_take_no_longer_than_few() {
        let large: Vec<String> = (0..20)
            .map(|n| format!(r#"{{"name":"x-{n}","regex":".*{n}.{{3}}x"}}"#))
            .collect();
        let large = large.join(",");
        let time = |faults: usize| {
            let list = |entry: &dyn Fn(usize) -> String| {
                let entries: Vec<String> = (0..faults).map(entry).collect();
                entries.join(",")
            };
            let json = format!(
                r#"{{"allow":{{"headers":[{large}],"client_ips":[{}],"paths":[{}]}},"rules":[{}]}}"#,
                list(&|n| format!(r#""10.0.0.{n}x""#)),
                list(&|n| format!(r#"{{"regex":"/{n}("}}"#)),
                list(&|n| format!(
                    r#"{{"match":{{"hosts":["{n}/"]}},"response":{{"status":{n}}}}}"#
                )),
            );
            let json = PluginConfig::tree(json.as_bytes()).unwrap();
            let begun = Instant::now();
            let found = Policy::read(&json, environment(&|_| None)).unwrap_err();
            assert_eq!(found.all().len(), (4 * faults).min(MOST));
            begun.elapsed()
        };
        let is_no_longer = || time(50) < 2 * time(1) + Duration::from_millis(50);
        assert!((0..5).any(|_| is_no_longer()));
    }

    #[test]
    fn the_line_says_how_many_more_there_are() {
        let json = PluginConfig::tree(br#"{"a":1,"b":2,"c":3}"#).unwrap();
        let faults = Policy::read(&json, environment(&|_| None)).unwrap_err();
        let line = faults.to_string();
        assert!(line.starts_with("a: unknown field `a`"), "{line}");
        assert!(
            line.ends_with("(and 2 more: `maintenancectl check` lists all)"),
            "{line}"
        );
        let many: Vec<String> = (0..200).map(|n| format!("\"k{n}\":1")).collect();
        let json = PluginConfig::tree(format!("{{{}}}", many.join(",")).as_bytes()).unwrap();
        let faults = Policy::read(&json, environment(&|_| None)).unwrap_err();
        assert_eq!(faults.all().len(), MOST);
    }
}
