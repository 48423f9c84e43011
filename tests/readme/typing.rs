//! A reader who types what a document shows.

use support::machine::Machine;

/// Separates what commands print.
const SEPARATOR: char = '\u{1e}';

/// A machine that somebody types at.
pub trait Typing {
    /// Runs the commands of a block in one shell, at the speed of a person who types fast; each
    /// with what it printed.
    fn transcript(&self, block: &str) -> Vec<(String, String)>;

    /// Runs the commands of a block, which keep what their comments promise; how many do.
    fn follow(&self, block: &str) -> usize;

    /// Runs what a program says to type, in lines that are indented.
    fn type_what_is_said(&self, printed: &str) -> Vec<(String, String)>;
}

impl Typing for Machine {
    fn transcript(&self, block: &str) -> Vec<(String, String)> {
        let commands = commands(block);
        let script = commands.join(&format!("\nprintf '{SEPARATOR}'; sleep 0.3\n"));
        let printed = self.shell(&script);
        let printed: Vec<&str> = printed.split(SEPARATOR).collect();
        assert_eq!(commands.len(), printed.len(), "{printed:?}");
        let printed = printed.into_iter().map(str::to_owned);
        commands.into_iter().zip(printed).collect()
    }

    fn follow(&self, block: &str) -> usize {
        let transcript = self.transcript(block);
        let promises = transcript.iter().filter_map(|(command, printed)| {
            promised_status(command).map(|status| (command, printed, status))
        });
        promises
            .inspect(|(command, printed, status)| {
                let begins = format!("HTTP/1.1 {status} ");
                assert!(printed.starts_with(&begins), "{command} gave {printed}");
            })
            .count()
    }

    fn type_what_is_said(&self, printed: &str) -> Vec<(String, String)> {
        let (_, said) = printed.split_once("In another terminal").unwrap();
        let typed: Vec<&str> = said
            .lines()
            .filter_map(|line| line.strip_prefix("  "))
            .collect();
        self.transcript(&typed.join("\n"))
    }
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

#[test]
fn a_command_is_a_line_with_those_that_continue_it() {
    let block = "one \\\n  two    # 200: fine\n\nthree\n";
    assert_eq!(commands(block), ["one \\\n  two    # 200: fine", "three"]);
    assert_eq!(promised_status("one # 200: fine"), Some(200));
    assert_eq!(promised_status("one # two hundred"), None);
    assert_eq!(promised_status("one"), None);
}
