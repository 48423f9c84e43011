"""The Envoys that the tests run on, and what is tested on newer ones alone.

`make envoys` runs them on those that the Makefile names in OTHER_ENVOYS.
"""

# The parts that an Envoy runs from this version on, by the reason.
SINCE = {
    (1, 39): {
        "Older ones have another interface for dynamic modules": [
            "faults::linkage",
            "faults::panics",
        ],
    },
    (1, 40): {
        "Older ones do all at once what a configuration schedules while they start": [
            "faults::panics::configurations::"
            "ticks_that_panic_come_once_a_second_and_then_again_as_they_did",
        ],
    },
}


def parts_of_newer(version):
    """The parts that this Envoy does not run, each with the reason."""
    version = tuple(int(number) for number in version.split("."))
    return {
        part: reason
        for since, reasons in SINCE.items()
        if version < since
        for reason, parts in reasons.items()
        for part in parts
    }
