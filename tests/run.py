#!/usr/bin/env python3
"""Builds the tests, runs them side by side, and prints what each group took.

    python3 tests/run.py                  all of them
    python3 tests/run.py envoy            one group
    python3 tests/run.py envoy::rules     a part of one group
    python3 tests/run.py lib core         some groups
    python3 tests/run.py --save envoy     one, and keep what it ran on: see versions.py

Most tests wait more than they compute: for a server to start, for a tick, for a timeout. So
there are more of them under way than there are processors. What measures time runs after all
else, one test at a time. `make test` calls this, and tests/README.md explains it.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import versions
from envoys import parts_of_newer
from hosts import HOSTED, parts_of_others

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "target/tests"

# What the filter is tested as: `make test HOST=native`.
HOST = os.environ.get("MAINTENANCE_MODE_HOST", "wasm")
# How many tests are under way at a time.
PROCESSORS = os.cpu_count() or 1
SLOTS = 2 * PROCESSORS
# What counts in milliseconds, or has an etcd that must elect a leader in time: when the others have
# ended, a test for each processor.
CALM = [
    "envoy::holding::limits::ticks_are_fast_only_while_somebody_waits",
    "envoy::holding::requests_that_wait_pass_promptly_when_maintenance_ends",
    "envoy::holding::turns",
    "envoy::holding::ways_out::the_end_of_a_window_and_of_an_on_lets_them_pass",
    "fleet::held",
    "fleet::login::a_login_outlives_the_leader_of_three",
    "fleet::login::tokens::a_login_fits_into_a_short_timeout",
    "fleet::outage::toggles_outlive_the_leader_of_three_and_the_killed_member_rejoins",
    "fleet::partition",
]
# What measures: last, and one test at a time.
ALONE = [
    "envoy::figures",
    "envoy::holding::memory",
    "faults::clients::long_paths",
    "faults::clients::many_rules",
    "faults::wrong_tokens::a_thousand_wrong_tokens_a_second_change_nothing_for_anybody_else",
    "fleet::propagation",
    "gateway::samples",
    "istio::samples",
    "maintenancectl::deployment",
]
# What is in each stage, one after the other, and how many tests at a time; the first has the rest.
STAGES = {"": ([], SLOTS), "calm": (CALM, PROCESSORS), "alone": (ALONE, 1)}
# The groups that run only where they are named: they need programs that take many minutes to build.
NAMED_ONLY = ["gateway", "istio", "kube"]
# The groups that take longest, so that no long one is left at the end, and how many tests of
# each are under way at a time.
LONGEST = {"reproducible": 1, "readme": 2, "fleet": 2, "browser": 2, "faults": 2, "envoy": 2, "surroundings": 2, "istio": 2, "places": 1}
# Their tests count in milliseconds, so they go first where the processors have too much to do.
FIRST = ["faults", "fleet"]


class Group:
    """The tests of one binary."""

    def __init__(self, name, package, target):
        self.name = name
        self.root = Path(package["manifest_path"]).parent
        self.source = target["src_path"]
        self.select = ["--test", name] if target["kind"] == ["test"] else ["--lib"]
        self.binary = None
        self.tests = []

    @property
    def threads(self):
        return min(LONGEST.get(self.name, 1), SLOTS)


class Run:
    """A part of a group that runs at a time."""

    def __init__(self, group, tests, stage):
        self.group, self.tests = group, tests
        self.threads = STAGES[stage][1] if stage else group.threads
        self.log = LOGS / f"{'-'.join(filter(None, [group.name, stage]))}.log"
        self.seconds = self.cpu_seconds = 0.0
        self.failed = False

    def start(self):
        everything = len(self.tests) == len(self.group.tests)
        names = [] if everything else ["--exact", *self.tests]
        first = [] if self.group.name in FIRST else ["nice", "-n", "5"]
        command = [*first, self.group.binary, f"--test-threads={self.threads}", *names]
        environment = {**os.environ, "CARGO_MANIFEST_DIR": str(self.group.root)}
        began = time.monotonic()
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                command, cwd=self.group.root, env=environment, stdout=log, stderr=log
            )
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - began
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.failed = process.returncode != 0

    def show(self):
        print(f"\n     Running {self.group.name} ({self.log.relative_to(ROOT)})")
        sys.stdout.flush()
        sys.stdout.buffer.write(self.log.read_bytes())
        sys.stdout.flush()


def cargo(*arguments, stdout=None):
    """What cargo prints, where that is not to be seen. If it fails, so does this."""
    ended = subprocess.run(["cargo", *arguments], cwd=ROOT, stdout=stdout, check=False)
    if ended.returncode:
        sys.exit(ended.returncode)
    return ended.stdout


def packages():
    """Those with tests, as cargo knows them. What the tests have in common has none."""
    metadata = cargo("metadata", "--no-deps", "--format-version=1", stdout=subprocess.PIPE)
    for package in json.loads(metadata)["packages"]:
        targets = [t for t in package["targets"] if t["test"] and t["kind"] != ["bin"]]
        package["targets"] = [t for t in targets if t["kind"] != ["bench"]]
        if package["targets"]:
            yield package


def all_groups(found):
    """The groups that there are, by their names: of `maintenance-mode-core` it is `core`."""
    groups = {}
    for package in found:
        for target in package["targets"]:
            name = target["name"]
            if target["kind"] != ["test"]:
                name = package["name"].removeprefix("maintenance-mode").strip("-") or "lib"
            groups[name] = Group(name, package, target)
    return groups


def chosen(names, groups):
    """The names of these groups, each with the parts of it that are meant: "" is all."""
    picked = {}
    default = [name for name in groups if name not in NAMED_ONLY] if HOST == "wasm" else HOSTED
    for name in names or default:
        group, _, part = name.partition("::")
        if group not in groups:
            sys.exit(
                f"There is no group of tests {group!r}. There are:\n"
                + "".join(f"  {name}\n" for name in sorted(groups))
                + "A part of one is named so: envoy::rules"
            )
        picked.setdefault(group, []).append(part)
    return picked


def build(found, groups):
    """Builds the binaries of the groups."""
    names = [argument for package in found for argument in ("--package", package["name"])]
    targets = dict.fromkeys(tuple(group.select) for group in groups)
    selected = [argument for target in targets for argument in target]
    command = ["test", "--locked", "--features", "cli", "--no-run", *names, *selected]
    command.append("--message-format=json-render-diagnostics")
    messages = [json.loads(line) for line in cargo(*command, stdout=subprocess.PIPE).splitlines()]
    built = {
        message["target"]["src_path"]: message["executable"]
        for message in messages
        if message["reason"] == "compiler-artifact" and message["profile"]["test"]
    }
    for group in groups:
        group.binary = built[group.source]


def list_tests(group):
    """All tests of a group."""
    command = [group.binary, "--list"]
    listed = subprocess.run(command, cwd=group.root, stdout=subprocess.PIPE, text=True, check=True)
    lines = listed.stdout.splitlines()
    return [line.removesuffix(": test") for line in lines if line.endswith(": test")]


def tests_of(group, part):
    """The tests of a part of a group: those of a module, or with this in their names."""
    in_module = [test for test in group.tests if f"{test}::".startswith(f"{part}::")]
    found = in_module or [test for test in group.tests if part in test]
    if part and not found:
        modules = sorted({test.split("::")[0] for test in group.tests})
        sys.exit(
            f"There is no test {part!r} in {group.name}. There are:\n"
            + "".join(f"  {group.name}::{module}\n" for module in modules)
        )
    return found


def is_in(group, test, part):
    """Whether a test is this part of all, or in it."""
    return f"{group.name}::{test}::".startswith(f"{part}::")


def without_others(group, tests):
    """Those of these tests that this host and this Envoy have, and a line for each part that they
    have not."""
    parts = parts_of_others(HOST)
    if "Envoy" in versions.PROGRAMS.get(group.name, []):
        parts |= parts_of_newer(versions.version("Envoy"))
    left_out = {}
    for part, reason in parts.items():
        name, _, _ = part.partition("::")
        if name != group.name:
            continue
        if not any(is_in(group, test, part) for test in group.tests):
            sys.exit(f"tests/hosts.py or tests/envoys.py names {part}, and there is no such test")
        found = [test for test in tests if is_in(group, test, part)]
        tests = [test for test in tests if test not in found]
        if found:
            left_out.setdefault(reason, []).append(part)
    return tests, left_out


def stage_of(group, test):
    """The stage that a test is in."""
    found = (s for s, (parts, _) in STAGES.items() if any(is_in(group, test, p) for p in parts))
    return next(found, "")


def plan(groups, picked):
    """What runs in each stage, the longest first."""
    stages = {stage: [] for stage in STAGES}
    for group in groups:
        group.tests = list_tests(group)
        tests = sorted({test for part in picked[group.name] for test in tests_of(group, part)})
        tests, left_out = without_others(group, tests)
        for reason, parts in left_out.items():
            print(f"Not run here: {', '.join(parts)}\n    {reason}.")
        for stage, runs in stages.items():
            of_stage = [test for test in tests if stage_of(group, test) == stage]
            if of_stage or not (tests or stage):
                runs.append(Run(group, of_stage, stage))
    order = list(LONGEST)
    for runs in stages.values():
        runs.sort(key=lambda run: (order + [run.group.name]).index(run.group.name))
    return stages


def run_together(runs, free):
    """Starts as many as there is room for, and shows each when it ends."""
    room = threading.Condition()

    def work(run):
        nonlocal free
        run.start()
        with room:
            run.show()
            free += run.threads
            room.notify()

    threads = []
    for run in runs:
        with room:
            room.wait_for(lambda run=run: free >= run.threads)
            free -= run.threads
        threads.append(threading.Thread(target=work, args=[run], daemon=True))
        threads[-1].start()
    for thread in threads:
        thread.join()


def report(runs, seconds):
    """Prints what each group took of the clock and of the processors; how many tests
    those ran that are well."""
    groups = {}
    for run in runs:
        groups.setdefault(run.group.name, []).append(run)
    well = {}
    print(f"\n{'group':15} {'tests':>6} {'time':>8} {'processors':>12}")
    for name, parts in groups.items():
        tests = sum(len(run.tests) for run in parts)
        verdict = "FAILED" if any(run.failed for run in parts) else ""
        verdict = verdict if tests else "FAILED: it ran no test"
        if not verdict:
            well[name] = tests
        took, cpu = sum(run.seconds for run in parts), sum(run.cpu_seconds for run in parts)
        print(f"{name:15} {tests:6} {took:6.1f} s {cpu:10.1f} s  {verdict}".rstrip())
    tests, cpu = sum(len(run.tests) for run in runs), sum(run.cpu_seconds for run in runs)
    print(f"{'all':15} {tests:6} {seconds:6.1f} s {cpu:10.1f} s, side by side\n")
    return well


def main():
    began = time.monotonic()
    found = list(packages())
    groups = all_groups(found)
    names = [name for name in sys.argv[1:] if name != "--save"]
    picked = chosen(names, groups)
    selected = [groups[name] for name in picked]
    build(found, selected)
    LOGS.mkdir(parents=True, exist_ok=True)
    stages = plan(selected, picked)
    for stage, runs in stages.items():
        run_together(runs, STAGES[stage][1])
    examples = 0
    if not names:
        of_all = [argument for package in found for argument in ("--package", package["name"])]
        command = ["cargo", "test", "--locked", "--features", "cli", "--doc", *of_all]
        examples = subprocess.run(command, cwd=ROOT, check=False).returncode
    well = report([run for runs in stages.values() for run in runs], time.monotonic() - began)
    if "--save" in sys.argv:
        whole = {name: tests for name, tests in well.items() if "" in picked[name]}
        versions.save(HOST, whole)
    if examples:
        print("The examples in the documentation FAILED")
    sys.exit(0 if len(well) == len(selected) and not examples else 1)


if __name__ == "__main__":
    # Servers that tests share leave their files when they end with the tests.
    os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="tests-")
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
