//! Bodies with placeholders.

use super::negotiation::Kind;

/// What stands for a placeholder: nothing where the contract does not say what it is.
pub type Values<'v> = &'v dyn Fn(&str) -> Option<String>;

fn escaped(value: &str, kind: Kind) -> String {
    match kind {
        Kind::Text => value.to_owned(),
        Kind::Json => {
            let quoted = serde_json::to_string(value).unwrap();
            quoted[1..quoted.len() - 1].to_owned()
        }
        Kind::Html => value
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;"),
    }
}

/// `None` where it holds what the contract does not say.
pub fn rendered(template: &str, kind: Kind, values: Values) -> Option<String> {
    let mut rendered = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").unwrap();
        rendered.push_str(before);
        rendered.push_str(&escaped(&values(name.trim())?, kind));
        rest = after;
    }
    Some(rendered + rest)
}

/// Whether two bodies mean the same.
pub fn are_same(one: &str, other: &str, kind: Kind) -> bool {
    match kind {
        Kind::Text => one == other,
        Kind::Json => {
            let read = |body| serde_json::from_str::<serde_json::Value>(body).ok();
            read(one).is_some() && read(one) == read(other)
        }
        Kind::Html => {
            let plain = |body: &str| body.replace("&#34;", "&quot;").replace("&#x27;", "&#39;");
            plain(one) == plain(other)
        }
    }
}
