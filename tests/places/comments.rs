//! The commands that the manifests show are found.

use support::comments::commands;

#[test]
fn commands_are_the_indented_lines_of_the_comment_at_the_head() {
    let text =
        "# Prose:\n#\n#   one --two \\\n#     three\n#\n# More.\n#\n#   four\nkey: 1\n#   five\n";
    assert_eq!(commands(text), ["one --two three", "four"]);
}
