"""What the tests last ran on: tests/versions.json, of which envoy/reference.md has the table.

`make envoys SAVE=--save`, and so `make test` and the others, puts there how many tests of each
group passed, where all of a group did. `tests/documents.rs` compares it with that page and with
what the Makefile and tests/controlplanes pin.
"""

import datetime
import json
import os
import re
import subprocess
from pathlib import Path

TESTS = Path(__file__).resolve().parent
FILE = TESTS / "versions.json"

# What the groups run on.
PROGRAMS = {
    "envoy": ["Envoy"],
    "maintenancectl": ["Envoy"],
    "fleet": ["Envoy", "etcd"],
    "faults": ["Envoy", "etcd"],
    "browser": ["Envoy", "etcd"],
    "surroundings": ["Envoy", "etcd"],
    "gateway": ["Envoy Gateway", "Kubernetes"],
    "istio": ["Istio", "Kubernetes"],
    "kube": ["Kubernetes"],
}

# Where the versions of control planes are pinned: a folder of tests/controlplanes, and a module.
MODULES = {
    "Istio": ("istio", "istio.io/istio"),
    "Envoy Gateway": ("gateway", "github.com/envoyproxy/gateway"),
    "Kubernetes": ("kubernetes", "k8s.io/kubernetes"),
}


def version(program):
    """The version of a program under test."""
    if program in MODULES:
        folder, module = MODULES[program]
        text = (TESTS / "controlplanes" / folder / "go.mod").read_text()
        return re.search(rf"{re.escape(module)} v(\S+)", text)[1]
    variable = program.upper()
    if variable not in os.environ:
        # The one that make would name.
        makefile = (TESTS.parent / "Makefile").read_text()
        return re.search(rf"^{variable}_VERSION := (\S+)", makefile, re.MULTILINE)[1]
    command = [os.environ[variable], "--version"]
    text = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return re.search(r"(?:/|Version: )(\d+\.\d+\.\d+)[/\n]", text)[1]


def save(host, groups):
    """Keeps how many tests of these groups passed."""
    saved = json.loads(FILE.read_text())
    for group, tests in groups.items():
        for program in PROGRAMS.get(group, []):
            row = saved.setdefault(program, {}).setdefault(version(program), {})
            row["date"] = datetime.date.today().isoformat()
            row.setdefault(host, {})[group] = tests
    FILE.write_text(json.dumps(saved, indent=2) + "\n")
