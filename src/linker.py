#!/usr/bin/env python3
"""Links the module with the callbacks that it needs, and leaves the others of the SDK out.

Envoy calls every callback that a module exports, for every request, whether it does
anything or not. Cargo runs this in the place of `rust-lld`, which rustc puts into the path;
what was left out is in a file beside the module.
"""

import os
import sys

NEEDED = {
    "_initialize",
    "proxy_abi_version_0_2_1",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_delete",
    "proxy_on_grpc_close",
    "proxy_on_grpc_receive",
    "proxy_on_memory_allocate",
    "proxy_on_request_body",
    "proxy_on_request_headers",
    "proxy_on_request_trailers",
    "proxy_on_tick",
}


def main(arguments):
    kept, exported, removed = [], set(), []
    arguments = iter(arguments)
    for argument in arguments:
        if argument != "--export":
            kept.append(argument)
            continue
        symbol = next(arguments)
        if symbol in NEEDED:
            exported.add(symbol)
            kept += ["--export", symbol]
        else:
            removed.append(symbol)
    missing = sorted(NEEDED - exported)
    if missing:
        sys.exit(f"the module lacks {', '.join(missing)}")
    output = kept[kept.index("-o") + 1]
    with open(f"{output}.removed", "w") as report:
        print("\n".join(sorted(removed)), file=report)
    os.execvp("rust-lld", ["rust-lld", *kept, "--compress-relocations"])


main(sys.argv[1:])
