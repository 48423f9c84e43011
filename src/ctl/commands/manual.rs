//! `man`: the manual pages, made from the help.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::ctl::arguments::arguments::Arguments;
use crate::ctl::process::exit::{Abort, Exit};
use crate::ctl::process::output::write_files;

const MANUAL: &str = "Maintenance mode for Envoy";
/// No date, so that the same source makes the same page; quoted, so that it keeps its place.
const NO_DATE: &str = "\"\"";
/// The heading of what the help says after its options, before any heading of its own.
const REMARKS: &str = "Notes";

pub(crate) fn manual(directory: &Path) -> Result<Exit, Abort> {
    let pages = pages().map_err(|error| Exit::FAILURE.because(error))?;
    write_files(directory, &pages).map_err(|problem| Exit::FAILURE.because(problem))?;
    Ok(Exit::SUCCESS)
}

/// The page of the program and of each command that is listed, by the names of their files.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut program = Arguments::command().disable_help_subcommand(true);
    program.build();
    let commands = program.get_subcommands().filter(|one| !one.is_hide_set());
    let commands = commands.cloned().collect::<Vec<_>>();
    let pages = [program].into_iter().chain(commands);
    pages.map(page).collect()
}

fn page(command: Command) -> io::Result<(String, Vec<u8>)> {
    let remarks = command.get_after_help().map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let source = format!("maintenancectl {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command);
    let man = man.date(NO_DATE).source(source).manual(MANUAL);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    sections(&remarks.unwrap_or_default()).to_writer(&mut page)?;
    Ok((man.get_filename(), page))
}

/// What follows the options in a help: paragraphs, and headings with lines that stand as they
/// are, indented.
fn sections(help: &str) -> Roff {
    let mut roff = Roff::new();
    let mut lines = help.lines().peekable();
    if lines.peek().is_some_and(|line| heading(line).is_none()) {
        roff.control("SH", [REMARKS.to_uppercase().as_str()]);
    }
    while let Some(line) = lines.next() {
        match heading(line) {
            Some(heading) => {
                roff.control("SH", [heading.to_uppercase().as_str()]);
                roff.control("nf", []);
                while let Some(line) = lines.next_if(|line| is_as_it_stands(line)) {
                    roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
                }
                roff.control("fi", []);
            }
            None if line.is_empty() => {}
            None => {
                roff.text([roman(line)]);
            }
        }
    }
    roff
}

fn heading(line: &str) -> Option<&str> {
    line.strip_suffix(':').filter(|_| !is_as_it_stands(line))
}

fn is_as_it_stands(line: &str) -> bool {
    line.is_empty() || line.starts_with("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_headings_of_a_help_are_sections() {
        let help = "A a\n.b:c.\n\nExit codes:\n  0  d\n\nExample:\n  e \\\n    f";
        let roff = sections(help).to_roff();
        assert_eq!(
            roff,
            ".SH NOTES\nA a\n\\&.b:c.\n.SH \"EXIT CODES\"\n.nf\n0  d\n\n.fi\n\
             .SH EXAMPLE\n.nf\ne \\\\\n  f\n.fi\n"
        );
        assert!(
            sections("Example:\n  a")
                .to_roff()
                .starts_with(".SH EXAMPLE\n")
        );
    }
}
