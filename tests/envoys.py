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
