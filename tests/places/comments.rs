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

#[test]
fn commands_are_the_indented_lines_of_the_comment_at_the_head() {
    let text =
        "# Prose:\n#\n#   one --two \\\n#     three\n#\n# More.\n#\n#   four\nkey: 1\n#   five\n";
    assert_eq!(commands(text), ["one --two three", "four"]);
}
