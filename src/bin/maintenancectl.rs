//! The command line of the filter: [`maintenance_mode::ctl`].

use std::process::ExitCode;

fn main() -> ExitCode {
    maintenance_mode::ctl::main::main()
}
