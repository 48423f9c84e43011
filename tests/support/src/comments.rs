//! The commands that a file shows in the comment at its head.

/// The indented lines of the leading comment, continuation lines joined.
pub fn commands(text: &str) -> Vec<String> {
    text.lines()
        .map_while(|line| line.strip_prefix('#'))
        .filter_map(|line| line.strip_prefix("   "))
        .map(str::trim)
        .collect::<Vec<&str>>()
        .join("\n")
        .replace("\\\n", "")
        .lines()
        .map(str::to_owned)
        .collect()
}
