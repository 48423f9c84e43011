//! Expressions in [CEL](https://github.com/google/cel-spec), as text.

/// A string literal.
pub(super) fn text(text: &str) -> String {
    match (text.contains('\\'), text.contains('\''), text.contains('"')) {
        (false, false, _) => format!("'{text}'"),
        (true, false, _) => format!("r'{text}'"),
        (true, true, false) => format!("r\"{text}\""),
        _ => format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
    }
}

/// A list of string literals.
pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(text).collect();
    format!("[{}]", texts.join(", "))
}

/// All of these; true where there are none.
pub(super) fn all(conditions: Vec<String>) -> String {
    joined(conditions, " && ", "true")
}

/// Any of these; false where there are none.
pub(super) fn any(conditions: Vec<String>) -> String {
    joined(conditions, " || ", "false")
}

fn joined(conditions: Vec<String>, operator: &str, none: &str) -> String {
    match conditions.as_slice() {
        [] => none.to_owned(),
        [only] => only.clone(),
        several => format!("({})", several.join(operator)),
    }
}

/// Not that.
pub(super) fn not(condition: &str) -> String {
    format!("!({condition})")
}

/// The first of these texts that is not empty; empty if all are.
pub(super) fn first_of(texts: Vec<String>) -> String {
    match texts.as_slice() {
        [] => "''".to_owned(),
        [only] => only.clone(),
        several => format!(
            "([\n{}\n].filter(f, f != '') + [''])[0]",
            indented(&several.join(",\n"))
        ),
    }
}

/// One value where a condition holds, the other where it does not.
pub(super) fn if_else(condition: &str, then: &str, other: &str) -> String {
    format!("{condition}\n? {then}\n: {other}")
}

/// Two spaces further in.
pub(super) fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
