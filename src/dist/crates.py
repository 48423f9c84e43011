"""The crates that an artefact is made of, as cargo resolves its features for its target."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

PACKAGE = "maintenance-mode"
# A line of `cargo tree --prefix depth`: 2serde v1.0.229, or 0maintenance-mode v0.1.0 (/path).
LINE = re.compile(r"^(\d+)(\S+) v(\S+)", re.MULTILINE)
CHECKSUM = re.compile(r'name = "(.+)"\nversion = "(.+)"\nsource = ".+"\nchecksum = "(.+)"')


@dataclass(frozen=True)
class Crate:
    """A crate of some version."""

    name: str
    version: str
    # An expression of SPDX.
    licence: str
    folder: Path
    # Where its source is kept, if it says so.
    repository: Optional[str]
    # The SHA-256 of the archive that a registry has; none of the project's own.
    checksum: Optional[str]

    @property
    def is_own(self):
        """Whether it is of the project itself."""
        return self.checksum is None


def built_in(artefact):
    """The crates of an artefact, its own package first, each with those that it needs itself."""
    needs = tree(PACKAGE, artefact, "--edges", "normal,no-proc-macro")
    known = described(artefact)
    # What a build script of the project reads, it writes into the code.
    for own in [key for key in needs if known[key].is_own]:
        read = tree(own[0], artefact, "--edges", "build", "--depth", "1")
        needs[own] |= read.pop(own)
        needs = read | needs
    first = next(key for key in needs if key[0] == PACKAGE)
    return {
        known[key]: [known[needed] for needed in sorted(needs[key])]
        for key in sorted(needs, key=lambda key: (key != first, key))
    }


def tree(package, artefact, *options):
    """The names and versions below a package, each with those that it needs itself."""
    of_artefact = ["--target", artefact.target]
    if package == PACKAGE:
        of_artefact += ["--features", artefact.features]
    printed = cargo("tree", "--package", package, *of_artefact, "--prefix", "depth", *options)
    needs, path = {}, []
    for depth, name, version in LINE.findall(printed):
        path[int(depth) :] = [(name, version)]
        needs.setdefault(path[-1], set())
        if len(path) > 1:
            needs[path[-2]].add(path[-1])
    return needs


def described(artefact):
    """All crates that an artefact may need, also to be built and tested, by name and version."""
    of_artefact = ["--filter-platform", artefact.target, "--features", artefact.features]
    metadata = json.loads(cargo("metadata", "--format-version", "1", *of_artefact))
    found = CHECKSUM.findall(Path("Cargo.lock").read_text(encoding="utf-8"))
    checksums = {(name, version): checksum for name, version, checksum in found}
    crates = {}
    for package in metadata["packages"]:
        key = package["name"], package["version"]
        licence = package["license"].replace("/", " OR ")
        folder = Path(package["manifest_path"]).parent
        crates[key] = Crate(*key, licence, folder, package["repository"], checksums.get(key))
    return crates


def cargo(command, *arguments):
    command = ["cargo", command, "--locked", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
