"""What is right, by the schemas of the description and by its words: how parameters go together, and
how much is too much. All that is right is accepted."""

import os
import re

import schemathesis

UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "": 1}
YEAR = 365 * UNITS["d"]
# The limits of durations. Of `for`, far from the last year of the calendar; of `ttl`, the longest
# `bypass.max_ttl_seconds` that can be configured; of `retry_after`, what a number can be at all.
LIMITS = {
    "for": range(1, 1000 * YEAR),
    "hold": range(241),
    "ramp": range(UNITS["d"] + 1),
    "retry_after": range(2**64),
    "ttl": range(1, 100 * YEAR + 1),
}
# No two of these are right in any case.
WHEN = ["for", "until", "start"]
# An `on` with a `start` to come meets one that is in force, or the configuration refuses all.
REFUSED = {409, int(os.environ["REFUSED"])}


def seconds(duration):
    counts = re.findall("([0-9]+)([dhms]?)", str(duration))
    return sum(int(count) * UNITS[unit] for count, unit in counts)


def size(text):
    return len(text.encode())


def query_of(case):
    """The query, with one of the parameters that say when: that under test, or the first."""
    given = case.query or {}
    if case.meta.generation.mode.is_negative:
        return given
    tested = getattr(case.meta.phase.data, "parameter", None)
    kept = tested if tested in WHEN else next((name for name in WHEN if name in given), None)
    return {name: value for name, value in given.items() if name == kept or name not in WHEN}


def is_right(query):
    return (
        "2100" < query.get("until", "2999")[:4] < "9999"
        and all(seconds(query[name]) in LIMITS[name] for name in LIMITS if name in query)
        and size(query.get("message", "")) <= 1000
        and size(query.get("name", "")) <= 64
    )


@schemathesis.hook
def filter_case(context, case):
    return case.meta.generation.mode.is_negative or is_right(query_of(case))


@schemathesis.hook
def map_case(context, case):
    case.query = query_of(case)
    return case


@schemathesis.hook
def before_add_examples(context, examples):
    examples[:] = [map_case(context, case) for case in examples if filter_case(context, case)]


@schemathesis.check
def what_is_right_is_accepted(context, response, case):
    if case.meta is not None and case.meta.generation.mode.is_positive:
        assert response.status_code in {200, 303} | REFUSED
