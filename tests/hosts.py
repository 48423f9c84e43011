"""The hosts of the filter, and what is tested on one of them alone.

`make test` tests it as a Wasm module, `make test HOST=native` as a dynamic module of Envoy.
"""

# The tests that start Envoy with the filter, so that the host makes a difference.
HOSTED = [
    "browser",
    "envoy",
    "faults",
    "fleet",
    "maintenancectl",
    "places::dashboards",
    "places::openapi::calls",
    "places::resources::envoy_starts_with_the_sample_of_the_dynamic_module",
    "surroundings",
]

# Parts of them that one host alone runs, by the reason.
ONLY_ON = {
    "wasm": {
        "A dynamic module has no VM that dies: what panics is caught": [
            "faults::crash",
            "faults::updates::deadly",
        ],
        "Nobody but the filter writes to what it shares in the process": ["faults::foreign_data"],
        "A gauge tells workers of changes, and a parent's is merged with its child's; a dynamic "
        "module has a number of its own": [
            "faults::hot_restart::as_many_changes_as_the_parent_has_seen_are_obeyed_at_once_when_it_ends",
        ],
        "Envoy fetches a dynamic module by other means than Wasm code, and the samples use none": [
            "faults::loading::remote",
        ],
        "Envoy lists the calls of a Wasm module in its log, and of a dynamic module none": [
            "envoy::holding::limits::ticks_are_fast_only_while_somebody_waits",
            "faults::wrong_tokens::work::a_wrong_token_costs_the_same_calls_of_the_host_however_much_of_it_is_right",
            "fleet::cost",
        ],
        "A dynamic module is in no VM: nothing is weighed or named by one": [
            "envoy::figures::figures_of_a_vm",
            "envoy::figures::figures_of_the_module",
            "fleet::handover::another_vm_by_ecds_takes_over_the_watch",
        ],
        "Envoy hands a dynamic module metadata of the first level alone": [
            "envoy::identity::tokens::a_claim_of_a_verified_token_lets_staff_pass_and_nobody_else",
            "envoy::identity::tokens::claims_that_are_booleans_or_deeper_match_and_numbers_and_lists_do_not",
            "surroundings::order",
        ],
        "It is about how the filter is written as Wasm code": [
            "maintenancectl::refused::what_envoy_refuses_around_the_filter_is_an_error",
            "surroundings::fails_open",
            "surroundings::no_filter::with_the_filters_of_the_document_it_is_switched",
            "surroundings::ways::with_the_same_filter_one_call_is_enough",
        ],
    },
    "native": {
        "A Wasm module reads all attributes": ["envoy::identity::unreadable"],
        "It is about the dynamic module": [
            "faults::linkage",
            "faults::panics",
            "places::resources::envoy_starts_with_the_sample_of_the_dynamic_module",
        ],
    },
}


def parts_of_others(host):
    """The parts that this host does not run, each with the reason."""
    return {
        part: reason
        for other, reasons in ONLY_ON.items()
        if other != host
        for reason, parts in reasons.items()
        for part in parts
    }
