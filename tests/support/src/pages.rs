//! The pages of the project, as what people read and paste out of them.

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it is in the project.
    pub path: &'static str,
    /// All of it.
    pub text: &'static str,
}

macro_rules! page {
    ($path:literal) => {
        Page {
            path: $path,
            text: include_str!(concat!("../../../", $path)),
        }
    };
}

/// What it is, and how to try it.
pub const README: Page = page!("README.md");
/// How to load it, recipes, and how to come from something else.
pub const GUIDE: Page = page!("envoy/README.md");
/// Every key, call, stat, command and figure.
pub const REFERENCE: Page = page!("envoy/reference.md");
/// What to do when something is wrong.
pub const OPERATIONS: Page = page!("envoy/operations.md");
/// How to change it.
pub const CONTRIBUTING: Page = page!("CONTRIBUTING.md");
/// How to test it.
pub const TESTS: Page = page!("tests/README.md");
/// What it protects.
pub const SECURITY: Page = page!("SECURITY.md");
/// How it is built, and what to touch for what.
pub const HOUSE: Page = page!("src/README.md");

/// All of them.
pub const PAGES: [Page; 9] = [
    README,
    GUIDE,
    REFERENCE,
    OPERATIONS,
    CONTRIBUTING,
    TESTS,
    SECURITY,
    page!("CHANGELOG.md"),
    HOUSE,
];

/// A fenced block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The heading that it stands under, without the backticks of a code.
    pub heading: &'static str,
    /// What follows the fence: `sh`, `yaml` …
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

impl Page {
    /// All blocks, in their order.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut heading = "";
        // What is between two fences is prose, a block, prose …
        for (index, part) in self.text.split("```").enumerate() {
            if index % 2 == 0 {
                let last = part.lines().rfind(|line| line.starts_with('#'));
                heading = last.map_or(heading, title);
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

    /// The texts of the blocks of one language under a heading.
    pub fn blocks_of<const N: usize>(&self, heading: &str, language: &str) -> [&'static str; N] {
        let found: Vec<&str> = (self.blocks().into_iter())
            .filter(|block| (block.heading, block.language) == (heading, language))
            .map(|block| block.text)
            .collect();
        let count = found.len();
        let path = self.path;
        (found.try_into()).unwrap_or_else(|_| {
            panic!("{heading} of {path} has {count} blocks of {language}, not {N}")
        })
    }

    /// The text of the block of YAML under a heading whose comment says that it goes there.
    pub fn block_for(&self, heading: &str, place: &str) -> &'static str {
        let found = self.blocks().into_iter();
        let mut found = found.filter(|block| (block.heading, block.place()) == (heading, place));
        let block = found.next();
        let block = block.unwrap_or_else(|| panic!("{heading} has no block for {place:?}"));
        assert!(found.next().is_none(), "{heading}: two blocks for {place}");
        assert_eq!(block.language, "yaml");
        block.text
    }

    /// All but the blocks.
    pub fn prose(&self) -> String {
        self.text.split("```").step_by(2).collect()
    }

    /// What stands between backticks in the prose.
    pub fn inline_code(&self) -> Vec<&'static str> {
        let prose = self.text.split("```").step_by(2);
        prose
            .flat_map(|prose| prose.split('`').skip(1).step_by(2))
            .collect()
    }

    /// The anchors of its headings, from a level on, as GitHub names them: `##` has the level 2.
    pub fn anchors(&self, level: usize) -> Vec<String> {
        let fence = "#".repeat(level);
        let prose = self.prose();
        let headings = prose.lines().filter(|line| line.starts_with(&fence));
        headings.map(anchor).collect()
    }

    /// The links of its prose: to addresses, to files, and to headings.
    pub fn links(&self) -> Vec<String> {
        let prose = self.prose();
        let targets = prose.split("](").skip(1);
        targets
            .map(|rest| rest.split(')').next().unwrap().to_owned())
            .collect()
    }
}

/// What a line says that is a heading.
fn title(line: &str) -> &str {
    line.trim_start_matches('#').trim().trim_matches('`')
}

/// GitHub makes the name of a heading's anchor so.
pub fn anchor(line: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    let name = title(line).to_lowercase();
    let name: String = name.chars().filter(kept).collect();
    name.replace(' ', "-")
}
