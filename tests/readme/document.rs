//! The README as a list of what it shows.

/// A fenced block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The heading that it stands under.
    pub section: &'static str,
    /// What follows the fence: `sh`, `yaml` …
    pub language: &'static str,
    pub text: &'static str,
}

const README: &str = include_str!("../../README.md");

/// All blocks, in their order.
pub fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut section = "";
    // What is between two fences is prose, a block, prose …
    for (index, part) in README.split("```").enumerate() {
        if index % 2 == 0 {
            let heading = part.lines().rfind(|line| line.starts_with('#'));
            section = heading.map_or(section, |line| line.trim_start_matches('#').trim());
        } else {
            let (language, text) = part.split_once('\n').unwrap();
            blocks.push(Block {
                section,
                language,
                text,
            });
        }
    }
    blocks
}

/// The blocks of one language under a heading.
pub fn blocks_of<const N: usize>(section: &str, language: &str) -> [&'static str; N] {
    let found: Vec<&str> = blocks()
        .into_iter()
        .filter(|block| (block.section, block.language) == (section, language))
        .map(|block| block.text)
        .collect();
    let count = found.len();
    found
        .try_into()
        .unwrap_or_else(|_| panic!("{section} has {count} blocks of {language}, not {N}"))
}

/// The commands of a block, each with its continuation lines and its comment.
pub fn commands(block: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in block.lines().filter(|line| !line.trim().is_empty()) {
        match commands.last_mut().filter(|_| goes_on) {
            Some(command) => {
                command.push('\n');
                command.push_str(line);
            }
            None => commands.push(line.to_owned()),
        }
        goes_on = line.ends_with('\\');
    }
    commands
}

/// The status that the comment behind a command promises.
pub fn promised_status(command: &str) -> Option<u16> {
    let (_, comment) = command.rsplit_once("# ")?;
    comment.get(..3)?.parse().ok()
}

/// What stands between backticks in the prose.
pub fn inline_code() -> Vec<&'static str> {
    README
        .split("```")
        .step_by(2)
        .flat_map(|prose| prose.split('`').skip(1).step_by(2))
        .collect()
}

#[test]
fn a_command_is_a_line_with_those_that_continue_it() {
    let block = "one \\\n  two    # 200: fine\n\nthree\n";
    assert_eq!(commands(block), ["one \\\n  two    # 200: fine", "three"]);
    assert_eq!(promised_status("one # 200: fine"), Some(200));
    assert_eq!(promised_status("one # two hundred"), None);
    assert_eq!(promised_status("one"), None);
}
