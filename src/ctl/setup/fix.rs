//! What to write in the place of what the filter refuses.

use maintenance_mode_core::syntax::invalid::Step;

use crate::ctl::documents::node::{Content, Node, path};

/// The filter says what it wants where it knows; this makes an instruction of it.
pub(super) fn fix(problem: &str, steps: &[Step], value: Option<&Node>) -> String {
    let content = value.map(|value| &value.content);
    if let (Some(written), Some(Content::Text(entry, _))) = (after(problem, ": write "), content)
        && let Some((begin, query)) = entry.split_once('?')
        && problem.contains(" has a query")
        && steps.contains(&Step::Key("paths".into()))
        && !query.contains('#')
        && begin.starts_with('/')
    {
        return of_query(written, entry, query, steps);
    }
    match (problem, content) {
        _ if problem.contains("invalid type: boolean") && problem.contains("string") => {
            "Write it in quotes: YAML makes booleans of on, off, yes and no.".to_owned()
        }
        _ if problem.contains("invalid type: integer") && problem.contains("string") => {
            "Write it in quotes: YAML makes a number of it.".to_owned()
        }
        _ if problem.contains("unknown field `@type`") => {
            "Remove @type, and write what is in `value` in its place: only Envoy's own files want \
             these two around the plugin configuration."
                .to_owned()
        }
        (_, Some(Content::Map(entries))) if holds_known(problem, entries) => {
            "Write what is in it one level up, in its place.".to_owned()
        }
        (_, Some(Content::Text(text, _))) if problem.ends_with("expected an object") => {
            of_object(text, steps)
        }
        (_, Some(Content::Text(..) | Content::Number(_) | Content::Bool(_)))
            if problem.ends_with("expected a sequence") =>
        {
            let value = value.map(Node::to_json).unwrap_or_default();
            format!("Write it as a list: [{value}].")
        }
        _ => of_words(problem),
    }
}

/// Whether an unknown key holds keys that are known where it stands.
fn holds_known(problem: &str, entries: &[(String, Node)]) -> bool {
    let known = |key: &str| problem.contains(&format!("`{key}`"));
    problem.contains("unknown field") && entries.iter().any(|(key, _)| known(key))
}

/// Of a path with a query, which no entry of `paths` looks at.
fn of_query(written: &str, entry: &str, query: &str, steps: &[Step]) -> String {
    let is_rule = matches!(steps.first(), Some(Step::Key(key)) if &**key == "rules");
    let (how, key, value) = match is_rule {
        true => ("add beside `paths`", "query", query),
        false => (
            "take it out of `paths` and write beside them",
            "path",
            entry,
        ),
    };
    format!(
        "Write {written} if that path is meant with any query. For this query alone {how}: \
         attributes: [{{ path: [request, {key}], exact: {value:?} }}]."
    )
}

/// Of a text where an object is wanted.
fn of_object(text: &str, steps: &[Step]) -> String {
    let (text, what) = match steps {
        [] => (
            text.trim_end_matches('\n'),
            "the plugin configuration".to_owned(),
        ),
        _ => (text, path(steps)),
    };
    match text.contains('\n') || text.contains(": ") && !text.starts_with('{') {
        true => format!("Remove the | behind the key: {what} is an object here, no text."),
        false if text.trim_start().starts_with('{') => {
            format!(
                "Remove the quotes, or the | behind the key: {what} is an object here, no text."
            )
        }
        false => format!("Write an object: {what} has keys of its own."),
    }
}

fn of_words(problem: &str) -> String {
    if let Some(written) = after(problem, "did you mean ") {
        return format!("Write {} instead.", written.trim_end_matches('?'));
    }
    if let Some(written) = after(problem, ": write ") {
        return format!("Write {written} instead.");
    }
    if let Some(rest) = after(problem, ": leave it out") {
        return format!("Remove it{rest}.");
    }
    if problem.contains("unknown field") {
        return "Write one of the keys that are named, or remove it.".to_owned();
    }
    let wanted = after(problem, "expected ").or_else(|| {
        let article = [" is not a ", " is not an "];
        let (begin, _) = article
            .iter()
            .find_map(|words| problem.rsplit_once(words))?;
        after(problem.get(begin.len()..)?, " is not ")
    });
    match wanted {
        Some(wanted) => format!("Write {wanted}."),
        None => "Change it as the message says, or remove it.".to_owned(),
    }
}

/// What comes after some words, where they stand last.
fn after<'p>(problem: &'p str, words: &str) -> Option<&'p str> {
    problem.rsplit_once(words).map(|(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node {
            position: None,
            content: Content::Text(text.to_owned(), None),
        }
    }

    #[test]
    fn each_fix_can_be_written() {
        let key = |key: &str| Step::Key(key.into());
        let query =
            r#"allow.paths[0]: "/a?b=1" has a query, with which nothing is compared: write "/a""#;
        let entry = text("/a?b=1");
        let in_allow = fix(
            query,
            &[key("allow"), key("paths"), Step::Index(0)],
            Some(&entry),
        );
        assert!(
            in_allow.contains(r#"{ path: [request, path], exact: "/a?b=1" }"#),
            "{in_allow}"
        );
        let of_endpoint = fix(query, &[key("admin"), key("path")], Some(&entry));
        assert_eq!(of_endpoint, r#"Write "/a" instead."#);
        let paths = [
            key("rules"),
            Step::Index(0),
            key("match"),
            key("paths"),
            Step::Index(0),
        ];
        let in_rule = fix(query, &paths, Some(&entry));
        assert!(
            in_rule.contains(r#"{ path: [request, query], exact: "b=1" }"#),
            "{in_rule}"
        );
        let object = "invalid type: string \"\", expected an object";
        for (value, expected) in [
            ("mode: \"on\"\n", "Remove the | "),
            ("{\"mode\": \"on\"}", "Remove the quotes"),
            ("x", "Write an object"),
        ] {
            let fix = fix(object, &[], Some(&text(value)));
            assert!(fix.starts_with(expected), "{fix}");
        }
        for (problem, expected) in [
            (
                "a: \"get\" is not how requests name their method: write \"GET\"",
                "Write \"GET\" instead.",
            ),
            (
                "mode: unknown variant `onn`, expected one of `auto`, `on`; did you mean `on`?",
                "Write `on` instead.",
            ),
            (
                "mode: unknown variant `x`, expected one of `auto`, `on`",
                "Write one of `auto`, `on`.",
            ),
            (
                "x: unknown field `x`, expected `y`",
                "Write one of the keys that are named, or remove it.",
            ),
            (
                "rules[0].name: is empty: leave it out, or write one",
                "Remove it, or write one.",
            ),
            (
                "c: \"10.0.0.300\" is not an IP address or CIDR block",
                "Write an IP address or CIDR block.",
            ),
            (
                "s: 9 is not a status from 200 to 599",
                "Write a status from 200 to 599.",
            ),
            (
                "m: invalid type: integer `1`, expected a string",
                "Write it in quotes: YAML makes a number of it.",
            ),
            (
                "admin: expected `tokens` or `token_env`",
                "Write `tokens` or `token_env`.",
            ),
            (
                "w: the end is not after the start",
                "Change it as the message says, or remove it.",
            ),
        ] {
            assert_eq!(fix(problem, &[], None), expected);
        }
        let list = fix(
            "invalid type: string \"/a\", expected a sequence",
            &[],
            Some(&text("/a")),
        );
        assert_eq!(list, "Write it as a list: [\"/a\"].");
    }
}
