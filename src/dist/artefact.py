"""What a release is made for: the programs that somebody loads or runs."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Artefact:
    """A file that cargo has built."""

    # What it is called in a release.
    name: str
    # What CycloneDX calls it.
    kind: str
    # Where cargo leaves it.
    built: Path
    # What it is compiled for, and with which features of the package.
    target: str
    features: str


def module():
    """The Wasm module."""
    name = "maintenance_mode.wasm"
    target = "wasm32-wasip1"
    return Artefact(name, "library", Path("target", target, "release", name), target, "")


def dynamic_module(target):
    """The dynamic module of Envoy for a machine."""
    built = Path("target/dynamic-module/libmaintenance_mode.so")
    name = f"{built.stem}-{platform(target)}.so"
    return Artefact(name, "library", built, target, "dynamic-module")


def command_line(target):
    """The command line for a machine."""
    built = Path("target/release/maintenancectl")
    name = f"{built.name}-{platform(target)}"
    return Artefact(name, "application", built, target, "cli")


def platform(target):
    """A machine as `uname` names it: linux-x86_64."""
    processor, _, system, *_ = target.split("-")
    return f"{system}-{processor}"
