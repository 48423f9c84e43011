//! Overrides by host, path, method and so on.

use crate::config::response::ResponseConfig;
use crate::config::rules::{Action, RuleConfig};
use crate::policy::environment::CheckAttribute;
use crate::policy::matchers::Matchers;
use crate::policy::reading::Reading;
use crate::policy::response::response::Response;
use crate::policy::seen::Seen;
use crate::request::head::RequestHead;
use crate::syntax::invalid::{Compiled, Located, both, each_named, optional};

/// The compiled `rules`, in order.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    /// How many, from the first on, can matter while maintenance is off.
    while_off: usize,
}

/// A compiled rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its place in the list.
    pub index: usize,
    /// For people.
    pub name: Option<Box<str>>,
    /// What it does.
    pub action: Action,
    /// What requests get that it blocks, where that is not what all get.
    pub response: Option<Response>,
    matches: Matchers,
}

impl Rules {
    /// Compiles `rules` of a scope; `global` is the `response` of all requests. Refuses a rule that
    /// matches nothing, shares its name or has another fault.
    pub fn compile(
        config: &[RuleConfig],
        global: &ResponseConfig,
        scope: &str,
        check_attribute: CheckAttribute,
    ) -> Compiled<Self> {
        let compile = |index, config| Rule::compile(index, config, global, scope, check_attribute);
        let rules = each_named(config, compile, |config| config.name.as_deref())?;
        let while_off = rules
            .iter()
            .rposition(|rule| matches!(rule.action, Action::Block | Action::On))
            .map_or(0, |last| last + 1);
        Ok(Self { rules, while_off })
    }

    /// All rules.
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// Those up to the last that matters while maintenance is off.
    pub fn while_off(&self) -> &[Rule] {
        self.rules.get(..self.while_off).unwrap_or_default()
    }
}

/// The first of the rules that matches a request. None shields one that blocks the path, where
/// that is not canonical.
pub fn first_match<'r: 's, 's>(
    rules: &'r [Rule],
    seen: &Seen<'s, impl RequestHead>,
) -> Option<&'r Rule> {
    let matches = |rule: &&'r Rule| rule.matches.all_match(seen);
    let mut rest = rules.iter();
    let first = rest.find(matches)?;
    if first.action == Action::Block {
        return Some(first);
    }
    let mut blocks = rest.filter(|rule| rule.action == Action::Block && rule.matches.names_paths());
    let block = blocks.find(|rule| matches(rule) && !seen.path().is_canonical());
    Some(block.unwrap_or(first))
}

impl Rule {
    fn compile(
        index: usize,
        config: &RuleConfig,
        global: &ResponseConfig,
        scope: &str,
        check_attribute: CheckAttribute,
    ) -> Compiled<Self> {
        let reading = Reading::of(config.action);
        let matches =
            Matchers::compile_match(&config.matches, reading, check_attribute).at("match");
        let response = |own: &ResponseConfig| Response::compile(&own.or(global), scope);
        let response = optional(config.response.as_ref(), response).at("response");
        let (matches, response) = both(matches, response)?;
        Ok(Self {
            index,
            name: config.name.as_deref().map(Into::into),
            action: config.action,
            response,
            matches,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::environment::any_attribute;
    use crate::request::head::testing::TestRequest;

    fn rules(json: &str) -> Compiled<Rules> {
        let global = crate::syntax::json_reader::read(r#"{"status":599,"title":"global"}"#);
        Rules::compile(
            &crate::syntax::json_reader::read::<Vec<_>>(json),
            &global,
            "s",
            any_attribute,
        )
    }

    fn first<'r>(rules: &'r [Rule], headers: &[(&str, &str)]) -> Option<&'r str> {
        let rule = first_match(rules, &Seen::new(&TestRequest::new(headers)));
        rule.and_then(|rule| rule.name.as_deref())
    }

    #[test]
    fn every_kind_named_must_match_by_any_of_its_entries() {
        let rules = rules(
            r#"[{"name":"writes","match":{"methods":["POST","PUT"],"paths":["/a/*"]},"action":"on"}]"#,
        )
        .unwrap();
        for (method, path, hit) in [
            ("POST", "/a/b", true),
            ("PUT", "/a", true),
            ("GET", "/a/b", false),
            ("POST", "/b", false),
        ] {
            let found = first(rules.all(), &[(":method", method), (":path", path)]);
            assert_eq!(found.is_some(), hit, "{method} {path}");
        }
    }

    #[test]
    fn the_first_match_wins() {
        let rules = rules(
            r#"[{"name":"a","match":{"paths":["/a/b"]},"action":"allow"},
                {"name":"b","match":{"paths":["/a/*"]},"action":"block"}]"#,
        )
        .unwrap();
        assert_eq!(first(rules.all(), &[(":path", "/a/b")]), Some("a"));
        assert_eq!(first(rules.all(), &[(":path", "/a/c")]), Some("b"));
        assert_eq!(first(rules.all(), &[(":path", "/")]), None);
    }

    #[test]
    fn no_rule_shields_an_odd_spelling_from_one_that_blocks() {
        let rules = rules(
            r#"[{"name":"beta","match":{"paths":["/beta/*"]},"action":"on"},
                {"name":"qa","match":{"headers":[{"name":"x-qa","present":true}]},"action":"allow"},
                {"name":"pay","match":{"paths":["/pay/*"]},"action":"block"}]"#,
        )
        .unwrap();
        for (path, rule) in [
            ("/beta/../pay/1", "pay"),
            ("/beta/1", "beta"),
            ("/beta/./1", "beta"),
            ("/pay/1", "pay"),
        ] {
            assert_eq!(first(rules.all(), &[(":path", path)]), Some(rule), "{path}");
        }
        for (path, rule) in [("/pay/1", "qa"), ("/pay//1", "pay")] {
            let headers = [(":path", path), ("x-qa", "1")];
            assert_eq!(first(rules.all(), &headers), Some(rule), "{path}");
        }
    }

