"""The toolchain, as far as it is built in: its standard library is in each artefact."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Toolchain:
    """A toolchain of Rust."""

    version: str
    # The machine that it runs on, such as x86_64-unknown-linux-gnu.
    host: str
    # Who wrote its standard library, and what that is made of.
    notices: Path
    name = "rust-std"
    licence = "MIT OR Apache-2.0"

    @classmethod
    def installed(cls):
        """The one that compiles here."""
        about = dict(line.split(": ") for line in rustc("-vV").splitlines() if ": " in line)
        sysroot = rustc("--print", "sysroot").strip()
        notices = Path(sysroot, "share/doc/rust/COPYRIGHT-library.html")
        return cls(about["release"], about["host"], notices)

    @property
    def reference(self):
        """What names its library in a bill of materials."""
        return f"pkg:generic/{self.name}@{self.version}"


def rustc(*arguments):
    return subprocess.run(
        ["rustc", *arguments], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
