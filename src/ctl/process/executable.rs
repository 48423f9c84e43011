//! Whether a program can be run, found out without running it.

use std::ffi::OsStr;
use std::io;

/// Looks a program up as the system will.
///
/// # Errors
/// Why it could not be run, of the kind that running it would give.
#[cfg(not(unix))]
pub(crate) fn can_be_run(_program: &OsStr) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(crate) use self::unix::can_be_run;

#[cfg(unix)]
mod unix {
    use std::env;
    use std::fs::{File, metadata};
    use std::io::Read;
    use std::os::unix::ffi::OsStrExt;
    use std::path::Path;

    use rustix::fs::{Access, access};

    use super::{OsStr, io};

    /// Where programs are looked for if no `PATH` is set.
    const DEFAULT_PATH: &str = "/bin:/usr/bin";
    /// As much as systems read of a script for its interpreter.
    const MAX_FIRST_LINE: u64 = 256;

    /// Looks a program up as the system will.
    ///
    /// # Errors
    /// Why it could not be run, of the kind that running it would give.
    pub(crate) fn can_be_run(program: &OsStr) -> io::Result<()> {
        if program.as_bytes().contains(&b'/') {
            return is_executable(Path::new(program));
        }
        let mut refused = io::Error::new(io::ErrorKind::NotFound, "not found in PATH");
        if program.is_empty() {
            return Err(refused);
        }
        let path = env::var_os("PATH").unwrap_or_else(|| DEFAULT_PATH.into());
        for directory in env::split_paths(&path) {
            match is_executable(&directory.join(program)) {
                Ok(()) => return Ok(()),
                Err(error) if is_passed_over(&error) => {}
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    fn is_passed_over(error: &io::Error) -> bool {
        use io::ErrorKind::{NotADirectory, NotFound};

        [NotFound, NotADirectory].contains(&error.kind())
    }

    fn is_executable(file: &Path) -> io::Result<()> {
        if metadata(file)?.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "is a directory",
            ));
        }
        access(file, Access::EXEC_OK)?;
        match interpreter(file) {
            Some(interpreter) => is_there(&interpreter),
            None => Ok(()),
        }
    }

    /// The program that a script names in its first line, if it is one that can be read.
    fn interpreter(file: &Path) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let file = File::open(file).ok()?;
        file.take(MAX_FIRST_LINE).read_to_end(&mut line).ok()?;
        let line = line.split(|&byte| byte == b'\n').next()?;
        let mut words = line.strip_prefix(b"#!")?.split(u8::is_ascii_whitespace);
        words.find(|word| !word.is_empty()).map(<[u8]>::to_vec)
    }

    fn is_there(interpreter: &[u8]) -> io::Result<()> {
        let file = Path::new(OsStr::from_bytes(interpreter));
        let named = |error: io::Error| {
            let file = file.display();
            io::Error::new(error.kind(), format!("its interpreter {file}: {error}"))
        };
        let access = access(file, Access::EXEC_OK);
        access.map_err(|error| named(error.into()))
    }

    #[cfg(test)]
    mod tests {
        use std::fs;
        use std::os::unix::fs::PermissionsExt;

        use super::*;

        #[test]
        fn what_cannot_be_run_is_found_out() {
            let directory = tempfile::tempdir().unwrap();
            let write = |name: &str, text: &str, mode| {
                let file = directory.path().join(name);
                fs::write(&file, text).unwrap();
                fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
                file.into_os_string()
            };
            let kind = |program: &OsStr| can_be_run(program).map_err(|error| error.kind());
            let not_found = Err(io::ErrorKind::NotFound);
            let denied = Err(io::ErrorKind::PermissionDenied);
            for (program, expected) in [
                ("sh".into(), Ok(())),
                ("/bin/sh".into(), Ok(())),
                ("".into(), not_found),
                ("no-such-program".into(), not_found),
                ("/no/such/program".into(), not_found),
                ("/".into(), denied),
                (write("plain", "", 0o644), denied),
                (write("script", "#! /bin/sh -e\n", 0o755), Ok(())),
                (write("lost", "#!/no/such/shell\n", 0o755), not_found),
            ] {
                assert_eq!(kind(&program), expected, "{}", program.display());
            }
        }
    }
}
