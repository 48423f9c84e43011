//! `envoy/operations.md` as what people paste out of it.

/// A fenced block.
pub struct Block {
    /// The heading that it stands under, without the backticks of a code.
    pub heading: &'static str,
    /// What follows the fence.
    pub language: &'static str,
    /// What is in it.
    pub text: &'static str,
}

impl Block {
    /// What the comment in its first line says: where it goes.
    pub fn place(&self) -> &'static str {
        let first = self.text.lines().next().unwrap();
        first.strip_prefix("# ").unwrap_or_default()
    }
}

/// All of it.
pub const DOCUMENT: &str = include_str!("../../../envoy/operations.md");

/// All of its blocks.
pub fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut heading = "";
    // What is between two fences is prose, a block, prose …
    for (index, part) in DOCUMENT.split("```").enumerate() {
        if index % 2 == 0 {
            let last = part.lines().rfind(|line| line.starts_with('#'));
            heading = last.map_or(heading, |line| {
                line.trim_start_matches('#').trim().trim_matches('`')
            });
        } else {
            let (language, text) = part.split_once('\n').unwrap();
            blocks.push(Block {
                heading,
                language,
                text,
            });
        }
    }
    blocks
}

/// The text of the block under a heading whose comment says that it goes there.
pub fn text(heading: &str, place: &str) -> &'static str {
    let mut found = blocks()
        .into_iter()
        .filter(|block| (block.heading, block.place()) == (heading, place));
    let block = found
        .next()
        .unwrap_or_else(|| panic!("{heading} has no block for {place:?}"));
    assert!(found.next().is_none(), "{heading}: two blocks for {place}");
    assert_eq!(block.language, "yaml");
    block.text
}