    #[test]
    fn rules_that_only_matter_while_on_are_not_read_while_off() {
        let follow = r#"{"name":"f","match":{"paths":["/*"]}}"#;
        let block = r#"{"name":"b","match":{"paths":["/b"]},"action":"block"}"#;
        let only_follow = rules(&format!("[{follow}]")).unwrap();
        assert!(only_follow.while_off().is_empty() && !only_follow.all().is_empty());
        let both = rules(&format!("[{block},{follow}]")).unwrap();
        assert_eq!(first(both.while_off(), &[(":path", "/b")]), Some("b"));
        assert_eq!(first(both.while_off(), &[(":path", "/a")]), None);
        assert_eq!(first(both.all(), &[(":path", "/a")]), Some("f"));
    }

    #[test]
    fn doubt_about_a_path_ends_in_blocked() {
        let rule = |action: &str| {
            rules(&format!(
                r#"[{{"name":"r","match":{{"paths":["/admin/*"]}},"action":"{action}"}}]"#
            ))
            .unwrap()
        };
        for path in [
            "//admin",
            "/x/../admin/a",
            "/%61dmin",
            "/admin;a/b",
            "/%2561dmin",
            "\\admin",
        ] {
            for (action, hit) in [
                ("block", true),
                ("on", true),
                ("allow", false),
                ("follow", false),
            ] {
                let rules = rule(action);
                let found = first(rules.all(), &[(":path", path)]);
                assert_eq!(found.is_some(), hit, "{action} {path}");
            }
        }
    }

    #[test]
    fn a_newline_in_a_path_hides_nothing_from_a_regex() {
        let rules =
            rules(r#"[{"match":{"paths":[{"regex":"/admin/.*"}]},"action":"block"}]"#).unwrap();
        for path in ["/admin/x%0a", "/%61dmin/x%0a", "//admin/x%0a"] {
            let request = TestRequest::new(&[(":path", path)]);
            assert!(
                first_match(rules.while_off(), &Seen::new(&request)).is_some(),
                "{path}"
            );
        }
    }

    #[test]
    fn the_keys_of_a_rule_replace_the_global_ones() {
        let rules = rules(
            r#"[{"name":"a","match":{"methods":["GET"]},"response":{"title":"own"}},
                {"name":"b","match":{"methods":["PUT"]}}]"#,
        )
        .unwrap();
        let own = rules.rules[0].response.as_ref().unwrap();
        let values = own.values(own.languages.english());
        assert_eq!((values.status, values.title.text), (599, "own"));
        assert!(rules.rules[1].response.is_none());
    }

    #[test]
    fn faults_are_named_with_their_path() {
        for (json, error) in [
            (
                r#"[{"name":"","match":{"methods":["GET"]}}]"#,
                "[0].name: is empty",
            ),
            (r#"[{"name":"a","match":{}}]"#, "[0].match: names nothing"),
            (
                r#"[{"name":"a","match":{"methods":["GET"],"paths":[]}}]"#,
                "[0].match.paths: is empty",
            ),
            (
                r#"[{"name":"a","match":{"methods":["get"]}}]"#,
                "[0].match.methods[0]: \"get\" is not how requests name their method: write \"GET\"",
            ),
            (
                r#"[{"name":"a","match":{"paths":["a"]}}]"#,
                "[0].match.paths[0]: \"a\" does not",
            ),
            (
                r#"[{"name":"a","match":{"methods":["GET"]},"response":{"status":1}}]"#,
                "[0].response.status: 1 is not",
            ),
            (
                r#"[{"name":"a","match":{"methods":["GET"]}},{"name":"a","match":{"methods":["PUT"]}}]"#,
                "[1].name: \"a\" is there twice",
            ),
        ] {
            let refused = rules(json).unwrap_err().to_string();
            assert!(refused.starts_with(error), "{json} gave {refused}");
        }
    }
}
